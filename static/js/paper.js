// Puts sheets of paper onto leaves: every leaf of a sheet carries its code, and every sheet begins on a new leaf also when it is
// printed on both sides. All sheets in a language say the same, so that the first one is measured for all.
(function () {
  "use strict";
  const make = (kind) => { const node = document.createElement("section"); node.className = kind; return node; };

  // fill lays blocks onto a leaf until one more does not fit; a block that is longer than a leaf gets one for itself.
  function measure(article, head, blocks) {
    const leaves = [];
    let leaf = null, full = 0, count = 0;
    const begin = () => {
      leaf = make("leaf");
      leaf.append(head.cloneNode(true), foot(article, 1, 1));
      article.append(leaf);
      full = leaf.getBoundingClientRect().height + 1;
      count = 0;
      leaves.push(0);
    };
    begin();
    for (let i = 0; i < blocks.length;) {
      // A heading stays with what it stands over.
      let to = i + 1;
      while (to < blocks.length && blocks[to - 1].classList.contains("with-next")) { to += 1; }
      const together = blocks.slice(i, to);
      leaf.lastChild.before(...together);
      if (leaf.getBoundingClientRect().height > full && count) {
        together.forEach((b) => b.remove());
        begin();
        continue;
      }
      count += together.length;
      leaves[leaves.length - 1] = count;
      i = to;
    }
    return leaves;
  }

  function foot(article, n, m) {
    const p = document.createElement("p");
    p.className = "leaf-foot";
    p.textContent = article.dataset.page.replace("{n}", n).replace("{m}", m);
    return p;
  }

  function lay(article, head, blocks, leaves) {
    article.replaceChildren();
    let from = 0;
    leaves.forEach((count, n) => {
      const leaf = make("leaf");
      leaf.append(n ? head.cloneNode(true) : head, ...blocks.slice(from, from + count), foot(article, n + 1, leaves.length));
      article.append(leaf);
      from += count;
    });
    if (leaves.length % 2) { article.append(make("leaf")); }
  }

  const measured = {};
  for (const article of document.querySelectorAll("article.form")) {
    const head = article.querySelector(".form-head"), blocks = [...article.querySelectorAll(".block")];
    article.classList.add("leaves");
    if (!measured[article.lang]) {
      article.replaceChildren();
      measured[article.lang] = measure(article, head, blocks);
    }
    lay(article, head, blocks, measured[article.lang]);
  }
  for (const hint of document.querySelectorAll(".toolbar .js")) { hint.hidden = false; }
})();
