package figure

import (
	"cmp"
	"slices"
	"strings"

	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// Sections is the figure of the sections of one group, of one kind; ok is false where there is none. Those that the school
// has and the group has not are named.
func Sections(v words.Voice, rel result.Viewed, g result.Group) (f Figure, ok bool) {
	f = Figure{ID: "sections", Title: v.Say("figure.sections.title"), Doubt: v.Say("figure.sections.doubt"), Bars: &Bars{}}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.section"), v.Say("figure.head.answers"), v.Say("figure.head.share"), v.Say("figure.head.questions")}}
	low, high := 101, -1
	var plain []string
	var without []string
	for _, s := range SectionsOf(rel) {
		sum, shown := s.Row(g.Unit)
		if !shown {
			without = append(without, s.Name)
			continue
		}
		p := percent(sum.X, sum.N)
		low, high = min(low, p), max(high, p)
		of := v.Say("figure.of", words.V{"X": sum.X, "N": sum.N})
		said := words.V{"Name": s.Name, "Percent": p, "X": sum.X, "N": sum.N, "Items": sum.Items, "Count": sum.Of}
		line := v.Say("figure.sections.part", said)
		if sum.Items == sum.Of {
			line = v.Say("figure.sections.whole", said)
		}
		plain = append(plain, line)
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: s.Name, Heading: true}, {Text: of, Number: true},
			{Text: sayPercent(v, p), Number: true}, {Text: v.Say("figure.of", words.V{"X": sum.Items, "N": sum.Of}), Number: true}})
		f.Bars.Rows = append(f.Bars.Rows, BarRow{Label: s.Name, Percent: p, Text: line})
	}
	switch len(f.Bars.Rows) {
	case 0:
		return Figure{}, false
	case 1, 2, 3:
		f.Sentence = Join(plain...)
	default:
		f.Sentence = v.Say("figure.sections.range", words.V{"Group": g.Name, "Low": low, "High": high})
	}
	f.Note = when(len(without) > 0, v.Say("figure.sections.without."+who(rel.Audience), words.V{"Sections": List(v, without)}))
	return f, true
}

// SectionsOf are the sections that are shown of a round: see ofOneKind.
func SectionsOf(rel result.Viewed) []result.Section { return ofOneKind(rel.Sections) }

// ofOneKind leaves the bank's groups, or the gateways where there is only one of those and more of these: a group and a
// gateway inside it side by side would count the same answers twice.
func ofOneKind(list []result.Section) []result.Section {
	var wide, narrow []result.Section
	for _, s := range list {
		if s.Whole {
			wide = append(wide, s)
		} else {
			narrow = append(narrow, s)
		}
	}
	if len(wide) > 1 || len(wide) >= len(narrow) {
		return wide
	}
	return narrow
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
	groups, hidden := 0, false
	var bare []string // groups of which nothing can be shown
	for _, g := range rel.Rates {
		if !g.IsLeaf() || g.Nobody || g.Shown && !rel.Sees(g.Unit) {
			continue
		}
		groups++
		if !slices.ContainsFunc(sections, func(s result.Section) bool { _, shown := s.Row(g.Unit); return shown }) {
			bare, hidden = append(bare, g.Name), true
			continue
		}
		cells := []Cell{{Text: g.Name, Heading: true}}
		for c, s := range sections {
			sum, shown := s.Row(g.Unit)
			if !shown {
				hidden = true
				cells = append(cells, Cell{Text: v.Say("figure.heat.partly"), Hidden: true})
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
	if groups < 2 || len(heat.Cells) == 0 {
		return Figure{}, false
	}
	f.Heat = heat
	var without []string
	for _, s := range SectionsOf(rel) {
		if !slices.ContainsFunc(sections, func(c result.Section) bool { return c.ID == s.ID }) {
			without = append(without, s.Name)
		}
	}
	f.Note = Join(when(hidden, v.Say("figure.heat.note."+who(rel.Audience))), when(len(bare) > 0, v.Say("figure.heat.bare", words.V{"Groups": List(v, bare)})), when(len(without) > 0, v.Say("figure.heat.without", words.V{"Sections": List(v, without)})))
	return f, true
}

// NoHeatMap says why groups are not set beside each other by sections, where they would be if all could be shown.
func NoHeatMap(v words.Voice, rel result.Viewed) string {
	leaves := 0
	for _, g := range rel.Groups {
		if g.IsLeaf() && g.Shown {
			leaves++
		}
	}
	if rel.Purpose != access.ForSchool || !rel.Whole || leaves < 2 || len(columns(rel)) > 0 {
		return ""
	}
	return v.Say("figure.heat.none")
}

// columns are the sections of one kind that a form or class has.
func columns(rel result.Viewed) []result.Section {
	return ofOneKind(slices.DeleteFunc(slices.Clone(rel.Sections), func(s result.Section) bool {
		return !slices.ContainsFunc(s.Rows, func(r result.Sum) bool { g, ok := rel.Group(r.Unit); return ok && g.IsLeaf() })
	}))
}

// Standing is one question among the strongest, or among those to work on.
type Standing struct {
	Text  string
	Share string // with the scale's own words
}

// Standings are the questions of one group with the largest and with the smallest share.
type Standings struct {
	Strong, Weak []Standing
	// Overlap says that the range of one of them overlaps that of a neighbour, so that their order is not sure.
	Overlap bool
	// Alike says that there are shares enough, but that the ranges even of the ends overlap.
	Alike bool
}

// Stand names up to three questions at either end, and only so many that the range of the last of the strong ones lies above
// that of the last of the weak ones. It is about questions only: groups are never put in an order.
func Stand(v words.Voice, rel result.Viewed, unit string) (s Standings) {
	type share struct {
		Standing
		result.Share
	}
	var list []share
	for _, q := range rel.For(unit) {
		row, _ := q.Row(unit)
		if row.Share == nil || q.Several {
			continue
		}
		p, key := percent(row.Share.X, row.Share.N), "figure.standing"
		if row.Share.OfAll {
			key = "figure.standing_all"
		}
		list = append(list, share{Standing{q.Text, v.Say(key, words.V{"Percent": p, "Words": q.FavourableWords})}, *row.Share})
	}
	slices.SortStableFunc(list, func(a, b share) int { return cmp.Compare(b.X*a.N, a.X*b.N) })
	same := func(a, b share) bool { return a.Low <= b.High }
	most := min(3, len(list)/2)
	n := most
	for n > 0 && same(list[n-1], list[len(list)-n]) {
		n--
	}
	s.Alike = n == 0 && most > 0
	for i := range n {
		j := len(list) - 1 - i
		s.Strong, s.Weak = append(s.Strong, list[i].Standing), append(s.Weak, list[j].Standing)
		s.Overlap = s.Overlap || same(list[i], list[i+1]) || same(list[j-1], list[j])
	}
	return s
}

// Missing says in which groups under half answered, and what may help to reach them while the round is open, or the
// next time. The rates are a round's, parents before their children; it is empty where nobody is missing.
func Missing(v words.Voice, audience string, rates []result.Group, open bool) (missing, reach string) {
	inside := map[string]bool{} // groups with groups inside them; parents answer in years, which have none
	for _, g := range rates {
		inside[g.Parent] = true
	}
	leaf := func(g result.Group) bool { return g.IsLeaf() || g.Parent != "" && !inside[g.Unit] }
	low := func(g result.Group) bool { return leaf(g) && (g.Rate == result.UnderHalf || g.Nobody) }
	total, leaves, lows := 0, map[string]int{}, map[string]int{}
	for _, g := range rates {
		if leaf(g) {
			leaves[g.Parent]++
			total++
			if low(g) {
				lows[g.Parent]++
			}
		}
	}
	whole := func(unit string) bool { return lows[unit] > 1 && lows[unit] == leaves[unit] }
	var all, some []string
	count := 0
	for _, g := range rates {
		switch {
		case low(g) && !whole(g.Parent):
			some = append(some, g.Name)
			count++
		case low(g):
			count++
			if !slices.ContainsFunc(rates, func(up result.Group) bool { return up.Unit == g.Parent }) {
				some = append(some, g.Name)
			}
		case whole(g.Unit):
			all = append(all, g.Name)
		}
	}
	said := words.V{"Whole": List(v, all), "Groups": List(v, some)}
	switch {
	case count == 0:
		return "", ""
	case count == total && total > 1:
		missing = v.Say("figure.missing.every")
	case len(all) > 0 && len(some) > 0:
		missing = v.Say("figure.missing.both", said)
	case len(all) > 0:
		missing = v.Say("figure.missing.whole", said)
	default:
		missing = v.Say("figure.missing.some", said)
	}
	key := "figure.reach.after."
	if open {
		key = "figure.reach.open."
	}
	return missing, v.Say(key + who(audience))
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
	case g.Answered > 0 && g.Asked == 0: // brought in from a file, which seldom says
		said["Count"] = g.Answered
		return v.Say(key+"unasked", said)
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

// Gateway is what one voice said about a gateway, question by question; ok is false where nothing was asked.
func Gateway(v words.Voice, view result.Viewed, gateway, voice string) (f Figure, ok bool) {
	f = Figure{ID: "voice-" + who(view.Audience), Title: v.Say("figure.gateway.title", words.V{"Voice": voice}), Dots: &Dots{Line: -1, Level: true}, Doubt: v.Say("figure.gateway.doubt")}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.question"), v.Say("figure.head.share"), v.Say("figure.head.range"), v.Say("figure.head.people")}}
	n, bare := 0, false
	for _, q := range view.For(view.School().Unit) {
		if q.Gateway != gateway || q.Guesses != "" {
			continue
		}
		n++
		row, _ := q.Row(view.School().Unit)
		if !q.HasHeadline() || q.Several {
			bare = true
			f.Table.Rows = append(f.Table.Rows, []Cell{{Text: q.Text, Heading: true}, {Text: v.Say("figure.gateway.plain")}, {}, {}})
			continue
		}
		if row.Share == nil {
			bare = true
			f.Table.Rows = append(f.Table.Rows, []Cell{{Text: q.Text, Heading: true}, {Text: v.Say("figure.hidden.short"), Hidden: true}, {}, {}})
			continue
		}
		f.addDot(v, q.Text, *row.Share, nil)
	}
	if n == 0 {
		return Figure{}, false
	}
	if len(f.Dots.Rows) == 0 {
		f.Dots = nil
	}
	f.Sentence = v.Say("figure.gateway.sentence", words.V{"Voice": voice, "Count": n})
	f.Note = when(bare, v.Say("figure.gateway.note"))
	return f, true
}

// Percent rounds a share to whole per cent, as all figures do.
func Percent(x, n int) int { return percent(x, n) }
