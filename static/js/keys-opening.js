// include keys-box.js
// A sealed name: the browser fetches what is sealed, opens it with its holder's key and shows it here and nowhere else; or, where
// two people are needed, takes off the outer seal and hands on what is still sealed to the others.
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

  async function show(identities) {
    const plain = await box.open(box.bytes((await box.post(url + "/sealed")).sealed), identities);
    let inside = null;
    try {
      inside = JSON.parse(new TextDecoder().decode(plain));
    } catch (e) {
      throw box.failure("unreadable");
    }
    put("shown-name", inside.name);
    put("shown-form", inside.form);
    document.getElementById("shown-other").hidden = inside.id === part.dataset.envelope && inside.round === part.dataset.round;
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
      await (button.dataset.open === "outer" ? peel : show)(identities);
    } catch (e) {
      box.complain(problem, e);
    }
  };
  document.getElementById("shown-hide").onclick = () => {
    put("shown-name", "");
    put("shown-form", "");
    location.reload();
  };
  document.getElementById("opening-way").hidden = false;
})();
