// Finished answers that wait on this device, sealed to the school, until the school has them; and what else Earshot keeps on
// a device. For the answering page (answer-more.js) and for the page that says a survey is closed (answer-over.js).
const outbox = (() => {
  const start = "earshot-out:";
  let words = {}, hear, tries = 0, timer, sending, boxes = 0;
  // A browser may forbid a page to keep anything, and says so by an error or by nothing at all.
  const given = (() => { try { return localStorage; } catch (e) { return null; } })();
  const disk = given || { getItem: () => null, setItem() { throw new Error("nothing is kept"); }, removeItem: () => null };
  const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  const bytes = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const make = (tag, text) => { const node = document.createElement(tag); node.textContent = text || ""; return node; };
  const keys = (prefix) => Object.keys(disk).filter((k) => k.startsWith(prefix));
  // What was refused for its code stands as "!unknown_code <sealed>", and waits for another code instead of for a connection.
  // What has come to its end stands for a moment as "=stored", so that other tabs learn which end it was.
  const mark = (name) => /^[!=]?/.exec(disk.getItem(name) || "=")[0];
  const refused = (name) => mark(name) === "!";
  const waiting = () => keys(start).filter((name) => !mark(name));

  // What the school says of answers for good. Whatever else goes wrong may be mended, and is tried again.
  const final = ["stored", "already", "spent", "unknown_code", "closed", "invalid", "unreadable", "no_round", "too_large", "refused"];

  // add keeps what is sealed. tag tells the answers of one slip from those of another, if there are slips.
  function add(round, sealed, tag) {
    const name = start + round + ":" + base64(crypto.getRandomValues(new Uint8Array(6))) + ":" + tag;
    disk.setItem(name, base64(sealed));
    return name;
  }

  // end takes away what waited, and says to other tabs what became of it.
  function end(name, reply) {
    try { disk.setItem(name, "=" + reply.state + " " + (reply.message || "")); } catch (e) { reply = null; }
    disk.removeItem(name);
  }

  // read finds out what another tab said of answers: a state and a message. It is nothing where they still wait.
  const read = (value) => { const m = /^[!=](\w+) ?(.*)/.exec(value || ""); return m && { state: m[1], message: value[0] === "=" ? m[2] : "" }; };

  const isGood = (reply) => reply.state === "stored" || reply.state === "already";
  const wrongCode = (reply) => /^(unknown_code|spent)$/.test(reply.state);

  // line says what became of answers that waited.
  function line(reply) {
    if (isGood(reply)) { return words["keep.sent"]; }
    if (/^(cleared|gone)$/.test(reply.state)) { return words["keep." + reply.state]; }
    return words["keep.refused"].replace("{message}", why(reply));
  }

  const why = (reply) => words["start." + reply.state] || words["answer." + reply.state] || reply.message || reply.state;

  // post sends what waits under a name, with another code before it if the one inside was refused.
  async function post(name, code) {
    const sealed = (disk.getItem(name) || "").split(" ").pop(), out = { reply: {}, wait: 0 };
    if (!sealed) { return null; } // another tab was faster
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), 2e4);
    try {
      const res = await fetch("/a/" + name.split(":")[1] + "/sealed", { method: "POST", signal: stop.signal, cache: "no-store", body: new Blob([code || "", bytes(sealed)]),
        headers: { Accept: "application/json", "Content-Type": "application/octet-stream" } });
      out.wait = 1e3 * (parseInt(res.headers.get("Retry-After"), 10) || 0);
      if (res.status === 413) { out.reply.state = "too_large"; } // whoever stands before the school may say so too
      out.reply = (await res.json()) || {};
    } catch (e) {
      out.final = false;
    }
    clearTimeout(late);
    out.final = final.includes(out.reply.state);
    return out;
  }

  function again(ms) {
    clearTimeout(timer);
    const most = Math.min(60, Math.pow(2, tries)) * 1e3;
    tries += 1;
    timer = setTimeout(pump, (ms || 0) + Math.random() * most);
  }

  // Two tabs do not send the same at once, where the browser can keep them apart; the receipt would know a repeat anyway.
  function pump() {
    return navigator.locks ? navigator.locks.request("earshot-out", { ifAvailable: true }, (lock) => (lock ? pour() : again(0))) : pour();
  }

  // pour sends all that waits, of whatever round.
  async function pour() {
    clearTimeout(timer);
    if (sending) { return; }
    sending = true;
    let later = -1;
    for (const name of waiting()) {
      const out = await post(name);
      if (!out) { continue; }
      if (!out.final) { later = Math.max(later, out.wait); continue; }
      const sealed = disk.getItem(name);
      if (sealed && wrongCode(out.reply) && hear.keeps()) {
        disk.setItem(name, "!" + out.reply.state + " " + sealed);
        ask(name);
        if (hear.stopped) { hear.stopped(name); }
      } else {
        end(name, out.reply);
        hear.told(out.reply, name);
      }
    }
    sending = false;
    if (later >= 0) { again(later); } else { tries = 0; }
  }

  function ask(name) {
    const box = mend(read(disk.getItem(name)), (code) => post(name, code), (reply) => { end(name, reply); hear.told(reply, name); });
    addEventListener("storage", (e) => { if (e.key === name && mark(name) === "=") { box.remove(); } });
  }

  // mend asks for the right code of answers whose code was refused. Whoever opens the page next sees it too, so it shows
  // nothing of them, and clears them only after it has said what is lost. send(code) gives what post gives, and over hears
  // the end.
  function mend(reply, send, over) {
    const box = make("div"), text = make("p"), label = make("label", words["answer.code"]), input = make("input"), go = make("button", words["answer.send"]), drop = make("button", words["keep.clear"]);
    const say = (said) => { text.textContent = said; };
    let asked = 0;
    say(line(reply));
    box.className = "notice mend";
    text.setAttribute("role", "status");
    label.htmlFor = input.id = "mend-" + (boxes += 1);
    input.className = "field";
    input.maxLength = 40;
    input.dir = "ltr";
    input.autocomplete = "off";
    go.type = drop.type = "button";
    drop.className = "link";
    go.onclick = async () => {
      const code = cleaned(input.value);
      asked = 0;
      if (!code) { say(words["answer.code_wrong"]); return input.focus(); }
      go.disabled = true;
      const out = await send(code);
      go.disabled = false;
      if (out && !out.final) { return say(words["keep.offline"]); }
      if (out && wrongCode(out.reply)) { say(line(out.reply)); return input.focus(); }
      box.remove();
      if (out) { over(out.reply); }
    };
    drop.onclick = () => {
      // Two quick taps are one that trembled.
      if (asked && Date.now() - asked > 1e3) { box.remove(); return over({ state: "cleared" }); }
      asked = asked || Date.now();
      say(words["keep.clear_sure"]);
    };
    box.append(text, label, input, go, drop);
    document.querySelector("main").prepend(box);
    return box;
  }

  // cleaned gives the 12 characters of a code, or nothing if it cannot be one.
  function cleaned(text) {
    const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code) ? code : "";
  }

  function note(line) {
    const place = make("p", line);
    place.className = "notice";
    place.setAttribute("role", "status");
    document.querySelector("main").prepend(place);
    return place;
  }

  // drop takes the page itself off the device, once nothing waits any more.
  function drop() {
    if (!navigator.serviceWorker || keys(start).length) { return; }
    navigator.serviceWorker.getRegistration("/a/").then((r) => {
      if (r) { if (r.active) { r.active.postMessage({ drop: 1 }); } r.unregister(); }
    }).catch(() => null);
  }

  // open begins: said are the sentences. what.told hears what became of answers, what.keeps says whether they stay when their
  // code is refused, to be sent with another, and what.stopped hears that they do. A device that several people use asks
  // nobody for a code of somebody else's.
  function open(said, what) {
    words = said;
    hear = what;
    for (const name of keys(start)) {
      if (mark(name) === "=") { disk.removeItem(name); } else if (refused(name) && hear.keeps()) { ask(name); }
    }
    if (waiting().length) { pump(); }
  }

  addEventListener("online", () => { if (hear && waiting().length) { tries = 0; pump(); } });
  document.addEventListener("visibilitychange", () => { if (hear && document.visibilityState === "visible" && waiting().length) { pump(); } });
  return { disk, base64, bytes, make, keys, start, final, waiting, add, end, read, line, isGood, wrongCode, refused, again, pump, ask, mend, note, drop, open };
})();
