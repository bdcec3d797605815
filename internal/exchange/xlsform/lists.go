package xlsform

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// choose writes a question that is answered by choosing, and its list if that is not there yet. It returns the type.
func (l *layer) choose(q survey.Question, cells, facts map[string]string) string {
	list, base := l.list(q)
	command := selectOne
	switch q.Type {
	case survey.TypeSeveral:
		command = selectMany
		if q.AtMost < len(q.Options) {
			cells["constraint"] = "count-selected(.) <= " + strconv.Itoa(q.AtMost)
		}
	case survey.TypeRanking:
		command, facts["places"] = ranked, strconv.Itoa(q.AtMost)
	case survey.TypeScale:
		cells["appearance"] = "likert"
	}
	if !q.IsSeveral() && (!slices.Equal(base.Favourable, q.Favourable) || base.FavourableWords != q.FavourableWords || q.Reverse) {
		var names []string
		for _, id := range q.Favourable {
			names = append(names, l.optionName(list, id))
		}
		facts["favourable"], facts["favourable_words"] = strings.Join(names, " "), q.FavourableWords
	}
	return command + " " + list
}

// list finds the list that a question's choices stand in, and writes it if it is the first to use it. Questions with the
// same choices share one, whatever each of them calls favourable.
func (l *layer) list(q survey.Question) (string, bank.Scale) {
	base := bank.Scale{Kind: q.Kind, Favourable: q.Favourable, FavourableWords: q.FavourableWords, Missing: q.Missing}
	for _, o := range q.Options {
		base.Options = append(base.Options, bank.Option{ID: o.ID, Value: o.Value, Label: o.Label, Symbol: o.Symbol})
	}
	name, known := l.from.lists[q.ID]
	if known { // as all questions use it
		base = l.from.scales[name]
	}
	ordered := string(base.Kind)
	if q.IsSeveral() { // these have no order, but can use the choices of a list that has one
		ordered = "several"
	}
	says := ordered + "\x00" + strings.Join(base.Missing, "\x00")
	for _, o := range base.Options {
		says += "\x00" + o.ID + "\x00" + o.Label + "\x00" + o.Symbol
	}
	theirs := ""
	for _, s := range l.bank.Scales {
		if !known && slices.Equal(s.Options, base.Options) && s.Kind == base.Kind && slices.Equal(s.Missing, base.Missing) {
			theirs, base.Favourable, base.FavourableWords = s.ID, s.Favourable, s.FavourableWords
		}
	}
	switch {
	case known:
	case l.lists[says] != "":
		name = l.lists[says]
	case theirs != "" && l.free(theirs):
		name = theirs
	default:
		for n := 1; name == "" || !l.free(name); n++ {
			name = "own_scale_" + strconv.Itoa(n)
		}
	}
	if l.lists[says] == "" {
		l.lists[says] = name
	}
	l.listOf[q.ID] = name
	if !l.done[name] {
		l.done[name] = true
		l.writeList(name, q, base)
		l.bases(name, base)
	}
	return name, l.base[name]
}

// free says whether no list is called so, here or in the file that the document came from.
func (l *layer) free(name string) bool { return !l.done[name] && l.from.option[name] == nil }

func (l *layer) bases(name string, base bank.Scale) {
	if l.base == nil {
		l.base = map[string]bank.Scale{}
	}
	l.base[name] = base
}

func (l *layer) writeList(name string, q survey.Question, s bank.Scale) {
	around := optionLabels(q)
	score := 0
	for _, o := range s.Options {
		cells := l.labels("option", around, o.Label)
		cells["list_name"], cells["name"], cells["symbol"] = name, l.optionName(name, o.ID), o.Symbol
		cells["favourable"], cells["missing"] = yes(slices.Contains(s.Favourable, o.ID)), yes(slices.Contains(s.Missing, o.ID))
		if o.Value > 0 {
			score++
			cells["score"] = strconv.Itoa(score)
		}
		l.choices = append(l.choices, line{name + "\x00" + o.ID, cells})
	}
	l.scales = append(l.scales, []string{name, string(s.Kind), s.FavourableWords})
}

// restScales keeps what _scales says of lists that no question uses.
func (l *layer) restScales() {
	for _, name := range slices.Sorted(maps.Keys(l.from.scales)) {
		if s := l.from.scales[name]; !l.done[name] && s.Kind != bank.Choice {
			l.scales = append(l.scales, []string{name, string(s.Kind), s.FavourableWords})
		}
	}
}
