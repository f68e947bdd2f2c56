--- Sets Chinese pages as Chinese: lines joined, emphasis by family, GB/T 7714.
-- After values.lua, before sections.lua, in Quarto and in plain Pandoc alike.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local page = dofile(quarto and quarto.utils.resolve_path("page.lua") or here .. "/page.lua")

local function is_ascii(inline, last)
  local text = inline and pandoc.utils.stringify(inline) or ""
  local byte = text:byte(last and #text or 1)
  return byte ~= nil and byte < 128
end

--- Chinese prose has a sentence a line, and no space between sentences.
local function join_lines(inlines)
  local out = pandoc.Inlines({})
  for i, el in ipairs(inlines) do
    if el.t ~= "SoftBreak" then
      out:insert(el)
    elseif is_ascii(inlines[i - 1], true) and is_ascii(inlines[i + 1], false) then
      out:insert(pandoc.Space())
    end
  end
  return out
end

--- Word would slant or thicken a Chinese face by machine; the style changes the family instead.
-- A number in such text is set like the text.
local function family(style)
  local function restyle(el)
    if el.attributes["custom-style"] == "Value" then
      el.attributes["custom-style"] = style
      return el
    end
  end
  return function(el)
    if FORMAT == "docx" then
      el = el:walk({ Span = restyle })
      return pandoc.Span(el.content, pandoc.Attr("", {}, { ["custom-style"] = style }))
    end
  end
end

local HAN = "[\xe4-\xe9][\x80-\xbf][\x80-\xbf]"

--- A phrase quoted in the original on an English page says which language it is in.
local function mark_language(el)
  if el.text:match(HAN) then
    return pandoc.Span(el, pandoc.Attr("", {}, { lang = "zh-Hans" }))
  end
end

local function set(doc)
  if not pandoc.utils.stringify(doc.meta.lang or "en"):match("^zh") then
    return page.walk_texts(doc, HAN, { Str = mark_language })
  end
  doc.meta.csl = doc.meta.csl
    or pandoc.path.join({ page.project_root(), "_extensions", "brief", "gbt7714.csl" })
  return doc:walk({ Inlines = join_lines, Emph = family("Emphasis"), Strong = family("Strong") })
end

return { { Pandoc = set } }
