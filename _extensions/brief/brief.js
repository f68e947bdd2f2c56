// Opens the record of a number beside it. Without this script, or in a browser without popovers, a number
// is a plain link to the evidence page. The records are a file beside that page, read when first asked for.
(function () {
  "use strict";
  const LINK = "a:is(.value, .verdict)[data-key]";
  const SHOW = 350, HIDE = 250; // milliseconds that the mouse rests on a number, or is off its panel
  const WORDS = {
    en: { more: "All of it, and where it is used", close: "Close" },
    zh: { more: "完整依据与使用之处", close: "关闭" },
  };
  const words = WORDS[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];
  const panel = document.createElement("div");
  let link = null, pinned = false, timer = 0, loading = null;

  if (!("showPopover" in HTMLElement.prototype)) return;

  function load(page) {
    loading ??= new Promise(function (done, fail) {
      const script = document.createElement("script");
      script.src = page.replace(/\.html$/, ".js");
      script.onload = () => done(window.briefRecords);
      script.onerror = fail;
      document.head.append(script);
    });
    return loading;
  }

  function fill(told, key, page) {
    const record = `<div class="panel-title" id="panel-title">${told[key].label}</div>
      <button type="button" aria-label="${words.close}"></button>
      <div class="record">${told[key].text}</div><p><a href="#${key}">${words.more}</a></p>`;
    panel.replaceChildren(...new DOMParser().parseFromString(record, "text/html").body.childNodes);
    panel.querySelectorAll("a[href^='#']").forEach((a) => { a.href = page + a.getAttribute("href"); });
    panel.querySelector("button").addEventListener("click", close);
  }

  // Below its number or above it, wherever there is room; the style sheet makes it a sheet on a phone.
  function place() {
    const box = link.getClientRects()[0], edge = 8;
    const across = document.documentElement.clientWidth - panel.offsetWidth - edge;
    const above = box.top - 2 * edge, below = window.innerHeight - box.bottom - 2 * edge;
    const down = panel.offsetHeight <= below || below >= above;
    panel.style.setProperty("--room", (down ? below : above) + "px");
    const top = down ? box.bottom + edge : box.top - edge - panel.offsetHeight;
    panel.style.setProperty("--x", Math.max(edge, Math.min(box.left, across)) + window.scrollX + "px");
    panel.style.setProperty("--y", top + window.scrollY + "px");
  }

  function close() {
    clearTimeout(timer);
    if (link) panel.hidePopover();
  }

  // A panel that was asked for takes the focus, and gives it back to its number.
  async function open(number, asked) {
    const [page, key] = number.href.split("#");
    let told;
    try { told = await load(page); } catch { location.href = number.href; return; }
    close();
    if (asked) number.focus({ preventScroll: true });
    fill(told, decodeURIComponent(key), page);
    panel.style.removeProperty("--room");
    link = number;
    pinned = asked;
    panel.showPopover({ source: number });
    link.setAttribute("aria-expanded", "true");
    place();
    panel.scrollTop = 0;
    if (asked) panel.focus({ preventScroll: true });
  }

  panel.addEventListener("beforetoggle", function (event) {
    if (event.newState !== "closed" || !link) return;
    link.setAttribute("aria-expanded", "false");
    link = null;
    pinned = false;
  });

  document.addEventListener("click", function (event) {
    const number = event.target.closest(LINK);
    if (!number || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(number, true);
  });

  document.addEventListener("pointerover", function (event) {
    if (event.pointerType !== "mouse" || pinned) return;
    const number = event.target.closest(LINK);
    clearTimeout(timer);
    if (number && number !== link) timer = setTimeout(open, SHOW, number, false);
    else if (link && !number && !panel.contains(event.target)) timer = setTimeout(close, HIDE);
  });

  // The panel lies at the end of the page: Tab past either end of it goes back to its number.
  panel.addEventListener("keydown", function (event) {
    if (event.key !== "Tab") return;
    const stops = panel.querySelectorAll("a[href], button");
    const past = event.shiftKey ? event.target === panel || event.target === stops[0] : event.target === stops[stops.length - 1];
    if (!past) return;
    event.preventDefault();
    close();
  });

  document.addEventListener("DOMContentLoaded", function () {
    Object.assign(panel, { className: "panel", popover: "auto", tabIndex: -1 });
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "panel-title");
    document.body.append(panel);
    document.querySelectorAll(LINK).forEach(function (number) {
      number.setAttribute("aria-haspopup", "dialog");
      number.setAttribute("aria-expanded", "false");
    });
  });
})();
