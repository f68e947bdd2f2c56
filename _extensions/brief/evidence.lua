--- The way from a number to what it rests on: links, and lists under figures.
-- A module of values.lua, which hands over the page and how a value is written.

local page, write = ...

local TEXT = {
  en = { evidence = "Evidence", colon = ": ", verdict = "[%s]" },
  zh = { evidence = "依据", colon = "：", verdict = "〔%s〕" },
}
local REGISTERS = { facts = true, assumptions = true, quantities = true }

local evidence = { register = REGISTERS }
local counts, anchors = {}, {}

local function html(text)
  return pandoc.RawBlock("html", text)
end

--- The evidence page from here; on that page itself, nothing.
local function target()
  if page.is_evidence() then
    return ""
  end
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

--- What a figure or table rests on, folded away below it.
function evidence.list(name, keys, labels, form)
  if not page.is_html() or page.is_notebook() or REGISTERS[name] or #keys == 0 then
    return {}
  end
  local items = pandoc.List(keys):map(function(key)
    local link = pandoc.Link(labels(key), target() .. "#" .. key)
    return pandoc.Plain({ link, pandoc.Str(TEXT[page.language].colon), evidence.span(key, form(key)) })
  end)
  local head = "<summary>" .. TEXT[page.language].evidence .. "</summary>"
  return { html('<details class="evidence">' .. head), pandoc.BulletList(items), html("</details>") }
end

return evidence
