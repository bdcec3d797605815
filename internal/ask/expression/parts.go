package expression

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// comparisons are what compares two values.
var comparisons = []string{"=", "!=", "<", "<=", ">", ">="}

// Split takes an expression apart at its outermost "and" or "or", whichever it is: every part has to hold, or one of
// them. An expression without either is its own only part, joined by "".
func (e Expression) Split() (joined string, parts []Expression) {
	if e.root.kind != "and" && e.root.kind != "or" {
		return "", []Expression{e}
	}
	var flat func(n node)
	flat = func(n node) {
		if n.kind == e.root.kind {
			flat(n.args[0])
			flat(n.args[1])
			return
		}
		parts = append(parts, Expression{text: n.write(), root: n})
	}
	flat(e.root)
	return e.root.kind, parts
}

// Join puts expressions together again, with "and" or "or" between them.
func Join(joined string, parts []Expression) Expression {
	all := parts[0]
	for _, p := range parts[1:] {
		n := node{kind: joined, args: []node{all.root, p.root}}
		all = Expression{text: n.write(), root: n}
	}
	return all
}

// Not is an expression that holds where this one does not.
func (e Expression) Not() Expression {
	n := node{kind: "not", args: []node{e.root}}
	return Expression{text: n.write(), root: n}
}

// Use is what an expression does with the answers to one question.
type Use struct {
	Texts   []string  // they are compared with, or looked through for
	Numbers []float64 // they are compared with
	Others  bool      // they are compared with those of other questions
	Whole   bool      // several answers are compared as one text, with anything but none
	Else    bool      // anything else is made of them
}

// Use says what an expression does with the answers to a question. Where Else is not set, it hangs on nothing but how the
// answers compare with the texts, the numbers and the others, and on whether there is one.
func (e Expression) Use(question string) Use {
	var u Use
	e.root.use(question, true, &u)
	return u
}

// use looks at a node; asTruth says that only whether it is true counts.
func (n node) use(question string, asTruth bool, u *Use) {
	if n.kind == "ref" {
		u.Else = u.Else || n.text == question && !asTruth
		return
	}
	isRef := func(a node) bool { return a.kind == "ref" && a.text == question }
	switch {
	case slices.Contains(comparisons, n.kind) || n.kind == "selected":
		a, b := n.args[0], n.args[1]
		if isRef(b) && n.kind != "selected" {
			a, b = b, a
		}
		if isRef(a) && b.kind == "ref" && n.kind != "selected" {
			u.Others = true
			return
		}
		if isRef(a) && b.isFixed() {
			u.fixed(b.eval(Env{Answer: func(string) string { return "" }}), n.kind != "selected")
			return
		}
		a.use(question, false, u)
		b.use(question, false, u)
		return
	case n.kind == "if":
		n.args[0].use(question, true, u)
		n.args[1].use(question, asTruth, u)
		n.args[2].use(question, asTruth, u)
		return
	}
	truths := n.kind == "and" || n.kind == "or" || n.kind == "not" || n.kind == "boolean"
	for _, a := range n.args {
		a.use(question, truths, u)
	}
}

func (u *Use) fixed(value any, whole bool) {
	text := asText(value)
	u.Texts = append(u.Texts, text)
	u.Whole = u.Whole || whole && text != ""
	if f := asNumber(value); !math.IsNaN(f) && !math.IsInf(f, 0) {
		u.Numbers = append(u.Numbers, f)
	}
}

// isFixed says whether a node is the same whatever was answered.
func (n node) isFixed() bool {
	fixed := true
	n.walk(func(n node) {
		fixed = fixed && n.kind != "ref" && n.kind != "dot" && n.kind != "today" && n.kind != "jr:choice-name"
	})
	return fixed
}

// Comparisons lists the smallest conditions of an expression: one question compared with something fixed, or looked
// through with selected().
func (e Expression) Comparisons() []Expression {
	var list []Expression
	e.root.walk(func(n node) {
		if !slices.Contains(comparisons, n.kind) && n.kind != "selected" {
			return
		}
		questions, fixed := 0, 0
		for _, a := range n.args {
			switch a.kind {
			case "ref":
				questions++
			case "text", "#":
				fixed++
			}
		}
		if questions == 1 && fixed == 1 {
			list = append(list, Expression{text: n.write(), root: n})
		}
	})
	return list
}

// Numbers lists the numbers that stand in an expression, written as such or between quotation marks.
func (e Expression) Numbers() []float64 {
	var list []float64
	e.root.walk(func(n node) {
		switch {
		case n.kind == "#":
			list = append(list, n.num)
		case n.kind == "text" && decimal.MatchString(n.text):
			if f, err := strconv.ParseFloat(n.text, 64); err == nil {
				list = append(list, f)
			}
		}
	})
	return list
}

// write is the tree as an expression that parses to it again.
func (n node) write() string {
	arg := func(i int) string {
		if a := n.args[i]; len(a.args) == 2 && (slices.Contains(comparisons, a.kind) || operators[a.kind]) {
			return "(" + a.write() + ")"
		}
		return n.args[i].write()
	}
	switch {
	case n.kind == "text" && strings.Contains(n.text, "'"):
		return `"` + n.text + `"`
	case n.kind == "text":
		return "'" + n.text + "'"
	case n.kind == "#":
		return formatNumber(n.num)
	case n.kind == "ref":
		return "${" + n.text + "}"
	case n.kind == "dot":
		return "."
	case n.kind == "neg":
		return "-" + arg(0)
	case len(n.args) == 2 && (operators[n.kind] || slices.Contains(comparisons, n.kind)):
		return arg(0) + " " + n.kind + " " + arg(1)
	}
	list := make([]string, len(n.args))
	for i, a := range n.args {
		list[i] = a.write()
	}
	return n.kind + "(" + strings.Join(list, ", ") + ")"
}

// operators stand between two values, beside comparisons.
var operators = map[string]bool{"and": true, "or": true, "+": true, "-": true, "*": true, "div": true, "mod": true}
