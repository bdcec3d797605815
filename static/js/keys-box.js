// What every page with keys needs: where a key lies in this browser, how it is opened with its passphrase, and sealing.
// A private key is in the memory of this page alone: nothing here hands one to anybody, and post() takes what the page gives it.
const box = (() => {
  "use strict";
  const panel = document.getElementById("key"), field = (id) => document.getElementById(id);
  // The most keys of one person that a browser keeps: the present one, and older ones for what is still sealed to them.
  const most = 3;
  // How long a passphrase takes to try: 2 to the power of this many steps, with 128 MB of memory while it is tried.
  const work = 17;
  const prefix = "AGE-SECRET-KEY-1";
  const letters = 58; // of a private key after that
  let age = null, opened = [], paper = false;

  const lib = () => (age = age || import(panel.dataset.age));
  // say is a sentence of the page: its template holds all of them.
  const say = (name) => document.querySelector("[data-say=" + name + "]").textContent;
  const failure = (name) => new Error(say(name));

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const base64 = (list) => {
    let text = "";
    for (const b of list) { text += String.fromCharCode(b); }
    return btoa(text);
  };

  // kept are this person's keys in this browser, the newest first: {recipient, made, file}.
  function kept() {
    try {
      const list = JSON.parse(localStorage.getItem(panel.dataset.place) || "[]");
      return Array.isArray(list) ? list.filter((k) => k && k.file && k.recipient) : [];
    } catch (e) {
      return [];
    }
  }

  // keep puts a key in front of the others; false where this browser keeps nothing.
  function keep(key) {
    try {
      const list = [key, ...kept().filter((k) => k.recipient !== key.recipient)].slice(0, most);
      localStorage.setItem(panel.dataset.place, JSON.stringify(list));
      return kept().some((k) => k.recipient === key.recipient);
    } catch (e) {
      return false;
    }
  }

  // tidy makes one passphrase of the ways in which devices write the same one.
  const tidy = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ");

  // weak says what is wrong with a passphrase: the name of a sentence, or nothing.
  function weak(text) {
    const list = tidy(text).toLowerCase().split(" ").filter(Boolean);
    return list.length < 3 || new Set(list).size < 3 || tidy(text).length < 15 ? "weak" : "";
  }

  // readSheet finds the key in what was typed from a recovery sheet: spaces, dashes and small letters do not matter, and
  // letters that a key never has are taken for those they look like.
  function readSheet(text) {
    const key = text.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9]/g, "").replace(/^.*AGESECRETKEY1/, "");
    return prefix + key.replace(/O/g, "0").replace(/[1I]/g, "L").replace(/B/g, "8");
  }

  // A moment for the page to show that it is busy: trying a passphrase leaves it none.
  const moment = () => new Promise((done) => setTimeout(done, 60));

  async function lock(identity, passphrase) {
    const a = await lib(), e = new a.Encrypter();
    e.setPassphrase(tidy(passphrase));
    e.setScryptWorkFactor(work);
    return a.armor.encode(await e.encrypt(identity + "\n"));
  }

  // unlock gives the private key in a file; empty if the passphrase is another one.
  async function unlock(file, passphrase) {
    const a = await lib();
    let inside = null;
    try {
      inside = a.armor.decode(file.trim() + "\n");
    } catch (e) {
      throw failure("no-file");
    }
    try {
      const d = new a.Decrypter();
      d.addPassphrase(tidy(passphrase));
      return (await d.decrypt(inside, "text")).trim();
    } catch (e) {
      return "";
    }
  }

  async function open(sealed, identities) {
    const a = await lib(), d = new a.Decrypter();
    identities.forEach((id) => d.addIdentity(id));
    try {
      return await d.decrypt(sealed);
    } catch (e) {
      throw failure("not-for-you");
    }
  }

  async function seal(plain, recipients) {
    const a = await lib(), e = new a.Encrypter();
    recipients.forEach((r) => e.addRecipient(r));
    return e.encrypt(plain);
  }

  // stillSealed lets through what is sealed to somebody. What was under an outer seal has to be: a name must never leave this
  // browser.
  function stillSealed(list) {
    const begin = "age-encryption.org/v1\n";
    if (String.fromCharCode(...list.slice(0, begin.length)) !== begin) { throw failure("not-sealed"); }
    return list;
  }

  // post asks the server. What it refuses is an error with its sentence.
  async function post(url, values) {
    let res = null, reply = null;
    try {
      res = await fetch(url, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(values || {}) });
      reply = await res.json();
    } catch (e) {
      throw failure("no-answer");
    }
    if (!res.ok) { throw new Error(reply.message || say("no-answer")); }
    return reply;
  }

  // send fills a form's hidden fields and sends it, as if its button had been pressed.
  function send(form, values) {
    for (const name in values) { form.elements.namedItem(name).value = values[name]; }
    form.submit();
  }

  // told is a key that its holder has just given: from a file or from the sheet, or one that lies in this browser.
  async function told() {
    const passphrase = field("passphrase").value, sheet = field("sheet-text").value.trim(), file = field("key-file").files[0];
    if (sheet) {
      const identity = readSheet(sheet), a = await lib();
      try {
        await a.identityToRecipient(identity);
      } catch (e) {
        const typed = identity.length - prefix.length;
        throw new Error(say("bad-sheet") + (typed === letters ? "" : " " + say("sheet-count") + " " + typed + "."));
      }
      paper = true;
      return [identity];
    }
    if (!passphrase) { throw failure("no-passphrase"); }
    const files = file ? [await file.text()] : kept().map((k) => k.file);
    if (!files.length) { throw failure("no-key-here"); }
    const found = [];
    for (const text of files) {
      await moment();
      const identity = await unlock(text, passphrase);
      if (identity) { found.push(identity); }
    }
    if (!found.length) { throw failure("wrong-passphrase"); }
    if (file) {
      const a = await lib();
      keep({ recipient: await a.identityToRecipient(found[0]), made: panel.dataset.today, file: files[0] });
    }
    return found;
  }

  // ask puts the panel under the button that was pressed, and gives the private keys once their holder has opened them. They are
  // asked for once a page.
  function ask(after, name) {
    if (opened.length) { return Promise.resolve(opened); }
    const go = field("key-go"), problem = field("key-problem"), here = kept();
    panel.hidden = false;
    after.after(panel);
    after.hidden = true; // one button at a time
    go.textContent = name;
    field("key-here").hidden = !here.length;
    field("key-nowhere").hidden = !!here.length;
    field("key-other").open = !here.length;
    const older = here.length && panel.dataset.recipient && !here.some((k) => k.recipient === panel.dataset.recipient);
    field("key-older").hidden = !older;
    (here.length ? field("passphrase") : panel).focus();
    return new Promise((done) => {
      const enter = (e) => { if (e.key === "Enter" && e.target.id === "passphrase") { e.preventDefault(); go.click(); } };
      panel.onkeydown = enter;
      go.onclick = async () => {
        const busy = go.textContent;
        problem.hidden = true;
        go.disabled = true;
        go.textContent = say("busy");
        try {
          await moment();
          opened = await told();
          field("passphrase").value = field("sheet-text").value = "";
          panel.hidden = true;
          after.hidden = false;
          done(opened);
        } catch (e) {
          complain(problem, e);
        }
        go.disabled = false;
        go.textContent = busy;
      };
    });
  }

  function complain(place, e) {
    place.textContent = e.message;
    place.hidden = false;
    place.scrollIntoView({ block: "center" });
  }

  // fromSheet says whether the key came from the recovery sheet.
  const fromSheet = () => paper;

  // Going back must not show a page with what was opened on it.
  addEventListener("pageshow", (e) => { if (e.persisted) { location.reload(); } });

  return { lib, say, failure, bytes, base64, kept, keep, weak, lock, open, seal, stillSealed, post, send, ask, complain, moment, fromSheet };
})();
