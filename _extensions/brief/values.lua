--- Fills a page with what the analysis published: values, tables, alternative texts.
-- Runs before cross-references and citations, in Quarto and in plain Pandoc alike. Failures are
-- assertions: under Quarto `error` only logs.

local function module(name, ...)
  local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
  local path = quarto and quarto.utils.resolve_path(name) or pandoc.path.join({ here, name })
  return assert(loadfile(path))(...)
end

local page = module("page.lua")

local TEXT = {
  en = {
    notebook = "How this was made",
    warning = "Warning",
    reading = "This edition takes one reading of what the sources leave open. ",
    until_day = "Sources up to ",
    colon = ": ",
    stop = ". ",
  },
  zh = {
    notebook = "生成过程",
    warning = "警示",
    reading = "本版只取资料未说明之处的一种读法。",
    until_day = "采用的资料截至",
    colon = "：",
    stop = "。",
  },
}

local ledger, published, claims, grades, whatifs

local function entry(key)
  ledger = ledger or page.read("ledger.json")
  return assert(ledger.entries[key], "unknown key `" .. key .. "`")
end

local function publication(kind, name)
  published = published or page.read("published.json")
  return assert(published[kind][name], "no notebook published `" .. name .. "` among the " .. kind)
end

--- The ledger's text for a key, and what it is marked with.
local function write(key, form)
  local found, name = entry(key), form or "value"
  local absent = "`" .. key .. "` has no form `" .. name .. "` in " .. page.language
  local text = assert(found.text[page.language][name], absent)
  local data = { { "data-key", key }, { "data-status", found.status } }
  return pandoc.Str(text), pandoc.Attr("", { "value" }, data)
end

local evidence = module("evidence.lua", page, write)

local function claim(name)
  claims = claims or page.read("claims.json")
  return assert(claims[name], "unknown claim `" .. name .. "`")
end

--- `id`{.claim} becomes the sentence for the verdict on it, and the place of the verdict; `id`{.grade} the
-- evidence grade of a conclusion.
local function sentence(el)
  if el.classes:includes("grade") then
    grades = grades or page.read("grades.json")
    local grade = assert(grades[el.text], "unknown grade `" .. el.text .. "`")
    return evidence.small(grade[page.language], "grade", { ["data-grade"] = el.text })
  elseif not el.classes:includes("claim") then
    return nil
  end
  local said = pandoc.read(claim(el.text).sentence[page.language], "markdown").blocks[1].content
  said:extend(page.language == "zh" and {} or { pandoc.Str("\u{a0}") })
  said:insert(pandoc.Code(el.text, pandoc.Attr("", { "verdict" })))
  return pandoc.Span(said, pandoc.Attr("", { "claim" }, { { "data-claim", el.text } }))
end

--- `key`{.value} and `key`{.value as=interval} become the ledger's text by way of `make`, verdicts badges.
local function by(make, placed)
  return function(el)
    if el.classes:includes("value") then
      return make(el.text, el.attributes.as, placed)
    elseif el.classes:includes("verdict") then
      return evidence.badge(el.text, claim(el.text), placed)
    end
  end
end

local function notebook_link(name)
  local target = page.to_root() .. page.home() .. "notebooks/" .. name .. ".html"
  local attr = pandoc.Attr("", { "from-notebook" })
  return pandoc.Link(TEXT[page.language].notebook, target, name, attr)
end

--- Adds the way to the notebook behind a figure or table, where a reader can follow it.
local function append_notebook(block, name)
  if block and block.content and page.is_html() and not page.is_notebook() then
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
  local alt = publication("figures", name).alt[page.language]
  if FORMAT == "pptx" then
    -- a slide shows an image's caption, and keeps its title as the alternative text
    el.caption, el.title = {}, alt
    return el
  end
  el.attributes.width = el.attributes.width or "100%"
  if quarto then
    el.attributes["fig-alt"] = alt
    el.title = FORMAT == "docx" and alt or el.title -- there it loses the other
  else
    el.caption = { pandoc.Str(alt) }
  end
  return el
end

--- Whether the case has what a condition names: a value, claim, grade, table or figure.
local function has(name)
  local kind, shown = name:match("^(%a%a%a)%-(.+)$")
  if kind == "tbl" or kind == "fig" then
    published = published or page.read("published.json")
    return published[kind == "tbl" and "tables" or "figures"][shown] ~= nil
  end
  ledger, claims = ledger or page.read("ledger.json"), claims or page.read("claims.json")
  grades = grades or page.read("grades.json")
  return (ledger.entries[name] or claims[name] or grades[name]) ~= nil
end

--- ::: {.if keys="a b"} stays where the case has all of these, .unless where it lacks one of them.
local function conditional(el)
  local unless = el.classes:includes("unless")
  if not unless and not el.classes:includes("if") then
    return nil
  end
  local all = true
  for name in assert(el.attributes.keys, "a block .if or .unless needs keys"):gmatch("%S+") do
    all = all and has(name)
  end
  return all ~= unless and el.content or {}
end

--- The labels of keys, for the list of what a figure or table rests on.
local function label(key)
  return entry(key).label[page.language]
end

--- Of what is known within bounds, the bounds: no value in them is likelier than another.
local function spread(key)
  return entry(key).status == "bounded" and "interval" or "value"
end

--- Where a reader may move the assumptions of a figure, what the script needs to do it.
local function movable(name, record)
  if not record.live or not page.is_html() or page.is_notebook() then
    return {}
  end
  whatifs = whatifs or page.read("whatif.json")
  local open = '<div class="whatif" data-whatif="' .. name .. '" data-runtime="' .. page.to_root() .. 'assets/vega.js">'
  local data = '<script type="application/json">' .. whatifs[name][page.language] .. "</script>"
  return { pandoc.RawBlock("html", open .. data .. "</div>") }
end

local function figure(el)
  local lists = pandoc.Blocks({})
  el:walk({
    Image = function(img)
      local name = figure_name(img.src)
      if name then
        local record = publication("figures", name)
        if el.caption then
          append_notebook(el.caption.long[#el.caption.long], record.notebook)
        end
        lists:extend(movable(name, record))
        lists:extend(evidence.data(name, record, label))
      end
    end,
  })
  return pandoc.Blocks({ el }) .. lists
end

--- A picture without a caption, as on slides, has its data below it too.
local function lone_picture(el)
  if #el.content == 1 and el.content[1].t == "Image" and page.is_html() then
    return figure(el)
  end
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

--- The values of a table lead on, but those of the registers stand in print where they would lead.
local function table_blocks(name, record)
  local make = not page.is_html() and evidence.register[name] and evidence.span or evidence.link
  local blocks = pandoc.read(record.markdown[page.language], "commonmark_x").blocks
  blocks = blocks:walk({
    Table = function(tbl)
      return set_widths(tbl, record.widths and record.widths[page.language])
    end,
  })
  if page.is_html() or evidence.register[name] then
    return blocks:walk({ Code = by(make) })
  end
  return blocks
end

--- ::: {#tbl-NAME .published} is filled with the table, before its caption.
local function div(el)
  if not el.classes:includes("published") then
    return nil
  end
  local name = assert(el.identifier:match("^tbl%-(.+)$"), "a .published block needs an id like #tbl-NAME")
  local record = publication("tables", name)
  append_notebook(el.content[#el.content], record.notebook)
  local blocks = table_blocks(name, record)
  blocks:extend(el.content)
  el.content = blocks
  el.classes = el.classes:filter(function(class)
    return class ~= "published"
  end)
  return pandoc.Blocks({ el }) .. evidence.list(name, record.keys, label, spread)
end

--- What a picture is called is no place of its own: under Quarto it says again what its caption says.
local function titled(el)
  el.caption = el.caption:walk({ Code = by(evidence.span) })
  return image(el) or el, false
end

--- Within a link a value is no link of its own.
local function unlinked(el)
  return el:walk({ Code = by(evidence.span, true), Image = image }), false
end

--- The title stands in the head of every page, and a table's head on each of its pages, which in a PDF
-- for every reader may not lead anywhere.
local function unlink_repeated(doc)
  doc.meta.title = doc.meta.title and unlinked(pandoc.Span(doc.meta.title)).content
  return page.is_html() and doc or doc:walk({
    Table = function(tbl)
      for _, row in ipairs(tbl.head.rows) do
        for _, cell in ipairs(row.cells) do
          cell.contents = cell.contents:walk({ Code = by(evidence.span) })
        end
      end
      return tbl
    end,
  })
end

--- What an edition says of itself where assumptions were fixed or later sources left out.
local function reading()
  ledger = ledger or page.read("ledger.json")
  local words, said = TEXT[page.language], pandoc.Inlines({})
  local keys = pandoc.List({})
  for key in pairs(ledger.settings or {}) do
    keys:insert(key)
  end
  keys:sort() -- Lua has them in any order, and the editions keep the same
  for _, key in ipairs(keys) do
    said:extend({ pandoc.Str(label(key) .. words.colon), evidence.link(key, "interval"), pandoc.Str(words.stop) })
  end
  if (ledger.as_of or "") ~= "" then
    local day = pandoc.Span(ledger.as_of, pandoc.Attr("", { "time" }))
    said:extend({ pandoc.Str(words.until_day), day, pandoc.Str(words.stop) })
  end
  said = #said > 0 and pandoc.Inlines(words.reading) .. said or said
  local blocks = { pandoc.Header(2, words.warning), pandoc.Para(said) }
  return #said > 0 and { pandoc.Div(blocks, pandoc.Attr("", { "callout-warning" })) } or {}
end

--- From top to bottom, so that places are counted as a reader meets them.
local function link_values(doc)
  return unlink_repeated(doc):walk({
    traverse = "topdown",
    Link = unlinked,
    Header = function(el)
      return el:walk({ Code = by(evidence.heading, true) }), false
    end,
    Code = by(evidence.link, true),
    Image = titled,
  })
end

local function finish(doc)
  if not page.is_html() then
    evidence.find_anchors(doc)
  end
  doc = link_values(doc)
  -- on slides below the first head, so that it makes no slide of its own
  local head = pandoc.Blocks({ FORMAT == "pptx" and doc.blocks:remove(1) or nil })
  doc.blocks = head .. pandoc.Blocks(page.case and reading() or {}) .. doc.blocks
  doc = FORMAT:match("typst") and doc:walk(module("typst.lua")) or doc
  doc.meta.whatif = whatifs ~= nil
  return doc
end

local function fill(doc)
  local parts = { Code = sentence, Div = div, Figure = figure, Para = lone_picture }
  return doc:walk({ Div = conditional }):walk(parts)
end

return { { Meta = page.start }, { Pandoc = fill }, { Pandoc = finish } }
