// When a question is asked: the tree that internal/ask/expression makes, evaluated as it does there. The two are held
// together by one table of cases, internal/ask/expression/testdata/cases.json. What the server finds is what counts.
// holds(tree, answer, label) is true or false; answer(question) gives a text, label(question, option) the option's words.
const holds = (() => {
  "use strict";
  const text = (v) => (typeof v === "number" && v === 0 ? "0" : String(v));
  const truth = (v) => (typeof v === "number" ? v !== 0 && !isNaN(v) : v === true || v !== false && v !== "");
  const number = (v) => {
    if (typeof v === "string") { return /^-?(\d+(\.\d*)?|\.\d+)$/.test(v.trim()) ? parseFloat(v) : NaN; }
    return Number(v);
  };
  const same = (a, b) => {
    if (typeof a === "string" && typeof b === "string") { return a === b; }
    if (typeof a === "boolean" || typeof b === "boolean") { return truth(a) === truth(b); }
    return number(a) === number(b);
  };
  const list = (v) => text(v).split(/\s+/).filter(Boolean);
  function value(tree, answer, label) {
    if (!Array.isArray(tree)) { return tree; }
    const at = (i) => value(tree[i], answer, label), s = (i) => text(at(i)), n = (i) => number(at(i)), rest = tree.slice(1);
    switch (tree[0]) {
      case "ref": return answer(tree[1]);
      case "or": return truth(at(1)) || truth(at(2));
      case "and": return truth(at(1)) && truth(at(2));
      case "=": return same(at(1), at(2));
      case "!=": return !same(at(1), at(2));
      case "<": return n(1) < n(2);
      case "<=": return n(1) <= n(2);
      case ">": return n(1) > n(2);
      case ">=": return n(1) >= n(2);
      case "+": return n(1) + n(2);
      case "-": return n(1) - n(2);
      case "*": return n(1) * n(2);
      case "div": return n(1) / n(2);
      case "mod": return n(1) % n(2);
      case "neg": return -n(1);
      case "not": return !truth(at(1));
      case "true": return true;
      case "false": return false;
      case "if": return truth(at(1)) ? at(2) : at(3);
      case "selected": return list(at(1)).includes(s(2));
      case "count-selected": return list(at(1)).length;
      case "string-length": return [...s(1)].length;
      case "coalesce": return rest.map((_, i) => s(i + 1)).find(Boolean) || "";
      case "number": return n(1);
      case "boolean": return truth(at(1));
      case "contains": return s(1).includes(s(2));
      case "starts-with": return s(1).startsWith(s(2));
      case "regex": return new RegExp("^(?:" + tree[2] + ")$", "u").test(s(1));
      case "today": { const d = new Date(); return new Date(d - 6e4 * d.getTimezoneOffset()).toISOString().slice(0, 10); }
      case "round": { const p = Math.pow(10, rest[1] === undefined ? 0 : n(2)); return Math.floor(n(1) * p + 0.5) / p; }
      case "int": return Math.trunc(n(1));
      case "concat": return rest.map((_, i) => s(i + 1)).join("");
      case "jr:choice-name": return s(1) && label(s(2).replace(/[${} ]/g, ""), s(1));
    }
    return "";
  }
  const holds = (tree, answer, label) => truth(value(tree, answer, label));
  holds.value = (tree, answer, label) => text(value(tree, answer, label));
  return holds;
})();
