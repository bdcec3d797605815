// Keeps the answering page on the device, so that it opens without a connection until its answers are sent. It keeps the
// page and its files alone: answers are not its business. Served as /a/worker.js, since it minds what stands under /a/.
const shelf = "earshot";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (e) => e.waitUntil(clients.claim()));

addEventListener("message", (e) => {
  if (e.data.drop) { e.waitUntil(caches.delete(shelf)); }
  if (e.data.keep) { e.waitUntil(caches.open(shelf).then((place) => Promise.all(e.data.keep.map((url) => fetch(url).then((res) => put(place, url, res)).catch(() => null))))); }
});

// A page made for one reader alone (no-store) is not kept. That of a shared device is made for nobody alone: it says no-store
// so that the browser's own back button does not show what the last person did.
const mine = (url, res) => /no-store/.test(res.headers.get("Cache-Control")) && !/\/shared$/.test(new URL(url, location).pathname);
const put = (place, url, res) => (res.ok && !mine(url, res) ? place.put(url, res.clone()).then(() => res) : res);

addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) { return; }
  if (e.request.mode === "navigate") { e.respondWith(page(e.request)); } else if (/^\/(static\/|a\/\w+\/words)/.test(url.pathname)) { e.respondWith(file(e.request)); }
});

// page asks the server and falls back on what is kept: this very page, or the same in another language.
async function page(request) {
  const place = await caches.open(shelf), kept = await place.match(request, { ignoreVary: true });
  if (!kept) {
    return fetch(request).catch(async (e) => {
      // Where somebody wants to write to an adult, what is kept says that nothing can be sent, and whom to go to.
      const away = request.url.replace(/(\/a\/\w+)\/talk\b/, "$1/away"), at = away === request.url ? request : away;
      const like = (await place.match(at, { ignoreVary: true })) || (await place.match(at, { ignoreVary: true, ignoreSearch: true }));
      if (like) { return like; }
      throw e;
    });
  }
  const late = new Promise((go) => setTimeout(() => go(kept), 4e3));
  return Promise.race([fetch(request).then((res) => (res.status < 500 ? put(place, request.url, res) : kept)).catch(() => kept), late]).then((res) => (res === kept ? kept.clone() : res));
}

async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  return kept || fetch(request);
}
