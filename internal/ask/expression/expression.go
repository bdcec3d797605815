// Package expression is the small language in which a question says when it is asked: the part of XLSForm's expressions
// that surveys use. It parses, checks and evaluates; the device evaluates the same tree (static/js/expression.js), and
// one table of cases, testdata/cases.json, holds both to the same answers.
package expression

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Expression is a parsed condition.
type Expression struct {
	text string
	root node
}

// node is a literal, the name of a question, or a function of nodes; operators are functions too.
type node struct {
	kind string // "text", "#" (a number), "ref", "dot", otherwise the name of a function or operator
	text string
	num  float64
	args []node
	at   int // where it begins, in bytes

	pattern *regexp.Regexp // of regex
}

// Error says what is wrong with an expression: a key whose sentence stands elsewhere, and where it is.
type Error struct {
	Key   string
	At    int    // counted in characters from 1
	Found string // what stands there
}

// Error is for logs; people read the sentence of the key.
func (e *Error) Error() string { return fmt.Sprintf("expression: %s at %d: %q", e.Key, e.At, e.Found) }

// The keys of what can be wrong with an expression.
const (
	Unexpected      = "expression_unexpected"       // something that does not belong there
	Unfinished      = "expression_unfinished"       // the end comes too early
	UnknownFunction = "expression_unknown_function" // none of the functions that are known
	Arguments       = "expression_arguments"        // too few or too many values in a function
	Curly           = "expression_curly"            // curly quotation marks, as word processors make them
	BadPattern      = "expression_pattern"          // a regular expression that is none, or not a fixed text
	Deep            = "expression_deep"             // more brackets within brackets than anybody needs
	Long            = "expression_long"
)

// Keys lists the keys of everything that can be wrong with an expression.
func Keys() []string {
	return []string{Unexpected, Unfinished, UnknownFunction, Arguments, Curly, BadPattern, Deep, Long}
}

// String is the expression as it was written.
func (e Expression) String() string { return e.text }

// Refs lists the questions that an expression looks at, each once, in the order in which they stand in it.
func (e Expression) Refs() []string {
	var names []string
	e.root.walk(func(n node) {
		if n.kind == "ref" && !slices.Contains(names, n.text) {
			names = append(names, n.text)
		}
	})
	return names
}

// Chosen lists what is compared with the answers to a question: pairs of its name and an option, as in selected(${q1},
// 'never') or ${q1} = 'never'. A form can so tell a misspelt option from a rule that never applies.
func (e Expression) Chosen() [][2]string {
	var pairs [][2]string
	e.root.walk(func(n node) {
		if len(n.args) != 2 || n.kind != "selected" && n.kind != "=" && n.kind != "!=" {
			return
		}
		a, b := n.args[0], n.args[1]
		if a.kind == "text" {
			a, b = b, a
		}
		if a.kind == "ref" && b.kind == "text" && b.text != "" {
			pairs = append(pairs, [2]string{a.text, b.text})
		}
	})
	return pairs
}

// Uses says whether the expression calls a function.
func (e Expression) Uses(function string) bool {
	uses := false
	e.root.walk(func(n node) { uses = uses || n.kind == function })
	return uses
}

// UsesCurrent says whether the expression looks at "." , the answer being given, as only a constraint may.
func (e Expression) UsesCurrent() bool {
	uses := false
	e.root.walk(func(n node) { uses = uses || n.kind == "dot" })
	return uses
}

func (n node) walk(f func(node)) {
	f(n)
	for _, a := range n.args {
		a.walk(f)
	}
}

// MarshalJSON gives the tree as the device reads it: a text is a string, a number a number, and everything else a list
// that begins with the name of what is done: ["ref", "q1"], ["selected", ["ref", "q1"], "never"].
func (e Expression) MarshalJSON() ([]byte, error) { return json.Marshal(e.root.tree()) }

func (n node) tree() any {
	switch n.kind {
	case "text":
		return n.text
	case "#":
		return n.num
	case "ref":
		return []any{"ref", n.text}
	}
	list := []any{n.kind}
	for _, a := range n.args {
		list = append(list, a.tree())
	}
	return list
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
