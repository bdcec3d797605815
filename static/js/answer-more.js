// What the answering page can do beside asking: how it looks, reading aloud, keeping answers on a device without a
// connection, and minding a device that several people use. It comes when somebody begins.
(function () {
  "use strict";
  const page = window.earshot, form = page.form, doc = document, root = doc.documentElement, url = form.getAttribute("action");
// include outbox.js
  const { disk, base64, bytes, make } = outbox, round = url.split("/")[2], draft = "earshot-draft:" + round + ":";
  const seals = window.isSecureContext && crypto.subtle, text = new TextEncoder();
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
  const join = (...parts) => { const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; for (const p of parts) { all.set(p, at); at += p.length; } return all; };
  let words = {}, mine, kept, secret, saving, reading, idle, warned, counted, held;

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
    const curve = { name: "ECDH", namedCurve: "P-256" }, none = new Uint8Array(0), to = bytes(words.key);
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

  // ---- Finished answers that cannot be sent now.
  // wait seals them and keeps them. It gives the key of what to say once they are safe on this device, or once it is sure that
  // others with the same slip wait here already: the school takes one of them alone. others says that they are those of
  // somebody before.
  async function keepToSend(data, ms, others) {
    if (!seals || !words.key) { return ""; }
    try {
      const tag = data.get("code") ? (await unlock(data.get("code"))).name.split(":").pop() : "";
      const twin = tag && outbox.waiting().find((name) => name.startsWith(outbox.start + round) && name.endsWith(":" + tag));
      const name = twin || outbox.add(round, await seal(data.toString()), tag);
      if (!others) {
        mine = name;
        forget("waits " + mine);
      }
      outbox.again(ms);
      return twin ? "keep.waiting_other" : "keep.waiting";
    } catch (e) {
      return ""; // no room, or no storage: the tab goes on trying
    }
  }

// include answer-send.js
  const { finish, thanks } = sending;

  addEventListener("storage", (e) => {
    // Another tab has learnt what became of what this one waits for.
    // What goes without a word was cleared, and nobody may be told that it was sent.
    if (mine && (e.key === mine || !e.key)) {
      const reply = e.newValue ? outbox.read(e.newValue) : { state: "cleared" };
      if (reply && outbox.refused(mine)) { outbox.ask(mine); stopped(mine); } else if (reply) { told(reply, mine); }
    }
    // Another tab with the same slip has sent the answers, or keeps them until it can.
    if (secret && e.key === secret.name && /^(sent|waits)/.test(e.newValue)) {
      const other = e.newValue.split(" ");
      clearTimeout(saving);
      secret = kept = null;
      mine = other[1];
      if (mine) { finish(words["keep.waiting_title"], [words["keep.waiting_other"]]); } else { finish(words["keep.elsewhere_title"], [words["keep.elsewhere"]]); }
    }
  });

  // stopped says on the screen that waits for them that answers are not on their way: the box above says why, and asks.
  function stopped(name) {
    if (name === mine) { finish(words["keep.waiting_title"], []); }
  }

  // told says what became of answers that waited: on the screen that waits for them, or beside what is on the screen now.
  // On a shared device they were somebody else's, and nobody is told, save that some are lost.
  function told(reply, name) {
    const good = outbox.isGood(reply), here = name === mine, line = outbox.line(reply);
    if (here) { mine = null; }
    if (page.shared && !good) { if (outbox.wrongCode(reply)) { count(1); } else if (!here) { outbox.note(line); } }
    if (here && good) { return thanks(reply.thanks || { lines: [line] }); }
    if (here) { return finish(words["keep.not_sent"], [line]); }
    if (!page.shared) { const place = outbox.note(line); setTimeout(() => place.remove(), 3e4); }
  }

  // count tells whoever minds a shared device how many answers were lost for their code, until somebody says that they know.
  function count(more) {
    const name = "earshot-refused", n = (+disk.getItem(name) || 0) + more;
    if (counted) { counted.remove(); }
    if (!n) { return; }
    try { disk.setItem(name, n); } catch (e) { more = 0; }
    const done = make("button", words["look.done"]);
    counted = make("div");
    counted.className = "notice mend";
    counted.append(make("p", words["kiosk.refused"].replace("{n}", n)), done);
    done.onclick = () => { disk.removeItem(name); counted.remove(); };
    doc.querySelector("main").prepend(counted);
  }

  // A shared device stays ready for the next person.
  const drop = () => page.shared || outbox.drop();

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
      for (const k of outbox.keys("earshot-draft:")) { // what nobody came back for
        if (+disk.getItem(k).split(" ")[0] < Date.now() / 864e5 - 14) { disk.removeItem(k); }
      }
      const have = disk.getItem(secret.name);
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
      if (secret === mine) { disk.setItem(mine.name, Math.floor(Date.now() / 864e5) + " " + base64(join(iv, locked))); }
    } catch (e) {
      return; // no room: the tab keeps them
    }
  }

  // forget takes the half-done answers away. word tells other tabs with the same slip why.
  function forget(word) {
    clearTimeout(saving);
    unlink();
    if (secret) {
      if (word) { try { disk.setItem(secret.name, word); } catch (e) { word = ""; } }
      disk.removeItem(secret.name);
    }
    secret = kept = null;
  }

  // unlink takes away the number that a personal card has made for this survey; on a device for several people, all of them.
  function unlink() {
    try {
      for (const name of Object.keys(sessionStorage)) {
        if (name === "link." + (page.kept || {}).code || page.shared && name.startsWith("link.")) { sessionStorage.removeItem(name); }
      }
    } catch (e) {
      return; // where nothing may be kept there is none
    }
  }

  // ---- The page itself, so that it opens without a connection while something of this round is on the device.
  function worker() {
    if (!navigator.serviceWorker || !window.isSecureContext) { return; }
    navigator.serviceWorker.register("/a/worker.js").then(() => navigator.serviceWorker.ready).then((r) => {
      const files = [location.pathname + location.search, form.dataset.words].concat(form.dataset.asks || []);
      for (const node of doc.querySelectorAll("script[src],link[rel=stylesheet]")) { files.push(node.src || node.href); }
      const talk = doc.querySelector("#help a[target]");
      if (talk) { files.push(talk.getAttribute("href").replace("/talk", "/away")); }
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
      if (page.shared) { return; } // it is for this person, not for the next
      try { disk.setItem("earshot-look", JSON.stringify(root.dataset)); } catch (e) { return; }
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
    if (!held && (form.hidden || !doc.getElementById("start").hidden)) {
      touched();
      if (!form.hidden && strange()) { page.clean(); }
      return;
    }
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
        return held ? held() : page.clean(words["kiosk.cleared"]);
      }
      idle = setTimeout(tick, 1e3);
    })();
  }

  // next offers the device to the next person, and takes the thanks away by itself.
  function next(place) {
    const line = make("p"), button = make("button", words["kiosk.next"]);
    let left = 15, over;
    button.onclick = () => { if (!over) { over = true; line.remove(); mine = null; page.clean(); } };
    place.append(line, button);
    clearTimeout(idle);
    (function tick() {
      if (!line.isConnected) { return; } // something else is on the screen by now
      line.textContent = words["kiosk.next_in"].replace("{n}", left);
      if (left-- <= 0) { return button.click(); }
      setTimeout(tick, 1e3);
    })();
  }

  // holds keeps what somebody writes down on the screen of a device for several people as long as they are there, and takes it
  // away when they say so or have gone.
  function holds(button) {
    held = () => {
      held = mine = null;
      Array.from(button.parentNode.children).slice(1).forEach((node) => node.remove());
      page.clean();
    };
    button.onclick = () => { if (held) { held(); } };
    touched();
  }

  // What one person typed or chose at the start of a shared device is gone for the next: the code, how it looks, the language.
  const looks = () => { try { return JSON.parse(disk.getItem("earshot-look")) || {}; } catch (e) { return {}; } };
  const home = new URLSearchParams(location.search).get("home");
  const away = () => page.shared && home && home !== form.elements.lang.value;
  const strange = () => page.typed() || away() || JSON.stringify(looks()) !== JSON.stringify(root.dataset);

  function fresh() {
    for (const name of Object.keys(root.dataset)) { delete root.dataset[name]; }
    Object.assign(root.dataset, looks());
    sending.fresh();
    // The next child of a form that comes by pictures finds the door again.
    const door = new URLSearchParams(location.search).get("door");
    if (page.shared && /^[0-9A-Z]{8}$/.test(door || "")) {
      fetch(url + "/stored", { method: "HEAD" }).then(() => location.replace(url.replace("/a/", "/c/") + "/" + door), () => null);
      return;
    }
    if (!away()) { return; }
    const go = () => location.replace("?ready=1&lang=" + home);
    // Without a connection only a page that was kept can be opened.
    if (navigator.serviceWorker && navigator.serviceWorker.controller) { go(); } else { fetch(url + "/stored", { method: "HEAD" }).then(go, () => null); }
  }

  // speak goes to another language. Without a connection there is only what was kept, and that is said instead of a page that fails.
  async function speak(e) {
    if (e.ctrlKey || e.metaKey || e.shiftKey) { return; }
    e.preventDefault();
    const to = new URL(e.currentTarget.href), stop = new AbortController(), late = setTimeout(() => stop.abort(), 8e3);
    if (page.shared) { to.searchParams.set("home", home || form.elements.lang.value); }
    const there = await fetch(to, { method: "HEAD", cache: "no-store", signal: stop.signal }).then((res) => res.status < 500, () => false);
    clearTimeout(late);
    if (there || window.caches && await caches.match(to, { ignoreVary: true })) { location.assign(to); } else { page.say(words["lang.offline"]); }
  }

  addEventListener("pagehide", () => { if (window.speechSynthesis) { speechSynthesis.cancel(); } });

  const it = { look, aloud, begin, keep, forget, shown: quiet, words, fresh, send: sending.send, pass: sending.pass, cancel: sending.cancel };
  fetch(form.dataset.words).then((res) => res.json()).then((said) => {
    Object.assign(words, said);
    it.ready = true;
    if (page.shared) {
      for (const event of ["pointerdown", "keydown", "scroll"]) { addEventListener(event, touched, true); }
      touched();
      worker();
      count(0);
    }
    for (const link of form.querySelectorAll(".langs a")) { link.addEventListener("click", speak); }
    outbox.open(words, { told, stopped, keeps: () => !page.shared });
    page.ready(it);
  }).catch(() => page.ready(null));
})();
