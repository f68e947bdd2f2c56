--- What Quarto does in its own way, as this project does it: the head of the abstract, labels in Chinese,
-- figures and tables in Word. Quarto alone, last of all. It has options for the words of a label, not for what stands between them:
-- it writes "表 1: ……" and "见表 1" for 表1　…… and 见表1.

local ABSTRACT = { en = "Summary", zh = "摘要" }
local SPACE, WIDE = "\u{a0}", "\u{3000}"
local LABELS = { ["图"] = true, ["表"] = true }

local function text(inline)
  return inline and inline.t == "Str" and inline.text or ""
end

local function close_up(inlines)
  local out, i = pandoc.Inlines({}), 1
  while i <= #inlines do
    local number = text(inlines[i + 2])
    local labels = LABELS[text(inlines[i])] and text(inlines[i + 1]) == SPACE and number:match("^%d+$")
    local caption = labels and text(inlines[i + 3]) == ":"
    out:insert(labels and pandoc.Str(text(inlines[i]) .. number .. (caption and WIDE or "")) or inlines[i])
    i = i + (caption and 5 or labels and 3 or 1)
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

function Pandoc(doc)
  local language = pandoc.utils.stringify(doc.meta.lang or "en"):match("^zh") and "zh" or "en"
  doc.meta["abstract-title"] = ABSTRACT[language]
  if doc.meta.labels then
    doc.meta.labels.abstract = ABSTRACT[language]
  end
  doc.blocks = FORMAT == "docx" and unfloat(doc.blocks) or doc.blocks
  return language == "zh" and doc:walk({ Inlines = close_up }) or doc
end
