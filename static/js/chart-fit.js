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

    heat(o, width, measure) {
      const side = sideLabels(o, width, 0.24, measure), axis = first(o.xAxis);
      const left = side.width + 12, cell = (width - left) / axis.data.length;
      const size = cell < 90 ? 12 : SMALL;
      const broken = axis.data.map((text) => lines(text, cell - 3, 5, measure, size));
      axis.data = broken.map((list) => list.join("\n"));
      Object.assign(axis.axisLabel, { fontSize: size, lineHeight: 15, margin: 6, verticalAlign: "bottom" });
      const top = Math.max(...broken.map((l) => l.length)) * 15 + 10;
      const row = Math.max(34, side.lines * LEAD + 8), high = row * first(o.yAxis).data.length;
      for (const d of o.series.flatMap((one) => one.data)) { d.label.fontSize = SIZE; }
      o.grid = { left, right: 0, top, height: high };
      return top + high + 2;
    },

    dots(o, width, measure, hint) {
      const side = sideLabels(o, width, 0.36, measure);
      const left = side.width + 16, right = 24, plot = width - left - right;
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

    scatter(o, width, measure, hint) {
      const narrow = width < 480, high = narrow ? 380 : 440, x = first(o.xAxis), y = first(o.yAxis);
      const upwards = lines(hint.upwards, width, 2, measure, SMALL), across = lines(hint.across, width - 50, 3, measure, SMALL);
      const left = 44, right = 10, top = upwards.length * 16 + 14;
      const plot = width - left - right;
      const across1 = (v) => left + plot * (v - x.min) / (x.max - x.min);
      const marks = o.series[0].data.map((d) => ({ d, text: d.label.formatter, px: across1(d.value[0]), py: top + high * (1 - (d.value[1] - y.min) / (y.max - y.min)), from: across1(d.low), to: across1(d.high) }));
      // Neither points nor their intervals may be covered by a label.
      const intervals = marks.map((m) => [m.from, m.py - 2, m.to, m.py + 2]);
      const taken = marks.map((m) => [m.px - 7, m.py - 7, m.px + 7, m.py + 7]);
      for (const m of o.series[0].markLine.data) {
        if (m.label && m.label.show) {
          m.label.fontSize = SMALL;
          const middle = top + high * (1 - (m.yAxis - y.min) / (y.max - y.min));
          taken.push([width - right - measure(m.label.formatter, SMALL, 400) - 10, middle - 20, width, middle]);
        }
      }
      const free = (b, also) => b[0] >= left && b[2] <= width && b[1] >= top && b[3] <= top + high && taken.concat(also).every((t) => b[2] <= t[0] || b[0] >= t[2] || b[3] <= t[1] || b[1] >= t[3]);
      // Points with the least room first: those that stand closest to another one.
      for (const m of marks) { m.near = Math.min(...marks.map((n) => (m === n ? Infinity : Math.hypot(m.px - n.px, m.py - n.py)))); }
      const order = marks.slice().sort((a, b) => a.near - b.near);
      // In one line or in more, above, below, to the right or to the left of the interval: the first place that is free.
      // What finds none may then cover intervals, but never a point or another label; what finds none then has no label.
      for (const [also, m] of [intervals, []].flatMap((also) => order.map((m) => [also, m]))) {
        for (const room of m.d.label.show ? [] : narrow ? [120, 80] : [240, 150, 110]) {
          const list = lines(m.text, room, 3, measure, SMALL);
          const w = widest(list, measure, SMALL) + 2, h = list.length * 15;
          const places = [
            [m.px - w / 2, m.py - 8 - h], [m.px - w / 2, m.py + 8],
            [Math.max(m.to, m.px + 7) + 4, m.py - h / 2], [Math.min(m.from, m.px - 7) - 4 - w, m.py - h / 2],
            [m.px + 9, m.py - h / 2], [m.px - 9 - w, m.py - h / 2],
          ].map(([bx, by]) => [bx, by, bx + w, by + h]);
          const box = places.find((p) => free(p, also));
          if (box) {
            taken.push(box);
            Object.assign(m.d.label, { show: true, position: "inside", offset: [(box[0] + box[2]) / 2 - m.px, (box[1] + box[3]) / 2 - m.py], fontSize: SMALL, lineHeight: 15, align: "center", formatter: list.join("\n") });
            break;
          }
        }
      }
      // The names of the axes are lines of text over and under them.
      const style = { fontSize: SMALL, lineHeight: 16, fontWeight: 400, color: "var(--soft)" };
      o.title = [{ text: upwards.join("\n"), left: 0, top: 0, padding: 0, textStyle: style }, { text: across.join("\n"), left: left, top: top + high + 28, padding: 0, textStyle: style }];
      for (const axis of [x, y]) { axis.axisLabel.fontSize = SMALL; }
      x.axisLabel.formatter = (v) => String(v).replace("-", "−");
      o.grid = { left, right, top, height: high };
      return top + high + 32 + across.length * 16;
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
