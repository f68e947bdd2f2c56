--- Callouts: their kind, their title, and how web pages and Word files set them. A module of filters of
-- either back-end.

local TEXT = {
  en = { note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution" },
  zh = { note = "说明", tip = "提示", important = "要点", warning = "警示", caution = "注意" },
}

local callouts = {}

local function styled(style)
  return function(block)
    return pandoc.Div(pandoc.Para(block.content), pandoc.Attr("", {}, { ["custom-style"] = style }))
  end
end

--- The kind of a callout, or nothing for another block.
function callouts.kind(el)
  for _, class in ipairs(el.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind and TEXT.en[kind] then
      return kind
    end
  end
end

--- Takes the title off a callout: its first heading, or else the name of its kind.
function callouts.take_title(el, kind, language)
  local first = el.content[1]
  if first and first.t == "Header" then
    el.content:remove(1)
    return first.content
  end
  return pandoc.Inlines(TEXT[language][kind])
end

--- In mark-up that Quarto does not take for a callout of its own.
function callouts.html(kind, title, content)
  local open = '<div class="callout callout-' .. kind .. '" role="note">'
  content:insert(1, pandoc.Div(pandoc.Plain(title), pandoc.Attr("", { "callout-title" })))
  content:insert(1, pandoc.RawBlock("html", open))
  content:insert(pandoc.RawBlock("html", "</div>"))
  return content
end

--- Word draws a paragraph's border at its indent: a list needs a style whose border is further out.
local function list_paragraphs(list)
  return list:walk({ Plain = styled("Callout List"), Para = styled("Callout List") })
end

function callouts.word(title, content)
  content = content:walk({ BulletList = list_paragraphs, OrderedList = list_paragraphs })
  local head = pandoc.Div(pandoc.Para(title), pandoc.Attr("", {}, { ["custom-style"] = "Callout Title" }))
  local body = pandoc.Div(content, pandoc.Attr("", {}, { ["custom-style"] = "Callout" }))
  return pandoc.Blocks({ head, body })
end

return callouts
