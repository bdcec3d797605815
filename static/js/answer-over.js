// The page of a survey that is over. Answers that waited on this device are sent from here while the survey still takes them;
// once it does not, whatever was left is cleared. Nothing of the survey stays behind.
(function () {
  "use strict";
// include outbox.js
  const place = document.getElementById("late"), round = place.dataset.round, words = JSON.parse(document.getElementById("words").textContent), key = "earshot" + location.pathname;
  let tab, tries = 0;
  try { tab = sessionStorage; } catch (e) { tab = { getItem: () => null, removeItem: () => null }; }
  const show = (text) => { place.textContent = text; };
  const left = () => outbox.keys(outbox.start + round + ":");

  function clear() {
    for (const name of outbox.keys("earshot-draft:" + round + ":")) { outbox.disk.removeItem(name); }
  }

  // What a tab was sending when its page was opened again stands in the tab alone.
  let own = null;
  try { own = JSON.parse(tab.getItem(key)).sending; } catch (e) { own = null; }
  if (typeof own !== "string") { own = null; }

  if (place.dataset.settled) {
    const some = own || left().length;
    left().forEach((name) => outbox.disk.removeItem(name));
    clear();
    tab.removeItem(key);
    if (some) { show(words["keep.gone"]); }
    return outbox.drop();
  }

  function end() {
    if (!own && !left().length) { clear(); outbox.drop(); }
  }

  function told(reply) {
    const good = reply.state === "stored" || reply.state === "already";
    show(good ? words["keep.sent"] : words["keep.refused"].replace("{message}", reply.message || reply.state));
    end();
  }

  async function post(body) {
    const out = { reply: {}, wait: 0 };
    try {
      const res = await fetch("/a/" + round, { method: "POST", body: body, cache: "no-store", headers: { Accept: "application/json" } });
      out.wait = 1e3 * (parseInt(res.headers.get("Retry-After"), 10) || 0);
      out.reply = (await res.json()) || {};
    } catch (e) {
      out.reply = {};
    }
    out.final = outbox.final.includes(out.reply.state);
    return out;
  }

  const clearOwn = () => { own = null; tab.removeItem(key); };

  async function sendOwn() {
    const body = new URLSearchParams(own), out = await post(body);
    if (!out.final) {
      tries += 1;
      return setTimeout(sendOwn, out.wait + Math.random() * 1e3 * Math.min(60, Math.pow(2, tries)));
    }
    if (/^(unknown_code|spent)$/.test(out.reply.state)) {
      show("");
      return outbox.mend(out.reply.message, (code) => { body.set("code", code); return post(body); }, clearOwn, told);
    }
    clearOwn();
    told(out.reply);
  }

  if (own || outbox.waiting().length) { show(words["keep.going"]); }
  outbox.open(words, { told: told, keeps: () => { show(""); return true; } });
  if (own) { sendOwn(); } else { tab.removeItem(key); }
  end();
})();
