// What a page of the site does by itself: tables that scroll can be reached by keyboard.
// Without this script they scroll by touch and mouse.
(function () {
  "use strict";

  // A table wider than its box is a region that a keyboard can scroll, named by its caption.
  function scrollable(box) {
    const wide = box.scrollWidth > box.clientWidth, caption = box.querySelector("caption");
    if (!wide) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      return;
    }
    box.tabIndex = 0;
    if (!caption) return;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", caption.textContent.trim());
  }

  document.addEventListener("DOMContentLoaded", function () {
    const watch = new ResizeObserver((seen) => seen.forEach((each) => scrollable(each.target.closest(".table-wrap"))));
    document.querySelectorAll(".table-wrap, .table-wrap > table").forEach((each) => watch.observe(each));
  });
})();
