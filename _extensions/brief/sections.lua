--- Levels and numbers sections, and finds references, in the manner of each language.
-- English: 1, 1.1 and "Section 1". Chinese, as in official documents: 一、（一） and 第一节.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local page = dofile(quarto and quarto.utils.resolve_path("page.lua") or here .. "/page.lua")

local DIGITS = { "一", "二", "三", "四", "五", "六", "七", "八", "九" }

local function chinese(n)
  local tens, units = n // 10, n % 10
  local ten = tens == 0 and "" or (tens == 1 and "" or DIGITS[tens]) .. "十"
  return ten .. (DIGITS[units] or "")
end

local MANNER = {
  en = {
    heading = function(n)
      return table.concat(n, ".") .. "\u{2002}"
    end,
    reference = function(n)
      return "Section " .. table.concat(n, ".")
    end,
    join = ", ",
    space = pandoc.Space(),
  },
  zh = {
    heading = function(n)
      local last = n[#n]
      local forms = { chinese(last) .. "、", "（" .. chinese(last) .. "）", last .. ". " }
      return forms[#n] or ""
    end,
    reference = function(n)
      local parts = { "第" .. chinese(n[1]) .. "节" }
      parts[2] = n[2] and "（" .. chinese(n[2]) .. "）"
      return table.concat(parts)
    end,
    join = "、",
    space = pandoc.Str(""),
  },
}

local REFERABLE = { fig = true, tbl = true, sec = true }

local manner, labels = MANNER.en, {}

local function top_level(blocks)
  local top = 9
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      top = math.min(top, block.level)
    end
  end
  return top
end

--- A web page's sections start below its title, a document's at the top, however they are typed.
-- Quarto does the latter itself for Typst, and later.
local function shift_headings(doc)
  if quarto and FORMAT:match("typst") then
    return doc
  end
  local shift = (FORMAT:match("html") and 2 or 1) - top_level(doc.blocks)
  return doc:walk({
    Header = function(header)
      header.level = math.max(header.level + shift, 1)
      return header
    end,
  })
end

--- Steps the counters to the next heading of this depth and returns them.
local function step(counters, depth)
  for i = 1, depth do
    counters[i] = counters[i] or 0
  end
  counters[depth] = counters[depth] + 1
  for i = #counters, depth + 1, -1 do
    counters[i] = nil
  end
  return counters
end

local function number(header, counters)
  local text = manner.heading(counters)
  labels[header.identifier] = manner.reference(counters)
  local style = FORMAT == "docx" and { ["custom-style"] = "Section Number" } or {}
  local attr = pandoc.Attr("", { "section-number" }, style)
  header.content:insert(1, pandoc.Span(text, attr))
end

--- Headings inside callouts are titles, not sections: only the page's own are numbered.
local function number_sections(doc)
  local top, counters = top_level(doc.blocks), {}
  for _, block in ipairs(doc.blocks) do
    local skip = block.t ~= "Header" or block.classes:includes("unnumbered")
    if not skip and block.level - top < 3 then
      number(block, step(counters, block.level - top + 1))
    elseif block.t == "Header" then
      labels[block.identifier] = pandoc.utils.stringify(block.content)
    end
  end
end

--- The referable start of a text after an @, and what follows it.
local function split_id(text)
  local id, rest = text:match("^(%a%a%a%-[%w-]+)(.*)$")
  if id and REFERABLE[id:sub(1, 3)] then
    return id, rest
  end
end

local function cite(id)
  return pandoc.Cite({ pandoc.Str("@" .. id) }, { pandoc.Citation(id, "AuthorInText") })
end

--- Pandoc sees no reference in 见@fig-x, where no space comes before the @: this finds it.
local function find_glued(el)
  local before, text = el.text:match("^(.-)@(%a%a%a%-.+)$")
  local id, after = split_id(text or "")
  if not id then
    return nil
  end
  local rest = pandoc.Str(after)
  local out = pandoc.Inlines({ pandoc.Str(before), cite(id) })
  return out .. (find_glued(rest) or { rest })
end

--- Pandoc takes 和 into the key in @fig-x和, and the source into the reference in @fig-x [@source].
local function part_glued(el)
  local first = el.citations[1]
  local id, after = split_id(first.id)
  if not id or (after == "" and #el.citations == 1) or first.mode ~= "AuthorInText" then
    return nil
  end
  local out = pandoc.Inlines({ cite(id), pandoc.Str(after) })
  local others = pandoc.List(el.citations):filter(function(other)
    return other.id ~= first.id
  end)
  if #others > 0 then
    out:insert(manner.space)
    out:insert(pandoc.Cite({ pandoc.Str("") }, others))
  end
  return out
end

local function reference(el)
  local out = pandoc.Inlines({})
  for i, citation in ipairs(el.citations) do
    local id = citation.id
    if not id:match("^sec%-") then
      return nil
    end
    local label = assert(labels[id], "@" .. id .. " refers to no section of this page")
    if i > 1 then
      out:insert(pandoc.Str(manner.join))
    end
    out:insert(pandoc.Link(pandoc.Str((label:gsub(" ", "\u{a0}"))), "#" .. id))
  end
  return out
end

local function references(el)
  local out = pandoc.Inlines({})
  for _, part in ipairs(part_glued(el) or { el }) do
    out:extend(part.t == "Cite" and reference(part) or { part })
  end
  return out
end

local function finish(doc)
  local lang = pandoc.utils.stringify(doc.meta.lang or "en")
  manner = lang:match("^zh") and MANNER.zh or MANNER.en
  -- notebooks keep their own headings
  if not page.is_notebook() then
    number_sections(doc)
  end
  doc = shift_headings(doc)
  return page.walk_texts(doc, "@", { Str = find_glued }, { Cite = references })
end

return { { Pandoc = finish } }
