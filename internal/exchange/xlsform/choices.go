package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
)

// list is a list of choices.
type list struct {
	name    string
	row     int // of its first choice
	options []choice
	scale   bank.Scale // as questions with one answer use it
}

type choice struct {
	row      int
	name, id string // as it stands there, and as Earshot calls it
	score    string
}

// readChoices reads the lists and how their choices belong together.
func (r *reader) readChoices() {
	if r.choices == nil {
		return
	}
	for _, need := range []string{"list_name", "name", "label"} {
		if _, ok := r.choices.column(need); !ok {
			r.report(r.choices, 1, "", columnMissing, "column", need)
			return
		}
	}
	for row := 2; row <= r.choices.last(); row++ {
		name, of := r.choices.get(row, "name"), r.choices.get(row, "list_name")
		switch {
		case of == "" && name == "":
			continue // a remark
		case of == "":
			r.report(r.choices, row, "list_name", choiceListNone)
			continue
		case name == "":
			r.report(r.choices, row, "name", choiceNameNone)
			continue
		}
		l := r.lists[of]
		if l == nil {
			l = &list{name: of, row: row}
			r.lists[of] = l
		}
		if i := slices.IndexFunc(l.options, func(c choice) bool { return c.name == name }); i >= 0 {
			r.report(r.choices, row, "name", choiceTwice, "list", of, "name", name, "row", strconv.Itoa(l.options[i].row))
			continue
		}
		c := choice{row: row, name: name, id: l.free(idOf(name)), score: r.choices.get(row, "score")}
		l.options = append(l.options, c)
	}
	for _, l := range r.lists {
		r.scale(l)
	}
}

// free is an id that no option of the list has yet.
func (l *list) free(id string) string {
	if id == "" {
		id = "choice"
	}
	for n, want := 1, id; ; n++ {
		if n > 1 {
			want = cut(id, 58) + "_" + strconv.Itoa(n)
		}
		if !slices.ContainsFunc(l.options, func(c choice) bool { return c.id == want }) {
			return want
		}
	}
}

var notInIDs = regexp.MustCompile(`[^a-z0-9]+`)

// idOf makes an id of a name; a name that is one stays.
func idOf(name string) string {
	if bank.IsID(name) {
		return name
	}
	return cut(strings.Trim(notInIDs.ReplaceAllString(strings.ToLower(name), "_"), "_"), 64)
}

func cut(s string, most int) string { return s[:min(len(s), most)] }

// scale makes a scale of a list: of one order if _scales or its scores say so, and otherwise without.
func (r *reader) scale(l *list) {
	s := &l.scale
	s.ID, s.Kind = l.name, bank.Kind(r.scales.get(r.about[l.name], "kind"))
	s.FavourableWords = r.scales.get(r.about[l.name], "favourable_words")
	rising, scored, last := true, 0, 0.0
	var labels []string
	for _, c := range l.options {
		label := r.choices.get(c.row, "label")
		s.Options = append(s.Options, bank.Option{ID: c.id, Label: label, Symbol: r.choices.get(c.row, "symbol")})
		if isYes(r.choices.get(c.row, "missing")) {
			s.Missing = append(s.Missing, c.id)
			continue
		}
		if isYes(r.choices.get(c.row, "favourable")) {
			s.Favourable, labels = append(s.Favourable, c.id), append(labels, lowerFirst(label))
		}
		score, err := strconv.ParseFloat(c.score, 64)
		if err == nil {
			rising = rising && (scored == 0 || score > last)
			scored, last = scored+1, score
		}
	}
	all := scored == len(l.options)-len(s.Missing) && scored > 1
	switch {
	case s.Kind == "" && scored == 0, s.Kind == bank.Choice:
		s.Kind = bank.Choice
	case scored > 0 && (!rising || !all):
		r.note(r.choices, l.row, "score", noteScores, "list", l.name)
		s.Kind = bank.Choice
	case s.Kind == "" && len(s.Favourable) == 0:
		r.note(r.choices, l.row, "score", noteFavourable, "list", l.name)
		s.Kind = bank.Choice
	case s.Kind == "":
		s.Kind = bank.Unipolar
	}
	if s.Kind != bank.Choice {
		n := 0
		for i := range s.Options {
			if !slices.Contains(s.Missing, s.Options[i].ID) {
				n++
				s.Options[i].Value = n
			}
		}
	}
	if len(s.Favourable) > 0 && s.FavourableWords == "" {
		s.FavourableWords = strings.Join(labels, " or ")
	}
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) != string(r[1]) {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}

// optionID is what Earshot calls a choice that a question can be answered with; anything else stays.
func (l *list) optionID(name string) string {
	if l != nil {
		for _, c := range l.options {
			if c.name == name {
				return c.id
			}
		}
	}
	return name
}
