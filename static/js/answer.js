// The answering page, one question a screen. Without this script the page is one plain form; if anything here fails
// at the start, it becomes that form again. Every sentence comes from the page. Answers stay in this tab until Send.
// What is not needed for the first screen (sending, how the page looks, reading aloud, keeping answers without a connection)
// is in answer-more.js, and what only some surveys have (rules, topics, grids, rankings) in answer-asks.js: both come with
// the first touch.
(function () {
  "use strict";
  const doc = document, root = doc.documentElement, key = "earshot" + location.pathname;
  const el = (id) => doc.getElementById(id);
  const put = (node, text) => { if (node) { node.textContent = text || ""; } };
  const make = (tag, text) => { const node = doc.createElement(tag); put(node, text); return node; };
  const fill = (text, n, m) => text.replace("{n}", n).replace("{m}", m);
  const showIf = (node, yes) => { if (node) { node.hidden = !yes; } };
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b + 256).toString(16).slice(1)).join("");
  // A browser may forbid a page to keep anything, and says so by an error or by nothing at all.
  const local = () => { try { return localStorage || {}; } catch (e) { return {}; } };
  let ask, store, labels, form, words, plan, field, questions, every, tasks, steps, kept, shown, busy, done, timer, wiping, more, shared;

  // How the page looks is this device's own business; it is set before anything is drawn.
  root.classList.add("js");
  try { store = sessionStorage; } catch (e) { store = null; } // every use minds that there may be none
  let sheet = doc.currentScript.dataset.look;
  try { if (Object.keys(Object.assign(root.dataset, JSON.parse(local()["earshot-look"]))).length) { looks(); } } catch (e) { more = null; }

  // looks fetches the styles of what is not on everybody's first screen.
  function looks() {
    if (!sheet) { return; }
    const link = make("link");
    link.rel = "stylesheet";
    link.href = sheet;
    link.onload = () => { if (steps) { fit(); } };
    sheet = "";
    doc.head.append(link);
  }

  doc.addEventListener("DOMContentLoaded", () => {
    try {
      begin();
    } catch (e) {
      root.classList.remove("js");
      for (const step of doc.querySelectorAll(".step")) { step.hidden = false; }
      throw e;
    }
  });

  // cleaned gives the 12 characters of a code, or nothing if it cannot be one.
  function cleaned(text) {
    const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code) ? code : "";
  }

  const able = () => window.AbortController && Element.prototype.replaceChildren;

  function keep() {
    if (shared || !isSecureContext) { return; } // over plain http nothing is kept, not even in the tab
    try { store.setItem(key, JSON.stringify(kept)); } catch (e) {
      // Where nothing may be kept, a scanned code still outlasts a reload.
      kept.lost = 1;
      history.replaceState(Object.assign({}, history.state, { code: kept.code }), "");
    }
    if (more) { more.keep(kept); }
  }

  function forget() {
    if (kept.lost) { history.replaceState(null, ""); }
    try { store.removeItem(key); } catch (e) { return; }
  }

  function fresh(code) {
    return { code: code, slip: code, receipt: field || shared ? hex() : form.receipt ? form.receipt.value : hex(), answers: {}, times: {}, lots: {}, at: "start" };
  }

  function begin() {
    if (!able()) { throw new Error("too old for one question a screen"); }
    form = doc.forms[0];
    words = JSON.parse(el("words").textContent);
    plan = words.plan || {};
    field = el("code");
    shared = form.dataset.shared;
    lay();
    const code = takeCode(), opened = performance.getEntriesByType("navigation")[0];
    try { kept = JSON.parse(store.getItem(key)); } catch (e) { kept = null; }
    // Another slip on the same device is another person, and so is whoever opens the one link for everybody anew, without
    // reloading, going back or choosing a language: nothing of the last one may be seen. What they were sending is sent.
    const again = kept && !shared && (field ? !(code && kept.slip && kept.slip !== code) : kept.stay || !opened || opened.type !== "navigate");
    const late = kept && !again && kept.sending;
    if (!again) { kept = fresh(code); }
    if (code) { kept.code = kept.slip = kept.sure = code; }
    // A device that was set up for several people stays one, also when a slip's own code is scanned with it.
    if (shared) { try { local()["earshot-shared"] = Date.now(); } catch (e) { more = null; } }
    else if (form.dataset.more && Date.now() - local()["earshot-shared"] < 432e5) { return location.replace(form.getAttribute("action") + "/shared?ready=1&" + location.search.slice(1) + "#" + kept.code); }
    draw();
    placeCode(!kept.code);
    dialog();
    form.addEventListener("change", changed);
    form.addEventListener("input", (e) => e.target.type[0] === "t" && changed(e)); // words, before the press of Next moves what is pressed
    form.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && e.target.tagName === "INPUT") { e.preventDefault(); next(); }
    });
    form.addEventListener("submit", (e) => { e.preventDefault(); send(); });
    labels = { next: el("next").textContent, send: el("send").textContent };
    el("next").onclick = next;
    el("back").onclick = back;
    el("clear").onclick = clear;
    el("wipe").onclick = wipe;
    if (field) {
      el("retype").onclick = () => { placeCode(true); field.select(); };
      field.addEventListener("input", () => setCode(cleaned(field.value)));
    }
    addEventListener("popstate", (e) => {
      if (e.state && !done) { leave(); show(e.state.at, true); }
    });
    if (shared) { addEventListener("pageshow", (e) => { if (e.persisted) { location.reload(); } }); }
    addEventListener("hashchange", () => { if (location.hash.length > 9) { location.reload(); } });
    addEventListener("online", () => { if (timer) { send(); } });
    addEventListener("beforeunload", (e) => { if (kept.sending && !done) { e.preventDefault(); } });
    for (const link of form.querySelectorAll(".langs a")) {
      link.onclick = () => {
        if (kept.code && (shared || kept.lost || !isSecureContext)) { link.hash = kept.code; }
        kept.stay = 1;
        keep();
      };
    }
    extras();
    const at = again ? (history.state || kept).at : "start", open = (at) => {
      history.replaceState({ at: at, from: "", code: kept.lost && kept.code }, "", location.pathname + location.search);
      show(at, at !== "start");
      form.classList.add("ready");
    };
    if (late) { Promise.resolve(load()).then((m) => { if (m) { m.pass(late); } }); }
    if (at === "start") { return open(at); }
    rules().then((ok) => {
      open(ok ? at : "start");
      if (!ok) { say(words.needs); } else if (kept.sending) { send(); }
    });
  }

  // lay finds the screens.
  function lay() {
    if (ask) { ask.grids(form); }
    every = Array.from(form.querySelectorAll(".step:not(.task)")).slice(1, -1);
    questions = Array.from(form.querySelectorAll("fieldset[id^=q-]"));
    if (ask) { ask.rankings(questions); }
    // One screen at a time: its heading is the page's.
    for (const h of form.querySelectorAll(".step>h2,.step>legend>h2")) { h.setAttribute("role", "heading"); h.setAttribute("aria-level", 1); h.tabIndex = -1; }
  }

  // rules fetches what decides who is asked what, where a survey has that. It is true once the right questions can be asked.
  async function rules() {
    const src = form.dataset.asks;
    if (!src || ask) { return true; }
    await fetched(src);
    if (!ask && typeof asks === "object") { ask = asks; lay(); draw(); }
    return !!ask;
  }

  // fetched fetches a script, once if it comes.
  const coming = {};
  const fetched = (src) => coming[src] = coming[src] || new Promise((ready) => {
    const script = make("script");
    script.src = src;
    script.onload = ready;
    script.onerror = () => { coming[src] = 0; ready(); };
    doc.head.append(script);
  });

  // draw puts what is kept onto the page.
  function draw() {
    for (const input of form.querySelectorAll(".step input,.step select,.step textarea")) {
      const have = kept.answers[input.name];
      if (!input.name || input === field) { continue; }
      if (input.type === "radio" || input.type === "checkbox") { input.checked = have ? have.includes(input.value) : input.defaultChecked; }
      else { input.value = have ? have[Array.from(form.elements[input.name].length && input.tagName === "SELECT" ? form.elements[input.name] : [input]).indexOf(input)] || "" : ""; }
    }
    for (const q of questions) { if (q.rank) { q.rank(); } }
    arrange();
  }

  // The part after # never leaves the device; it leaves the address bar too, so that nobody reads it over a shoulder.
  function takeCode() {
    return field ? cleaned(location.hash.slice(1) || (history.state || "").code || "") : "";
  }

  const rows = (step) => (step.tagName === "FIELDSET" ? [step] : Array.from(step.getElementsByTagName("fieldset")));

  // arrange puts the screens in order: the questions, or the pages of a reading task.
  function arrange() {
    let middle;
    if (kept.task) {
      middle = tasks = form.querySelector(".task") ? tasks : kept.task.map((page, i) => {
        const section = make("section"), heading = make("h2");
        section.className = "step task";
        section.id = "t-" + i;
        heading.tabIndex = -1;
        heading.setAttribute("role", "heading");
        heading.setAttribute("aria-level", 1);
        heading.append(make("small"), page.title || "");
        section.append(heading, ...page.paragraphs.map((text) => make("p", text)));
        form.insertBefore(section, el("check"));
        return section;
      });
    } else {
      middle = ask ? ask.path(plan, kept, form, every, rows) : every;
    }
    steps = [el("start"), ...middle, el("check")];
    form.querySelector("progress").max = steps.length - 1;
  }

  const isAnswered = (step) => rows(step).every((q) => q.hidden || Array.from(q.querySelectorAll("input,select,textarea")).some((i) => (/radio|checkbox/.test(i.type) ? i.checked : i.value)));
  const here = () => Math.max(0, steps.indexOf(el(kept.at)));

  function show(id, focus) {
    arrange();
    const at = Math.max(0, steps.indexOf(el(id))), step = steps[at], last = at === steps.length - 1;
    for (const other of form.querySelectorAll(".step")) { other.hidden = true; }
    kept.at = step.id;
    shown = performance.now();
    if (last) { kept.seen = true; check(); }
    step.hidden = false;
    const small = step.querySelector("small");
    if (small) { put(small, [fill(words.place, at, steps.length - 2), small.dataset.s].filter(Boolean).join(" · ")); }
    form.querySelector("progress").value = at;
    showIf(el("back"), at);
    showIf(el("next"), !last);
    showIf(el("send"), last);
    showIf(el("wipe"), at);
    showIf(el("clear"), clearable());
    const opening = !at && el("last") && !kept.told; // what became of last time comes before the promise
    form.classList.toggle("opening", opening);
    put(el("next"), !at && !opening ? labels.next : kept.seen ? words.toCheck : words.next);
    say("");
    wiping = false;
    kept.stay = 0;
    keep();
    fit();
    if (focus) {
      scrollTo(0, 0);
      Array.from(step.querySelectorAll("h1,h2")).find((h) => h.offsetParent).focus({ preventScroll: true });
    }
    if (more) { more.shown(step); }
  }

  // fit lets the bars at the top and the end stay in place.
  function fit() {
    // In large letters what stays in place leaves no room for what is read, and hides what has the focus. Start stays, if it can.
    const at = here(), bars = [doc.querySelector("header"), form.querySelector("nav")], height = bars.map((bar) => bar.offsetHeight), most = innerHeight / 3;
    bars.forEach((bar, i) => { bar.style.cssText = height[0] + height[1] > most && (at || !i || height[1] > most) ? "position:static;z-index:auto" : at || !i ? "" : "position:sticky;bottom:0;z-index:1"; });
    root.style.scrollPaddingBottom = height[1] + 12 + "px";
  }

  const clearable = () => rows(steps[here()]).some((q) => kept.answers[q.id.slice(2)] || kept.answers[q.id]);

  // leave notes how long a question was looked at; only one word about it is ever sent.
  function leave() {
    const spent = performance.now() - shown, list = rows(el(kept.at));
    for (const q of list) { kept.times[q.id] = (kept.times[q.id] || 0) + spent / list.length; }
    cancel();
  }

  function cancel() {
    clearTimeout(timer);
    timer = kept.sending = 0;
    if (more) { more.cancel(); }
  }

  function go(id) {
    const from = kept.at;
    leave();
    // On a shared device there is no way back through the browser's own button.
    if (shared) { history.replaceState({ at: id }, ""); } else { history.pushState({ at: id, from: from, code: kept.lost && kept.code }, ""); }
    show(id, true);
  }

  function say(text) {
    put(el("message"), text);
  }

  function next() {
    const at = here(), step = steps[at];
    if (busy || at === steps.length - 1) { return; }
    if (form.matches(".opening")) {
      kept.told = 1;
      return show("start", true);
    }
    if (!at) { return start(); }
    for (const q of rows(step)) {
      const input = q.querySelector("[data-min]"), wrong = input && outside(input);
      fault(q.id.slice(2), wrong && q.querySelector(".hint").textContent);
      if (wrong) { input.focus(); return; }
    }
    // Once in a survey, so that leaving out stays easy: the last screen lists what was left.
    if (rows(step).length && step.id[0] !== "c" && !isAnswered(step) && !kept.reminded) {
      kept.reminded = true;
      keep();
      return say(words.skip);
    }
    arrange(); // what was answered here may have changed the way
    go(kept.seen ? "check" : steps[steps.indexOf(step) + 1].id);
  }

  // fault says beside a question what is wrong with its answer.
  function fault(id, text) {
    const q = el("q-" + id) || el(id);
    let place = el("e-" + id);
    if (!place && text && q) {
      place = make("p");
      place.id = "e-" + id;
      place.className = "error";
      q.querySelector("legend").after(place);
      for (const node of [q, q.querySelector("[data-min]")]) { if (node) { node.setAttribute("aria-describedby", (node.getAttribute("aria-describedby") || "") + " " + place.id); } }
    }
    put(place, text);
  }

  function outside(input) {
    const n = latin(input.value.trim());
    return n && !(/^-?\d{1,9}$/.test(n) && +n >= +input.dataset.min && +n <= +input.dataset.max);
  }

  // People write numbers in the digits of their language.
  const latin = (text) => text.replace(/[٠-٩۰-۹০-৯੦-੯]/g, (c) => { const n = c.charCodeAt(0); return (n < 0x900 ? n : n - 6) & 15; });

  function back() {
    if (busy) { return; }
    const to = steps[here() - 1].id;
    if (history.state && history.state.from === to) { return history.back(); }
    go(to);
  }

  function changed(e) {
    const name = e.target.name, q = e.target.closest("fieldset");
    if (e.target === field || !q) { return; }
    kept.answers[name] = new FormData(form).getAll(name).filter(Boolean).map(latin);
    const most = q.dataset.most;
    if (most && kept.answers[name].length > most) {
      e.target.checked = false;
      kept.answers[name] = kept.answers[name].filter((v) => v !== e.target.value);
      say(more ? more.words["answer.too_many"] : q.querySelector(".hint").textContent);
    } else {
      say("");
    }
    if (!kept.answers[name].length) { delete kept.answers[name]; }
    if (q.rank) { q.rank(); }
    fault(name, "");
    showIf(el("clear"), clearable());
    keep();
  }

  function clear() {
    const step = steps[here()];
    for (const q of rows(step)) { for (const id of [q.id, q.id.slice(2), q.id.slice(2) + "_far"]) { delete kept.answers[id]; } }
    draw();
    showIf(el("clear"), false);
    keep();
    step.querySelector("input:not([hidden]),button,textarea").focus();
  }

  function wipe() {
    if (busy) { return; }
    if (!wiping) {
      wiping = true;
      return say(words.clearAllSure);
    }
    clean();
  }

  // clean takes everything off this device and begins anew.
  function clean(note) {
    if (more) { more.forget(); }
    forget();
    if (shared) { return anew(note); }
    done = true;
    form.reset();
    history.replaceState(null, "");
    location.replace(location.pathname + location.search);
  }

  // anew makes the screen ready for the next person without asking the server: there may be no connection.
  function anew(note) {
    cancel();
    form.reset();
    kept = fresh("");
    done = busy = wiping = form.hidden = false;
    el("thanks").hidden = true;
    for (const old of form.querySelectorAll(".task")) { old.remove(); }
    for (const error of form.querySelectorAll(".error")) { put(error, ""); }
    if (field) { field.value = ""; field.removeAttribute("aria-invalid"); }
    history.replaceState({ at: "start", from: "" }, "", location.pathname + location.search);
    draw();
    placeCode(true);
    show("start", true);
    say(note);
    if (more) { more.fresh(); }
  }

  // The code.
  function setCode(code) {
    // A receipt belongs to one slip.
    if (code && code !== kept.slip) {
      if (kept.slip) { kept.receipt = hex(); }
      // Another slip is another person. One or two signs are a slip of the finger; and on somebody's own device a first slip
      // that was refused is followed by another.
      if (kept.began && !near(kept.began, code) && !(kept.refused && !shared && !matchMedia("(hover: hover) and (pointer: fine)").matches)) { Object.assign(kept, { answers: {}, times: {}, lots: {}, seen: 0, reminded: 0 }); draw(); show("start"); }
      kept.slip = code;
    }
    if (code !== kept.code) { kept.code = code; kept.started = 0; keep(); }
    if (code) { codeError(""); }
  }

  const near = (a, b) => Array.from(a).filter((c, i) => c !== b[i]).length < 3;

  function codeError(text) {
    put(el("code-error"), text);
    field.setAttribute("aria-invalid", !!text);
  }

  function placeCode(open) {
    if (!field) { return; }
    field.value = kept.code ? kept.code.match(/..../g).join(" ") : field.value;
    showIf(el("typed"), open);
    showIf(el("placed"), !open);
  }

  function backToCode(text) {
    if (here()) { go("start"); }
    placeCode(true);
    codeError(text);
    field.select();
    field.scrollIntoView({ block: "center" });
  }

  // start asks whether this slip has a reading task; it spends nothing, and when there is no answer the questions come.
  async function start() {
    busy = true;
    const ready = await rules();
    busy = false;
    if (!ready) { return say(words.needs); }
    if (field) {
      setCode(cleaned(field.value));
      if (!kept.code) { return backToCode(words.codeWrong); }
      placeCode(false);
      if (!kept.started) {
        busy = true;
        const out = await post("/task", spoken({ code: kept.code }), 5e3), reply = out.reply;
        // A code that was typed and cannot be asked about is looked at twice: a slip of the finger would be found out too late.
        const typed = !out.status && kept.sure !== kept.code && await load();
        busy = false;
        kept.sure = kept.code;
        if (typed) { return backToCode(typed.words["keep.unchecked"]); }
        if (["unknown_code", "spent", "closed"].includes(reply.state) && reply.message) { return backToCode(reply.message); }
        for (const old of form.querySelectorAll(".task")) { old.remove(); }
        kept.task = reply.state === "reading" && (reply.pages || []).length ? reply.pages : null;
        kept.started = 1;
        kept.began = kept.code;
        kept.refused = 0;
      }
    }
    busy = true;
    const extra = await load();
    busy = false;
    if (extra && !shared) {
      busy = true;
      const had = await extra.begin(kept);
      busy = false;
      if (had) { kept = Object.assign(had, { code: kept.code, slip: kept.slip, started: 1, task: kept.task }); draw(); go(steps.indexOf(el(had.at)) > 0 ? had.at : steps[1].id); return say(extra.words["keep.resumed"]); }
    }
    arrange();
    go(kept.seen ? "check" : steps[1].id);
  }

  // Sending.
  async function post(after, body, patience) {
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), patience);
    const out = { status: 0, wait: 0, reply: {} };
    try {
      const res = await fetch(form.getAttribute("action") + after, {
        method: "POST", body: body, signal: stop.signal, cache: "no-store", headers: { Accept: "application/json" },
      });
      out.wait = 1e3 * (parseInt(res.headers.get("Retry-After"), 10) || 0);
      out.reply = (await res.json()) || {};
      out.status = res.status;
    } catch (e) {
      out.reply = {};
    }
    clearTimeout(late);
    return out;
  }

  const asked = () => questions.filter((q) => steps.some((step) => step === q || rows(step).includes(q)) && !(q.parentNode.matches(".grid") && q.hidden));

  function check() {
    const all = kept.task ? [] : asked(), skipped = all.filter((q) => !kept.answers[q.id.slice(2)]);
    put(el("count"), kept.task ? "" : fill(words.answered, all.length - skipped.length, all.length));
    list(skipped);
  }

  function list(some) {
    showIf(el("left-title"), some.length);
    el("left").replaceChildren(...some.map((q) => {
      const item = make("li"), link = make("button");
      link.append(...Array.from(q.querySelectorAll(".stem,h2 .t"), (part) => part.cloneNode(true)));
      link.type = "button";
      link.className = "link";
      link.onclick = () => { if (!busy) { go((q.matches(".step") ? q : q.parentNode).id); } };
      item.append(link);
      return item;
    }));
  }

  // spoken adds to what is sent in which language the page is read.
  function spoken(fields) {
    const data = new URLSearchParams(fields);
    for (const name of ["lang", "both"]) { if (form.elements[name]) { data.set(name, form.elements[name].value); } }
    return data;
  }

  // How it is sent is in answer-send.js, which has come by now unless there is no connection.
  async function send() {
    if (busy || done || !form.dataset.more) { return; }
    clearTimeout(timer);
    busy = true;
    const m = await load();
    busy = false;
    if (m) { return m.send(); }
    say(words.offline);
    timer = setTimeout(send, 5e3);
  }

  // load fetches what else there is, and does without if it does not come.
  let loading;
  function load() {
    const src = form.dataset.more, failed = () => { loading = coming[src] = 0; };
    if (!src || more) { return more; }
    loading = loading || new Promise((ready) => {
      const give = () => ready(more);
      setTimeout(give, 4e3);
      window.earshot = {
        form, field, shared, clean, forget, cancel, say, post, spoken, asked, fault, list, send, label: labels.send, refused: backToCode,
        questions: () => questions, left: () => (ask ? ask.leftOut(plan, kept) : new Set()), save: keep,
        typed: () => kept.code || field && field.value,
        get kept() { return kept; }, set kept(now) { kept = now; },
        get busy() { return busy; }, set busy(now) { busy = now; },
        get done() { return done; }, set done(now) { done = now; },
        set timer(now) { timer = now; },
        ready(it) { more = it; if (!it) { failed(); } give(); },
      };
      fetched(src).then(() => { if (!coming[src]) { failed(); give(); } });
      looks();
    });
    return loading;
  }

  function extras() {
    const look = el("look"), aloud = el("aloud");
    // What is not on everybody's first screen comes with the first touch of the page, not with its first view.
    for (const event of ["pointerdown", "keydown"]) { addEventListener(event, () => { load(); rules(); }, { once: true, passive: true }); }
    if (!form.dataset.more) { return; }
    if (look) { look.hidden = false; look.onclick = async () => { const m = await load(); if (m) { m.look(); } }; }
    if (aloud && window.speechSynthesis) {
      const voices = () => showIf(aloud, speechSynthesis.getVoices().some((v) => v.lang.replace("_", "-").toLowerCase().split("-")[0] === root.lang.split("-")[0]));
      voices();
      speechSynthesis.onvoiceschanged = voices;
      aloud.onclick = async () => { const m = await load(); if (m) { m.aloud(steps[here()]); } };
    }
    if (!isSecureContext) { showIf(el("nothing"), true); }
    if (kept.started && !shared) { load().then((m) => { if (m) { m.begin(kept); } }); }
    if (shared) { rules(); }
    if (shared || Object.keys(local()).some((k) => k.startsWith("earshot-out"))) { load(); }
  }

  // "I want to talk to someone" opens over the page, where the browser can do that; elsewhere the link just goes there.
  function dialog() {
    const box = doc.createElement("dialog"), help = el("help");
    if (!box.showModal) { return; }
    doc.body.append(box);
    box.append(help);
    box.setAttribute("aria-labelledby", "help-title");
    doc.querySelector(".talk").onclick = (e) => {
      e.preventDefault();
      box.showModal();
      help.querySelector("h2").focus();
    };
    el("close").onclick = () => box.close();
    addEventListener("popstate", () => box.close());
  }
})();
