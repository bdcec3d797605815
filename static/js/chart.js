// Makes the charts of a page answer to pointer and keyboard. What was drawn on the server stands in the page already;
// ECharts is loaded when somebody points at a chart or comes to it by keyboard, and takes the drawing's place. A chart
// that has not been drawn there is drawn when it is nearly in view. The option is JSON beside the figure, its colours are
// named as in "var(--agree-2)", and chart-fit.js lays it out. The table of numbers stays whatever happens here.
(function () {
  "use strict";
  const root = document.documentElement;
  const charts = new Map();
  const PAPER = 670;
  let library;

  const read = (box) => JSON.parse(document.getElementById(box.dataset.option).textContent);
  const drawing = (box) => box.querySelector(":scope > svg");
  const isHeat = (box) => box.classList.contains("chart-heat");

  function load(box) {
    library ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = box.dataset.echarts;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    });
    return library;
  }

  const pencil = document.createElement("canvas").getContext("2d");
  function measure(text, size, weight) {
    pencil.font = weight + " " + size + "px " + getComputedStyle(document.body).fontFamily;
    pencil.fontKerning = "none"; // letter by letter, as the server measures
    pencil.textRendering = "optimizeSpeed";
    return pencil.measureText(text).width;
  }

  // themed puts colours in the place of their names, as they are where the chart stands, and a tooltip's text into it.
  function themed(box, option) {
    const probe = document.createElement("span");
    probe.className = "chart-probe";
    box.append(probe);
    const known = new Map();
    const walk = (value) => {
      if (typeof value === "string" && value.startsWith("var(--")) {
        if (!known.has(value)) {
          probe.style.color = value;
          known.set(value, getComputedStyle(probe).color);
        }
        return known.get(value);
      }
      if (Array.isArray(value)) { return value.map(walk); }
      if (value && typeof value === "object") { return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v)])); }
      return value;
    };
    const out = walk(option);
    // An HTML tooltip would need styles inside the page.
    out.tooltip = { ...out.tooltip, confine: true, renderMode: "richText", transitionDuration: 0, formatter: (v) => v.data.text || v.name,
      backgroundColor: walk("var(--raised)"), borderColor: walk("var(--line)"), textStyle: { color: walk("var(--ink)"), fontFamily: getComputedStyle(document.body).fontFamily } };
    probe.remove();
    return out;
  }

  function draw(box) {
    let chart = charts.get(box);
    if (!chart) {
      const stage = document.createElement("div");
      stage.className = "stage";
      const before = drawing(box) ? box.clientHeight : 0;
      box.classList.add("is-live");
      box.append(stage);
      chart = { stage, least: before, width: 0, echart: null };
      charts.set(box, chart);
    }
    box.hidden = false;
    const width = root.hasAttribute("data-paper") ? PAPER : box.clientWidth;
    if (!width) { return; }
    if (chart.width && chart.width !== width) { chart.least = 0; }
    chart.width = width;
    const fitted = earshotFit(read(box), width, measure);
    const size = { width, height: fitted.height };
    // It takes the room of the drawing that was there, which was scaled a little.
    chart.stage.style.height = (fitted.height < chart.least + 8 ? chart.least : fitted.height) + "px";
    if (chart.echart) { chart.echart.resize(size); } else { chart.echart = echarts.init(chart.stage, null, { renderer: "svg", ...size }); }
    const option = themed(box, fitted.option);
    option.textStyle.fontFamily = getComputedStyle(document.body).fontFamily;
    chart.echart.setOption({ ...option, animation: false, aria: undefined }, true);
    chart.echart.getZr().flush(); // paper does not wait for the next frame
    const svg = chart.stage.querySelector("svg");
    // The view box lets paper scale what was drawn for a screen.
    if (svg) { svg.setAttribute("viewBox", "0 0 " + size.width + " " + size.height); }
  }

  // wake makes a chart answer, and shows what is under the pointer.
  async function wake(box, event) {
    if (charts.has(box)) { return; }
    try { await load(box); } catch { return; } // what was drawn stays
    if (charts.has(box)) { return; }
    draw(box);
    if (event) {
      const at = box.getBoundingClientRect();
      charts.get(box).echart.dispatchAction({ type: "showTip", x: event.clientX - at.left, y: event.clientY - at.top });
    }
  }

  // step goes to the next mark, or the one before, and says what it is.
  async function step(box, by) {
    await wake(box);
    const chart = charts.get(box);
    if (!chart || !chart.echart) { return; }
    const marks = chart.echart.getOption().series.flatMap((one, s) => one.data.map((d, i) => ({ s, i, text: d && d.text })).filter((m) => m.text));
    if (!marks.length) { return; }
    chart.at = chart.at === undefined ? (by > 0 ? 0 : marks.length - 1) : (chart.at + by + marks.length) % marks.length;
    const mark = marks[chart.at];
    chart.echart.dispatchAction({ type: "showTip", seriesIndex: mark.s, dataIndex: mark.i });
    if (!chart.said) {
      chart.said = document.createElement("p");
      chart.said.className = "sr";
      chart.said.setAttribute("aria-live", "polite");
      box.after(chart.said);
    }
    chart.said.textContent = mark.text;
  }

  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  function begin() {
    const boxes = [...document.querySelectorAll("[data-option]")];
    const near = new IntersectionObserver((seen) => {
      for (const one of seen) {
        const box = one.target.querySelector("[data-option]");
        if (!one.isIntersecting) { continue; }
        near.unobserve(one.target);
        load(box).then(() => draw(box), () => {});
      }
    }, { rootMargin: "300px" });
    const sizes = new ResizeObserver((changed) => {
      for (const { target } of changed) {
        const chart = charts.get(target);
        if (chart && target.clientWidth && chart.width !== target.clientWidth && !root.hasAttribute("data-paper")) { draw(target); }
      }
    });
    for (const box of boxes) {
      const sentence = box.closest(".figure").querySelector(".figure-sentence");
      box.tabIndex = 0;
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", sentence ? sentence.textContent : "");
      sizes.observe(box);
      for (const type of ["pointerenter", "pointerdown"]) { box.addEventListener(type, (e) => wake(box, e), { once: true }); }
      box.addEventListener("keydown", (e) => {
        if (e.key in steps) {
          e.preventDefault();
          step(box, steps[e.key]);
        } else if (e.key === "Escape" && charts.has(box)) {
          charts.get(box).echart.dispatchAction({ type: "hideTip" });
        }
      });
      if (drawing(box)) { continue; }
      // A box without a drawing takes its room at once, so that nothing jumps when it is drawn.
      box.hidden = false;
      box.style.minHeight = box.clientWidth ? earshotFit(read(box), box.clientWidth, measure).height + "px" : "";
      near.observe(box.closest(".figure"));
    }
    const redraw = () => charts.forEach((chart, box) => draw(box));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    matchMedia("(forced-colors: active)").addEventListener("change", redraw);
    // Paper takes the server's drawings. What has none is drawn anew: in light colours, as wide as the page.
    const bare = () => boxes.filter((box) => !drawing(box) && !isHeat(box));
    addEventListener("beforeprint", () => {
      root.dataset.paper = "";
      if (window.echarts) { bare().forEach(draw); }
    });
    addEventListener("afterprint", () => {
      delete root.dataset.paper;
      redraw();
    });
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})();
