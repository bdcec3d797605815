// Typing in sheets of paper with the number keys. A sheet stands in this page alone until it is saved; a share of them is
// asked for a second time without showing the first, and what differs is decided by whoever types.
(function () {
  "use strict";
  const el = (id) => document.getElementById(id);
  const plan = JSON.parse(el("plan").textContent), words = plan.words, questions = plan.questions;
  const make = (tag, text, kind) => { const node = document.createElement(tag); node.textContent = text || ""; if (kind) { node.className = kind; } return node; };
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b + 256).toString(16).slice(1)).join("");
  const code = el("code"), list = el("answers"), save = el("save"), said = el("said");

  // at is the question that is being typed: -1 while there is no code, one past the last when all are done.
  let at = -1, answers = {}, saved = 0, busy = false;
  // Of the sheet at hand: its receipt, whether it is asked for twice, its first answers, what came of the comparison.
  let sheet = fresh(), settling = null;
  function fresh() { return { receipt: hex(), twice: Math.random() < plan.share, first: null, result: null }; }

  // say puts a message where whoever types is looking: under the code, under the question, or over the button to save.
  function say(text, bad) {
    if (settling) {
      list.before(said);
    } else if (at < 0) {
      code.parentNode.after(said);
    } else if (at < questions.length) {
      lines[at].group.append(said);
    } else {
      list.after(said);
    }
    said.textContent = text || "";
    said.hidden = !text;
    said.className = bad ? "notice problem" : "notice";
  }

  // written is for words, which are typed once and not compared.
  const written = (q) => /text/.test(q.type);

  // The questions are built once; show says what has changed.
  const lines = questions.map((q, i) => {
    const line = make("li"), group = make("div"), asked = make("span", q.n + ". " + q.text, "asked"), keys = make("span", "", "keys");
    asked.id = "asked-" + q.id;
    group.tabIndex = -1;
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", asked.id);
    group.append(asked, keys);
    line.append(group);
    let buttons = [], number = null;
    if (q.options) {
      buttons = q.options.map((o, k) => {
        const button = make("button", "", "key");
        button.type = "button";
        button.append(make("b", plan.keys[k]), make("span", o[1]));
        button.onclick = (e) => {
          if (at < 0 || settling) { return; }
          if (e.detail) { button.blur(); } // a mouse: the keys go on with the sheet
          at = i;
          choose(q, o[0]);
        };
        keys.append(button);
        return button;
      });
    } else {
      number = document.createElement(written(q) ? "textarea" : "input");
      number.inputMode = written(q) ? "text" : "numeric";
      number.autocomplete = "off";
      if (written(q)) { number.maxLength = q.max; number.rows = 4; number.dir = "auto"; }
      number.setAttribute("aria-labelledby", asked.id);
      number.onfocus = () => { if (at >= 0 && at !== i) { at = i; show(); } };
      number.oninput = () => { set(q, number.value.trim() ? [number.value.trim()] : []); };
      keys.append(number);
      if (!written(q)) { keys.append(make("span", words.number.replace("{min}", q.min).replace("{max}", q.max), "hint")); }
    }
    return { line: line, group: group, buttons: buttons, number: number };
  });

  const chosen = (q) => answers[q.id] || [];
  function set(q, values) {
    if (values.length) { answers[q.id] = values; } else { delete answers[q.id]; }
  }

  function show() {
    lines.forEach((l, i) => {
      const q = questions[i], have = chosen(q);
      l.line.className = i === at ? "now" : "";
      l.buttons.forEach((button, k) => {
        const place = have.indexOf(q.options[k][0]) + 1;
        button.setAttribute("aria-pressed", place > 0);
        button.tabIndex = i === at ? 0 : -1;
        button.lastChild.textContent = q.options[k][1] + (place && q.type === "ranking" ? " (" + place + ".)" : "");
      });
      if (l.number) {
        l.number.disabled = at < 0;
        if (l.number.value !== (have[0] || "")) { l.number.value = have[0] || ""; }
      }
    });
    save.hidden = at !== questions.length;
    save.textContent = words.save;
    el("count").textContent = saved ? words.saved + ": " + saved : "";
    code.readOnly = at >= 0;
  }

  function go(to) {
    at = Math.max(0, Math.min(questions.length, to));
    show();
    if (at === questions.length) {
      say(words.done);
      save.focus();
      return;
    }
    const l = lines[at];
    (l.number || l.group).focus({ preventScroll: true });
    l.line.scrollIntoView({ block: "nearest" });
  }

  // next leaves a question, unless its number will not do.
  function next() {
    const q = questions[at], have = chosen(q)[0];
    if (!q.options && !written(q) && have && !(/^[0-9]+$/.test(have) && +have >= q.min && +have <= q.max)) {
      say(words.number.replace("{min}", q.min).replace("{max}", q.max), true);
      return;
    }
    say("");
    go(at + 1);
  }

  // choose fills in a box, or takes it back; where there is only one, the next question comes.
  function choose(q, option) {
    const have = chosen(q);
    if (!q.most) {
      set(q, [option]);
      return next();
    }
    set(q, have.includes(option) ? have.filter((v) => v !== option) : have.concat(option).slice(0, q.most));
    show();
  }

  // back undoes: the last box of several, or the question before. Before the first question stands the code.
  function back() {
    const q = questions[at];
    if (q && q.most && chosen(q).length) {
      set(q, chosen(q).slice(0, -1));
      return show();
    }
    if (at > 0) {
      if (!questions[at - 1].most && questions[at - 1].options) { set(questions[at - 1], []); }
      say("");
      return go(at - 1);
    }
    at = -1;
    show();
    say("");
    code.focus();
  }

  function key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || busy) { return; }
    if (settling) { return settleKey(e); }
    if (at < 0 || e.target === code || e.target.tagName === "SELECT") { return; }
    const q = questions[at], onNumber = /INPUT|TEXTAREA/.test(e.target.tagName);
    if (e.target.tagName === "TEXTAREA" && (e.shiftKey || e.key === " ")) { return; } // a new line, a space
    if (e.key === "Backspace" && !(onNumber && e.target.value)) {
      e.preventDefault();
      return back();
    }
    if (!q || e.target === save) { return; }
    const pressing = e.target.classList.contains("key"); // somebody goes from box to box with Tab
    if ((e.key === "Enter" || e.key === " ") && !pressing) {
      e.preventDefault();
      return next();
    }
    if (onNumber || !q.options) { return; }
    if (e.key === "0") {
      e.preventDefault();
      set(q, []);
      return next();
    }
    const k = e.key.length === 1 ? plan.keys.indexOf(e.key.toLowerCase()) : -1;
    if (k >= 0 && q.options[k]) {
      e.preventDefault();
      choose(q, q.options[k][0]);
    }
  }

  async function post(data) {
    busy = true;
    try {
      return await (await fetch(plan.action, { method: "POST", body: new URLSearchParams(data), headers: { Accept: "application/json" } })).json();
    } catch (e) {
      return {};
    } finally {
      busy = false;
    }
  }

  const letters = () => code.value.replace(/[^0-9a-z]/gi, "").length;

  // begin looks the code up, so that nobody types a sheet in vain.
  async function begin() {
    if (busy || at >= 0) { return; }
    if (letters() !== 12) { return say(words.code, true); }
    say(words.checking);
    const reply = await post({ code: code.value, look: "1" });
    if (reply.state !== "ready") { return say(reply.message || words.unchecked, true); }
    go(0);
    say(words.begun);
  }

  const text = (q, values) => (values || []).map((v) => (q.options ? (q.options.find((o) => o[0] === v) || [])[1] : v)).join(", ") || "–";

  async function finish() {
    if (busy) { return; }
    if (sheet.twice && !sheet.first && !sheet.result) {
      sheet.first = answers;
      answers = Object.fromEntries(questions.filter((q) => written(q) && answers[q.id]).map((q) => [q.id, answers[q.id]]));
      go(0);
      return say(words.again);
    }
    if (sheet.first && !sheet.result) {
      const one = sheet.first, differ = questions.filter((q) => !written(q) && text(q, one[q.id]) !== text(q, answers[q.id]));
      sheet.result = { compared: questions.filter((q) => !written(q)).length, different: differ.length };
      if (differ.length) { return settle(differ, one, answers); }
    }
    const data = [["code", code.value], ["receipt", sheet.receipt], ["language", el("language").value]];
    if (sheet.result) { data.push(["compared", sheet.result.compared], ["different", sheet.result.different]); }
    for (const id in answers) { for (const v of answers[id]) { data.push([id, v]); } }
    const reply = await post(data);
    if (reply.state !== "stored") {
      save.focus();
      return say(reply.message || words.stopped, true);
    }
    const same = sheet.result && !sheet.result.different;
    saved += 1;
    answers = {};
    sheet = fresh();
    at = -1;
    code.value = "";
    show();
    say((same ? words.same + " " : "") + reply.message);
    code.focus();
    scrollTo(0, 0);
  }

  // settle asks about each answer that came out differently: the sheet decides. 1 is the first time, 2 the second.
  function settle(differ, one, two) {
    settling = differ.slice();
    answers = Object.assign({}, two);
    save.hidden = true;
    const row = (q) => {
      const line = make("li", "", "now");
      line.append(make("span", q.n + ". " + q.text, "asked"));
      const keys = make("span", "", "keys");
      [[words.first, one], [words.second, two]].forEach(([name, from], k) => {
        const button = make("button", "", "key");
        button.type = "button";
        button.append(make("b", String(k + 1)), make("span", name + ": " + text(q, from[q.id])));
        button.onclick = () => {
          set(q, from[q.id] || []);
          settling = settling.filter((other) => other !== q);
          line.remove();
          if (settling.length) { return list.querySelector("button").focus(); }
          settling = null;
          list.replaceChildren(...lines.map((l) => l.line));
          go(questions.length);
        };
        keys.append(button);
      });
      line.append(keys);
      return line;
    };
    list.replaceChildren(...differ.map(row));
    list.querySelector("button").focus();
    say(words.differ, true);
  }

  function settleKey(e) {
    const button = list.querySelectorAll("li:first-child button")[{ 1: 0, 2: 1 }[e.key]];
    if (button) {
      e.preventDefault();
      button.click();
    }
  }

  document.addEventListener("keydown", key);
  code.addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); begin(); } });
  code.addEventListener("input", () => { if (letters() === 12) { begin(); } });
  save.onclick = finish;
  addEventListener("beforeunload", (e) => { if (at >= 0) { e.preventDefault(); } });
  list.replaceChildren(...lines.map((l) => l.line));
  show();
  code.focus();
})();
