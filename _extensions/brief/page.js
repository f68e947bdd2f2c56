// What a page of the site does for a reader besides its numbers: tables that scroll can be reached by
// keyboard, the other edition opens at the section in view, and the search box finds sections.
// Without this script tables scroll by touch and mouse, editions open at the top, and there is no box.
(function () {
  "use strict";
  const SHOWN = 12, BEFORE = 40, AFTER = 90; // results, and letters around the place found
  const QUIET = 150; // milliseconds without a key before the search

  function make(tag, attributes, ...content) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  }

  // At which ends a table that scrolls has nothing more to show.
  function ends(box) {
    box.classList.toggle("start", box.scrollLeft < 1);
    box.classList.toggle("end", box.scrollLeft + box.clientWidth > box.scrollWidth - 1);
  }

  // A table wider than its box is a region that a keyboard can scroll, named by its caption.
  function scrollable(box) {
    const wide = box.scrollWidth > box.clientWidth;
    const caption = box.querySelector("caption") ?? box.closest("figure")?.querySelector("figcaption");
    ends(box);
    if (!wide) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      return;
    }
    box.tabIndex = 0;
    if (!caption) return;
    box.setAttribute("role", box.closest("details") ? "group" : "region"); // of the data of charts there are many
    box.setAttribute("aria-label", caption.textContent.trim());
  }

  // The section at the upper part of the screen; the editions share the ids of those that people named.
  function inView() {
    const line = window.innerHeight / 4, listed = document.querySelector("main section[id^='all-']");
    const sections = [...document.querySelectorAll(listed ? "main section[id]" : "main section[id^='sec-']")];
    return sections.findLast((each) => each.getBoundingClientRect().top <= line)?.id;
  }

  function sameSection(event) {
    const link = event.currentTarget, id = inView();
    link.hash = id ? `#${id}` : "";
  }

  // The sections that hold all words of a query: of lists of records last, and those with them in the heading first.
  function matches(query, sections) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (text) => words.every((word) => text.toLowerCase().includes(word));
    const found = words.length ? sections.filter((each) => holds(`${each.page} ${each.title} ${each.text}`)) : [];
    const rank = (each) => 2 * each.listed + !holds(each.title);
    return { words, found: found.sort((one, other) => rank(one) - rank(other)) };
  }

  // The words around the first place where a word of the query stands, that word marked.
  function excerpt(text, words) {
    const places = words.map((word) => [text.toLowerCase().indexOf(word), word]).filter(([place]) => place >= 0);
    const [at, word] = places.sort((one, other) => one[0] - other[0])[0] ?? [0, ""];
    const start = Math.max(0, at - BEFORE), end = at + word.length, stop = end + AFTER;
    const parts = [(start ? "…" : "") + text.slice(start, at), make("mark", {}, text.slice(at, end))];
    return make("span", { class: "excerpt" }, ...parts, text.slice(end, stop) + (stop < text.length ? "…" : ""));
  }

  function search(block) {
    const [box, status, list] = ["input", "[role=status]", "ol"].map((each) => block.querySelector(each));
    const root = block.dataset.root;
    let loading = null, timer = 0;

    function load() {
      loading ??= new Promise(function (done, fail) {
        const script = make("script", { src: block.dataset.index });
        script.onload = () => done(window.briefSearch);
        script.onerror = fail;
        document.head.append(script);
      });
      return loading;
    }

    function close() {
      list.replaceChildren();
      status.textContent = "";
    }

    async function show() {
      const { words, found } = matches(box.value, await load());
      if (!words.length) return close();
      list.replaceChildren(...found.slice(0, SHOWN).map(function (each) {
        const place = make("span", { class: "place" }, each.page);
        const link = make("a", { href: root + each.href }, each.title || each.page);
        return make("li", {}, link, each.title ? place : "", excerpt(each.text, words));
      }));
      const said = found.length === 1 ? block.dataset.one : block.dataset.found;
      status.textContent = found.length ? said.replace("{}", found.length) : block.dataset.none;
    }

    // What was typed last is looked up before a key acts on what is found.
    function settled() {
      clearTimeout(timer);
      const late = timer;
      timer = 0;
      return late ? show() : null;
    }

    // The arrows walk from the box through the results and back; Enter in the box takes the first.
    async function walk(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], here = document.activeElement;
      if (event.key === "Escape" && status.textContent) {
        event.preventDefault();
        close();
        box.focus();
      } else if (step || (event.key === "Enter" && here === box)) {
        event.preventDefault();
        await settled();
        const stops = [box, ...list.querySelectorAll("a")], next = stops[stops.indexOf(here) + (step ?? 1)];
        if (step) next?.focus();
        else next?.click();
      }
    }

    block.hidden = false;
    box.addEventListener("focus", () => load().catch(() => {}), { once: true });
    box.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(() => settled()?.catch(() => { status.textContent = block.dataset.none; }), QUIET);
    });
    block.addEventListener("keydown", walk);
    list.addEventListener("click", () => setTimeout(close));
    document.addEventListener("pointerdown", (event) => { if (!block.contains(event.target)) close(); });
    block.addEventListener("focusout", (event) => { if (event.relatedTarget && !block.contains(event.relatedTarget)) close(); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const watch = new ResizeObserver((seen) => seen.forEach((each) => scrollable(each.target.closest(".table-wrap"))));
    document.querySelectorAll(".table-wrap, .table-wrap > table").forEach((each) => watch.observe(each));
    document.querySelectorAll(".table-wrap").forEach((each) => each.addEventListener("scroll", () => ends(each), { passive: true }));
    document.querySelectorAll(".editions a[data-same]").forEach((each) => each.addEventListener("click", sameSection));
    document.querySelectorAll("[role=search]").forEach(search);
  });
})();
