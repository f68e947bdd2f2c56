--- The page at hand: where it lies, what language it is in, what was prepared for it.
-- A module of the filters, in Quarto and in plain Pandoc alike.

local page = { language = "en", case = nil }

function page.start(meta)
  page.language = pandoc.utils.stringify(meta.lang or "en"):match("^zh") and "zh" or "en"
  page.case = meta.case and pandoc.utils.stringify(meta.case)
end

function page.project_root()
  if quarto and quarto.project.directory then
    return quarto.project.directory
  end
  local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
  return pandoc.path.directory(pandoc.path.directory(here))
end

--- The way from the page to the project's root: "" or "../".
function page.to_root()
  if quarto then
    local offset = quarto.project.offset
    return offset == "." and "" or offset .. "/"
  end
  local _, depth = PANDOC_STATE.input_files[1]:gsub("/", "")
  return ("../"):rep(depth)
end

--- The way from the root to the pages of the case: its folder for a further case, else nothing.
function page.home()
  local input = quarto and pandoc.path.make_relative(quarto.doc.input_file, quarto.project.directory)
  local top = pandoc.path.split(input or PANDOC_STATE.input_files[1])[1]
  return top == page.case and top .. "/" or ""
end

function page.is_notebook()
  local input = quarto and quarto.doc.input_file or PANDOC_STATE.input_files[1]
  return pandoc.path.filename(pandoc.path.directory(input)) == "notebooks"
end

function page.is_html()
  return FORMAT:match("html") ~= nil
end

--- Walks the texts of a page that have `pattern` in them. A call for each word of all of them would take long.
function page.walk_texts(doc, pattern, ...)
  local filters = { ... }
  local function text(el)
    if not pandoc.utils.stringify(el):match(pattern) then
      return nil
    end
    for _, filter in ipairs(filters) do
      el = el:walk(filter)
    end
    return el, false
  end
  local head = pandoc.Pandoc({}, doc.meta)
  for _, filter in ipairs(filters) do
    head = head:walk(filter)
  end
  local texts = { Para = text, Plain = text, Header = text, LineBlock = text, DefinitionList = text }
  texts.traverse = "topdown"
  return pandoc.Pandoc(doc.blocks:walk(texts), head.meta)
end

--- A file that `brief prepare` wrote.
function page.read_prepared(name)
  local path = pandoc.path.join({ page.project_root(), ".brief", name })
  local file = assert(io.open(path, "r") or nil, ".brief/" .. name .. " is missing: run `brief prepare`")
  local text = file:read("a")
  file:close()
  return pandoc.json.decode(text, false)
end

--- A file that `brief prepare` wrote for the case of this page.
function page.read(name)
  assert(page.case, "this page uses published content but has no `case:` in its front matter")
  return page.read_prepared(page.case .. "/" .. name)
end

return page
