package slides

import (
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// Board is what a pack for governors is made from.
type Board struct {
	School, Title string
	Made          string // the day
	Voices        []Voice
	Staff         StaffPicture
	Before        []Promise // what earlier replies promised, and what became of it
	Now           []Promise // what is promised now
	Owed          []string  // rounds that are owed a reply, with the day
	Last          string    // the pack before this one
	Became        []string  // what became of what that one named to work on
	Ask           []string  // questions that the school itself suggests
}

// Voice is what pupils, parents or staff said last.
type Voice struct {
	Round          string // its id
	Name, Title    string
	When, Why, May string
	View           result.Viewed
	Kept           string // how much of the round could be shown
	Wrote          []Wrote
}

// Wrote is what was written on one question: themes alone, and no words of anybody.
type Wrote struct {
	Question string
	Count    int // comments that may be read by governors
	Themes   []Theme
	Aid      bool // so few that themes are no more than a help for reading
}

// Theme is what at least ten people wrote about.
type Theme struct {
	Name   string
	People int
}

// mostThemes is how many themes of a question stand on a slide.
const mostThemes = 6

// StaffPicture is what staff thought that pupils would say: in how many tenths of the guesses the middle answer is a
// favourable one, by question of the first voice.
type StaffPicture struct {
	N      int
	Tenths map[string]int
}

// Promise is one answer of a reply.
type Promise struct {
	Heard, Does, Who, State, Became, Moves string
	Moved                                  string // whether what it should move did, once that was asked again
}

func (p Promise) line(v words.Voice) string {
	return figure.Join(v.Say("board.promise", words.V{"Heard": p.Heard, "Does": p.Does}), p.Who, p.State, p.Became, p.Moves, p.Moved)
}

// mostPromises is how many promises stand on one slide.
const mostPromises = 4

// ForBoard makes the pack: why people were asked, who answered and who is missing, what is strong and what to work on,
// gateways with their ranges, what really changed, fairness between groups, what staff had guessed, parents and staff
// beside pupils, what was promised and its state, what is promised now, what cannot be told, and what governors may ask.
// It grades nothing and puts neither teachers nor classes into an order.
func ForBoard(v words.Voice, b *bank.Bank, in Board) Deck {
	d := Deck{School: in.School, Title: in.Title, Lang: v.Lang, Dir: v.Dir}
	say := func(key string, values ...words.V) string { return v.Say("board."+key, values...) }
	var names []string
	for _, x := range in.Voices {
		if name := strings.ToLower(x.Name); !slices.Contains(names, name) { // two rounds of one voice are one voice
			names = append(names, name)
		}
	}
	d.add(Slide{Title: in.Title, Lead: say("lead", words.V{"Voices": figure.List(v, names)}), Small: say("made", words.V{"Date": in.Made}), Notes: say("notes.first")})
	why := Slide{Title: say("why"), Notes: say("notes.why")}
	for _, x := range in.Voices {
		why.Lists = append(why.Lists, List{x.Name, []string{x.Title, x.When, v.Say("public.because", words.V{"Why": x.Why}), say("may", words.V{"May": x.May})}})
	}
	d.add(why)
	who := Slide{Title: say("who"), Notes: say("notes.who")}
	for _, x := range in.Voices {
		lines := []string{figure.Rate(v, x.View.Release, x.View.School())}
		if missing, _ := figure.Missing(v, x.View.Audience, x.View.Rates, false); missing != "" {
			lines = append(lines, missing)
		}
		who.Lists = append(who.Lists, List{x.Name, lines})
	}
	d.add(who)
	d.expect(v, in)
	for i, x := range in.Voices {
		school := x.View.School()
		stand := figure.Stand(v, x.View, school.Unit)
		s := Slide{Title: say("standing", words.V{"Voice": x.Name}), Small: order(v, stand), Notes: say("notes.standing")}
		if len(stand.Strong) > 0 {
			s.Lists = []List{{v.Say("slides.strong"), lines(stand.Strong)}, {v.Say("slides.weak"), lines(stand.Weak)}}
		} else {
			s.Lead = v.Say("figure.standings.alike")
		}
		d.add(s)
		if f, ok := figure.Sections(v, x.View, school); ok && i == 0 {
			d.figure(f, say("notes.gateways"))
		}
		against := figure.Compare(x.View, school.Unit)
		if c := figure.Changed(v, x.View, school.Unit, against.Last); len(against.Last) > 0 {
			s := Slide{Title: say("changed", words.V{"Voice": x.Name}), Lead: c.Say(v), Notes: say("notes.changed")}
			for _, l := range []List{{v.Say("slides.up"), lines(c.Up)}, {v.Say("slides.down"), lines(c.Down)}} {
				if len(l.Lines) > 0 {
					s.Lists = append(s.Lists, l)
				}
			}
			d.add(s)
		}
		for _, s := range fair(v, x) {
			d.add(s)
		}
		for _, s := range ownWords(v, x) {
			d.add(s)
		}
	}
	if s, ok := staffPicture(v, in); ok {
		d.add(s)
	}
	if s, ok := beside(v, b, in); ok {
		d.add(s)
	}
	if len(in.Became) > 0 {
		d.add(Slide{Title: say("became"), Lead: in.Last, Lists: []List{{Lines: in.Became}}, Small: say("became_small"), Notes: say("notes.became")})
	}
	d.promises(v, say("before"), say("before_none"), in.Last, say("notes.before"), in.Before)
	d.promises(v, say("now"), say("now_none"), "", say("notes.now"), in.Now)
	if len(in.Owed) > 0 {
		d.add(Slide{Title: say("owed"), Lists: []List{{Lines: in.Owed}}, Notes: say("notes.owed")})
	}
	if s, ok := evidence(v, b, in); ok {
		// Four areas fill a slide.
		rest := s
		s.Lists, rest.Lists, s.Small, rest.Lead = s.Lists[:4], s.Lists[4:], "", ""
		d.add(s)
		d.add(rest)
	}
	var all []string
	for _, x := range in.Voices {
		for _, line := range unknown(v, x.View, x.View.School(), About{Kept: x.Kept}) {
			if line = x.Name + ": " + line; line != x.Name+": "+v.Say("slides.why") {
				all = append(all, line)
			}
		}
	}
	d.add(Slide{Title: v.Say("slides.unknown"), Lists: []List{{Lines: append(all, v.Say("slides.why"))}}})
	ask := []string{say("ask.missing"), say("ask.surprise"), say("ask.different"), say("ask.know")}
	d.add(Slide{Title: say("ask"), Lists: []List{{Lines: append(ask, in.Ask...)}}, Small: say("ask_small")})
	return d
}

// fair says how the answers of parts of the school differ. What had to be hidden is said to be.
func fair(v words.Voice, x Voice) (list []Slide) {
	for _, split := range x.View.Splits {
		if split.Kind == result.SplitPace {
			continue
		}
		compared := split.Compared()
		var lines []string
		told := 0
		for _, q := range x.View.Questions {
			if len(compared[q.ID]) > 0 {
				told++
			}
			if text := figure.Told(v, x.View, split, compared, q); text != "" {
				lines = append(lines, q.Text+" "+text)
			}
		}
		if told == 0 {
			continue
		}
		s := Slide{Title: v.Say("board.fair"), Lead: figure.PartedTitle(v, x.View, split), Small: v.Say("board.fair_small")}
		if split.Kind == result.SplitOutcome {
			s.Title, s.Lead = s.Lead, ""
		}
		if rest := told - len(lines); rest > 0 {
			s.Small = figure.Join(v.Say("figure.part.rest", words.V{"Count": rest}), s.Small)
		}
		if len(lines) > 0 {
			s.Lists = []List{{Lines: shortened(v, lines, mostPromises)}}
		}
		list = append(list, s)
	}
	return list
}

// staffPicture puts what staff guessed beside what pupils said, the biggest gaps first.
func staffPicture(v words.Voice, in Board) (Slide, bool) {
	if in.Staff.N == 0 || len(in.Voices) == 0 {
		return Slide{}, false
	}
	type gap struct {
		text string
		size int
	}
	var gaps []gap
	view := in.Voices[0].View
	for _, q := range view.For(view.School().Unit) {
		row, _ := q.Row(view.School().Unit)
		tenths, ok := in.Staff.Tenths[q.ID]
		if !ok || row.Share == nil || q.Sensitive {
			continue
		}
		percent := figure.Percent(row.Share.X, row.Share.N)
		gaps = append(gaps, gap{v.Say(guessKey(tenths), words.V{"Text": q.Text, "Tenths": tenths, "Percent": percent, "Words": q.FavourableWords}), max(percent-10*tenths, 10*tenths-percent)})
	}
	if len(gaps) == 0 {
		return Slide{}, false
	}
	slices.SortStableFunc(gaps, func(a, b gap) int { return b.size - a.size })
	var lines []string
	for _, g := range gaps[:min(4, len(gaps))] {
		lines = append(lines, g.text)
	}
	return Slide{Title: v.Say("board.guesses"), Lead: v.Say("board.guesses_lead", words.V{"Count": in.Staff.N}), Lists: []List{{Lines: lines}}, Small: v.Say("board.guesses_small"), Notes: v.Say("board.notes.guesses")}, true
}

// guessKey says nearly all and hardly any in words: an exact number would tell what each colleague guessed.
func guessKey(tenths int) string {
	switch {
	case tenths >= 9:
		return "board.guess_all"
	case tenths <= 1:
		return "board.guess_none"
	}
	return "board.guess"
}

// beside puts what the voices said about one gateway beside each other, where more than one was asked. They are never
// added up.
func beside(v words.Voice, b *bank.Bank, in Board) (Slide, bool) {
	s := Slide{Title: v.Say("board.beside"), Small: v.Say("board.beside_small")}
	for _, gw := range b.Gateways {
		var lines []string
		for _, x := range in.Voices {
			school := x.View.School().Unit
			for _, q := range x.View.For(school) {
				row, _ := q.Row(school)
				if q.Gateway != gw.ID || row.Share == nil || q.Several || row.Share.OfAll {
					continue
				}
				lines = append(lines, x.Name+": "+q.Text+" "+v.Say("figure.standing", words.V{"Percent": figure.Percent(row.Share.X, row.Share.N), "Words": q.FavourableWords}))
				break
			}
		}
		if len(lines) > 1 {
			s.Lists = append(s.Lists, List{gw.Name, lines})
		}
	}
	if len(s.Lists) > 4 {
		s.Lists = s.Lists[:4]
	}
	return s, len(s.Lists) > 0
}

func (d *Deck) promises(v words.Voice, title, none, lead, notes string, list []Promise) {
	if len(list) == 0 {
		d.add(Slide{Title: title, Lead: figure.Join(lead, none), Notes: notes})
		return
	}
	for from := 0; from < len(list); from += mostPromises {
		s := Slide{Title: title, Notes: notes}
		if from == 0 {
			s.Lead = lead
		}
		var lines []string
		for _, p := range list[from:min(from+mostPromises, len(list))] {
			lines = append(lines, p.line(v))
		}
		s.Lists = []List{{Lines: lines}}
		d.add(s)
	}
}

// ownWords says what people wrote about, question by question: names of themes and how many wrote.
func ownWords(v words.Voice, x Voice) (list []Slide) {
	for _, w := range x.Wrote {
		s := Slide{Title: v.Say("board.words", words.V{"Voice": x.Name}), Lead: w.Question, Small: v.Say("board.words_small"), Notes: v.Say("board.notes.words")}
		if w.Aid {
			s.Small = figure.Join(v.Say("board.words_aid"), s.Small)
		}
		l := List{Heading: v.Say("board.words_count", words.V{"Count": w.Count})}
		for _, t := range w.Themes[:min(mostThemes, len(w.Themes))] {
			l.Lines = append(l.Lines, v.Say("board.theme", words.V{"Name": t.Name, "Count": t.People}))
		}
		s.Lists = []List{l}
		list = append(list, s)
	}
	return list
}

// shortened keeps so many lines and counts the others. A single other takes no more room than its count, so it is shown.
func shortened(v words.Voice, lines []string, most int) []string {
	if more := len(lines) - most; more > 1 {
		return append(lines[:most:most], v.Say("board.more", words.V{"Count": more}))
	}
	return lines
}

// mostEvidence is how many questions are named for one area.
const mostEvidence = 2

// areas of inspection, in the order of the framework, by the bank's tags.
var areas = []string{"inc", "ct", "ach", "ab", "pdw", "lg", "sg"}

// evidence lists what was asked by area of inspection: where a school can point to, and never a grade.
func evidence(v words.Voice, b *bank.Bank, in Board) (Slide, bool) {
	s := Slide{Title: v.Say("board.evidence"), Lead: v.Say("board.evidence_lead"), Small: v.Say("board.evidence_small")}
	some := false
	for _, area := range areas {
		var said []string
		for _, x := range in.Voices {
			school := x.View.School().Unit
			for _, q := range x.View.For(school) {
				item, ok := b.Item(q.Item)
				row, _ := q.Row(school)
				if ok && item.Ofsted == area && row.Share != nil && !q.Several && !row.Share.OfAll {
					said = append(said, x.Name+", "+q.Short+": "+v.Say("figure.standing", words.V{"Percent": figure.Percent(row.Share.X, row.Share.N), "Words": q.FavourableWords}))
				}
			}
		}
		some = some || len(said) > 0
		if len(said) == 0 {
			said = []string{v.Say("board.not_asked")}
		}
		said = shortened(v, said, mostEvidence)
		s.Lists = append(s.Lists, List{v.Say("board.area." + area), said})
	}
	return s, some
}
