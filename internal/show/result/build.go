package result

import (
	"errors"
	"fmt"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/show/disclosure"
	"earshot/internal/show/stat"
)

// Numbers of the one table in the design that are not the round's own.
const (
	publicLeast = 10 // in a bar, and in a group, on a page that pupils see
	careful     = 10 // people in a group for questions that are sensitive or describe oneself
)

// asking is all that a release is made from, beside the answers.
type asking struct {
	round round.Round
	units []round.Unit
	teach map[string][]string // by class: the people who teach it
	doc   survey.Document
	bank  *bank.Bank
}

// build makes a release. It is pure: the same answers always give the same release.
func (a asking) build(t *tally) (rel Release, err error) {
	r := a.round
	rel = Release{Format: Format, Title: r.Title, Audience: a.doc.Audience, About: r.About, Purpose: r.Purpose,
		Open: r.Mode == round.OpenLink, Least: r.Least}
	list := cohorts(a.units, t, a.doc.Audience)
	decideWho(list, t, r.Least)
	decideLeaders(list, r, t, a.teach)
	for _, c := range list {
		if c.people > 0 {
			rel.Report.Groups++
			if c.Shown {
				rel.Report.GroupsKept++
			}
		}
	}
	headings := headings(a.doc)
	decided := map[string]told{}
	for _, tb := range t.tables {
		var q Question
		q, err = a.question(tb, list, t, decided, &rel.Report)
		if err != nil {
			return Release{}, err
		}
		q.Heading = headings[tb.question.ID]
		rel.Questions = append(rel.Questions, q)
	}
	rel.Outcome = a.outcome()
	if rel.Splits, err = t.splitsOf(decided, list); err != nil {
		return Release{}, err
	}
	rel.Matters = t.pairs.matters(decided, schoolOf(list))
	guesses(&rel, list, t, a.teach)
	// Pages go through a year and its forms together, so the order of the round comes back.
	slices.SortStableFunc(list, func(x, y cohort) int { return position(a.units, x.Unit) - position(a.units, y.Unit) })
	for _, c := range list {
		rel.Groups = append(rel.Groups, c.Group)
	}
	rel.Sections = sections(rel, a.bank)
	return rel, nil
}

func position(units []round.Unit, id string) int {
	return slices.IndexFunc(units, func(u round.Unit) bool { return u.ID == id })
}

func headings(d survey.Document) map[string]string {
	of := map[string]string{}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			of[q.ID] = s.Title
		}
	}
	return of
}

// question decides one question for the groups it may be shown for.
func (a asking) question(tb table, list []cohort, t *tally, decided map[string]told, report *Report) (Question, error) {
	q := tb.question
	out := Question{ID: q.ID, Item: q.Item, Wording: q.Wording, Text: q.Text, Short: q.Short, Gateway: q.Gateway, About: q.About, Trend: q.Trend(),
		Sensitive: q.Sensitive != "", Kind: q.Kind, Several: q.IsSeveral(), Reverse: q.Reverse, FavourableWords: q.FavourableWords,
		Part: a.doc.Part(q), Guesses: q.Guesses}
	if q.Type == survey.TypeRanking {
		out.Places = q.AtMost
	}
	for _, o := range q.Options {
		out.Options = append(out.Options, Option{Label: o.Label, Favourable: q.IsFavourable(o.ID), Missing: q.IsMissing(o.ID)})
	}
	guards := a.doc.Guards(q)
	least := limits{bar: disclosure.LeastBar, people: a.round.Least}
	if guards.Sensitive || guards.Oneself || guards.Tangled {
		least.people = max(least.people, careful)
	}
	if q.DescribesOneself {
		least.bar = careful // each bar is a group by self-description
	}
	var shown []cohort
	for _, c := range list {
		if c.Shown && c.level <= shownBy(a.doc, q, a.round.About) {
			shown = append(shown, c)
		}
	}
	if guards.Tangled {
		shown = t.ways.tangledOnly(q, shown, decided)
	}
	shown, err := a.known(tb, t.tables, shown, t.people, guards, decided, least)
	if err != nil {
		return out, err
	}
	d, err := decide(tb, shown, least, nil)
	if err != nil {
		return out, fmt.Errorf("question %s: %w", q.ID, err)
	}
	out.Rows = d.rows
	report.Bars += d.report.Bars
	report.BarsKept += d.report.BarsKept
	report.Headlines += d.report.Headlines
	report.HeadlinesKept += d.report.HeadlinesKept
	tells := told{rows: map[string]disclosure.Row{}}
	for i, c := range shown {
		if i < len(d.plain) {
			tells.rows[c.Unit] = d.plain[i]
		}
	}
	if len(shown) > 0 && shown[0].level == levelSchool {
		tells.school = &out.Rows[0]
	}
	defer func() { decided[q.ID] = tells }()

	// What the public sees of the school is decided within what staff see: folded otherwise, the two together could
	// give somebody away.
	if len(shown) == 0 || shown[0].level != levelSchool {
		return out, nil
	}
	if by, ok := a.doc.Question(guards.By); ok && guards.By != "" && (decided[by.ID].public == nil || !tellsWho(by, *decided[by.ID].public, guards)) {
		return out, nil
	}
	public := limits{bar: publicLeast, people: max(publicLeast, least.people)}
	if guards.By == "" {
		if may, err := a.known(tb, t.tables, shown[:1], t.people, guards, decided, public); err != nil || len(may) == 0 {
			return out, err
		}
	}
	p, err := decide(tb, shown[:1], public, &d)
	if err != nil {
		return out, fmt.Errorf("question %s in public: %w", q.ID, err)
	}
	out.Public = &p.rows[0]
	if len(p.plain) > 0 {
		tells.public = &p.plain[0]
	}
	return out, nil
}

// told is what has been decided of an earlier question.
type told struct {
	rows   map[string]disclosure.Row // by unit
	school *Row                      // what is shown of the school; nil for nothing
	public *disclosure.Row
}

// known leaves the groups whose number asked may be known. Everybody: always. Drawn by chance: always too, since chance
// says nothing about anybody. Ruled by an earlier answer: where that answer's own figures tell how many it was, so that
// the number asked is no second cut through them. Chosen by topic: where the choice itself could be shown.
func (a asking) known(tb table, all []table, shown []cohort, people []int, g survey.Guards, decided map[string]told, least limits) ([]cohort, error) {
	var keep []cohort
	switch {
	case g.By != "":
		by, _ := a.doc.Question(g.By)
		for _, c := range shown {
			if row, ok := decided[g.By].rows[c.Unit]; ok && tellsWho(by, row, g) {
				keep = append(keep, c)
			}
		}
		return keep, nil
	case !g.Chosen && !g.Tangled:
		return shown, nil
	}
	// Everybody answers equally many topics, so the last topic's number follows from the others': a group is shown for a
	// topic only where every topic of that choice could be.
	tables := []table{tb}
	if g.Chosen {
		tables = a.topicsWith(tb, all)
	}
	safe := map[string]int{}
	for _, t := range tables {
		q := disclosure.Question{Kind: disclosure.Unordered, Groups: groupsOf(shown), Least: least.bar, Fewest: least.people}
		for cell := range t.counts {
			q.Counts = append(q.Counts, []int{t.asked[cell], people[cell] - t.asked[cell], 0})
		}
		rows, _, err := disclosure.What(q)
		if err != nil {
			return nil, fmt.Errorf("who was asked %s: %w", tb.question.ID, err)
		}
		for i, row := range rows {
			if row.Tells(2, nil, []int{0}, false) {
				safe[shown[i].Unit]++
			}
		}
	}
	for _, c := range shown {
		if safe[c.Unit] == len(tables) {
			keep = append(keep, c)
		}
	}
	return keep, nil
}

// topicsWith lists one table of each topic of the choice that a question belongs to, and the question's own.
func (a asking) topicsWith(tb table, all []table) []table {
	choice := ""
	topic := map[string]string{} // question -> section, of the topics
	for _, s := range a.doc.Sections {
		for _, q := range s.Questions {
			if s.Choice != "" {
				topic[q.ID] = s.ID
			}
			if q.ID == tb.question.ID {
				choice = s.Choice
			}
		}
	}
	list, seen := []table{tb}, map[string]bool{topic[tb.question.ID]: true}
	for _, other := range all {
		for _, s := range a.doc.Sections {
			if s.Choice == choice && topic[other.question.ID] == s.ID && !seen[s.ID] {
				seen[s.ID] = true
				list = append(list, other)
			}
		}
	}
	return list
}

// tellsWho says whether a row of the question that decides tells how many the answers in g.If are.
func tellsWho(by survey.Question, row disclosure.Row, g survey.Guards) bool {
	tb := newTable(by, 0)
	return row.Tells(len(by.Options), tb.indices(by.Favourable), tb.indices(g.If), slices.Contains(g.If, survey.NoAnswer))
}

func groupsOf(shown []cohort) []disclosure.Group {
	groups := make([]disclosure.Group, len(shown))
	for i, c := range shown {
		groups[i] = disclosure.Group{Key: c.Unit, Atoms: c.atoms, Wide: c.level < levelLeaf && c.Kind != round.UnitPhase}
	}
	return groups
}

type limits struct{ bar, people int }

// decision is one question's verdict: ready rows, and what disclosure said, for a decision within it.
type decision struct {
	rows   []Row
	plain  []disclosure.Row
	each   [][]disclosure.Row
	report disclosure.Report
}

func decide(tb table, shown []cohort, least limits, within *decision) (decision, error) {
	groups := groupsOf(shown)
	if tb.question.IsSeveral() {
		return decideEach(tb, shown, groups, least, within)
	}
	q := asDisclosure(tb, groups, least)
	if within != nil {
		q.Within = within.plain[:len(groups)]
	}
	var d decision
	var err error
	if d.plain, d.report, err = disclosure.What(q); err != nil {
		return d, err
	}
	for i, row := range d.plain {
		d.rows = append(d.rows, plainRow(row, crowd(tb, shown[i])))
	}
	return d, nil
}

func asDisclosure(tb table, groups []disclosure.Group, least limits) disclosure.Question {
	q := disclosure.Question{Kind: disclosure.Unordered, Groups: groups, Counts: tb.counts,
		Favourable: tb.indices(tb.question.Favourable), Missing: tb.indices(tb.question.Missing), Least: least.bar, Fewest: least.people}
	if tb.question.HasOrder() && tb.question.Kind != bank.Ideal {
		q.Kind = disclosure.Ordered
	}
	return q
}

func decideEach(tb table, shown []cohort, groups []disclosure.Group, least limits, within *decision) (decision, error) {
	c := disclosure.Choices{Groups: groups, Chosen: tb.chosen(), Answered: tb.answered, NoAnswer: tb.silent, Least: least.bar, Fewest: least.people}
	if within != nil {
		for _, rows := range within.each {
			c.Within = append(c.Within, rows[:len(groups)])
		}
	}
	var d decision
	var err error
	if d.each, d.report, err = disclosure.WhatOfEach(c); err != nil {
		return d, err
	}
	for g := range groups {
		d.rows = append(d.rows, eachRow(d.each, g, crowd(tb, shown[g])))
	}
	return d, nil
}

// crowd is the group as far as an interval goes: where an answer or a choice decided who was asked, nobody knows how
// many there would have been among those who did not come.
func crowd(tb table, c cohort) Group {
	g := c.Group
	if tb.part == survey.AskedChosen || tb.part == survey.AskedRouted {
		g.Asked = 0
	}
	return g
}

func plainRow(r disclosure.Row, g Group) Row {
	row := Row{Unit: g.Unit, Hidden: r.Hidden}
	if r.Hidden {
		return row
	}
	row.N = r.N
	for _, b := range r.Bars {
		row.Bars = append(row.Bars, Bar{Options: b.Options, NoAnswer: b.NoAnswer, Count: b.Count})
	}
	if r.NoAnswerKnown {
		n := r.NoAnswer
		row.NoAnswer = &n
	}
	row.Share, row.Band = share(r.Share, g), band(r.Band)
	return row
}

func eachRow(each [][]disclosure.Row, group int, g Group) Row {
	row := Row{Unit: g.Unit, Hidden: true}
	for option, rows := range each {
		r := rows[group]
		e := Each{Hidden: r.Hidden}
		if !r.Hidden {
			e.Share, e.Band = share(r.Share, g), band(r.Band)
			if b := e.Band; b != nil {
				// Disclosure knows two answers here, left out and chosen; a band may be about either.
				if b.Options[0] == 0 {
					b.Low, b.High = 100-b.High, 100-b.Low
				}
				b.Options = []int{option}
			}
			e.Hidden = e.Share == nil && e.Band == nil
		}
		if !e.Hidden {
			row.Hidden, row.N = false, r.N
			if r.NoAnswerKnown {
				n := r.NoAnswer
				row.NoAnswer = &n
			}
		}
		row.Each = append(row.Each, e)
	}
	if row.Hidden {
		row.Each = nil
	}
	return row
}

func band(b *disclosure.Band) *Band {
	if b == nil {
		return nil
	}
	return &Band{Options: b.Options, Low: b.Low, High: b.High, N: b.Base}
}

// share adds the interval: over everybody asked where their number is known and can be true.
func share(s disclosure.Share, g Group) *Share {
	if !s.Known || s.Base <= 0 {
		return nil
	}
	out := &Share{X: s.Count, N: s.Base, OfAll: s.OfAll}
	if size := g.Population(); size > 0 {
		interval, census, err := stat.WilsonFinite(s.Count, s.Base, size)
		if err == nil {
			out.Low, out.High, out.Census, out.Sampled = interval.Low, interval.High, census, true
			return out
		}
		if !errors.Is(err, stat.ErrPopulation) {
			return nil
		}
	}
	interval := stat.Wilson(float64(s.Count), float64(s.Base))
	out.Low, out.High = interval.Low, interval.High
	return out
}
