// include keys-box.js
// A sealed name: the browser fetches what is sealed, opens it with its holder's key and shows it here and nowhere else; or, where
// two people are needed, takes off the outer seal and hands on what is still sealed to the others; or opens it for the chair of
// governors, to whose key it then is sealed.
(() => {
  "use strict";
  const part = document.getElementById("opening");
  if (!part) { return; }
  const url = part.dataset.url, button = part.querySelector("button[data-open]"), problem = document.getElementById("opening-problem");
  const shown = document.getElementById("shown"), put = (id, text) => { document.getElementById(id).textContent = text; };

  async function peel(identities) {
    const inner = await box.open(box.bytes((await box.post(url + "/sealed")).sealed), identities);
    box.send(document.getElementById("agree"), { inner: box.base64(box.stillSealed(inner)) });
  }

  // read opens what the server hands out: what stands in the envelope, as text and as values, and the mark of what was asked for.
  async function read(identities) {
    const reply = await box.post(url + "/sealed"), plain = await box.open(box.bytes(reply.sealed), identities);
    try {
      return { plain: plain, inside: JSON.parse(new TextDecoder().decode(plain)), id: reply.id, mark: reply.mark };
    } catch (e) {
      throw box.failure("unreadable");
    }
  }

  // mixed says whether an envelope belongs to another survey or another answer than the one that was asked for.
  const mixed = (got) => got.inside.id !== got.id || got.inside.round !== part.dataset.round;

  // pass seals a name to whoever asked for it. It is shown to nobody here.
  async function pass(identities) {
    const got = await read(identities);
    if (mixed(got)) { throw box.failure("other-name"); }
    const sealed = await box.seal(got.plain, [part.dataset.to]);
    box.send(document.getElementById("agree"), { inner: box.base64(box.stillSealed(sealed)) });
  }

  async function show(identities) {
    const got = await read(identities), inside = got.inside;
    // The envelope says what was answered or written, too: it must not stand beside other words.
    const other = mixed(got) || Boolean(got.mark && inside.mark && got.mark !== inside.mark);
    put("shown-name", inside.name);
    put("shown-form", inside.form);
    document.getElementById("shown-other").hidden = !other;
    document.getElementById("shown-who").hidden = other;
    document.getElementById("shown-unsure").hidden = other || Boolean(got.mark && inside.mark);
    shown.hidden = false;
    part.hidden = true;
    shown.focus();
    await box.post(url + "/opened");
    document.querySelector("h1 .status").textContent = box.say("opened-now");
  }

  button.onclick = async () => {
    problem.hidden = true;
    try {
      const identities = await box.ask(button.parentNode, button.textContent);
      await ({ outer: peel, pass: pass, name: show })[button.dataset.open](identities);
    } catch (e) {
      box.complain(problem, e);
    }
  };
  document.getElementById("shown-anyway").onclick = (e) => {
    document.getElementById("shown-who").hidden = false;
    e.target.hidden = true;
  };
  document.getElementById("shown-hide").onclick = () => {
    put("shown-name", "");
    put("shown-form", "");
    location.reload();
  };
  document.getElementById("opening-way").hidden = false;
})();
