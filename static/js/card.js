// The page that a pupil's own card leads to, and the door at which young children tap their pictures. Without this script both
// are forms that work by themselves.
(() => {
  "use strict";
  const doc = document, el = (id) => doc.getElementById(id), card = el("card"), door = el("door"), problem = el("problem");
  const say = (text) => { problem.textContent = text || ""; };
  let busy = false;

  // ask posts a form and gives the reply, or nothing where there is no connection. A door makes those wait who try fast.
  async function ask(form, body) {
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), 2e4);
    try {
      const res = await fetch(form.getAttribute("action"), { method: "POST", body: body, cache: "no-store", headers: { Accept: "application/json" }, signal: stop.signal });
      return await res.json();
    } catch (e) {
      return null;
    } finally {
      clearTimeout(late);
    }
  }

  // Whoever comes back finds nothing of the last one.
  addEventListener("pageshow", (e) => { if (e.persisted) { location.reload(); } });
  if (card) { cards(); }
  if (door) { taps(); }

  function cards() {
    const field = el("code");

    // cleaned gives the 12 characters of a code, or nothing if it cannot be one.
    function cleaned(text) {
      const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
      return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code) ? code : "";
    }

    // link is a number that this card gives in every survey and that leads nobody back to it. It is worked out here and never
    // on the server. Browsers do so over https alone.
    async function link(code) {
      if (!window.crypto || !crypto.subtle) { return ""; }
      const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("earshot link " + code));
      return Array.from(new Uint8Array(sum).subarray(0, 16), (b) => (b + 256).toString(16).slice(1)).join("");
    }

    // keep leaves it for the surveys of this card, in this tab, in place of those of a card before.
    function keep(id, waiting) {
      try {
        for (const key of Object.keys(sessionStorage)) { if (key.startsWith("link.")) { sessionStorage.removeItem(key); } }
        if (id) { for (const one of waiting) { sessionStorage.setItem("link." + one.slip, id); } }
      } catch (e) {
        return;
      }
    }

    async function open() {
      if (busy) { return; }
      busy = true;
      say(card.dataset.moment);
      const code = cleaned(field.value), id = code && await link(code), reply = await ask(card, new URLSearchParams(new FormData(card)));
      busy = false;
      if (reply && reply.over) { return location.replace(reply.over); }
      if (!reply || !reply.waiting) {
        say(reply ? reply.message : card.dataset.offline);
        field.setAttribute("aria-invalid", "true");
        field.focus();
        return;
      }
      keep(id, reply.waiting);
      if (reply.waiting.length === 1) { return location.replace(reply.waiting[0].url); }
      card.submit(); // the list comes as a page
    }

    // The part after # never leaves the device, and leaves the address bar, so that nobody reads it over a shoulder.
    function scanned() {
      const code = location.hash.slice(1);
      if (!code) { return; }
      history.replaceState(null, "", location.pathname + location.search);
      field.value = cleaned(code).replace(/(....)(?=.)/g, "$1 ") || code;
      open();
    }

    card.addEventListener("submit", (e) => { e.preventDefault(); open(); });
    addEventListener("hashchange", scanned);
    scanned();
  }

  function taps() {
    const field = door.elements.taps, buttons = Array.from(door.querySelectorAll("[name=tap]")), slots = door.querySelectorAll(".slot use"), steps = JSON.parse(door.dataset.steps);
    let chosen = field.value ? field.value.split("-") : [];

    function draw() {
      field.value = chosen.join("-");
      slots.forEach((use, i) => { use.setAttribute("href", "#pic-" + (chosen[i] ? buttons.find((b) => b.value === chosen[i]).dataset.picture : "")); });
      for (const b of buttons) { b.setAttribute("aria-pressed", chosen.includes(b.value)); }
      el("step").textContent = steps[chosen.length] || door.dataset.moment;
    }

    async function tap(button) {
      if (busy || chosen.includes(button.value)) { return; } // small fingers tap twice
      say("");
      chosen.push(button.value);
      draw();
      if (chosen.length < 3) { return; }
      busy = true;
      const reply = await ask(door, new URLSearchParams(new FormData(door)));
      if (reply && reply.url) { return location.assign(reply.url); }
      if (reply && reply.shut) { return location.reload(); } // what is there instead of pictures comes as a page
      busy = false;
      chosen = [];
      draw();
      say(reply ? reply.message : door.dataset.offline);
      scrollTo(0, 0);
    }

    door.addEventListener("submit", (e) => e.preventDefault());
    door.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (!button) { return; }
      e.preventDefault();
      if (button.name === "tap") { return tap(button); }
      if (!busy) { chosen = []; say(""); draw(); }
    });
    draw();
  }
})();
