package expression

import (
	"slices"
	"strings"
)

// Renamed puts other names into an expression and leaves the rest as it was written: ref gives the name of a question,
// and option that of an answer that is compared with a question's answers. Paths become ${names}.
func (e Expression) Renamed(ref func(name string) string, option func(question, answer string) string) string {
	type change struct {
		from, to int
		text     string
	}
	var changes []change
	e.root.walk(func(n node) {
		if n.kind == "ref" {
			rest := e.text[n.at:]
			length := len(reference.FindString(rest))
			if length == 0 {
				length = len(path.FindString(rest))
			}
			changes = append(changes, change{n.at, n.at + length, "${" + ref(n.text) + "}"})
		}
		if len(n.args) != 2 || n.kind != "selected" && n.kind != "=" && n.kind != "!=" {
			return
		}
		a, b := n.args[0], n.args[1]
		if a.kind == "text" {
			a, b = b, a
		}
		if a.kind == "ref" && b.kind == "text" && b.text != "" {
			mark := e.text[b.at : b.at+1]
			if to := option(a.text, b.text); !strings.Contains(to, mark) {
				changes = append(changes, change{b.at, b.at + len(b.text) + 2, mark + to + mark})
			}
		}
	})
	slices.SortFunc(changes, func(a, b change) int { return b.from - a.from })
	text := e.text
	for _, c := range changes {
		text = text[:c.from] + c.text + text[c.to:]
	}
	return text
}
