--- Callouts on web pages and in Word files as the other back-end sets them. Quarto alone, before it takes
-- them for its own, which part a title from its text.

local callouts = dofile(quarto.utils.resolve_path("callouts.lua"))

local WRITE = {
  docx = function(_, title, content)
    return callouts.word(title, content)
  end,
  html = callouts.html,
}

function Pandoc(doc)
  local write = WRITE[FORMAT:match("^html") or FORMAT]
  local language = pandoc.utils.stringify(doc.meta.lang or "en"):match("^zh") and "zh" or "en"
  return write and doc:walk({
    Div = function(el)
      local kind = callouts.kind(el)
      return kind and write(kind, callouts.take_title(el, kind, language), el.content)
    end,
  })
end
