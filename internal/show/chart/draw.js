// Draws one chart as text. It runs in an engine without a page: after ECharts and chart-fit.js, with the widths of
// letters in earshotWidths: for each weight, from a letter's number to thousandths of the size.
(function () {
  "use strict";
  const between = (n, from, to) => n >= from && n <= to;

  // guess is for letters that the font does not have: a reader's own font draws them, and which one is not known.
  function guess(n) {
    if (between(n, 0x300, 0x36f) || between(n, 0x610, 0x61a) || between(n, 0x64b, 0x65f) || n === 0x670 || between(n, 0x200b, 0x200f) || between(n, 0x2060, 0x2069) || n === 0x9cd || n === 0xa4d) { return 0; }
    if (between(n, 0x600, 0x77f) || between(n, 0xfb50, 0xfeff)) { return 620; }
    if (between(n, 0x1100, 0x11ff) || between(n, 0x2e80, 0xd7ff) || between(n, 0xf900, 0xfaff) || n > 0xffff) { return 1000; }
    return 640;
  }

  const measured = new Map();
  function measure(text, size, weight) {
    const key = weight + text;
    let sum = measured.get(key);
    if (sum === undefined) {
      sum = 0;
      const widths = earshotWidths[weight >= 550 ? 600 : 400];
      for (const letter of text) {
        const n = letter.codePointAt(0);
        sum += n in widths ? widths[n] : guess(n);
      }
      if (measured.size > 5000) { measured.clear(); }
      measured.set(key, sum);
    }
    return sum * size / 1000;
  }

  echarts.setPlatformAPI({
    measureText(text, font) {
      const size = /([\d.]+)px/.exec(font), weight = /\b(bold|[1-9]00)\b/.exec(font);
      return { width: measure(text, size ? Number(size[1]) : 12, weight ? (weight[1] === "bold" ? 700 : Number(weight[1])) : 400) };
    },
  });

  globalThis.earshotDraw = function (json, width) {
    const fitted = earshotFit(JSON.parse(json), width, measure);
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height: fitted.height });
    try {
      chart.setOption({ ...fitted.option, animation: false, tooltip: undefined, aria: undefined });
      return chart.renderToSVGString();
    } finally {
      chart.dispose();
    }
  };
}());
