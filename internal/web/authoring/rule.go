package authoring

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
)

// simpleRule is a rule that a page can make and read again: one question decides, by some of its answers or by bounds of
// its number. What else an expression can say is written by hand.
type simpleRule struct {
	by       string
	answers  []string // ids of options, or noAnswer
	from, to string   // of a number; empty: no bound
}

// noAnswer stands among answers for a question that was left.
const noAnswer = "-"

var (
	oneAnswer = regexp.MustCompile(`^(?:selected\(\$\{(q\d+)\}, '([a-z0-9_]+)'\)|\$\{(q\d+)\} = '')$`)
	oneBound  = regexp.MustCompile(`^\$\{(q\d+)\} (>=|<=) (\d+)$`)
)

// String writes the rule as an expression.
func (r simpleRule) String() string {
	var parts []string
	for _, a := range r.answers {
		if a == noAnswer {
			parts = append(parts, fmt.Sprintf("${%s} = ''", r.by))
		} else {
			parts = append(parts, fmt.Sprintf("selected(${%s}, '%s')", r.by, a))
		}
	}
	if len(parts) > 0 {
		return strings.Join(parts, " or ")
	}
	for _, bound := range [][2]string{{">=", r.from}, {"<=", r.to}} {
		if bound[1] != "" {
			parts = append(parts, fmt.Sprintf("${%s} %s %s", r.by, bound[0], bound[1]))
		}
	}
	return strings.Join(parts, " and ")
}

// readRule reads what String wrote; ok is false for any other expression.
func readRule(expression string) (r simpleRule, ok bool) {
	expression = strings.TrimSpace(expression)
	take := func(by string) bool {
		same := r.by == "" || r.by == by
		r.by = by
		return same
	}
	for part := range strings.SplitSeq(expression, " or ") {
		m := oneAnswer.FindStringSubmatch(part)
		switch {
		case m == nil:
			return readBounds(expression)
		case m[3] != "" && take(m[3]):
			r.answers = append(r.answers, noAnswer)
		case m[3] == "" && take(m[1]):
			r.answers = append(r.answers, m[2])
		default:
			return simpleRule{}, false
		}
	}
	return r, true
}

func readBounds(expression string) (r simpleRule, ok bool) {
	for part := range strings.SplitSeq(expression, " and ") {
		m := oneBound.FindStringSubmatch(part)
		switch {
		case m == nil || r.by != "" && r.by != m[1]:
			return simpleRule{}, false
		case m[2] == ">=" && r.from == "":
			r.by, r.from = m[1], m[3]
		case m[2] == "<=" && r.to == "":
			r.by, r.to = m[1], m[3]
		default:
			return simpleRule{}, false
		}
	}
	return r, true
}

// check is a fault that says which field needs another look before the rule can be set.
func (r simpleRule) check(by survey.Question) error {
	if by.Type != survey.TypeNumber {
		known := func(a string) bool { _, ok := by.Option(a); return ok || a == noAnswer }
		if len(r.answers) == 0 || slices.ContainsFunc(r.answers, func(a string) bool { return !known(a) }) {
			return fault.Field("answer", "rule.no_answers")
		}
		return nil
	}
	fields := map[string]fault.Problem{}
	for name, text := range map[string]string{"from": r.from, "to": r.to} {
		if n, err := strconv.Atoi(text); text != "" && (err != nil || n < by.Min || n > by.Max) {
			fields[name] = fault.Problem{Key: "rule.bounds", Values: fault.Values{"Min": by.Min, "Max": by.Max}}
		}
	}
	from, err1 := strconv.Atoi(r.from)
	to, err2 := strconv.Atoi(r.to)
	switch {
	case r.from == "" && r.to == "":
		fields["from"] = fault.Problem{Key: "rule.no_bounds"}
	case err1 == nil && err2 == nil && from > to:
		fields["to"] = fault.Problem{Key: "rule.bounds_turned"}
	}
	return fault.Fields(fields)
}

// sayRule says a rule in words where a page made it, and as it stands where somebody wrote it.
func sayRule(v words.Voice, doc survey.Document, rule string) string {
	rule = strings.TrimSpace(rule)
	if rule == "" {
		return ""
	}
	r, ok := readRule(rule)
	q, known := doc.Question(r.by)
	if !ok || !known {
		return v.Say("rule.expression", words.V{"Rule": rule})
	}
	values := words.V{"Question": q.Text, "From": r.from, "To": r.to}
	switch {
	case r.from != "" && r.to != "":
		return v.Say("rule.from_to", values)
	case r.from != "":
		return v.Say("rule.from", values)
	case r.to != "":
		return v.Say("rule.to", values)
	}
	var labels []string
	for _, a := range r.answers {
		o, known := q.Option(a)
		switch {
		case a == noAnswer:
			labels = append(labels, strings.ToLower(v.Say("rule.no_answer")))
		case known:
			labels = append(labels, "“"+o.Label+"”")
		}
	}
	if len(labels) < len(r.answers) { // an answer is gone
		return v.Say("rule.expression", words.V{"Rule": rule})
	}
	said := labels[len(labels)-1]
	if len(labels) > 1 {
		said = strings.Join(slices.Clone(labels[:len(labels)-1]), ", ") + " " + v.Say("rule.or") + " " + said
	}
	values["Answers"] = said
	return v.Say("rule.answers", values)
}
