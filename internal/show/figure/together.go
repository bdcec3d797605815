package figure

import (
	"slices"
	"strings"

	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// Sections is the figure of all sections of one group; ok is false where there is none.
func Sections(v words.Voice, rel result.Viewed, g result.Group) (f Figure, ok bool) {
	f = Figure{ID: "sections", Title: v.Say("figure.sections.title"), Doubt: v.Say("figure.sections.doubt"), Bars: &Bars{}}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.section"), v.Say("figure.head.answers"), v.Say("figure.head.share"), v.Say("figure.head.questions")}}
	low, high, name := 101, -1, ""
	for _, s := range rel.Sections {
		sum, shown := s.Row(g.Unit)
		if !shown {
			continue
		}
		p := percent(sum.X, sum.N)
		low, high, name = min(low, p), max(high, p), s.Name
		of := v.Say("figure.of", words.V{"X": sum.X, "N": sum.N})
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: s.Name, Heading: true}, {Text: of, Number: true},
			{Text: sayPercent(v, p), Number: true}, {Text: v.Say("figure.of", words.V{"X": sum.Items, "N": sum.Of}), Number: true}})
		f.Bars.Rows = append(f.Bars.Rows, BarRow{Label: s.Name, Percent: p, Text: s.Name + ": " + of + " (" + sayPercent(v, p) + ")"})
	}
	switch len(f.Bars.Rows) {
	case 0:
		return Figure{}, false
	case 1:
		f.Sentence = v.Say("figure.sections.sentence", words.V{"Group": g.Name, "Percent": low, "Name": lower(name)})
	default:
		f.Sentence = v.Say("figure.sections.range", words.V{"Group": g.Name, "Low": low, "High": high})
	}
	return f, true
}

// HeatMap is forms or classes by sections, in the order of the round; never in an order of merit. A round for learning
// has none, and neither has a reader who sees fewer than two groups.
func HeatMap(v words.Voice, rel result.Viewed) (f Figure, ok bool) {
	if rel.Purpose != access.ForSchool || !rel.Whole {
		return Figure{}, false
	}
	f = Figure{ID: "groups", Title: v.Say("figure.heat.title"), Sentence: v.Say("figure.heat.sentence"), Doubt: v.Say("figure.heat.doubt")}
	sections := columns(rel)
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.group")}}
	heat := &Heat{}
	for _, s := range sections {
		f.Table.Head = append(f.Table.Head, s.Name)
		heat.Columns = append(heat.Columns, s.Name)
	}
	hidden := false
	for _, g := range rel.Rates {
		if !g.IsLeaf() || g.Nobody || g.Shown && !rel.Sees(g.Unit) {
			continue
		}
		cells := []Cell{{Text: g.Name, Heading: true}}
		for c, s := range sections {
			sum, shown := s.Row(g.Unit)
			if !shown {
				hidden = true
				cells = append(cells, Cell{Text: v.Say("figure.hidden.short"), Hidden: true})
				continue
			}
			p := percent(sum.X, sum.N)
			cells = append(cells, Cell{Text: sayPercent(v, p), Share: Step(p)})
			heat.Cells = append(heat.Cells, HeatCell{Row: len(heat.Rows), Column: c, Percent: p,
				Text: v.Say("figure.heat.cell", words.V{"Group": g.Name, "Section": s.Name, "Percent": p})})
		}
		f.Table.Rows = append(f.Table.Rows, cells)
		heat.Rows = append(heat.Rows, g.Name)
	}
	if len(heat.Rows) < 2 || len(sections) == 0 || len(heat.Cells) == 0 {
		return Figure{}, false
	}
	f.Heat = heat
	f.Note = when(hidden, v.Say("figure.heat.note."+who(rel.Audience)))
	return f, true
}

// columns are the bank's groups; gateways too where there is only one of those.
func columns(rel result.Viewed) []result.Section {
	leaf := func(s result.Section) bool {
		return slices.ContainsFunc(s.Rows, func(r result.Sum) bool { g, ok := rel.Group(r.Unit); return ok && g.IsLeaf() })
	}
	var wide, all []result.Section
	for _, s := range rel.Sections {
		if !leaf(s) {
			continue
		}
		all = append(all, s)
		if s.Whole {
			wide = append(wide, s)
		}
	}
	if len(wide) > 1 {
		return wide
	}
	return all
}

// Standing is one question among the strongest, or among those to work on.
type Standing struct {
	Text    string
	Percent int
	Words   string // the scale's own, for that share
}

// Standings names up to three questions of one group with the largest and with the smallest share. It is about
// questions only: groups are never put in an order.
func Standings(rel result.Viewed, unit string) (strong, weak []Standing) {
	type share struct {
		Standing
		at float64
	}
	var list []share
	for _, q := range rel.For(unit) {
		row, _ := q.Row(unit)
		if row.Share == nil || row.Share.OfAll || q.Several {
			continue
		}
		list = append(list, share{Standing{q.Text, percent(row.Share.X, row.Share.N), q.FavourableWords}, float64(row.Share.X) / float64(row.Share.N)})
	}
	slices.SortStableFunc(list, func(a, b share) int {
		switch {
		case a.at > b.at:
			return -1
		case a.at < b.at:
			return 1
		}
		return 0
	})
	n := min(3, len(list)/2)
	for i := range n {
		strong = append(strong, list[i].Standing)
		weak = append(weak, list[len(list)-1-i].Standing)
	}
	return strong, weak
}

// Rate says how many of a group answered: numbers where its figures are shown, else a band.
func Rate(v words.Voice, rel result.Release, g result.Group) string {
	return rate(v, rel, g, "figure.rate.")
}

// ShortRate is Rate for a table.
func ShortRate(v words.Voice, rel result.Release, g result.Group) string {
	return rate(v, rel, g, "figure.short.")
}

func rate(v words.Voice, rel result.Release, g result.Group, key string) string {
	said := words.V{"X": g.Answered, "N": g.Asked, "Percent": percent(g.Answered, g.Asked)}
	switch {
	case rel.Open && g.Answered > 0:
		said["Count"] = g.Answered
		return v.Say(key+"open", said)
	case g.Nobody:
		return v.Say(key + "nobody")
	case g.Answered > 0 && g.Asked >= g.Answered:
		return v.Say(key+"numbers", said)
	case g.Answered > 0 && strings.HasSuffix(key, "rate."):
		return v.Say(key+"more", said)
	case g.Answered > 0:
		return v.Say(key+"numbers", said)
	case g.Rate == "":
		return v.Say(key + "unknown")
	}
	return v.Say(key + string(g.Rate))
}
