// What the answering page can do beside asking: how it looks, reading aloud, keeping answers on a device without a
// connection, and minding a device that several people use. It comes when somebody begins.
(function () {
  "use strict";
  const page = window.earshot, form = page.form, doc = document, root = doc.documentElement, url = form.getAttribute("action");
  const round = url.split("/")[2], outbox = "earshot-out:" + round + ":", draft = "earshot-draft:" + round + ":";
  const seals = window.isSecureContext && crypto.subtle, text = new TextEncoder();
  const make = (tag, words) => { const node = doc.createElement(tag); node.textContent = words || ""; return node; };
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
  const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  const bytes = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const join = (...parts) => { const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; for (const p of parts) { all.set(p, at); at += p.length; } return all; };
  let words = {}, mine, kept, secret, saving, tries = 0, timer, sending, reading, idle, warned;

  // ---- Sealing to the school: HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
  const kemSuite = join(text.encode("KEM"), new Uint8Array([0, 0x10]));
  const suite = join(text.encode("HPKE"), new Uint8Array([0, 0x10, 0, 1, 0, 2]));
  async function hmac(key, data) {
    const k = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", k, data));
  }
  const extract = (id, salt, label, ikm) => hmac(salt, join(text.encode("HPKE-v1"), id, text.encode(label), ikm));
  const expand = async (id, prk, label, info, length) => (await hmac(prk, join(new Uint8Array([0, length]), text.encode("HPKE-v1"), id, text.encode(label), info, new Uint8Array([1])))).slice(0, length);

  async function seal(plain) {
    const curve = { name: "ECDH", namedCurve: "P-256" }, none = new Uint8Array(0), to = bytes(form.dataset.key);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const theirs = await crypto.subtle.importKey("raw", to, curve, false, []);
    const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256));
    const shared = await expand(kemSuite, await extract(kemSuite, none, "eae_prk", dh), "shared_secret", join(enc, to), 32);
    const context = join(new Uint8Array([0]), await extract(suite, none, "psk_id_hash", none), await extract(suite, none, "info_hash", text.encode("earshot " + round)));
    const prk = await extract(suite, shared, "secret", none);
    const key = await crypto.subtle.importKey("raw", await expand(suite, prk, "key", context, 32), "AES-GCM", false, ["encrypt"]);
    const nonce = await expand(suite, prk, "base_nonce", context, 12);
    return join(enc, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, text.encode(plain))));
  }

  // ---- The outbox: finished answers, sealed, until the school has them.
  const waiting = () => Object.keys(localStorage).filter((k) => k.startsWith(outbox));

  // wait seals finished answers and keeps them. It is true once they are safe on this device.
  async function keepToSend(data, ms) {
    if (!seals || !form.dataset.key) { return false; }
    try {
      const name = outbox + base64(crypto.getRandomValues(new Uint8Array(6)));
      localStorage.setItem(name, base64(await seal(data.toString())));
      mine = name;
      forget();
      again(ms);
      return true;
    } catch (e) {
      return false; // no room, or no storage: the tab goes on trying
    }
  }

  function again(ms) {
    clearTimeout(timer);
    const most = Math.min(60, Math.pow(2, tries)) * 1e3;
    tries += 1;
    timer = setTimeout(pump, (ms || 0) + Math.random() * most);
  }

  const final = ["stored", "already", "spent", "unknown_code", "closed", "invalid"];

  // Two tabs do not send the same at once, where the browser can keep them apart; the receipt would know a repeat anyway.
  const pump = () => (navigator.locks ? navigator.locks.request("earshot-out", { ifAvailable: true }, (lock) => (lock ? pour() : again(0))) : pour());

  // Another tab may have sent what this one waits for.
  addEventListener("storage", (e) => {
    if (mine && e.key === mine && !e.newValue) { told({ state: "already" }, mine); }
  });

  async function pour() {
    clearTimeout(timer);
    if (sending) { return; }
    sending = true;
    let later = -1;
    for (const name of waiting()) {
      const sealed = localStorage.getItem(name);
      if (!sealed) { continue; } // another tab was faster
      const stop = new AbortController(), late = setTimeout(() => stop.abort(), 2e4);
      try {
        const res = await fetch(url + "/sealed", { method: "POST", body: bytes(sealed), signal: stop.signal, cache: "no-store",
          headers: { Accept: "application/json", "Content-Type": "application/octet-stream" } });
        const reply = await res.json();
        if (!final.includes(reply.state)) { // whatever else went wrong may be mended: only the school's own word ends the waiting
          later = Math.max(later, 1e3 * (parseInt(res.headers.get("Retry-After"), 10) || 0));
        } else {
          localStorage.removeItem(name);
          told(reply, name);
        }
      } catch (e) {
        later = Math.max(later, 0);
      }
      clearTimeout(late);
    }
    sending = false;
    if (later >= 0) { again(later); } else { tries = 0; }
  }

  // told says what became of answers that waited: on the screen that waits for them, or beside what is on the screen now.
  // On a shared device they were somebody else's, and nobody is told.
  function told(reply, name) {
    const good = reply.state === "stored" || reply.state === "already";
    const line = good ? words["keep.sent"] : words["keep.refused"].replace("{message}", reply.message || reply.state);
    const here = name === mine;
    if (here) { mine = null; }
    if (here && !form.isConnected) {
      if (good) { page.thanks(reply.thanks || { lines: [line] }); } else { page.finish(words["keep.waiting_title"], [line]); }
    } else if (!page.shared) {
      note(line);
    }
  }

  function note(line) {
    const place = make("p", line);
    place.className = "notice";
    place.setAttribute("role", "status");
    doc.querySelector("main").prepend(place);
    setTimeout(() => place.remove(), 3e4);
  }

  // drop takes the page itself off the device, once nothing waits any more.
  function drop() {
    if (!navigator.serviceWorker || waiting().length) { return; }
    navigator.serviceWorker.getRegistration("/a/").then((r) => {
      if (r) { if (r.active) { r.active.postMessage({ drop: 1 }); } r.unregister(); }
    }).catch(() => null);
  }

  // ---- Half-done answers: locked with a key that only the code of the slip opens.
  async function unlock(code) {
    const raw = await crypto.subtle.importKey("raw", text.encode(code), "PBKDF2", false, ["deriveBits"]);
    const bits = new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode("earshot " + round), iterations: 1e5 }, raw, 384));
    return { name: draft + base64(bits.slice(32, 41)), key: await crypto.subtle.importKey("raw", bits.slice(0, 32), "AES-GCM", false, ["encrypt", "decrypt"]) };
  }

  // begin gives back what somebody with this slip began on this device, if they did.
  async function begin(now) {
    if (!seals || !now.code || page.shared) { return null; }
    worker();
    // A computer with a mouse is often everybody's, and its history knows the address with the code: no half-done answers there.
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) { return null; }
    try {
      secret = await unlock(now.code);
      for (const k of Object.keys(localStorage)) { // what nobody came back for
        if (k.startsWith("earshot-draft:") && +localStorage.getItem(k).split(" ")[0] < Date.now() / 864e5 - 14) { localStorage.removeItem(k); }
      }
      const have = localStorage.getItem(secret.name);
      if (!have || Object.keys(now.answers).length) { return null; }
      const data = bytes(have.split(" ")[1]);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: data.slice(0, 12) }, secret.key, data.slice(12));
      const had = JSON.parse(new TextDecoder().decode(plain));
      return had && Object.keys(had.answers).length ? had : null;
    } catch (e) {
      return null;
    }
  }

  function keep(now) {
    kept = now;
    if (!secret || !kept.code || page.shared || kept.task) { return; }
    clearTimeout(saving);
    saving = setTimeout(save, 300);
  }

  async function save() {
    const mine = secret;
    if (!mine || !kept || !kept.answers) { return; }
    const iv = crypto.getRandomValues(new Uint8Array(12)), plain = Object.assign({}, kept, { code: "", slip: "" });
    try {
      const locked = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, mine.key, text.encode(JSON.stringify(plain))));
      if (secret === mine) { localStorage.setItem(mine.name, Math.floor(Date.now() / 864e5) + " " + base64(join(iv, locked))); }
    } catch (e) {
      return; // no room: the tab keeps them
    }
  }

  function forget() {
    clearTimeout(saving);
    if (secret) { try { localStorage.removeItem(secret.name); } catch (e) { secret = null; } }
    secret = kept = null;
  }

  // ---- The page itself, so that it opens without a connection while something of this round is on the device.
  function worker() {
    if (!navigator.serviceWorker || !window.isSecureContext) { return; }
    navigator.serviceWorker.register("/a/worker.js").then(() => navigator.serviceWorker.ready).then((r) => {
      const files = [location.pathname + location.search, form.dataset.words];
      for (const node of doc.querySelectorAll("script[src],link[rel=stylesheet]")) { files.push(node.src || node.href); }
      if (r.active) { r.active.postMessage({ keep: files }); }
    }).catch(() => null);
  }

  // ---- How the page looks.
  function look() {
    const box = doc.createElement("dialog"), panel = make("form"), heading = make("h2", words["look.title"]);
    panel.method = "dialog";
    panel.className = "look ready";
    heading.tabIndex = -1;
    panel.append(heading, make("p", words["look.kept"]));
    const set = (name, value) => {
      if (value && value !== "1") { root.dataset[name] = value; } else { delete root.dataset[name]; }
      try { localStorage.setItem("earshot-look", JSON.stringify(root.dataset)); } catch (e) { return; }
    };
    for (const [name, n] of [["size", 3], ["ground", 5], ["space", 2], ["font", 2]]) {
      const group = make("fieldset"), legend = make("legend", words["look." + name]);
      group.append(legend);
      for (let i = 1; i <= n; i++) {
        const label = make("label"), input = make("input");
        input.type = "radio";
        input.name = name;
        input.checked = (root.dataset[name] || "1") === String(i);
        input.onchange = () => set(name, String(i));
        label.append(input, make("span", words["look." + name + "_" + i]));
        group.append(label);
      }
      panel.append(group);
    }
    const last = make("fieldset");
    for (const name of ["symbols", "motion"]) {
      const label = make("label"), input = make("input");
      input.type = "checkbox";
      input.checked = root.dataset[name] === "2";
      input.onchange = () => set(name, input.checked ? "2" : "1");
      label.append(input, make("span", words["look." + name]));
      last.append(label);
    }
    panel.append(last, make("button", words["look.done"]));
    box.setAttribute("aria-label", words["look.title"]);
    box.tabIndex = 0;
    box.append(panel);
    doc.body.append(box);
    box.addEventListener("close", () => box.remove());
    if (box.showModal) { box.showModal(); } else { box.setAttribute("open", ""); }
    heading.focus();
  }

  // ---- Reading aloud, in the very language or not at all, with a voice of this device if there is one.
  function voiceFor(lang) {
    const tag = (v) => v.lang.replace("_", "-").toLowerCase(), want = lang.toLowerCase();
    const fits = speechSynthesis.getVoices().filter((v) => tag(v) === want || tag(v).split("-")[0] === want.split("-")[0]);
    return fits.sort((a, b) => (tag(b) === want) - (tag(a) === want) || b.localService - a.localService).sort((a, b) => b.localService - a.localService)[0];
  }

  function quiet() {
    if (!reading) { return; }
    reading = null;
    speechSynthesis.cancel();
    for (const node of doc.querySelectorAll(".read")) { node.classList.remove("read"); }
    doc.getElementById("aloud").textContent = words["aloud.read"];
  }

  async function aloud(step) {
    if (reading) { return quiet(); }
    const mine = reading = {}, button = doc.getElementById("aloud");
    button.textContent = words["aloud.stop"];
    for (const node of step.querySelectorAll("h1,h2,.stem,.t,.also,p,button.place")) {
      if (node.querySelector(".t")) { continue; } // its parts are read by themselves
      const lang = (node.closest("[lang]") || root).lang, voice = voiceFor(lang), said = node.textContent.trim();
      if (!voice || !said || node.closest("[hidden]") || node.matches(".error") || !node.offsetParent) { continue; }
      node.classList.add("read");
      node.scrollIntoView({ block: "nearest" });
      const speech = new SpeechSynthesisUtterance(said);
      speech.voice = voice;
      speech.lang = voice.lang;
      speech.rate = 0.9;
      await new Promise((go) => { speech.onend = speech.onerror = go; speechSynthesis.speak(speech); });
      if (reading !== mine) { return; }
      node.classList.remove("read");
      await wait(250);
      if (reading !== mine) { return; }
    }
    quiet();
  }

  // ---- A device for several people clears itself.
  const patience = +form.dataset.patience || 60, grace = Math.min(20, patience);

  function touched() {
    clearTimeout(idle);
    if (warned) { warned.remove(); warned = null; }
    if (!page.shared) { return; }
    idle = setTimeout(ask, patience * 1e3);
  }

  function ask() {
    const begun = form.isConnected && doc.getElementById("start").hidden;
    if (!begun) { return touched(); }
    const box = doc.createElement("dialog"), line = make("p"), stay = make("button", words["kiosk.here"]);
    let left = grace;
    warned = box;
    stay.onclick = touched;
    box.className = "still";
    box.append(make("h2", words["kiosk.still"]), line, stay);
    doc.body.append(box);
    if (box.showModal) { box.showModal(); } else { box.setAttribute("open", ""); }
    (function tick() {
      line.textContent = words["kiosk.clearing"].replace("{n}", left);
      if (warned !== box) { return; }
      if (left-- <= 0) {
        touched();
        return page.clean(words["kiosk.cleared"]);
      }
      idle = setTimeout(tick, 1e3);
    })();
  }

  // next offers the device to the next person, and takes the thanks away by itself.
  function next(place) {
    const line = make("p"), button = make("button", words["kiosk.next"]);
    let left = 15;
    let over;
    button.onclick = () => { if (!over) { over = true; line.remove(); page.clean(); } };
    place.append(line, button);
    clearTimeout(idle);
    (function tick() {
      line.textContent = words["kiosk.next_in"].replace("{n}", left);
      if (left-- <= 0) { return button.click(); }
      if (line.isConnected) { setTimeout(tick, 1e3); }
    })();
  }

  addEventListener("online", () => { if (waiting().length) { tries = 0; pump(); } });
  doc.addEventListener("visibilitychange", () => { if (doc.visibilityState === "visible" && waiting().length) { pump(); } });
  addEventListener("pagehide", () => { if (window.speechSynthesis) { speechSynthesis.cancel(); } });

  const it = { look, aloud, begin, keep, forget, drop, wait: keepToSend, pump, shown: quiet, words, next };
  fetch(form.dataset.words).then((res) => res.json()).then((said) => {
    Object.assign(words, said);
    it.ready = true;
    if (page.shared) {
      for (const event of ["pointerdown", "keydown", "scroll"]) { addEventListener(event, touched, true); }
      touched();
    }
    if (waiting().length) { pump(); }
    page.ready(it);
  }).catch(() => page.ready(null));
})();
