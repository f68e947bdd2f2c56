// Lets a reader move the assumptions under a figure. The picture stays until something is moved; only then is
// the runtime read, which draws the chart and computes intervals and verdicts from the ledger's expressions.
// Without this script there is the picture alone.
(function () {
  "use strict";
  const QUIET = 700; // milliseconds without a move before a screen reader is told
  const PHONE = "screen and (max-width: 40rem)"; // as in compat.lua
  const EPOCH = 719163; // the proleptic ordinal of 1 January 1970
  let runtime = null, count = 0;

  function make(tag, attributes, ...content) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  }

  function load(url) {
    runtime ??= new Promise(function (done, fail) {
      const script = make("script", { src: url });
      script.onload = () => done(window.vegaEmbed);
      script.onerror = fail;
      document.head.append(script);
    });
    return runtime;
  }

  // Numbers and intervals as the ledger writes them (analysis/display.py).
  function number(value, digits, lang) {
    const form = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: lang === "en" };
    const written = new Intl.NumberFormat(lang === "en" ? "en-GB" : "zh-Hans", { ...form, roundingMode: "halfEven" });
    return written.format(Number(value.toFixed(9))).replace(/^-(?=[0.]*$)/, "");
  }

  function day(ordinal, lang) {
    const date = new Date((Math.floor(ordinal) - EPOCH) * 864e5);
    const form = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-Hans", form).format(date);
  }

  function one(value, unit, lang) {
    if (unit.kind === "date") return day(value, lang);
    const bare = unit.kind === "year" ? String(value) : number(value, unit.digits, lang);
    return unit.forms.at(bare.replace(/^-/, "") === "1" ? 0 : -1).replace("{}", bare);
  }

  function interval(low, high, unit, told) {
    if (low === null) return told.unknown;
    if (low === high) return one(low, unit, told.lang);
    const span = (ends) => ends[0] === ends[1] ? ends[0] : ends.join(told.to);
    if (unit.kind === "date") return span([day(low, told.lang), day(high, told.lang)]);
    const needed = 2 - Math.floor(Number(Math.log10(high - low).toFixed(9)));
    const digits = Math.max(0, Math.min(needed, unit.digits + (unit.digits > 0 ? 1 : 0)), needed - 2);
    let ends = [low, high].map((end) => number(end, digits, told.lang));
    while (ends[0].includes(".") && ends.every((end) => /[0.]$/.test(end))) ends = ends.map((end) => end.slice(0, -1));
    if (unit.forms[0].includes("%")) return span(ends.map((end) => unit.forms[0].replace("{}", end)));
    const bare = span(ends);
    return unit.forms.at(bare === "1" ? 0 : -1).replace("{}", bare);
  }

  // A control has its element, `signals` for the view, whether it is `open`, and `free`, which makes it so.
  function choice(told, control) {
    const id = `whatif-${++count}`, select = make("select", { id });
    select.append(make("option", { value: "" }, told.words.open));
    for (const [name, text] of control.settings) select.append(make("option", { value: name }, text));
    return {
      element: make("div", { class: "control" }, make("label", { for: id }, control.label), select),
      signals: () => ({ [`${control.name}__set`]: select.value || control.central, [`${control.name}__open`]: !select.value }),
      open: () => !select.value,
      free: () => { select.value = ""; },
    };
  }

  function range(told, control) {
    const id = `whatif-${++count}`, { low: min, high: max, step, central: value } = control;
    const slider = make("input", { id, type: "range", min, max, step, value });
    const open = make("input", { type: "checkbox" });
    const said = make("output", { for: id });
    const show = function () {
      said.textContent = open.checked ? control.whole : one(slider.valueAsNumber, control, told.lang);
      slider.setAttribute("aria-valuetext", open.checked ? `${told.words.open}, ${control.whole}` : said.textContent);
      slider.classList.toggle("open", open.checked);
    };
    const free = () => { open.checked = true; slider.value = value; show(); };
    slider.addEventListener("input", () => { open.checked = false; show(); });
    // at an end already, a click or a key there moves nothing, but is meant
    const meant = () => { if (open.checked) slider.dispatchEvent(new Event("input", { bubbles: true })); };
    slider.addEventListener("click", meant);
    slider.addEventListener("keyup", (event) => { if (["Home", "End"].includes(event.key)) meant(); });
    open.addEventListener("change", show);
    free();
    const head = make("div", { class: "head" }, make("label", { for: id }, control.label), said);
    const box = make("label", { class: "box" }, open, told.words.open);
    return {
      element: make("div", { class: "control" }, head, make("div", { class: "slide" }, slider, box)),
      signals: () => ({
        [`${control.name}__low`]: open.checked ? min : slider.valueAsNumber,
        [`${control.name}__high`]: open.checked ? max : slider.valueAsNumber,
      }),
      open: () => open.checked,
      free,
    };
  }

  // What follows from the settings, a line a quantity and a line a claim. The sentence of a claim that depends
  // speaks of all that it may depend on, so that it is said only while all of that is `open`.
  function lines(told, view, open) {
    const ends = (name) => ["low", "high"].map((part) => view.signal(`${name}__${part}`));
    const units = Object.fromEntries(told.quantities.map((each) => [each.signal, each]));
    const text = (part) => part.signal ? interval(...ends(part.signal), units[part.signal], told) : part;
    const rows = told.quantities.filter((each) => each.label).map(function (each) {
      const said = interval(...ends(each.signal), each, told);
      return make("li", { "data-signal": each.signal }, told.words.row.replace("{}", each.label).replace("{}", said));
    });
    const claims = told.claims.map(function (claim) {
      const kind = view.signal(`${claim.id}__verdict`), { parts, badge } = claim.verdicts[kind];
      const mark = make("span", { class: `verdict ${kind}` }, badge);
      const said = kind === "depends" && !open ? claim.between : parts.map(text).join("");
      return make("li", { "data-claim": claim.id, "data-verdict": kind }, `${said} `, mark);
    });
    return [...rows, ...claims];
  }

  // The controls, what follows from them, and what is told to a screen reader.
  function built(block, told) {
    const controls = told.controls.map((control) => (control.settings ? choice : range)(told, control));
    const title = make("p", { class: "whatif-title", id: `whatif-${++count}` }, told.words.move);
    const reset = make("button", { type: "button" }, told.words.reset);
    const group = make("div", { role: "group", "aria-labelledby": title.id }, title);
    const list = make("ul", {}), status = make("p", { role: "status" });
    const head = make("p", { class: "whatif-title" }, told.words.results);
    const results = make("div", { class: "whatif-results", hidden: "" }, head, list);
    group.append(...controls.map((control) => control.element), reset);
    block.append(group, results, status);
    return { controls, group, reset, list, results, status };
  }

  // The chart in place of the picture; in print it is the other way round.
  async function drawn(block, spec) {
    const embed = await load(block.dataset.runtime);
    const image = document.querySelector(`img[src$="figures/${block.dataset.whatif}.svg"]`);
    const picture = image.closest("picture") ?? image;
    const chart = make("div", { class: "whatif-chart", "aria-hidden": "true" });
    picture.before(chart);
    const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: false };
    const { view } = await embed(chart, spec, options);
    picture.classList.add("whatif-picture");
    return view;
  }

  async function computed(view, told, settings) {
    for (const [name, value] of Object.entries(settings)) view.signal(name, value);
    await view.runAsync();
    for (const { signal, label, digits } of told.quantities) {
      const ends = [view.signal(`${signal}__low`), view.signal(`${signal}__high`)];
      if (label) view.signal(`${signal}__text`, interval(...ends, { kind: "", digits, forms: ["{}"] }, told));
    }
    await view.runAsync();
  }

  function start(block) {
    const { spec, narrow, ...told } = JSON.parse(block.querySelector("script").textContent);
    const { controls, group, reset, list, results, status } = built(block, told);
    let view = null, running = false, again = false, timer = 0;

    async function show() {
      view ??= await drawn(block, matchMedia(PHONE).matches ? narrow : spec);
      await computed(view, told, Object.assign({}, ...controls.map((control) => control.signals())));
      list.replaceChildren(...lines(told, view, controls.every((control) => control.open())));
      results.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => { status.textContent = [...list.children].map((line) => line.textContent).join(" "); }, QUIET);
    }

    async function update() {
      again = running;
      if (running) return;
      running = true;
      try { await show(); } catch { status.textContent = told.words.failed; status.classList.add("failed"); }
      running = false;
      if (again) update();
    }

    group.addEventListener("input", update);
    group.addEventListener("focusin", () => load(block.dataset.runtime).catch(() => {}), { once: true });
    reset.addEventListener("click", () => { controls.forEach((control) => control.free()); update(); });
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".whatif").forEach(start));
})();
