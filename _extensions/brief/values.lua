--- Fills a page with what the analysis published: values, tables, alternative texts.
-- Runs before cross-references and citations, in Quarto and in plain Pandoc alike. Failures are
-- assertions: under Quarto `error` only logs.

local TEXT = {
  en = { notebook = "How this was made" },
  zh = { notebook = "生成过程" },
}

local language, case, ledger, published = "en", nil, nil, nil

local function project_root()
  if quarto and quarto.project.directory then
    return quarto.project.directory
  end
  local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
  return pandoc.path.directory(pandoc.path.directory(here))
end

--- The way from the page to the project's root: "" or "../".
local function to_root()
  if quarto then
    local offset = quarto.project.offset
    return offset == "." and "" or offset .. "/"
  end
  local _, depth = PANDOC_STATE.input_files[1]:gsub("/", "")
  return ("../"):rep(depth)
end

local function is_notebook()
  local page = quarto and quarto.doc.input_file or PANDOC_STATE.input_files[1]
  return page:match("notebooks[/\\][^/\\]+$") ~= nil
end

local function is_html()
  return FORMAT:match("html") ~= nil
end

local function read(name)
  assert(case, "this page uses published content but has no `case:` in its front matter")
  local path = pandoc.path.join({ project_root(), ".brief", case, name })
  local missing = ".brief/" .. case .. "/" .. name .. " is missing: run `brief prepare`"
  local file = assert(io.open(path, "r") or nil, missing)
  local text = file:read("a")
  file:close()
  return pandoc.json.decode(text, false)
end

local function entry(key)
  ledger = ledger or read("ledger.json")
  return assert(ledger.entries[key], "unknown key `" .. key .. "`")
end

local function publication(kind, name)
  published = published or read("published.json")
  return assert(published[kind][name], "no notebook published `" .. name .. "` among the " .. kind)
end

local function meta(m)
  language = pandoc.utils.stringify(m.lang or "en"):match("^zh") and "zh" or "en"
  case = m.case and pandoc.utils.stringify(m.case)
end

--- `key`{.value} and `key`{.value as=interval} become the ledger's text.
local function code(el)
  if not el.classes:includes("value") then
    return nil
  end
  local found, form = entry(el.text), el.attributes.as or "value"
  local absent = "`" .. el.text .. "` has no form `" .. form .. "` in " .. language
  local text = assert(found.text[language][form], absent)
  local data = { { "data-key", el.text }, { "data-status", found.status } }
  return pandoc.Span(pandoc.Str(text), pandoc.Attr("", { "value" }, data))
end

local function notebook_link(name)
  local target = to_root() .. "notebooks/" .. name .. ".html"
  local attr = pandoc.Attr("", { "from-notebook" })
  return pandoc.Link(TEXT[language].notebook, target, name, attr)
end

--- Adds the way to the notebook behind a figure or table, where a reader can follow it.
local function append_notebook(block, name)
  if block and block.content and is_html() and not is_notebook() then
    block.content:extend({ pandoc.Space(), notebook_link(name) })
  end
end

local function figure_name(src)
  local name = src:match("figures/([^/]+)$")
  return name and name:gsub("%.%a+$", "")
end

--- The alternative text comes from the published figure: no filter sees an attribute's keys.
local function image(el)
  local name = figure_name(el.src)
  if not name then
    return nil
  end
  local alt = publication("figures", name).alt[language]
  el.attributes.width = el.attributes.width or "100%"
  if quarto then
    el.attributes["fig-alt"] = alt
  else
    el.caption = { pandoc.Str(alt) }
  end
  return el
end

local function figure(el)
  el:walk({
    Image = function(img)
      local name = figure_name(img.src)
      if name then
        append_notebook(el.caption.long[#el.caption.long], publication("figures", name).notebook)
      end
    end,
  })
  return el
end

local PAGE = 88 -- Latin letters across a page, in a table's type

--- How wide a text is set, in Latin letters, and how wide its longest unbreakable part.
local function extent(text)
  local broken, han = text:gsub("[\xe3-\xef][\x80-\xbf][\x80-\xbf]", " ")
  local longest = han > 0 and 6 or 0
  for word in broken:gmatch("%S+") do
    longest = math.max(longest, utf8.len(word))
  end
  return utf8.len(text) + han, longest
end

local function column_extent(rows, column)
  local full, longest = 0, 0
  for _, row in ipairs(rows) do
    local f, l = extent(pandoc.utils.stringify(row[column]))
    full, longest = math.max(full, f), math.max(longest, l)
  end
  return { least = longest + 3, wish = math.max(math.min(full, 60) - longest, 1) }
end

--- Shares of the page's width: what a column needs, and what is left by what it could use.
-- Word and its like set equal columns otherwise.
local function content_widths(tbl)
  local simple = pandoc.utils.to_simple_table(tbl)
  local rows, columns, least, wish = { simple.headers, table.unpack(simple.rows) }, {}, 0, 0
  for i = 1, #tbl.colspecs do
    columns[i] = column_extent(rows, i)
    least, wish = least + columns[i].least, wish + columns[i].wish
  end
  local rest = math.max(PAGE - least, 0)
  return pandoc.List(columns):map(function(column)
    return (column.least + rest * column.wish / wish) / (least + rest)
  end)
end

--- Column widths are the writer's business, by content, unless the notebook gave some.
local function set_widths(tbl, widths)
  widths = widths or (FORMAT == "docx" and content_widths(tbl))
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], widths and widths[i] or nil }
  end
  return tbl
end

local function table_blocks(record)
  local blocks = pandoc.read(record.markdown[language], "markdown").blocks
  return blocks:walk({
    Table = function(tbl)
      return set_widths(tbl, record.widths and record.widths[language])
    end,
  })
end

--- ::: {#tbl-NAME .published} is filled with the table, before its caption.
local function div(el)
  if not el.classes:includes("published") then
    return nil
  end
  local name = assert(el.identifier:match("^tbl%-(.+)$"), "a .published block needs an id like #tbl-NAME")
  local record = publication("tables", name)
  append_notebook(el.content[#el.content], record.notebook)
  local blocks = table_blocks(record)
  blocks:extend(el.content)
  el.content = blocks
  el.classes = el.classes:filter(function(class)
    return class ~= "published"
  end)
  return el
end

return {
  { Meta = meta },
  { Div = div, Figure = figure },
  { Code = code, Image = image },
}
