// What only some surveys have: grids, rankings, and questions that not everybody is asked. For answer.js, by answer-asks.js.
const asks = (() => {
  "use strict";
  // A grid is one screen where there is room, and single questions on a phone.
  function grids(form) {
    const wide = matchMedia("(min-width: 48em)").matches;
    for (const grid of form.querySelectorAll(".grid")) {
      if (!wide) { grid.replaceWith(...Array.from(grid.children).slice(1)); continue; }
      for (const row of grid.querySelectorAll(".step")) { row.classList.remove("step"); }
    }
  }

  // A ranking is a list of buttons, pressed in order. The plain form's lists of places stay underneath and are what is sent.
  function rankings(questions) {
    for (const q of questions) {
      const places = Array.from(q.getElementsByTagName("select"));
      if (!places.length) { continue; }
      const list = Array.from(places[0].options).slice(1).map((option) => {
        const button = document.createElement("button"), badge = document.createElement("b");
        button.type = "button";
        button.className = "place";
        button.append(badge, option.textContent);
        button.onclick = () => {
          let order = places.map((p) => p.value).filter(Boolean);
          if (order.includes(option.value)) { order = order.filter((v) => v !== option.value); }
          else if (order.length < places.length) { order.push(option.value); }
          places.forEach((p, i) => { p.value = order[i] || ""; });
          places[0].dispatchEvent(new Event("change", { bubbles: true }));
        };
        return { value: option.value, button: button, badge: badge };
      });
      q.rank = () => {
        const order = places.map((p) => p.value).filter(Boolean);
        for (const o of list) {
          const at = order.indexOf(o.value) + 1;
          o.badge.textContent = at || "";
          o.button.setAttribute("aria-pressed", !!at);
          if (!at && order.length === places.length) { o.button.setAttribute("aria-disabled", true); } else { o.button.removeAttribute("aria-disabled"); }
        }
      };
      for (const p of places) { p.parentNode.hidden = true; }
      q.append(...list.map((o) => o.button));
    }
  }

  // Who is asked what. Lots are drawn once, so that going back and forth changes nothing.
  function lot(kept, id, list) {
    const lots = kept.lots[id] = kept.lots[id] || list.map((v) => [Math.random(), v]).sort((a, b) => a[0] - b[0]).map((v) => v[1]);
    return lots;
  }

  function leftOut(plan, kept) {
    const out = new Set();
    for (const id in plan.ask) { lot(kept, id, plan.ask[id][1]).slice(plan.ask[id][0]).forEach((s) => out.add(s)); }
    for (const id in plan.choose) {
      const c = plan.choose[id], picked = kept.answers[id] || [], drawn = lot(kept, id, Object.keys(c.of)).filter((s) => !picked.includes(s));
      drawn.slice(c.pick + c.draw - picked.length).forEach((s) => c.of[s].forEach((step) => out.add(step)));
    }
    return out;
  }

  // path is the way through the survey as it stands: what was left out or ruled out is not on it.
  function path(plan, kept, form, every, rows) {
    const out = leftOut(plan, kept), on = new Set();
    const answer = (q) => (on.has("q-" + q) ? (kept.answers[q] || []).filter(Boolean).join(" ") : "");
    const label = (q, o) => { const input = form.querySelector("#q-" + q + " [value='" + o + "']"); return input ? (input.closest("label") || input).textContent : ""; };
    const asked = (id) => !out.has(id) && (!plan.if || !plan.if[id] || plan.if[id].every((tree) => { try { return holds(tree, answer, label); } catch (e) { return true; } }));
    const takes = (step) => { const yes = asked(step.id); if (yes) { on.add(step.id); } return yes; };
    return every.filter((step) => {
      if (step.tagName === "FIELDSET" || !rows(step).length) { return takes(step); }
      return rows(step).filter((row) => { row.hidden = !takes(row); return !row.hidden; }).length;
    });
  }

  return { grids, rankings, leftOut, path };
})();
