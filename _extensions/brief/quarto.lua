--- What Quarto words in its own way, as this project does: the head of the abstract, labels in Chinese.
-- Quarto alone, last of all. It has options for the words of a label, not for what stands between them:
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

function Pandoc(doc)
  local language = pandoc.utils.stringify(doc.meta.lang or "en"):match("^zh") and "zh" or "en"
  doc.meta["abstract-title"] = ABSTRACT[language]
  if doc.meta.labels then
    doc.meta.labels.abstract = ABSTRACT[language]
  end
  return language == "zh" and doc:walk({ Inlines = close_up }) or doc
end
