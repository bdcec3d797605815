// Draws the figures of a page with the vendored ECharts, each when it is nearly in view. The option is JSON beside the
// figure: colours are named, as in "var(--agree-2)", and so are formatters, as in "percent". The table of numbers
// stays in the page whatever happens here. Diverging bars (the stack "answers") share one axis on a page.
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

  const small = matchMedia("(max-width: 40em)");
  const read = (box) => JSON.parse(document.getElementById(box.dataset.option).textContent);
  const isStack = (option) => option.series.some((one) => one.stack === "answers");
  const isHeat = (option) => option.series[0].type === "heatmap";
  // The widest reach of all diverging bars, so that they share one axis.
  const reach = { min: 0, max: 0 };

  // asTable shows a heat map as its table, where the squares would be too small, and on paper.
  function asTable(box) {
    const table = box.closest(".figure").querySelector("details");
    if (table && small.matches && !box.opened) { box.opened = table.open = true; }
    if (table && !small.matches && box.opened) { box.opened = table.open = false; }
    box.hidden = small.matches || root.hasAttribute("data-paper");
    return box.hidden;
  }

  // space puts a diverging bar on the page's axis, and takes labels away from pieces that are narrower than they are.
  function space(option, box) {
    const axis = [].concat(option.xAxis)[0];
    Object.assign(axis, reach);
    const room = box.clientWidth - ([].concat(option.yAxis)[0].show === false ? 0 : 140);
    for (const one of option.series) {
      for (const d of one.data) {
        if (d.label && d.label.show && d.value * room / (reach.max - reach.min) < 8.5 * d.label.formatter.length + 6) { d.label.show = false; }
      }
    }
  }

  function draw(box) {
    const source = read(box);
    if (isHeat(source) && asTable(box)) { return; }
    const stack = isStack(source);
    if (stack) { space(source, box); }
    const figure = box.closest(".figure");
    const sentence = figure && figure.querySelector(".figure-sentence");
    const option = themed(source);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || root.hasAttribute("data-paper");
    box.hidden = false;
    box.drawn = box.clientWidth;
    let chart = charts.get(box);
    const first = !chart;
    if (first) {
      chart = echarts.init(box, null, { renderer: "svg" });
      charts.set(box, chart);
    }
    const font = getComputedStyle(document.body);
    chart.setOption({
      ...option,
      animation: first && !still && option.animation !== false,
      animationDuration: 300,
      textStyle: { fontFamily: font.fontFamily, fontSize: 14, color: colour("var(--ink)"), ...option.textStyle },
      // An HTML tooltip would need styles inside the page.
      tooltip: option.tooltip && { confine: true, backgroundColor: colour("var(--raised)"), borderColor: colour("var(--line)"), textStyle: { color: colour("var(--ink)") }, ...option.tooltip, renderMode: "richText" },
      aria: { enabled: true, ...option.aria, label: { description: sentence ? sentence.textContent : "" } },
    }, true);
    fit(chart, box);
    if (stack) { enclose(chart, box); }
  }

  // enclose makes a box as high as its bars and legend: on paper exactly, on a screen only where they would be cut off.
  function enclose(chart, box) {
    const all = box.querySelector("svg > g").getBBox(); // without the ground, which fills the box
    const need = Math.ceil(all.y + all.height) + 2;
    if (all.height > 0 && (need > box.clientHeight || root.hasAttribute("data-paper"))) {
      box.style.height = need + "px";
      fit(chart, box);
    }
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
        const box = one.target;
        const chart = charts.get(box);
        if (!chart || box.hidden) { continue; }
        if (box.drawn !== box.clientWidth) { box.style.height = ""; draw(box); } else { fit(chart, box); }
      }
    });
    for (const box of boxes) {
      const option = read(box);
      if (isStack(option)) {
        const axis = [].concat(option.xAxis)[0];
        reach.min = Math.min(reach.min, axis.min);
        reach.max = Math.max(reach.max, axis.max);
      }
      // Every box takes its room at once, so that nothing jumps when it is drawn.
      if (!isHeat(option) || !small.matches) { box.hidden = false; }
      near.observe(box.closest(".figure") || box.parentElement);
      sizes.observe(box);
    }
    small.addEventListener("change", () => boxes.forEach((box) => { if (isHeat(read(box))) { draw(box); } }));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    // On paper everything is drawn, in the light colours and as wide as the page between its margins.
    addEventListener("beforeprint", () => {
      root.dataset.paper = "";
      for (const box of boxes) {
        box.hidden = false;
        const bars = read(box);
        const plain = !isStack(bars) && !isHeat(bars);
        box.style.height = plain ? 10 + 27 * bars.series[0].data.length + "px" : "94px";
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
