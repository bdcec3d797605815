// Lays a chart out for a width: breaks labels into lines, gives rows their height, puts labels where they fit, and says
// how high the whole is. It is pure, and runs in a page (js/chart.js) and on the server (internal/show/chart) alike, so
// that a drawing and the chart that takes its place are the same. measure(text, size, weight) gives a width in pixels.
(function () {
  "use strict";
  const SIZE = 14, SMALL = 13, LEAD = 17, BOLD = 600;

  // lines breaks a text into lines of at most so many pixels, and ends the last one that is allowed with dots.
  function lines(text, width, most, measure, size) {
    const out = [];
    let now = "";
    for (let word of String(text).split(/\s+/)) {
      const longer = now ? now + " " + word : word;
      if (measure(longer, size, 400) <= width) { now = longer; continue; }
      if (now) { out.push(now); }
      while (measure(word, size, 400) > width && word.length > 1) {
        let n = word.length - 1;
        while (n > 1 && measure(word.slice(0, n), size, 400) > width) { n--; }
        out.push(word.slice(0, n));
        word = word.slice(n);
      }
      now = word;
    }
    if (now) { out.push(now); }
    if (out.length > most) {
      out.length = most;
      let last = out[most - 1];
      while (last.length > 1 && measure(last + "…", size, 400) > width) { last = last.slice(0, -1); }
      out[most - 1] = last.trimEnd() + "…";
    }
    return out;
  }

  const widest = (list, measure, size) => Math.ceil(list.reduce((w, t) => Math.max(w, measure(t, size, 400)), 0));
  const first = (axis) => (Array.isArray(axis) ? axis[0] : axis);

  // sideLabels gives the labels of rows a column on the left, and says how wide it is and how many lines the tallest has.
  function sideLabels(o, width, share, measure) {
    const axis = first(o.yAxis);
    const room = Math.min(260, Math.round(width * share));
    const broken = axis.data.map((text) => lines(text, room, 4, measure, SIZE));
    axis.data = broken.map((list) => list.join("\n"));
    Object.assign(axis.axisLabel, { fontSize: SIZE, lineHeight: LEAD, margin: 10, align: "right" });
    return { width: widest(broken.flat(), measure, SIZE), lines: Math.max(...broken.map((l) => l.length)) };
  }

  // legendLines is how many lines a legend takes, each item having its square, its text and a gap.
  function legendLines(names, width, measure) {
    let count = 1, x = 0;
    for (const name of names) {
      const item = 18 + 5 + measure(name, SMALL, 400) + 6;
      if (x > 0 && x + item > width) { count++; x = 0; }
      x += item + 10;
    }
    return count;
  }

  // besides gives things in their order places (their middles) as near to where they wish to stand as their sizes allow:
  // those that would cover each other stand together, around the middle of their wishes.
  function besides(things, from, to) {
    const groups = [];
    for (const one of things) {
      let g = { all: [one], size: one.size, first: one.wish - one.size / 2, count: 1 };
      const hold = () => { g.at = Math.min(Math.max(g.first / g.count, from), to - g.size); };
      hold();
      for (let above = groups.at(-1); above && above.at + above.size > g.at; above = groups.at(-1)) {
        groups.pop();
        g = { all: above.all.concat(g.all), size: above.size + g.size, first: above.first + g.first - above.size * g.count, count: above.count + g.count };
        hold();
      }
      groups.push(g);
    }
    for (const g of groups) {
      let at = g.at;
      for (const one of g.all) { one.y = at + one.size / 2; at += one.size; }
    }
  }

  // list puts numbered words under a picture, and says where they end.
  function list(o, words, width, top, measure) {
    o.title ??= [];
    const ink = { fontSize: SMALL, lineHeight: 16, fontWeight: 400, color: "var(--ink)" }, indent = measure("00", SMALL, 400) + 8;
    for (const [i, text] of words.entries()) {
      const broken = lines(text, width - indent, 2, measure, SMALL);
      o.title.push({ text: String(i + 1), left: 0, top, padding: 0, textStyle: ink }, { text: broken.join("\n"), left: indent, top, padding: 0, textStyle: ink });
      top += broken.length * 16 + 3;
    }
    return top;
  }

  const kinds = {
    likert(o, width, measure) {
      const axis = first(o.xAxis), several = first(o.yAxis).data.length > 1;
      const side = several ? sideLabels(o, width, 0.34, measure) : { width: 0, lines: 1 };
      const row = several ? Math.max(40, side.lines * LEAD + 10) : 44;
      const left = several ? side.width + 12 : 0;
      const high = row * first(o.yAxis).data.length;
      const unit = (width - left) / (axis.max - axis.min);
      for (const one of o.series) {
        one.barWidth = several ? 28 : 36;
        for (const d of one.data) {
          if (!d.label || !d.label.show) { continue; }
          d.label.fontSize = SMALL;
          if (d.value * unit < measure(d.label.formatter, SMALL, 400) + 2) { d.label.show = false; }
        }
      }
      o.grid = { left, right: 0, top: 2, height: high };
      const names = o.legend.data.map((name) => lines(name, width - 30, 1, measure, SMALL)[0]);
      Object.assign(o.legend, { left: 0, top: high + 8, width: width + 1, itemGap: 10, padding: 0 });
      o.legend.textStyle = { ...o.legend.textStyle, fontSize: SMALL, lineHeight: 16, padding: [0, 6, 0, 0] };
      o.legend.formatter = (name) => names[o.legend.data.indexOf(name)];
      const used = legendLines(names, width, measure);
      return high + 8 + used * 26 - 6;
    },

    bars(o, width, measure) {
      const side = sideLabels(o, width, 0.42, measure);
      const row = Math.max(30, side.lines * LEAD + 10), high = row * first(o.yAxis).data.length;
      o.series[0].barWidth = 20;
      for (const d of o.series[0].data) { Object.assign(d.label, { fontSize: SIZE, distance: 6 }); }
      o.grid = { left: side.width + 12, right: 46, top: 2, height: high };
      return high + 4;
    },

    // Columns that are too narrow for words have numbers, and a list under the picture.
    heat(o, width, measure) {
      const side = sideLabels(o, width, 0.24, measure), axis = first(o.xAxis);
      const left = side.width + 12, cell = (width - left) / axis.data.length;
      const size = cell < 90 ? 12 : SMALL, words = axis.data, numbered = cell < 60;
      const broken = words.map((text, i) => (numbered ? [String(i + 1)] : lines(text, cell - 3, 5, measure, size)));
      axis.data = broken.map((list) => list.join("\n"));
      Object.assign(axis.axisLabel, { fontSize: size, lineHeight: 15, margin: 6, verticalAlign: "bottom" });
      const top = Math.max(...broken.map((l) => l.length)) * 15 + 10;
      const row = Math.max(34, side.lines * LEAD + 8), high = row * first(o.yAxis).data.length;
      for (const d of o.series.flatMap((one) => one.data)) {
        d.label.fontSize = cell < 44 ? 12 : SIZE;
        if (cell < 36) { d.label.formatter = d.label.formatter.replace("%", ""); }
      }
      o.grid = { left, right: 0, top, height: high };
      return numbered ? list(o, words, width, top + high + 10, measure) : top + high + 2;
    },

    dots(o, width, measure, hint) {
      const side = sideLabels(o, width, 0.36, measure);
      const left = (hint.level ? Math.min(260, Math.round(width * 0.36)) : side.width) + 16, right = 24, plot = width - left - right;
      const top = hint.line >= 0 && hint.lineLabel ? 26 : 8;
      const row = Math.max(42, side.lines * LEAD + 10), high = row * first(o.yAxis).data.length;
      for (const d of o.series[0].data) { d.label.fontSize = SIZE; }
      for (const m of o.series[0].markLine.data) {
        if (m.label && m.label.show) {
          // The label stays inside the picture where the line stands near an end.
          const half = measure(m.label.formatter, SMALL, 400) / 2, x = left + plot * hint.line / 100;
          Object.assign(m.label, { fontSize: SMALL, distance: 6, offset: [Math.min(0, width - x - half) + Math.max(0, half - x), 0] });
        }
      }
      first(o.xAxis).interval = plot < 260 ? 50 : 25;
      Object.assign(first(o.xAxis).axisLabel, { fontSize: SMALL, margin: 8 });
      o.grid = { left, right, top, height: high };
      return top + high + 28;
    },

    slope(o, width, measure, hint) {
      const ends = hint.ends, times = hint.times, axis = first(o.xAxis);
      const last = times.length - 1, high = width < 480 ? 240 : 280;
      const side = ends.filter((e) => e.time === last);
      const room = Math.min(190, Math.round(width * 0.3));
      for (const e of ends) { e.lines = lines(e.label, room, 3, measure, SIZE); }
      const left = 44, right = Math.max(16, 14 + widest(side.flatMap((e) => e.lines), measure, SIZE));
      const top = hint.breaks && hint.breaks.length && hint.breakLabel ? 30 : 24, plot = width - left - right;
      // The labels at the right end keep apart, in the order of their shares.
      side.sort((a, b) => b.percent - a.percent);
      let floor = -Infinity;
      for (const e of side) {
        const half = e.lines.length * LEAD / 2, y = top + high * (1 - e.percent / 100);
        e.y = Math.max(y, floor + half);
        e.from = y;
        floor = e.y + half;
      }
      let ceiling = top + high + 10;
      for (const e of side.slice().reverse()) {
        const half = e.lines.length * LEAD / 2;
        e.y = Math.min(e.y, ceiling - half);
        ceiling = e.y - half;
      }
      const furthest = Math.max(0, ...o.series.flatMap((one) => one.data.map((d) => d.value[0])));
      for (const one of o.series) {
        for (const d of one.data) {
          const end = ends.find((e) => e.line === one.line && e.time === d.time);
          if (!d.label) { continue; }
          // Above a point means above its interval.
          const reach = (share) => 5 + Math.abs(share - d.value[1]) * high / 100;
          Object.assign(d.label, { fontSize: SIZE, position: "top", distance: reach(d.high) });
          if (end && end.time === last) {
            Object.assign(d.label, { show: true, position: "right", distance: 8, lineHeight: LEAD, formatter: end.lines.join("\n"), offset: [(furthest - d.value[0]) * plot / (axis.max - axis.min), end.y - end.from] });
          } else if (end) {
            Object.assign(d.label, { show: true, lineHeight: LEAD, formatter: end.lines.join("\n") });
          } else if (hint.labelled) {
            // The upper of two lines has its numbers above, the lower one below.
            const others = o.series.filter((s) => s.line !== undefined && s.line !== one.line).flatMap((s) => s.data).filter((x) => x.time === d.time);
            const below = d.value[1] > 10 && others.some((x) => x.value[1] > d.value[1] || x.value[1] === d.value[1] && x.value[0] > d.value[0]);
            Object.assign(d.label, { show: true, position: below ? "bottom" : "top", distance: reach(below ? d.low : d.high) });
          }
        }
        for (const m of (one.markLine ? one.markLine.data : [])) {
          if (m.label && m.label.show) {
            const half = measure(m.label.formatter, SMALL, 400) / 2, x = left + plot * (m.xAxis - axis.min) / (axis.max - axis.min);
            Object.assign(m.label, { fontSize: SMALL, distance: 6, offset: [Math.min(0, width - x - half) + Math.max(0, half - x), 0] });
          }
        }
      }
      const step = plot / (axis.max - axis.min);
      const every = Math.max(1, Math.ceil((widest(times.flatMap((t) => t.split(/\s+/)), measure, SMALL) + 8) / step));
      const broken = times.map((t) => lines(t, step * every - 8, 3, measure, SMALL));
      axis.axisLabel = { ...axis.axisLabel, fontSize: SMALL, lineHeight: 16, margin: 10, customValues: times.map((t, i) => i).filter((i) => (last - i) % every === 0),
        formatter: (v) => (broken[v] ? broken[v].join("\n") : "") };
      Object.assign(first(o.yAxis).axisLabel, { fontSize: SMALL });
      o.grid = { left, right, top, height: high };
      return top + high + 16 * Math.max(...broken.map((l) => l.length)) + 16;
    },

    // The labels of points never stand among the points: a line leads from each to a column at the side, in the order of the
    // shares. Where there is no room for words, the column has numbers, and the words are a list under the picture.
    scatter(o, width, measure, hint) {
      const narrow = width < 480, x = first(o.xAxis), y = first(o.yAxis), points = o.series[0].data, line = 16;
      const upwards = lines(hint.upwards, width, 2, measure, SMALL), top = upwards.length * 16 + 14;
      const order = points.slice().sort((a, b) => b.value[1] - a.value[1] || b.value[0] - a.value[0]);
      const named = order.map((d, i) => ({ d, words: d.label.formatter, side: narrow ? [String(i + 1)] : lines(d.label.formatter, 210, 2, measure, SMALL) }));
      const column = widest(named.flatMap((m) => m.side), measure, SMALL), gap = narrow ? 26 : 40;
      const left = 44, right = column + gap, plot = width - left - right;
      const needs = named.reduce((sum, m) => sum + m.side.length * line + 2, 0);
      const high = Math.max(narrow ? 320 : 380, needs);
      const height = (share) => top + high * (1 - (share - y.min) / (y.max - y.min));
      const across1 = (v) => left + plot * (v - x.min) / (x.max - x.min);
      for (const m of named) { m.wish = height(m.d.value[1]); m.size = m.side.length * line + 2; }
      besides(named, top - line / 2, top + high + line / 2);
      const leaders = [];
      for (const m of named) {
        const px = across1(m.d.value[0]), py = height(m.d.value[1]), from = Math.max(across1(m.d.high), px);
        Object.assign(m.d.label, { show: true, position: "inside", align: "left", verticalAlign: "middle", fontSize: SMALL, lineHeight: line, formatter: m.side.join("\n"), offset: [width - column - px, m.y - py] });
        const thin = { lineStyle: { width: 1, type: "dotted", color: "var(--line)" } };
        leaders.push([{ x: from, y: py, ...thin }, { x: width - column - 5, y: m.y }]);
      }
      for (const m of o.series[0].markLine.data) {
        if (m.label && m.label.show) {
          // What the line is called stands over it, on the side where no point is in its way.
          const w = measure(m.label.formatter, SMALL, 400) + 6, over = height(m.yAxis);
          const free = (from, to) => points.every((d) => across1(Math.max(d.high, d.value[0])) + 7 < from || across1(Math.min(d.low, d.value[0])) - 7 > to || height(d.value[1]) + 7 < over - 20 || height(d.value[1]) - 7 > over);
          const start = free(left, left + w);
          Object.assign(m.label, { fontSize: SMALL, show: start || free(left + plot - w, left + plot), position: start ? "insideStartTop" : "insideEndTop" });
        }
      }
      o.series[0].markLine.data.push(...leaders);
      // The names of the axes are lines of text over and under them.
      const style = { fontSize: SMALL, lineHeight: 16, fontWeight: 400, color: "var(--soft)" };
      const across = lines(hint.across, width - left, 3, measure, SMALL);
      o.title = [{ text: upwards.join("\n"), left: 0, top: 0, padding: 0, textStyle: style }, { text: across.join("\n"), left: left, top: top + high + 28, padding: 0, textStyle: style }];
      let end = top + high + 32 + across.length * 16;
      if (narrow) {
        end = list(o, named.map((m) => m.words), width, end + 8, measure);
      }
      for (const axis of [x, y]) { axis.axisLabel.fontSize = SMALL; }
      x.axisLabel.formatter = (v) => String(v).replace("-", "−");
      o.grid = { left, right, top, height: high };
      return end;
    },
  };

  // earshotFit gives the option for ECharts and the height of the picture.
  globalThis.earshotFit = function (option, width, measure) {
    const o = JSON.parse(JSON.stringify(option)), hint = o.layout;
    delete o.layout;
    const height = Math.ceil(kinds[hint.kind](o, width, measure, hint));
    o.grid.outerBoundsMode = "none"; // room for labels is made here
    o.textStyle = { fontSize: SIZE, color: "var(--ink)" };
    return { option: o, height };
  };
}());
