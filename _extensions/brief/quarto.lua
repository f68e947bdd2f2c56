--- What Quarto does in its own way, as this project does it: what stands around a web page, the head of the
-- abstract, labels in Chinese, figures and tables in Word. Quarto alone, last of all. It has options for the
-- words of a label, not for what stands between them: it writes "表 1: ……" and "见表 1" for 表1　…… and 见表1.

local words = dofile(quarto.utils.resolve_path("labels.lua"))
local page = dofile(quarto.utils.resolve_path("page.lua"))
local web = dofile(quarto.utils.resolve_path("web.lua"))

local SPACE, WIDE = "\u{a0}", "\u{3000}"
local LABELS = { ["图"] = true, ["表"] = true, Figure = true, Table = true }

local function text(inline)
  return inline and inline.t == "Str" and inline.text or ""
end

--- The label at the head of a caption, which a web page sets apart.
local function caption_label(label, number)
  local words = page.language == "zh" and label .. number .. WIDE or label .. SPACE .. number .. ": "
  return page.is_html() and pandoc.Span(words, pandoc.Attr("", { "caption-label" })) or pandoc.Str(words)
end

local function relabelled(inlines)
  local out, i = pandoc.Inlines({}), 1
  while i <= #inlines do
    local number = text(inlines[i + 2])
    local labels = LABELS[text(inlines[i])] and text(inlines[i + 1]) == SPACE and number:match("^%d+$")
    local caption = labels and text(inlines[i + 3]) == ":"
    local close = labels and page.language == "zh"
    if caption then
      out:insert(caption_label(text(inlines[i]), number))
    else
      out:insert(close and pandoc.Str(text(inlines[i]) .. number) or inlines[i])
    end
    i = i + (caption and 5 or close and 3 or 1)
  end
  return out
end

local function styled(style, content)
  return pandoc.Div(pandoc.Para(content), pandoc.Attr("", {}, { ["custom-style"] = style }))
end

--- The picture, table or caption of a float, in the styles that Word files of either back-end have.
local function part(kind)
  return function(block)
    local first = block.content and block.content[1]
    if block.t == "Table" then
      return block:walk({
        Plain = function(cell)
          return styled("Table Text", cell.content)
        end,
      })
    elseif block.t == "Para" and first.t == "RawInline" then
      block.content:remove(1)
      return styled(kind == "fig" and "Image Caption" or "Table Caption", block.content)
    elseif block.t == "Plain" and first.t == "Image" then
      return styled("Captioned Figure", block.content)
    end
    return block
  end
end

--- What Quarto puts in a table of one cell, which Word would rule off and centre.
local function floated(block)
  local row = block.t == "Table" and #block.colspecs == 1 and block.bodies[1].body[1]
  local div = row and #row.cells == 1 and row.cells[1].contents[1]
  local kind = div and div.t == "Div" and (div.identifier:match("^(fig)%-") or div.identifier:match("^(tbl)%-"))
  return kind and pandoc.Div(div.content:map(part(kind)), pandoc.Attr(div.identifier))
end

--- Word leaves no room below a table: the style of a first paragraph does.
local function unfloat(blocks)
  local out, below = pandoc.Blocks({}), false
  for _, block in ipairs(blocks) do
    local found = floated(block)
    out:insert(found or below and block.t == "Para" and styled("First Paragraph", block.content) or block)
    below = found and found.identifier:match("^tbl") ~= nil
  end
  return out
end

--- A web page with the links around it, which `brief prepare` wrote.
local function furnished(doc, language)
  local source = pandoc.path.make_relative(quarto.doc.input_file, page.project_root())
  doc.meta.site = page.read_prepared("navigation.json")[source:gsub("\\", "/")]
  doc.meta.labels = words[language]
  return web.finish(doc)
end

function Pandoc(doc)
  page.start(doc.meta)
  local language = page.language
  doc.meta["abstract-title"] = words[language].abstract
  if page.is_html() then
    doc = furnished(doc, language)
  elseif doc.meta.labels then
    doc.meta.labels.abstract = words[language].abstract
  end
  doc.blocks = FORMAT == "docx" and unfloat(doc.blocks) or doc.blocks
  return (language == "zh" or page.is_html()) and doc:walk({ Inlines = relabelled }) or doc
end
