// include keys-box.js
// include keys-make.js
// The page of keys: try one, make one, seal names anew.
(() => {
  "use strict";
  const at = (id) => document.getElementById(id);
  // Without https a browser hands out no cryptography, and nobody should type a passphrase.
  const ready = isSecureContext && typeof BigInt === "function" && crypto.subtle;
  if (!ready) {
    const p = document.createElement("p");
    p.className = "notice warning";
    p.textContent = box.say("no-crypto");
    document.querySelector("main .lead").after(p);
    return;
  }
  document.querySelectorAll(".needs-script").forEach((e) => { e.hidden = false; });

  // task does something when a button is pressed, and says what went wrong beside it.
  function task(button, problem, work) {
    if (!button) { return; }
    button.onclick = async () => {
      problem.hidden = true;
      try {
        const identities = await box.ask(button.parentNode, button.textContent);
        await work(identities);
      } catch (e) {
        box.complain(problem, e);
      }
    };
  }

  task(at("trial"), at("trial-problem"), async (identities) => {
    if (box.fromSheet()) {
      // It can be kept here again before the page goes on, unless it is the sheet of another key.
      const a = await box.lib();
      if (await a.identityToRecipient(identities[0]) !== at("key").dataset.recipient) { throw box.failure("other-sheet"); }
      at("trial").parentNode.hidden = true;
      await again(identities[0]);
    }
    const said = new TextDecoder().decode(await box.open(box.bytes((await box.post("/keys/trial")).sealed), identities));
    box.send(at("proof"), { said: said });
  });

  // again keeps a key that came from the sheet under a new passphrase. Whoever does not want that presses the other button.
  function again(identity) {
    const part = at("resheet"), problem = at("again-problem");
    part.hidden = false;
    at("again-1").focus();
    return new Promise((done) => {
      at("again-skip").onclick = done;
      at("again-go").onclick = async () => {
        problem.hidden = true;
        try {
          const passphrase = keyMaking.twice(at("again-1"), at("again-2"));
          await box.moment();
          const a = await box.lib(), file = await box.lock(identity, passphrase);
          const kept = box.keep({ recipient: await a.identityToRecipient(identity), made: at("key").dataset.today, file: file });
          keyMaking.offer(at("again-file"), file);
          at("again-form").hidden = true;
          at("again-file").parentNode.hidden = false;
          at("again-file").focus();
          at("again-done").onclick = done;
          if (!kept) { throw box.failure("not-kept"); }
        } catch (e) {
          box.complain(problem, e);
        }
      };
    });
  }

  // Sealing anew, a few at a time, until nothing is left that this key opens.
  task(at("reseal"), at("reseal-problem"), async (identities) => {
    const button = at("reseal"), state = at("reseal-state"), shut = new Set();
    const line = (name, n) => { state.textContent = box.say(name) + " " + n; };
    let done = 0;
    button.disabled = true;
    try {
      for (;;) {
        const batch = (await box.post("/keys/stale")).list, sealed = [];
        for (const e of batch) {
          const one = await step(e, identities);
          if (one) { sealed.push(one); } else { shut.add(e.round + " " + e.envelope); }
        }
        if (!sealed.length) { break; }
        await box.post("/keys/resealed", { list: sealed });
        line("resealing", done += sealed.length);
      }
    } finally {
      button.disabled = false;
    }
    line("resealed", done);
    if (shut.size) {
      const more = document.createElement("p");
      more.textContent = box.say("resealed-not") + " " + shut.size;
      state.append(more);
    } else {
      button.parentNode.hidden = at("reseal-why").hidden = true;
    }
  });

  // step opens one envelope and seals what is in it to those who hold keys now; nothing if this key does not open it.
  async function step(e, identities) {
    let plain = null;
    try {
      plain = await box.open(box.bytes(e.body), identities);
    } catch (err) {
      return null;
    }
    if (e.peel) { return { round: e.round, envelope: e.envelope, body: box.base64(box.stillSealed(plain)) }; }
    let body = await box.seal(plain, e.inner);
    if (e.outer && e.outer.length) { body = await box.seal(body, e.outer); }
    return { round: e.round, envelope: e.envelope, body: box.base64(body) };
  }

  keyMaking.begin();
})();
