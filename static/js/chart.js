// Draws the figures of a page with the vendored ECharts, each when it is nearly in view. The option is JSON beside the
// figure: colours are named, as in "var(--agree-2)", and so are formatters, as in "percent". The table of numbers
// stays in the page whatever happens here.
(function () {
  "use strict";
  const root = document.documentElement;
  const charts = new Map();
  const probe = document.createElement("span");
  const formatters = {
    percent: (v) => (v && v.value !== undefined ? v.value : v) + " %",
    abspercent: (v) => Math.abs(v && v.value !== undefined ? v.value : v) + " %",
    abs: (v) => Math.abs(v),
    text: (v) => (v.data && v.data.text) || v.name,
  };

  function colour(name) {
    probe.style.color = "";
    probe.style.color = name;
    return getComputedStyle(probe).color;
  }

  // themed puts colours and formatters in the place of their names, all the way down.
  function themed(value, key) {
    if (typeof value === "string") {
      if (value.startsWith("var(--")) { return colour(value); }
      if (key === "formatter" && formatters[value]) { return formatters[value]; }
      return value;
    }
    if (Array.isArray(value)) { return value.map((v) => themed(v, key)); }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, themed(v, k)]));
    }
    return value;
  }

  const isWide = (box) => box.clientWidth >= 700;

  function draw(box) {
    const figure = box.closest(".figure");
    const sentence = figure && figure.querySelector(".figure-sentence");
    const option = themed(JSON.parse(document.getElementById(box.dataset.option).textContent));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || root.hasAttribute("data-paper");
    box.hidden = false;
    // A wide box has its legend in two lines at most.
    box.wide = isWide(box);
    if (box.wide && option.legend && option.legend.show) { [].concat(option.grid).forEach((grid) => { grid.bottom = 46; }); }
    let chart = charts.get(box);
    if (!chart) {
      chart = echarts.init(box, null, { renderer: "svg" });
      charts.set(box, chart);
    }
    const font = getComputedStyle(document.body);
    chart.setOption({
      ...option,
      animation: !still && option.animation !== false,
      animationDuration: 300,
      textStyle: { fontFamily: font.fontFamily, fontSize: 14, color: colour("var(--ink)"), ...option.textStyle },
      // An HTML tooltip would need styles inside the page.
      tooltip: option.tooltip && { confine: true, backgroundColor: colour("var(--raised)"), borderColor: colour("var(--line)"), textStyle: { color: colour("var(--ink)") }, ...option.tooltip, renderMode: "richText" },
      aria: { enabled: true, ...option.aria, label: { description: sentence ? sentence.textContent : "" } },
    }, true);
    fit(chart, box);
  }

  // The view box lets paper scale a drawing that was made for a screen.
  function fit(chart, box) {
    chart.resize();
    // Paper does not wait for the next frame.
    chart.getZr().flush();
    const svg = box.querySelector("svg");
    if (svg) { svg.setAttribute("viewBox", "0 0 " + chart.getWidth() + " " + chart.getHeight()); }
  }

  const redraw = () => charts.forEach((chart, box) => draw(box));

  function begin() {
    const boxes = document.querySelectorAll("[data-option]");
    if (!boxes.length || !window.echarts) { return; }
    probe.hidden = true;
    document.body.append(probe);
    const near = new IntersectionObserver((seen) => {
      for (const one of seen) {
        if (one.isIntersecting) { near.unobserve(one.target); draw(one.target.querySelector("[data-option]")); }
      }
    }, { rootMargin: "300px" });
    const sizes = new ResizeObserver((changed) => {
      for (const one of changed) {
        const chart = charts.get(one.target);
        if (chart && one.target.wide !== isWide(one.target)) { draw(one.target); } else if (chart) { fit(chart, one.target); }
      }
    });
    for (const box of boxes) {
      near.observe(box.closest(".figure") || box.parentElement);
      sizes.observe(box);
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    // On paper everything is drawn, in the light colours and as wide as the page between its margins.
    addEventListener("beforeprint", () => {
      root.dataset.paper = "";
      for (const box of boxes) {
        box.hidden = false;
        box.style.height = box.offsetHeight + "px";
        box.style.width = "670px";
        draw(box);
      }
    });
    addEventListener("afterprint", () => {
      delete root.dataset.paper;
      for (const box of boxes) { box.style.width = box.style.height = ""; }
      redraw();
    });
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})();
