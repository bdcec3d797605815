package responsefile

import (
	"cmp"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/roster"
)

// Year reads a year as people write it: "Year 9", "9", "Grade 9", "R". What is no year of a school stays as it is.
func Year(text string) string {
	text = strings.TrimSpace(text)
	folded := fold(text)
	for _, word := range []string{"year ", "yr ", "grade ", "y"} {
		if rest, ok := strings.CutPrefix(folded, word); ok && roster.YearOf(rest) != "" {
			return roster.YearOf(rest)
		}
	}
	if folded == "reception" {
		return "R"
	}
	if y := roster.YearOf(text); y != "" && strings.EqualFold(y, text) {
		return y
	}
	return text
}

// YearFromName reads the year that a class's name begins with, such as 9A or 10/En1. A bare number is a class's name.
func YearFromName(name string) string {
	if _, bare := number(name); bare {
		return ""
	}
	return roster.YearOf(name)
}

// Kinds are what a column of groups can hold.
var Kinds = []string{round.UnitClass, round.UnitForm, round.UnitYear}

// Round is what a reading says of the round that its answers make, and the answers. The rest of it a person has to say.
func (r Reading) Round(m Mapping) (round.Brought, []collecting.Given) {
	f := round.Brought{Without: r.Without}
	if m.Unit != nil {
		f.Kind, f.Subject = cmp.Or(m.Unit.Kind, round.UnitClass), m.Unit.Subject
	} else {
		f.Size = m.Asked
	}
	for _, g := range r.Groups {
		f.Groups = append(f.Groups, round.BroughtGroup{Name: g.Name, Year: g.Year, Size: g.Size})
	}
	given := make([]collecting.Given, len(r.Rows))
	for i, row := range r.Rows {
		given[i] = collecting.Given{Group: row.Group, Answers: row.Answers}
	}
	return f, given
}
