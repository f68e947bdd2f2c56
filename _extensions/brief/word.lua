--- Callouts in Word files as the other back-end sets them. Quarto alone, before it makes tables of them,
-- which part a title from its text.

local callouts = dofile(quarto.utils.resolve_path("callouts.lua"))

function Pandoc(doc)
  if FORMAT ~= "docx" then
    return nil
  end
  local language = pandoc.utils.stringify(doc.meta.lang or "en"):match("^zh") and "zh" or "en"
  return doc:walk({
    Div = function(el)
      local kind = callouts.kind(el)
      return kind and callouts.word(callouts.take_title(el, kind, language), el.content)
    end,
  })
end
