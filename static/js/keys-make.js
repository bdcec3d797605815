// Making a key, in four steps. The private key is in this page's memory, in the file that its holder saves and on the sheet that
// they print; what goes to the server, at the very end, is the public half.
const keyMaking = (() => {
  "use strict";
  const at = (id) => document.getElementById(id);
  let making = null; // {identity, recipient, file}

  // twice is a passphrase that was typed twice and is hard to guess. It throws what is wrong with it.
  function twice(one, two) {
    const weak = box.weak(one.value);
    if (weak) { throw box.failure(weak); }
    if (one.value !== two.value) { throw box.failure("differs"); }
    return one.value;
  }

  // offer lets a link save the file of a key.
  function offer(link, file) {
    link.href = "data:application/octet-stream;base64," + btoa(file);
    link.download = "earshot-key-" + at("key").dataset.today + ".age";
    link.hidden = false;
  }

  // groups cuts a private key into pieces that can be read and typed; the last one has four characters.
  function groups(identity) {
    const cut = identity.indexOf("1") + 1, odd = cut + (identity.length - cut) % 4;
    return [identity.slice(0, cut), identity.slice(cut, odd), ...identity.slice(odd).match(/.{4}/g)].filter(Boolean);
  }

  function pieces(place, list) {
    place.replaceChildren(...list.flatMap((text) => {
      const b = document.createElement("b");
      b.textContent = text;
      return [b, " "];
    }));
  }

  // square draws a text as a QR code: one path, as the server draws the others.
  async function square(svg, text) {
    const qr = (await import(at("sheet").dataset.qr)).default(0, "M");
    qr.addData(text, "Alphanumeric");
    qr.make();
    const size = qr.getModuleCount(), quiet = 4;
    let d = "";
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        if (qr.isDark(y, x)) { d += "M" + (x + quiet) + " " + (y + quiet) + "h1v1h-1z"; }
      }
    }
    svg.firstElementChild.setAttribute("d", d);
    svg.setAttribute("viewBox", "0 0 " + (size + 2 * quiet) + " " + (size + 2 * quiet));
  }

  function show(n) {
    at("make").querySelectorAll("[data-step]").forEach((part) => { part.hidden = part.dataset.step !== String(n); });
    Array.from(at("make-steps").children).forEach((li, i) => {
      li.className = i + 1 < n ? "done" : "";
      if (i + 1 === n) { li.setAttribute("aria-current", "step"); } else { li.removeAttribute("aria-current"); }
    });
    at("make-problem").hidden = true;
    at("make").querySelector("[data-step='" + n + "'] h3").focus();
  }

  // doing lets a button do something that takes a moment, and says what went wrong.
  function doing(id, work) {
    const button = at(id);
    button.onclick = async () => {
      const name = button.textContent;
      at("make-problem").hidden = true;
      button.disabled = true;
      button.textContent = box.say("busy");
      try {
        await box.moment();
        await work();
      } catch (e) {
        box.complain(at("make-problem"), e);
      }
      button.textContent = name;
      button.disabled = false;
    };
  }

  const stay = (e) => { e.preventDefault(); };

  async function make() {
    const passphrase = twice(at("new-1"), at("new-2")), age = await box.lib();
    const identity = await age.generateX25519Identity();
    making = { identity: identity, recipient: await age.identityToRecipient(identity), file: await box.lock(identity, passphrase) };
    at("new-1").value = at("new-2").value = "";
    offer(at("new-file"), making.file);
    pieces(at("sheet-key"), groups(identity));
    pieces(at("new-text"), groups(identity));
    at("sheet-public").textContent = at("new-public").textContent = making.recipient;
    await square(at("sheet-qr"), identity);
    document.body.classList.add("with-sheet");
    addEventListener("beforeunload", stay);
    show(2);
  }

  function compare() {
    const typed = at("new-last").value.toUpperCase().replace(/[^A-Z0-9]/g, "").replace(/O/g, "0").replace(/[1I]/g, "L").replace(/B/g, "8");
    if (typed.length < 4 || !making.identity.endsWith(typed)) { throw box.failure("last-four"); }
    // From here on the key is on paper, and no longer in the page.
    at("new-text").textContent = at("sheet-key").textContent = "";
    at("sheet-qr").firstElementChild.removeAttribute("d");
    document.body.classList.remove("with-sheet");
    making.identity = "";
    show(4);
  }

  function handIn() {
    // Not kept in this browser: the file opens all the same, and the page says so the next time.
    box.keep({ recipient: making.recipient, made: at("key").dataset.today, file: making.file });
    removeEventListener("beforeunload", stay);
    box.send(at("hand-in"), { recipient: making.recipient });
  }

  function begin() {
    at("start").onclick = () => {
      at("page").hidden = true;
      at("make").hidden = false;
      show(1);
    };
    at("new-show").onchange = () => { at("new-1").type = at("new-2").type = at("new-show").checked ? "text" : "password"; };
    doing("step-1", make);
    at("new-file").onclick = () => { at("step-2").disabled = false; };
    at("step-2").onclick = () => show(3);
    at("new-print").onclick = () => print();
    doing("step-3", compare);
    at("new-safe").onchange = () => { at("step-4").disabled = !at("new-safe").checked; };
    at("step-4").onclick = handIn;
  }

  return { begin, twice, offer };
})();
