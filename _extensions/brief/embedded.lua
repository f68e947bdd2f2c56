--- All filters of the embedded back-end as one, so that Pandoc sets up Lua once for a page.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local filters = pandoc.List({})
for _, name in ipairs({ "values.lua", "chinese.lua", "sections.lua", "compat.lua" }) do
  filters:extend(dofile(pandoc.path.join({ here, name })))
end
return filters
