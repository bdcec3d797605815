// The page of a survey that is over. Answers that waited on this device are sent from here while the survey still takes them;
// once it does not, whatever was left is cleared. Nothing of the survey stays behind.
(function () {
  "use strict";
// include outbox.js
  const place = document.getElementById("late"), round = place.dataset.round, words = JSON.parse(document.getElementById("words").textContent), key = "earshot" + location.pathname;
  const disk = outbox.disk, left = () => outbox.keys(outbox.start + round + ":");
  // A device that several people use tells nobody what somebody else could not send.
  const shared = Date.now() - disk.getItem("earshot-shared") < 432e5;
  let tab = null, tries = 0;
  try { tab = sessionStorage; } catch (e) { tab = null; }
  tab = tab || { getItem: () => null, removeItem: () => null };
  const show = (text) => { place.textContent = text; };

  function clear() {
    for (const name of outbox.keys("earshot-draft:" + round + ":")) { disk.removeItem(name); }
  }

  // What a tab was sending when its page was opened again stands in the tab alone.
  let own = null;
  try {
    const had = JSON.parse(tab.getItem(key));
    own = had.sending;
    tab.removeItem("link." + had.code); // the number that a personal card has made goes with what is sent
  } catch (e) {
    own = null;
  }
  if (typeof own !== "string") { own = null; }

  if (place.dataset.settled) {
    const some = own || left().length;
    left().forEach((name) => outbox.end(name, { state: "gone" }));
    clear();
    tab.removeItem(key);
    if (some) { show(words["keep.gone"]); }
    return outbox.drop();
  }

  function end() {
    if (!own && !left().length) { clear(); outbox.drop(); }
  }

  function told(reply) {
    show(outbox.line(reply));
    if (shared && outbox.wrongCode(reply)) {
      const n = 1 + (+disk.getItem("earshot-refused") || 0);
      disk.setItem("earshot-refused", n);
      show(words["kiosk.refused"].replace("{n}", n));
    }
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

  function over(reply) {
    own = null;
    tab.removeItem(key);
    told(reply);
  }

  async function sendOwn() {
    const body = new URLSearchParams(own), out = await post(body);
    if (!out.final) {
      tries += 1;
      return setTimeout(sendOwn, out.wait + Math.random() * 1e3 * Math.min(60, Math.pow(2, tries)));
    }
    if (!outbox.wrongCode(out.reply)) { return over(out.reply); }
    show("");
    outbox.mend(out.reply, (code) => { body.set("code", code); return post(body); }, over);
  }

  if (own || outbox.waiting().length) { show(words["keep.going"]); }
  outbox.open(words, { told: told, stopped: () => show(""), keeps: () => !shared });
  if (own) { sendOwn(); } else { tab.removeItem(key); }
  end();
})();
