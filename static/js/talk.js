// A request to talk is sent now or not at all. It is never kept on the device; when it cannot be sent the page says so at
// once, and what was written stays in its boxes.
(function () {
  "use strict";
  const form = document.getElementById("write"), problem = document.getElementById("problem"), place = document.getElementById("thanks");
  const button = form.querySelector("nav button");
  const complain = (text) => { problem.textContent = text; problem.scrollIntoView({ block: "center" }); };
  // Going back must not show the next person what was written here.
  addEventListener("pageshow", (e) => { if (e.persisted) { location.reload(); } });
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (button.disabled) { return; }
    button.disabled = true;
    problem.textContent = "";
    let reply = null;
    try {
      const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 15e3);
      const res = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, signal: stop.signal });
      reply = await res.json();
      clearTimeout(timer);
    } catch (err) {
      reply = null;
    }
    button.disabled = false;
    if (!reply || reply.problem || !reply.lines) { return complain(reply && reply.problem || form.dataset.notSent); }
    const heading = document.createElement("h1"), link = document.createElement("a"), last = document.createElement("p");
    heading.textContent = reply.title;
    heading.tabIndex = -1;
    link.href = form.dataset.back;
    link.textContent = form.dataset.backText;
    last.append(link);
    form.reset();
    const say = (tag, text) => { const e = document.createElement(tag); e.textContent = text; return e; };
    const lines = (list) => list.map((line) => say("p", line)), way = [];
    if (reply.receipt) {
      const digits = say("p", reply.receipt.digits);
      digits.className = "digits";
      digits.dir = "ltr";
      way.push(say("h2", reply.receipt.title), digits, ...lines(reply.receipt.lines));
    }
    place.replaceChildren(heading, ...lines(reply.lines), ...way, last);
    heading.focus();
    scrollTo(0, 0);
  });
})();
