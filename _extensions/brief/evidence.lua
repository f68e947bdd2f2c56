--- The way from a number to what it rests on: links, and lists under figures.
-- A module of values.lua, which hands over the page and how a value is written.

local page, write = ...

local TEXT = {
  en = {
    evidence = "Evidence", colon = ": ", verdict = "[%s]", data = "Data of this chart",
    values = "Values from the ledger", points = "Points drawn",
    heads = { "Quantity", "Value", "Interval" },
  },
  zh = {
    evidence = "依据", colon = "：", verdict = "〔%s〕", data = "图中数据",
    values = "台账数值", points = "图中各点",
    heads = { "指标", "取值", "区间" },
  },
}
local REGISTERS = { facts = true, assumptions = true, quantities = true }

local evidence = { register = REGISTERS }
local counts, anchors = {}, {}

local function html(text)
  return pandoc.RawBlock("html", text)
end

--- The evidence page from here.
local function target()
  local folder = page.language == "zh" and "zh/evidence/" or "evidence/"
  return page.to_root() .. folder .. page.case .. ".html"
end

--- In print, the rows of the appendix that numbers lead to.
function evidence.find_anchors(doc)
  doc:walk({
    Span = function(el)
      anchors[el.identifier] = true
    end,
  })
end

--- A value in prose can be come back to: its place has an id, counted by key.
local function place(key)
  counts[key] = (counts[key] or 0) + 1
  return "v-" .. key .. "-" .. counts[key]
end

--- A value, and the way to its record where there is one.
function evidence.link(key, form, placed)
  local text, attr = write(key, form)
  if page.is_html() then
    attr.identifier = placed and place(key) or ""
    return pandoc.Link(text, target() .. "#" .. key, "", attr)
  elseif anchors["e-" .. key] then
    local plain = FORMAT == "docx" and { ["custom-style"] = "Value" } or {}
    return pandoc.Link(pandoc.Span(text, pandoc.Attr("", {}, plain)), "#e-" .. key, "", attr)
  end
  return pandoc.Span(text, attr)
end

--- What is said of a statement rather than by it, set apart from the text around it.
function evidence.small(text, class, data)
  data = data or {}
  data["custom-style"] = FORMAT == "docx" and "Verdict" or nil
  data["typst:text:size"] = FORMAT == "typst" and "0.82em" or nil
  data["typst:text:fill"] = FORMAT == "typst" and "luma(90)" or nil
  return pandoc.Span(text, pandoc.Attr("", { class }, data))
end

--- The verdict on a claim, and the way to its record.
function evidence.badge(name, claim, placed)
  local text, attr = claim.badge[page.language], pandoc.Attr("", { "verdict" }, { { "data-key", name } })
  if page.is_html() then
    attr.identifier = placed and place(name) or ""
    attr.classes:insert(claim.verdict)
    return pandoc.Link(text, target() .. "#" .. name, "", attr)
  end
  local mark = evidence.small(TEXT[page.language].verdict:format(text), "verdict")
  return anchors["e-" .. name] and pandoc.Link(mark, "#e-" .. name, "", attr) or mark
end

--- In a heading the value is marked within its link, which the contents list leaves out.
function evidence.heading(key, form, placed)
  local link = evidence.link(key, form, placed)
  if page.is_html() then
    link.content = { evidence.span(key, form) }
  end
  return link
end

--- A value that has a link around it, or its record at hand.
function evidence.span(key, form, placed)
  local text, attr = write(key, form)
  attr.identifier = placed and page.is_html() and place(key) or ""
  return pandoc.Span(text, attr)
end

local function folded(summary, blocks)
  local open = html('<details class="evidence"><summary>' .. summary .. "</summary>")
  return pandoc.Blocks({ open }) .. blocks .. pandoc.Blocks({ html("</details>") })
end

local function is_left_out(name)
  return not page.is_html() or page.is_notebook() or REGISTERS[name]
end

--- What a table rests on, folded away below it.
function evidence.list(name, keys, labels, form)
  if is_left_out(name) or #keys == 0 then
    return {}
  end
  local items = pandoc.List(keys):map(function(key)
    local label = pandoc.Str(labels(key) .. TEXT[page.language].colon)
    return pandoc.Plain({ label, evidence.link(key, form(key)) })
  end)
  return folded(TEXT[page.language].evidence, pandoc.Blocks({ pandoc.BulletList(items) }))
end

local function headed(row, scope)
  for i, cell in ipairs(row.cells) do
    if scope == "col" or i == 1 then
      cell.attr = pandoc.Attr("", {}, { scope = scope })
    end
  end
  return row
end

--- A table whose head and first column say what they are the head of, in a box that scrolls.
local function scoped(tbl, caption)
  local head, bodies = tbl.head, tbl.bodies
  head.rows = pandoc.List(head.rows):map(function(row)
    return headed(row, "col")
  end)
  for _, body in ipairs(bodies) do
    body.row_head_columns = 1
    body.body = pandoc.List(body.body):map(function(row)
      return headed(row, "row")
    end)
  end
  tbl.head, tbl.bodies = head, bodies
  tbl.caption = pandoc.Caption({ pandoc.Plain(pandoc.Str(caption)) })
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-wrap" }))
end

--- The ledger values that a figure shows, each with its interval where that reads differently.
local function values(keys, labels)
  local words = TEXT[page.language]
  local heads = pandoc.List(words.heads):map(function(head)
    return pandoc.Blocks({ pandoc.Plain(pandoc.Str(head)) })
  end)
  local rows = pandoc.List(keys):map(function(key)
    local value, interval = evidence.link(key), evidence.link(key, "interval")
    local same = pandoc.utils.stringify(value) == pandoc.utils.stringify(interval)
    local cells = { pandoc.Str(labels(key)), value, same and pandoc.Str("–") or interval }
    return pandoc.List(cells):map(function(cell)
      return pandoc.Blocks({ pandoc.Plain(cell) })
    end)
  end)
  local aligned = { "AlignLeft", "AlignLeft", "AlignLeft" }
  local simple = pandoc.SimpleTable({}, aligned, { 0, 0, 0 }, heads, rows)
  return scoped(pandoc.utils.from_simple_table(simple), words.values)
end

--- The points of a figure, as its notebook computed them.
local function drawn(name, markdown)
  local blocks = pandoc.read(markdown, "commonmark_x").blocks
  return blocks:walk({
    Span = function(el)
      el.attributes["data-figure"] = name
      return el
    end,
    Table = function(tbl)
      for i, spec in ipairs(tbl.colspecs) do
        tbl.colspecs[i] = { spec[1], nil }
      end
      return scoped(tbl, TEXT[page.language].points)
    end,
  })
end

--- What a figure draws, folded away below it, each ledger value with the way to its record. Written out
-- here: Quarto takes tables apart and forgets which cells are heads of rows.
function evidence.data(name, record, labels)
  if is_left_out(name) then
    return {}
  end
  local blocks = pandoc.Blocks(#record.keys > 0 and { values(record.keys, labels) } or {})
  if record.points then
    blocks:extend(drawn(name, record.points[page.language]))
  end
  local written = pandoc.write(pandoc.Pandoc(blocks), "html", { wrap_text = "none" })
  return folded(TEXT[page.language].data, pandoc.Blocks({ html(written) }))
end

return evidence
