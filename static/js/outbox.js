// Finished answers that wait on this device, sealed to the school, until the school has them; and what else Earshot keeps on
// a device. For the answering page (answer-more.js) and for the page that says a survey is closed (answer-over.js).
const outbox = (() => {
  const start = "earshot-out:";
  let words = {}, hear, tries = 0, timer, sending, mended = 0;
  // A browser may forbid a page to keep anything.
  const disk = (() => { try { return localStorage; } catch (e) { return { getItem: () => null, setItem() { throw new Error("nothing is kept"); }, removeItem: () => null }; } })();
  const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  const bytes = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const make = (tag, text) => { const node = document.createElement(tag); node.textContent = text || ""; return node; };
  const keys = (prefix) => Object.keys(disk).filter((k) => k.startsWith(prefix));
  // What was refused for its code stands as "!unknown_code <sealed>", and waits for another code instead of for a connection.
  const refused = (name) => (disk.getItem(name) || "")[0] === "!";
  const waiting = () => keys(start).filter((name) => !refused(name));

  // What the school says of answers for good. Whatever else goes wrong may be mended, and is tried again.
  const final = ["stored", "already", "spent", "unknown_code", "closed", "invalid", "unreadable", "no_round"];

  function add(round, sealed) {
    const name = start + round + ":" + base64(crypto.getRandomValues(new Uint8Array(6)));
    disk.setItem(name, base64(sealed));
    return name;
  }

  // post sends what waits under a name, with another code before it if the one inside was refused.
  async function post(name, code) {
    const sealed = (disk.getItem(name) || "").split(" ").pop(), out = { reply: {}, wait: 0 };
    if (!sealed) { return null; } // another tab was faster
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), 2e4);
    try {
      const res = await fetch("/a/" + name.split(":")[1] + "/sealed", { method: "POST", signal: stop.signal, cache: "no-store", body: new Blob([code || "", bytes(sealed)]),
        headers: { Accept: "application/json", "Content-Type": "application/octet-stream" } });
      out.wait = 1e3 * (parseInt(res.headers.get("Retry-After"), 10) || 0);
      out.reply = (await res.json()) || {};
    } catch (e) {
      out.reply = {};
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
      if (sealed && wrongCode(out.reply) && hear.keeps(name)) {
        disk.setItem(name, "!" + out.reply.state + " " + sealed);
        if (!hear.givenBack || !hear.givenBack(name, out.reply)) { ask(name, out.reply.message); }
      } else {
        disk.removeItem(name);
        hear.told(out.reply, name);
      }
    }
    sending = false;
    if (later >= 0) { again(later); } else { tries = 0; }
  }

  const wrongCode = (reply) => /^(unknown_code|spent)$/.test(reply.state);

  function ask(name, message) {
    const box = mend(message || words["answer." + disk.getItem(name).slice(1).split(" ")[0]], (code) => post(name, code), () => disk.removeItem(name), (reply) => hear.told(reply, name));
    addEventListener("storage", (e) => { if (e.key === name && !e.newValue) { box.remove(); } });
  }

  // mend asks for the right code of answers whose code was refused. Those that are sealed nobody can read here, not even
  // whoever gave them. send(code) gives what post gives.
  function mend(message, send, clear, told) {
    const box = make("div"), line = make("p"), label = make("label", words["answer.code"]), input = make("input"), go = make("button", words["answer.send"]), drop = make("button", words["answer.clear_all"]);
    const say = (text) => { line.textContent = words["keep.refused"].replace("{message}", text); };
    say(message);
    box.className = "notice mend";
    line.setAttribute("role", "status");
    label.htmlFor = input.id = "mend-" + (mended += 1);
    input.className = "field";
    input.maxLength = 40;
    input.dir = "ltr";
    input.autocomplete = "off";
    go.type = drop.type = "button";
    drop.className = "link";
    go.onclick = async () => {
      const code = cleaned(input.value);
      if (!code) { say(words["answer.code_wrong"]); return input.focus(); }
      go.disabled = true;
      const out = await send(code);
      go.disabled = false;
      if (out && !out.final) { line.textContent = words["keep.waiting_title"]; return; }
      if (out && wrongCode(out.reply)) { say(out.reply.message); return input.focus(); }
      clear();
      box.remove();
      if (out) { told(out.reply); }
    };
    drop.onclick = () => { clear(); box.remove(); };
    box.append(line, label, input, go, drop);
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

  // open begins: said are the sentences. what.told hears what became of answers, what.keeps says whether those under a name
  // stay when their code is refused, to be sent with another, and what.givenBack takes them back onto the screen if it can.
  function open(said, what) {
    words = said;
    hear = what;
    keys(start).filter(refused).forEach((name) => ask(name));
    if (waiting().length) { pump(); }
  }

  addEventListener("online", () => { if (hear && waiting().length) { tries = 0; pump(); } });
  document.addEventListener("visibilitychange", () => { if (hear && document.visibilityState === "visible" && waiting().length) { pump(); } });
  return { disk, base64, bytes, make, keys, start, final, waiting, add, again, pump, mend, note, drop, open };
})();
