// Typing in sheets of paper with the number keys. A sheet stands in this page alone until it is saved; a share of them is
// asked for a second time without showing the first, and what differs is decided by whoever types.
(function () {
  "use strict";
  const el = (id) => document.getElementById(id);
  const plan = JSON.parse(el("plan").textContent), words = plan.words;
  const make = (tag, text, kind) => { const node = document.createElement(tag); node.textContent = text || ""; if (kind) { node.className = kind; } return node; };
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b + 256).toString(16).slice(1)).join("");
  let answers = {}, first = null, at = -1, receipt = hex(), saved = 0, busy = false, decided = null;

  function say(text, bad) {
    el("said").textContent = text || "";
    el("said").hidden = !text;
    el("said").className = bad ? "notice problem" : "notice";
  }

  function chosen(q) { return answers[q.id] || []; }

  // draw shows the question that is being typed with its numbered answers, and the others in one line each.
  function draw() {
    el("answers").replaceChildren(...plan.questions.map((q, i) => {
      const line = make("li", "", i === at ? "now" : "");
      line.append(make("span", q.n + ". " + q.text, "asked"));
      const have = chosen(q);
      if (q.options) {
        const list = make("span", "", "keys");
        q.options.forEach((o, k) => {
          const place = have.indexOf(o[0]) + 1, key = make("span", "", place ? "on" : "");
          key.append(make("b", String(k + 1)), " " + o[1] + (place && q.type === "ranking" ? " (" + place + ".)" : ""));
          list.append(key);
        });
        line.append(list);
      } else {
        line.append(make("span", have[0] || (i === at ? "…" : "–"), "keys"));
      }
      return line;
    }));
    const now = document.querySelector("#answers .now");
    if (now) { now.scrollIntoView({ block: "nearest" }); }
    const done = at === plan.questions.length;
    el("save").hidden = !done;
    el("save").textContent = words.save;
    el("count").textContent = words.saved + ": " + saved;
    if (done) { el("save").focus(); }
  }

  function go(to) {
    at = Math.max(0, Math.min(plan.questions.length, to));
    draw();
  }

  function key(e) {
    if (at < 0 || at >= plan.questions.length || e.ctrlKey || e.metaKey || e.altKey || /INPUT|SELECT/.test(e.target.tagName)) {
      if (e.key === "Backspace" && at === plan.questions.length && e.target === el("save")) { e.preventDefault(); back(); }
      return;
    }
    const q = plan.questions[at], n = /^[0-9]$/.test(e.key) ? +e.key : -1, have = chosen(q);
    if (e.key === "Backspace") {
      e.preventDefault();
      if (have.length && (q.most || !q.options)) { answers[q.id] = q.options ? have.slice(0, -1) : [have[0].slice(0, -1)].filter(Boolean); return draw(); }
      return back();
    }
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); return go(at + 1); }
    if (n < 0) { return; }
    e.preventDefault();
    if (!q.options) { answers[q.id] = [(have[0] || "") + n]; return draw(); }
    if (n === 0 && !q.most) { delete answers[q.id]; return go(at + 1); }
    const option = q.options[n - 1];
    if (!option) { return; }
    if (!q.most) { answers[q.id] = [option[0]]; return go(at + 1); }
    answers[q.id] = have.includes(option[0]) ? have.filter((v) => v !== option[0]) : have.concat(option[0]).slice(0, q.most);
    draw();
  }

  // back undoes: the question before is asked again.
  function back() {
    if (at > 0) { go(at - 1); delete answers[plan.questions[at].id]; draw(); }
  }

  function begin() {
    if (el("code").value.replace(/[^0-9a-z]/gi, "").length !== 12) { return say(words.code, true); }
    say("");
    el("code").blur();
    go(0);
  }

  const text = (q, values) => (values || []).map((v) => (q.options ? (q.options.find((o) => o[0] === v) || [])[1] : v)).join(", ") || "–";

  async function save() {
    if (busy) { return; }
    let compared = 0, different = 0;
    if (!first && !decided && Math.random() < plan.share) {
      first = answers;
      answers = {};
      say(words.again);
      return go(0);
    }
    if (first) {
      const second = answers, differ = plan.questions.filter((q) => text(q, first[q.id]) !== text(q, second[q.id]));
      decided = { compared: plan.questions.length, different: differ.length };
      if (differ.length) { return settle(differ, second); }
      say(words.same);
      first = null;
    }
    if (decided) { compared = decided.compared; different = decided.different; }
    const data = new URLSearchParams({ code: el("code").value, receipt: receipt, compared: compared, different: different, language: el("language").value });
    for (const id in answers) { for (const v of answers[id]) { data.append(id, v); } }
    busy = true;
    let reply = {};
    try {
      reply = await (await fetch(plan.action, { method: "POST", body: data, headers: { Accept: "application/json" } })).json();
    } catch (e) {
      reply = { message: words.stopped };
    }
    busy = false;
    if (reply.state !== "stored") { return say(reply.message || words.stopped, true); }
    saved += 1;
    answers = {};
    first = decided = null;
    receipt = hex();
    at = -1;
    el("code").value = "";
    draw();
    say(reply.message);
    el("code").focus();
  }

  // settle asks about each answer that came out differently: the sheet decides.
  function settle(differ, second) {
    say(words.differ, true);
    const one = first;
    answers = Object.assign({}, second);
    first = null;
    el("save").hidden = true;
    let left = differ.length;
    el("answers").replaceChildren(...differ.map((q) => {
      const line = make("li", "", "now");
      line.append(make("span", q.n + ". " + q.text, "asked"));
      [[words.first, one], [words.second, second]].forEach(([name, from]) => {
        const button = make("button", name + ": " + text(q, from[q.id]), "button quiet");
        button.type = "button";
        button.onclick = () => {
          if (from[q.id]) { answers[q.id] = from[q.id]; } else { delete answers[q.id]; }
          line.remove();
          left -= 1;
          if (!left) { say(""); go(plan.questions.length); }
        };
        line.append(button);
      });
      return line;
    }));
    document.querySelector("#answers button").focus();
  }

  document.addEventListener("keydown", key);
  el("code").addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); begin(); } });
  el("save").onclick = save;
  addEventListener("beforeunload", (e) => { if (at >= 0) { e.preventDefault(); } });
  draw();
  el("code").focus();
})();
