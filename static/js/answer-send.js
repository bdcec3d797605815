// Sending, for the answering page; part of answer-more.js, whose page, words and keepToSend it uses.
const sending = (() => {
  let tries = 0, notBefore = 0, said;

  // mark is 16 signs that tell one text from another.
  const mark = (text) => [0x1000193, 0x85ebca6b].map((m) => {
    let h = m;
    for (let i = 0; i < text.length; i++) { h = Math.imul(h ^ text.charCodeAt(i), m); }
    return (h >>> 0).toString(16).padStart(8, 0);
  }).join("");

  function pace() {
    const { answers, times } = page.kept;
    const spent = page.asked().filter((q) => answers[q.id.slice(2)]).map((q) => times[q.id] || 0).sort((a, b) => a - b);
    return spent.length && spent[spent.length >> 1] < 2e3 ? "fast" : "usual";
  }

  // What is sent: the answers on the way, and which questions were not asked. The receipt of a slip is that of these very
  // answers: what was changed after they arrived is never taken for them. With one link for everybody it is that of the
  // answers that were sent first from this page, so that a copy of the page in another tab has one of its own.
  function body() {
    const kept = page.kept, out = page.left(), data = page.spoken();
    for (const q of page.asked()) { for (const v of kept.answers[q.id.slice(2)] || []) { data.append(q.id.slice(2), v); } }
    data.set("not_asked", " " + page.questions().filter((q) => out.has(q.id)).map((q) => q.id.slice(2)).join(" "));
    if (page.field) { data.set("code", kept.code); }
    data.set("route", form.dataset.route || "");
    data.mark = mark("" + data);
    data.set("receipt", kept.receipt.slice(16) + (page.field ? data.mark : kept.first || data.mark));
    data.set("pace", pace());
    // The number that a personal card makes, where somebody came with one.
    let link;
    try { link = sessionStorage["link." + kept.code]; } catch (e) { link = ""; }
    if (link) { data.set("link", link); }
    return data;
  }

  async function send() {
    const data = body(), early = notBefore - Date.now(), kept = page.kept, button = doc.getElementById("send");
    kept.sending = "" + data;
    kept.first = kept.first || data.mark;
    page.save();
    if (early > 0) {
      page.timer = setTimeout(page.send, early + Math.random() * 1e3);
      return page.say(said);
    }
    page.busy = true;
    // While it tries again by itself, the message stays as it is: nobody wants it read out each time.
    if (!tries) { page.say(words["answer.sending"]); }
    button.textContent = words["answer.sending"];
    button.setAttribute("aria-disabled", true);
    const out = await page.post("", data, 2e4), reply = out.reply, state = reply.state;
    page.busy = false;
    button.textContent = page.label;
    button.removeAttribute("aria-disabled");
    // With one link for everybody a page has one receipt: what was changed after a first Send that did arrive is told apart here.
    if (state === "already" && !page.field && kept.first !== data.mark) { return finish(words["keep.elsewhere_title"], [words["keep.elsewhere"]]); }
    if (state === "stored" || state === "already") { return thanks(reply.thanks || {}); }
    if (!state || state === "busy" || out.status === 503) {
      // Sealed to the school's key, the answers may wait where the next person cannot read them.
      const waits = (!out.status || tries > 1) && await keepToSend(data, out.wait);
      if (waits) { tries = 0; return waiting(waits); }
      return later(out);
    }
    refusal(reply);
  }

  // pass sends what somebody before had begun to send from this tab, without a word to whoever is here now.
  async function pass(before) {
    const data = new URLSearchParams(before), out = await page.post("", data, 2e4);
    if (!/stored|already/.test(out.reply.state)) { keepToSend(data, out.wait, true); }
  }

  // refusal says what was wrong. Nothing is lost by it.
  function refusal(reply) {
    page.cancel();
    if (page.field && outbox.wrongCode(reply)) {
      page.kept.refused = 1;
      page.kept.started = 0;
      page.save();
      return page.refused(reply.message || words["answer.problem"]);
    }
    const wrong = Object.keys(reply.fields || {});
    for (const id of wrong) { page.fault(id, reply.fields[id]); }
    if (wrong.length) { page.list(page.questions().filter((q) => wrong.includes(q.id.slice(2)))); doc.getElementById("left-title").hidden = true; }
    page.say(reply.message || words["answer.problem"]);
    page.save();
  }

  function later(out) {
    const most = Math.min(60, Math.pow(2, tries)) * 1e3;
    tries += 1;
    notBefore = Date.now() + out.wait;
    page.timer = setTimeout(page.send, out.wait + most * (0.5 + Math.random() / 2));
    said = out.status ? out.reply.message || words["answer.busy"] : words["answer.offline"];
    page.say(said);
  }

  // finish takes the answers off the screen and says what became of them.
  function finish(title, lines, wait, number) {
    const place = doc.getElementById("thanks"), heading = place.querySelector("h1");
    page.done = true;
    page.forget();
    page.kept = { times: {}, answers: {}, lots: {} };
    if (page.shared || wait) { form.hidden = true; } else { form.remove(); }
    if (page.shared) { form.reset(); }
    heading.textContent = title;
    place.replaceChildren(heading, ...lines.map((line) => make("p", line)));
    place.hidden = false;
    scrollTo(0, 0);
    heading.focus();
    if (page.shared && !number) { next(place); }
    if (number) { show(heading, number); }
    return place;
  }

  // show puts the number onto the page with which an answer can be taken back: large, and gone from a device that others use
  // as soon as it is written down. On somebody's own it leads to where it is typed.
  function show(heading, number) {
    const digits = make("p"), last = page.shared ? make("button", number.done) : make("a", number.link.text), lines = number.lines.map((line) => make("p", line));
    digits.className = "number";
    digits.dir = "ltr";
    number.parts.forEach((part, i) => digits.append(i ? " " : "", make("b", part)));
    heading.after(make("h2", number.title), digits, ...page.shared ? [last, ...lines] : [...lines, last]);
    if (page.shared) { holds(last); } else { last.href = number.link.url; }
  }

  // waiting says that the answers wait, or that others with the same slip do.
  function waiting(key) {
    const place = finish(words["keep.waiting_title"], [words[key]], true), again = make("button", words["keep.again"]);
    again.onclick = () => outbox.pump();
    place.append(again);
  }

  function thanks(said) {
    forget("sent");
    drop();
    const place = finish(said.title || words["answer.thanks"], said.lines || [], false, said.number);
    if (said.link && !page.shared) {
      const link = make("a", said.link.text);
      link.href = said.link.url;
      place.append(link);
    }
  }

  return { send, pass, finish, thanks, cancel: () => { tries = 0; }, fresh: () => { notBefore = 0; } };
})();
