package expression

import (
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
