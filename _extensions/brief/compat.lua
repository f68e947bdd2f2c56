--- What Quarto brings and plain Pandoc lacks: cross-references, callouts, conditional content.
-- Embedded back-end only; runs after the other filters, and cites last of all.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local callouts = dofile(pandoc.path.join({ here, "callouts.lua" }))
local labels_of = dofile(pandoc.path.join({ here, "labels.lua" }))
local page = dofile(pandoc.path.join({ here, "page.lua" }))
local web = dofile(pandoc.path.join({ here, "web.lua" }))

local TEXT = {
  en = { fig = "Figure ", tbl = "Table ", after = ": ", join = ", " },
  zh = { fig = "图", tbl = "表", after = "\u{3000}", join = "、" },
}
local MONTHS = {
  "January", "February", "March", "April", "May", "June", "July",
  "August", "September", "October", "November", "December",
}
local ALIASES = { html = "html", html5 = "html", typst = "typst", pdf = "typst", docx = "docx", pptx = "pptx" }

local language, text = "en", TEXT.en
local format = ALIASES[FORMAT] or FORMAT
local labels, cites = {}, false

local function raw(code)
  return pandoc.RawBlock("typst", code)
end

local function styled(style)
  return function(block)
    return pandoc.Div(pandoc.Para(block.content), pandoc.Attr("", {}, { ["custom-style"] = style }))
  end
end

-- Front matter ---------------------------------------------------------------------------------

local function long_date(iso)
  local year, month, day = iso:match("^(%d+)-(%d+)-(%d+)$")
  if not year then
    return iso
  end
  if language == "zh" then
    return ("%d年%d月%d日"):format(year, month, day)
  end
  return ("%d %s %d"):format(day, MONTHS[tonumber(month)], year)
end

local function meta(m)
  language = pandoc.utils.stringify(m.lang or "en"):match("^zh") and "zh" or "en"
  text = TEXT[language]
  if m.date then
    m.date = pandoc.Inlines(long_date(pandoc.utils.stringify(m.date)))
  end
  m.labels = labels_of[language]
  m["abstract-title"] = m["abstract-title"] or labels_of[language].abstract
  return m
end

-- Conditional content and links ------------------------------------------------------------------

local function wanted(el)
  local only, except = el.attributes["when-format"], el.attributes["unless-format"]
  local matches = (not only or ALIASES[only] == format) and (not except or ALIASES[except] ~= format)
  return matches == el.classes:includes("content-visible")
end

local function conditional(el)
  if el.classes:includes("content-visible") or el.classes:includes("content-hidden") then
    return wanted(el) and el.content or {}
  end
end

--- Pages link to each other's sources; in a file that stands alone only the words remain.
local function link(el)
  local path, anchor = el.target:match("^([^:]+)%.qmd(#?.*)$")
  if not path then
    return nil
  end
  if format ~= "html" then
    return el.content
  end
  el.target = path .. ".html" .. anchor
  return el
end

-- Figures and tables -----------------------------------------------------------------------------

local function label(caption, id)
  local kind = text[id:sub(1, 3)]
  labels[id] = kind .. labels.count[id:sub(1, 3)]
  local words = pandoc.Inlines(labels[id] .. text.after)
  local shown = (format == "docx" or format == "html") and words or pandoc.Strong(words)
  caption:insert(1, pandoc.Span(shown, pandoc.Attr("", { "caption-label" })))
end

local function next_number(id)
  local kind = id:sub(1, 3)
  labels.count[kind] = labels.count[kind] + 1
end

--- Pandoc's Typst writer drops the alternative text, so this writes the image itself.
local function typst_image(el)
  local function quoted(s)
    return '"' .. s:gsub('[\\"]', "\\%0") .. '"'
  end
  local width = el.attributes.width and ", width: " .. el.attributes.width or ""
  local alt = quoted(pandoc.utils.stringify(el.caption))
  return pandoc.RawInline("typst", "#image(" .. quoted(el.src) .. ", alt: " .. alt .. width .. ")")
end

local function figure(el)
  if not el.identifier:match("^fig%-") then
    return nil
  end
  next_number(el.identifier)
  label(el.caption.long[1].content, el.identifier)
  return el
end

--- Cells have a style of their own, so that an editor can change all tables at once.
local function style_cells(tbl)
  return format == "docx" and tbl:walk({ Plain = styled("Table Text") }) or tbl
end

local function captioned_table(el)
  local last = table.remove(el.content)
  local tbl = el.content:find_if(function(block)
    return block.t == "Table"
  end)
  local complete = tbl and last and last.t == "Para"
  assert(complete, "#" .. el.identifier .. " needs a table and, last, a paragraph as its caption")
  tbl = style_cells(tbl)
  next_number(el.identifier)
  label(last.content, el.identifier)
  tbl.caption = pandoc.Caption({ pandoc.Plain(last.content) })
  tbl.identifier = el.identifier
  local rest = el.content:map(function(block)
    return block.t == "Table" and tbl or block
  end)
  return format == "html" and pandoc.Div(rest, pandoc.Attr("", { "table-wrap" })) or rest
end

local function reference(el)
  local out = pandoc.Inlines({})
  for i, citation in ipairs(el.citations) do
    local id = citation.id
    if not id:match("^fig%-") and not id:match("^tbl%-") then
      cites = true
      return nil
    end
    local found = assert(labels[id], "@" .. id .. " refers to nothing on this page")
    if i > 1 then
      out:insert(pandoc.Str(text.join))
    end
    out:insert(pandoc.Link(pandoc.Str((found:gsub(" ", "\u{a0}"))), "#" .. id))
  end
  return out
end

-- Callouts ---------------------------------------------------------------------------------------

local CALLOUT = {
  html = callouts.html,
  typst = function(kind, title, content)
    local out = pandoc.Blocks({ raw('#notice("' .. kind .. '")['), pandoc.Plain(title), raw("][") })
    out:extend(content)
    out:insert(raw("]"))
    return out
  end,
  docx = function(_, title, content)
    return callouts.word(title, content)
  end,
  pptx = function(_, title, content)
    content:insert(1, pandoc.Para(pandoc.Strong(title)))
    return content
  end,
}

local function callout(el)
  local kind = callouts.kind(el)
  return kind and CALLOUT[format](kind, callouts.take_title(el, kind, language), el.content)
end

local function div(el)
  if el.identifier:match("^tbl%-") then
    return captioned_table(el)
  end
  return callout(el)
end

--- Pandoc's Word writer leaves no room below a table: the style of a first paragraph does.
local function space_after_tables(blocks)
  for i = 2, #blocks do
    if blocks[i - 1].t == "Table" and blocks[i].t == "Para" then
      blocks[i] = styled("First Paragraph")(blocks[i])
    end
  end
  return blocks
end

local function finish(doc)
  labels.count = { fig = 0, tbl = 0 }
  doc = doc:walk({ traverse = "topdown", Figure = figure, Div = div }):walk({ Cite = reference })
  if format == "html" then
    doc = web.finish(doc)
  elseif format == "typst" then
    doc = doc:walk({ Image = typst_image })
  elseif format == "docx" then
    doc.blocks = space_after_tables(doc.blocks)
  end
  -- Pandoc reads a style of citing for half as long as a short page takes it
  return (cites or doc.meta.nocite) and pandoc.utils.citeproc(doc) or doc
end

local function open(doc)
  local parts = { Div = conditional, Span = conditional, Link = link }
  return doc:walk(parts)
end

return { { Meta = meta }, { Pandoc = open }, { Pandoc = finish } }
