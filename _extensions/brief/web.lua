--- Pictures and tables of a web page, for either back-end.

local web = {}

--- The size of a drawn picture, or nothing where there is none.
local function size_of(src)
  local folder = pandoc.path.directory(quarto and quarto.doc.input_file or PANDOC_STATE.input_files[1])
  local file = src:match("%.svg$") and io.open(pandoc.path.join({ folder, src }), "r")
  if not file then
    return nil
  end
  local width, height = file:read(1000):match('width="([%d.]+)" height="([%d.]+)"')
  file:close()
  return width, height
end

local PHONE = "screen and (max-width: 40rem)" -- as in brief.css and whatif.js

--- A picture is loaded when it comes near; its size keeps its place until then. A figure that is drawn for
-- phones too is shown so on a narrow screen.
local function responsive(el)
  el.attributes.width, el.attributes.height = size_of(el.src)
  el.attributes.loading = "lazy"
  local narrow = el.src:gsub("%.svg$", "-narrow.svg")
  local width, height = size_of(narrow)
  if not width or narrow == el.src then
    return el
  end
  local source = '<picture><source media="%s" srcset="%s" width="%s" height="%s">'
  local open = pandoc.RawInline("html", source:format(PHONE, narrow, width, height))
  return { open, el, pandoc.RawInline("html", "</picture>") }, false
end

--- A table wider than the screen scrolls within its own box, also one that a notebook wrote as HTML.
local function boxed(block)
  if block.t == "RawBlock" and not block.text:match("^<table") then
    return nil
  elseif block.t == "Div" and not block.classes:includes("table-wrap") then
    return nil
  elseif block.t == "Div" then
    return block, false
  end
  return pandoc.Div({ block }, pandoc.Attr("", { "table-wrap" })), false
end

function web.finish(doc)
  return doc:walk({ traverse = "topdown", Div = boxed, RawBlock = boxed, Table = boxed, Image = responsive })
end

return web
