// Results on a wall: arrow keys, space, Page Up and Down, Home and End turn the slides; N shows notes, F fills the screen.
// Without this script the slides follow each other down the page.
(() => {
  "use strict";
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  const bar = document.querySelector(".deck-bar");
  if (!slides.length || !bar) return;
  const place = bar.querySelector("[data-place]");
  let now = 0;

  function show(to, quietly) {
    now = Math.max(0, Math.min(slides.length - 1, to));
    slides.forEach((s, i) => s.classList.toggle("now", i === now));
    place.textContent = now + 1 + " / " + slides.length;
    bar.querySelector("[data-back]").disabled = now === 0;
    bar.querySelector("[data-on]").disabled = now === slides.length - 1;
    fit();
    window.scrollTo(0, 0);
    if (!quietly) history.replaceState(null, "", "#" + (now + 1));
  }

  // fit makes the letters of a slide smaller, step by step, until all of it stands on the screen. Lists begin large.
  function fit() {
    const slide = slides[now];
    for (let step = slide.querySelector(".slide-lists") ? -1 : 0; step <= 6; step++) {
      slide.classList.toggle("roomy", step < 0);
      for (let i = 1; i <= 6; i++) slide.classList.toggle("tight-" + i, i === step);
      if (slide.scrollHeight <= window.innerHeight + 1) return;
    }
  }

  function notes() {
    const on = root.classList.toggle("with-notes");
    bar.querySelector("[data-notes]").setAttribute("aria-pressed", on);
    fit();
  }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
  }

  const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  const back = { ArrowRight: -1, ArrowLeft: 1 }; // where lines run from right to left
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const button = e.target.closest && e.target.closest("button, a, summary");
    if (button && (e.key === " " || e.key === "Enter")) return;
    let step = keys[e.key];
    if (root.dir === "rtl" && back[e.key]) step = back[e.key];
    if (e.key === "Home") show(0);
    else if (e.key === "End") show(slides.length - 1);
    else if (e.key === "n" || e.key === "N") notes();
    else if (e.key === "f" || e.key === "F") full();
    else if (step) show(now + step);
    else return;
    e.preventDefault();
  });
  bar.querySelector("[data-back]").addEventListener("click", () => show(now - 1));
  bar.querySelector("[data-on]").addEventListener("click", () => show(now + 1));
  bar.querySelector("[data-notes]").addEventListener("click", notes);
  bar.querySelector("[data-full]").addEventListener("click", full);
  let start = null;
  document.addEventListener("touchstart", (e) => (start = e.touches.length === 1 ? e.touches[0].clientX : null), { passive: true });
  document.addEventListener("touchend", (e) => {
    if (start === null) return;
    const moved = e.changedTouches[0].clientX - start;
    if (Math.abs(moved) > 60) show(now + (moved < 0 === (root.dir !== "rtl") ? 1 : -1));
    start = null;
  });
  window.addEventListener("resize", fit);
  window.addEventListener("hashchange", () => show(parseInt(location.hash.slice(1), 10) - 1 || 0, true));

  root.classList.add("playing");
  bar.hidden = false;
  show(parseInt(location.hash.slice(1), 10) - 1 || 0, true);
})();
