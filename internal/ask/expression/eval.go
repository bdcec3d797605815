package expression

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Env is what an expression looks at.
type Env struct {
	// Answer gives what was answered to a question: the option's id, ids with spaces between them, a number, or nothing.
	Answer func(question string) string
	// Label gives the words of an option; nil where none are needed.
	Label   func(question, option string) string
	Current string // "."
	Today   string // YYYY-MM-DD
}

// Holds says whether a condition is true. Nothing fails: what cannot be compared is not equal.
func (e Expression) Holds(env Env) bool { return truth(e.root.eval(env)) }

// Value evaluates to a string, a float64 or a bool.
func (e Expression) Value(env Env) any { return e.root.eval(env) }

func (n node) eval(env Env) any {
	arg := func(i int) any { return n.args[i].eval(env) }
	str := func(i int) string { return asText(arg(i)) }
	num := func(i int) float64 { return asNumber(arg(i)) }
	switch n.kind {
	case "text":
		return n.text
	case "#":
		return n.num
	case "ref":
		return env.Answer(n.text)
	case "dot":
		return env.Current
	case "or":
		return truth(arg(0)) || truth(arg(1))
	case "and":
		return truth(arg(0)) && truth(arg(1))
	case "=":
		return equal(arg(0), arg(1))
	case "!=":
		return !equal(arg(0), arg(1))
	case "<":
		return num(0) < num(1)
	case "<=":
		return num(0) <= num(1)
	case ">":
		return num(0) > num(1)
	case ">=":
		return num(0) >= num(1)
	case "+":
		return num(0) + num(1)
	case "-":
		return num(0) - num(1)
	case "*":
		return num(0) * num(1)
	case "div":
		return num(0) / num(1)
	case "mod":
		return math.Mod(num(0), num(1))
	case "neg":
		return -num(0)
	case "not":
		return !truth(arg(0))
	case "true":
		return true
	case "false":
		return false
	case "if":
		if truth(arg(0)) {
			return arg(1)
		}
		return arg(2)
	case "selected":
		return slices.Contains(strings.Fields(str(0)), str(1))
	case "count-selected":
		return float64(len(strings.Fields(str(0))))
	case "string-length":
		return float64(len([]rune(str(0))))
	case "coalesce":
		for i := range n.args {
			if s := str(i); s != "" {
				return s
			}
		}
		return ""
	case "number":
		return num(0)
	case "boolean":
		return truth(arg(0))
	case "contains":
		return strings.Contains(str(0), str(1))
	case "starts-with":
		return strings.HasPrefix(str(0), str(1))
	case "regex":
		return n.pattern.MatchString(str(0))
	case "today":
		return env.Today
	case "round":
		places := 0.0
		if len(n.args) == 2 {
			places = num(1)
		}
		scale := math.Pow(10, places)
		return math.Floor(num(0)*scale+0.5) / scale
	case "int":
		return math.Trunc(num(0))
	case "concat":
		var b strings.Builder
		for i := range n.args {
			b.WriteString(str(i))
		}
		return b.String()
	case "jr:choice-name":
		// The second value names the question as a text: jr:choice-name(${q1}, '${q1}').
		question := strings.Trim(str(1), "${} ")
		if env.Label == nil || str(0) == "" {
			return ""
		}
		return env.Label(question, str(0))
	}
	panic("expression: " + n.kind + " was parsed and is not evaluated")
}

// equal compares two texts as texts, truths as truths, and everything else as numbers.
func equal(a, b any) bool {
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return x == y
		}
	}
	_, one := a.(bool)
	_, other := b.(bool)
	if one || other {
		return truth(a) == truth(b)
	}
	return asNumber(a) == asNumber(b)
}

func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	}
	return v.(string) != ""
}

var decimal = regexp.MustCompile(`^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

// asNumber is not a number where a text is none: no answer is not nought.
func asNumber(v any) float64 {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	}
	s := strings.TrimSpace(v.(string))
	if !decimal.MatchString(s) {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

func asText(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if math.IsInf(v, 0) {
			if v > 0 {
				return "Infinity"
			}
			return "-Infinity"
		}
		if v == 0 {
			return "0" // not -0
		}
		return formatNumber(v)
	}
	return v.(string)
}
