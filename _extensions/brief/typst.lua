--- What Pandoc's Typst writer leaves to be said of formulas and tables, for either back-end.

--- A PDF for every reader says each formula in words: the ones it was typed in.
local function formula(el)
  local set = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ el }) }), "typst")
  local words = el.text:gsub("%s+", " "):gsub('[\\"]', "\\%0")
  return pandoc.RawInline("typst", '#[#set math.equation(alt: "' .. words .. '");' .. set .. "]")
end

--- Typst keeps the rows of a foot on one page: so the last row of a table is never alone on the next.
local function keep_last_rows(tbl)
  local bodies, rows = tbl.bodies, pandoc.List(tbl.bodies[#tbl.bodies].body)
  if #rows > 3 and #tbl.foot.rows == 0 then
    local last = rows:remove()
    tbl.foot.rows = { rows:remove(), last }
    bodies[#bodies].body = rows
    tbl.bodies = bodies
  end
  return tbl
end

return { Table = keep_last_rows, Math = formula }
