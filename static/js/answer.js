// The answering page, one question a screen. Without this script the page is one plain form; if anything here fails
// at the start, it becomes that form again. Every sentence comes from the page. Answers stay in this tab until Send.
(function () {
  "use strict";
  const doc = document, root = doc.documentElement, store = sessionStorage, key = "earshot" + location.pathname;
  const el = (id) => doc.getElementById(id);
  const put = (node, text) => { if (node) { node.textContent = text || ""; } };
  const make = (tag, text) => { const node = doc.createElement(tag); put(node, text); return node; };
  const fill = (text, n, m) => text.replace("{n}", n).replace("{m}", m);
  const showIf = (node, yes) => { if (node) { node.hidden = !yes; } };
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b + 256).toString(16).slice(1)).join("");
  let form, words, field, questions, steps, kept, shown, busy, done, timer, notBefore = 0, tries = 0, wiping;

  root.classList.add("js");
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
    try { store.setItem(key, JSON.stringify(kept)); } catch (e) { kept.lost = 1; }
  }

  function forget() {
    try { store.removeItem(key); } catch (e) { return; }
  }

  function fresh(code) {
    return { code: code, slip: code, receipt: field ? hex() : form.receipt ? form.receipt.value : hex(), answers: {}, times: {}, at: 0 };
  }

  function begin() {
    if (!able()) { throw new Error("too old for one question a screen"); }
    form = doc.forms[0];
    words = JSON.parse(el("words").textContent);
    field = el("code");
    questions = Array.from(form.getElementsByTagName("fieldset"));
    const code = takeCode();
    try { kept = JSON.parse(store.getItem(key)); } catch (e) { kept = null; }
    // Another slip on the same device is another person: nothing of the last one may be seen.
    const again = kept && !(code && kept.slip && kept.slip !== code);
    if (!again) { kept = fresh(code); }
    if (code) { kept.code = kept.slip = code; }
    for (const input of form.querySelectorAll("fieldset input")) {
      if (kept.answers[input.name]) { input.checked = kept.answers[input.name].includes(input.value); }
    }
    arrange();
    placeCode(!kept.code);
    dialog();
    form.addEventListener("change", changed);
    form.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && e.target.tagName === "INPUT") { e.preventDefault(); next(); }
    });
    form.addEventListener("submit", (e) => { e.preventDefault(); send(); });
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
    addEventListener("hashchange", () => { if (location.hash.length > 9) { location.reload(); } });
    addEventListener("online", () => { if (timer) { send(); } });
    addEventListener("beforeunload", (e) => { if (kept.sending && !done) { e.preventDefault(); } });
    const at = again ? Math.min(history.state ? history.state.at : kept.at, steps.length - 1) : 0;
    history.replaceState({ at: at, from: -1 }, "", location.pathname + location.search);
    show(at, at > 0);
    form.classList.add("ready");
    if (kept.sending) { send(); }
  }

  // The part after # never leaves the device; it leaves the address bar too, so that nobody reads it over a shoulder.
  function takeCode() {
    return field ? cleaned(location.hash.slice(1)) : "";
  }

  // arrange puts the screens in order: the questions, or the pages of a reading task.
  function arrange() {
    for (const old of form.querySelectorAll(".task")) { old.remove(); }
    let middle = questions;
    if (kept.task) {
      middle = kept.task.map((page, i) => {
        const section = make("section"), heading = make("h2");
        section.className = "step task";
        heading.tabIndex = -1;
        heading.append(make("small", fill(words.place, i + 1, kept.task.length)), page.title || "");
        section.append(heading, ...page.paragraphs.map((text) => make("p", text)));
        form.insertBefore(section, el("check"));
        return section;
      });
    }
    for (const step of form.querySelectorAll(".step")) { step.hidden = true; }
    steps = [el("start"), ...middle, el("check")];
    form.querySelector("progress").max = steps.length - 1;
  }

  const isAnswered = (q) => !!q.querySelector("input:checked");

  function show(at, focus) {
    for (const step of steps) { step.hidden = true; }
    const step = steps[at], last = at === steps.length - 1, asked = step.tagName === "FIELDSET";
    kept.at = at;
    shown = performance.now();
    if (last) { kept.seen = true; check(); }
    step.hidden = false;
    form.querySelector("progress").value = at;
    showIf(el("back"), at);
    showIf(el("next"), !last);
    showIf(el("send"), last);
    showIf(el("wipe"), at);
    showIf(el("clear"), asked && isAnswered(step));
    put(el("next"), !at ? words.start : kept.seen ? words.toCheck : words.next);
    say("");
    wiping = false;
    keep();
    if (focus) {
      scrollTo(0, 0);
      step.querySelector("h1,h2").focus({ preventScroll: true });
    }
  }

  // leave notes how long a question was looked at; only one word about it is ever sent.
  function leave() {
    const id = steps[kept.at].id;
    kept.times[id] = (kept.times[id] || 0) + performance.now() - shown;
    cancel();
  }

  function cancel() {
    clearTimeout(timer);
    timer = tries = kept.sending = 0;
  }

  function go(at) {
    const from = kept.at;
    leave();
    history.pushState({ at: at, from: from }, "");
    show(at, true);
  }

  function say(text) {
    put(el("message"), text);
  }

  function next() {
    const step = steps[kept.at];
    if (busy || kept.at === steps.length - 1) { return; }
    if (!kept.at) { return start(); }
    // Once in a survey, so that leaving out stays easy: the last screen lists what was left.
    if (step.tagName === "FIELDSET" && !isAnswered(step) && !kept.reminded) {
      kept.reminded = true;
      keep();
      return say(words.skip);
    }
    go(kept.seen ? steps.length - 1 : kept.at + 1);
  }

  function back() {
    if (busy) { return; }
    if (history.state && history.state.from === kept.at - 1) { return history.back(); }
    go(kept.at - 1);
  }

  function changed(e) {
    const name = e.target.name;
    if (e.target === field) { return; }
    kept.answers[name] = new FormData(form).getAll(name);
    put(el("e-" + name), "");
    showIf(el("clear"), isAnswered(steps[kept.at]));
    say("");
    keep();
  }

  function clear() {
    const inputs = steps[kept.at].getElementsByTagName("input");
    for (const input of inputs) { input.checked = false; }
    delete kept.answers[inputs[0].name];
    showIf(el("clear"), false);
    keep();
    inputs[0].focus();
  }

  function wipe() {
    if (busy) { return; }
    if (!wiping) {
      wiping = true;
      return say(words.clearAllSure);
    }
    forget();
    done = true;
    form.reset();
    history.replaceState(null, "");
    location.replace(location.pathname + location.search);
  }

  // The code.

  function setCode(code) {
    // A receipt belongs to one slip.
    if (code && code !== kept.slip) {
      if (kept.slip) { kept.receipt = hex(); }
      kept.slip = code;
    }
    if (code !== kept.code) { kept.code = code; kept.started = 0; keep(); }
    if (code) { codeError(""); }
  }

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
    if (kept.at) { go(0); }
    placeCode(true);
    codeError(text);
    field.select();
  }

  // start asks whether this slip has a reading task; it spends nothing, and when there is no answer the questions come.
  async function start() {
    if (field) {
      setCode(cleaned(field.value));
      if (!kept.code) { return backToCode(words.codeWrong); }
      placeCode(false);
      if (!kept.started) {
        busy = true;
        const reply = (await post("/task", new URLSearchParams({ code: kept.code }), 5e3)).reply;
        busy = false;
        if (["unknown_code", "spent", "closed"].includes(reply.state) && reply.message) { return backToCode(reply.message); }
        kept.task = reply.state === "reading" && (reply.pages || []).length ? reply.pages : null;
        kept.started = 1;
        arrange();
      }
    }
    go(kept.seen ? steps.length - 1 : 1);
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

  function pace() {
    const times = questions.filter(isAnswered).map((q) => kept.times[q.id] || 0).sort((a, b) => a - b);
    return times.length && times[times.length >> 1] < 2e3 ? "fast" : "usual";
  }

  function check() {
    const skipped = kept.task ? [] : questions.filter((q) => !isAnswered(q));
    const read = questions.length - skipped.length;
    put(el("count"), kept.task ? "" : fill(words.answered, read, questions.length));
    list(skipped);
  }

  function list(some) {
    showIf(el("left-title"), some.length);
    el("left").replaceChildren(...some.map((q) => {
      const item = make("li"), link = make("button", q.querySelector("h2").lastChild.textContent);
      link.type = "button";
      link.className = "link";
      link.onclick = () => { if (!busy) { go(steps.indexOf(q)); } };
      item.append(link);
      return item;
    }));
  }

  async function send() {
    if (busy || done || Date.now() < notBefore) { return; }
    busy = true;
    clearTimeout(timer);
    kept.sending = 1;
    keep();
    // While it tries again by itself, the message stays as it is: nobody wants it read out each time.
    if (!tries) { say(words.sending); }
    put(el("send"), words.sending);
    el("send").setAttribute("aria-disabled", true);
    const body = new URLSearchParams(new FormData(form));
    if (field) { body.set("code", kept.code); }
    body.set("receipt", kept.receipt);
    body.set("pace", pace());
    const out = await post("", body, 2e4), reply = out.reply, state = reply.state;
    busy = false;
    put(el("send"), words.send);
    el("send").removeAttribute("aria-disabled");
    if (state === "stored" || state === "already") { return thanks(reply.thanks || {}); }
    if (!state || state === "busy" || out.status === 503) { return later(out); }
    cancel();
    if (field && (state === "spent" || state === "unknown_code")) {
      kept.started = 0;
      keep();
      return backToCode(reply.message || words.problem);
    }
    const wrong = Object.keys(reply.fields || {});
    for (const id of wrong) { put(el("e-" + id), reply.fields[id]); }
    if (wrong.length) { list(questions.filter((q) => wrong.includes(q.id.slice(2)))); showIf(el("left-title"), false); }
    say(reply.message || words.problem);
    keep();
  }

  function later(out) {
    const most = Math.min(60, Math.pow(2, tries)) * 1e3;
    tries += 1;
    notBefore = Date.now() + out.wait;
    timer = setTimeout(send, out.wait + most * (0.5 + Math.random() / 2));
    say(out.status ? out.reply.message || words.busy : words.offline);
  }

  function thanks(said) {
    const place = el("thanks"), heading = place.querySelector("h1");
    done = true;
    forget();
    kept = { times: {} };
    form.remove();
    put(heading, said.title || words.thanks);
    for (const line of said.lines || []) { place.append(make("p", line)); }
    if (said.link) {
      const link = make("a", said.link.text);
      link.href = said.link.url;
      place.append(link);
    }
    place.hidden = false;
    scrollTo(0, 0);
    heading.focus();
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
