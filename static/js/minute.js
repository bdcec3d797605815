// A minute without the screen: it counts down in steps of ten seconds, takes the code of the slip along and out of the
// address, and does nothing when the minute is over. Without this script the page says the same and counts nothing.
(() => {
  "use strict";
  const ready = document.getElementById("ready"), left = document.getElementById("left");
  for (const link of [ready, ...document.querySelectorAll(".langs a")]) { link.hash = location.hash; }
  if (location.hash) { history.replaceState(null, "", location.pathname + location.search); }
  // The page does not stay behind the survey: whoever goes back goes back to where they came from.
  ready.addEventListener("click", (e) => { e.preventDefault(); location.replace(ready.href); });
  const began = Date.now();
  left.hidden = false;
  const count = setInterval(() => {
    const rest = 60 - 10 * Math.floor((Date.now() - began) / 1e4);
    if (rest < 60) { left.textContent = "0:" + String(Math.max(0, rest)).padStart(2, "0"); }
    if (rest <= 0) { clearInterval(count); }
  }, 1e3);
})();
