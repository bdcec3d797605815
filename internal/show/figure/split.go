package figure

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Parted is one question by the parts of a split of the school; ok is false where fewer than two parts can be shown.
func Parted(v words.Voice, view result.Viewed, s result.Split, compared map[string][]*result.Comparison, q result.Question) (f Figure, ok bool) {
	if s.Kind == result.SplitPace {
		return f, false // see Quality
	}
	f = Figure{ID: s.Kind + s.By + "-" + q.ID, Title: PartedTitle(v, view, s), Dots: &Dots{Line: -1}}
	if whole, ok := s.Whole(q.ID); ok {
		f.Dots.Line, f.Dots.LineLabel = percent(whole.X, whole.N), view.School().Name
	}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.group"), v.Say("figure.head.share"), v.Say("figure.head.range"), v.Say("figure.head.people")}}
	for _, row := range s.Rows {
		if row.Question != q.ID {
			continue
		}
		var lines []string
		for i, p := range row.Shares {
			if p == nil {
				continue
			}
			label := PartLabel(v, view, s, s.Parts[i])
			f.addDot(v, label, p.Share, nil)
			if c := compared[q.ID][i]; c != nil && (len(row.Shares) > 2 || i == 0) {
				values := said(*c)
				values["Label"] = label
				lines = append(lines, v.Say("figure.part."+string(c.Verdict), values))
			}
		}
		f.Sentence = Join(append(lines, based(v, s, q))...)
	}
	if len(f.Dots.Rows) < 2 {
		return Figure{}, false
	}
	f.Doubt = v.Say("figure.part.doubt")
	if s.Kind == result.SplitOutcome {
		f.Note = v.Say("figure.part.outcome_note")
	}
	if s.Kind == result.SplitFlag {
		f.Note = v.Say("figure.part.flag_note")
	}
	return f, true
}

// PartedTitle names what a split is by.
func PartedTitle(v words.Voice, view result.Viewed, s result.Split) string {
	text := ""
	for _, q := range view.Questions {
		if q.ID == s.Question {
			text = q.Text
		}
	}
	if s.Kind == result.SplitFlag {
		return v.Say("figure.part.flag", words.V{"Label": s.Parts[0].Label})
	}
	if s.Kind == result.SplitSelf {
		return v.Say("figure.part.self", words.V{"Text": text})
	}
	return v.Say("figure.part.outcome", words.V{"Text": text})
}

// Told is what can be told of the parts of a split on one question, and of whom; empty where nothing can.
func Told(v words.Voice, view result.Viewed, s result.Split, compared map[string][]*result.Comparison, q result.Question) string {
	var lines []string
	list := compared[q.ID]
	for i, c := range list {
		if c == nil || c.Verdict != result.Higher && c.Verdict != result.Lower || len(list) == 2 && i > 0 {
			continue
		}
		values := said(*c)
		values["Label"] = PartLabel(v, view, s, s.Parts[i])
		lines = append(lines, v.Say("figure.part."+string(c.Verdict), values))
	}
	if len(lines) == 0 {
		return ""
	}
	return Join(append(lines, based(v, s, q))...)
}

// based says of whom the shares of a split are, with the school's share of the same people: beside the question's own share,
// which is of those who answered it, they would not fit.
func based(v words.Voice, s result.Split, q result.Question) string {
	whole, ok := s.Whole(q.ID)
	if !ok || !whole.OfAll {
		return ""
	}
	return v.Say("figure.part.base", words.V{"Percent": percent(whole.X, whole.N)})
}

// PartLabel names a part of a split.
func PartLabel(v words.Voice, view result.Viewed, s result.Split, p result.Part) string {
	if p.Label != "" {
		return p.Label
	}
	favourable := ""
	for _, q := range view.Questions {
		if q.ID == s.Question {
			favourable = q.FavourableWords
		}
	}
	if s.Kind == result.SplitSelf || s.Kind == result.SplitFlag {
		return v.Say("figure.part.rest_of_all")
	}
	return v.Say("figure.part."+p.ID, words.V{"Words": favourable})
}

// Quality is how many answered very quickly, and what the shares are without them. Nothing is dropped: both stand side by
// side. ok is false where the two cannot be told apart without pointing at somebody.
func Quality(v words.Voice, view result.Viewed) (f Figure, ok bool) {
	for _, s := range view.Splits {
		usual := slices.IndexFunc(s.Parts, func(p result.Part) bool { return p.ID == result.PartUsual })
		if s.Kind != result.SplitPace || usual < 0 {
			continue
		}
		f = Figure{ID: "quality", Title: v.Say("figure.quality.title")}
		f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.question"), v.Say("figure.head.all"), v.Say("figure.head.without")}}
		most := 0.0
		for _, row := range s.Rows {
			p := row.Shares[usual]
			q, all, found := shareOf(view, row.Question)
			if p == nil || !found || p.Share.OfAll != all.OfAll {
				continue
			}
			with, without := percent(all.X, all.N), percent(p.Share.X, p.Share.N)
			most = max(most, math.Abs(float64(all.X)/float64(all.N)-float64(p.Share.X)/float64(p.Share.N)))
			f.Table.Rows = append(f.Table.Rows, []Cell{{Text: q.Text, Heading: true}, {Text: sayPercent(v, with), Number: true}, {Text: sayPercent(v, without), Number: true}})
		}
		if len(f.Table.Rows) == 0 {
			return Figure{}, false
		}
		f.Sentence = v.Say("figure.quality.sentence", words.V{"N": view.School().Answered, "Count": view.School().Answered - s.Parts[usual].N})
		f.Doubt = v.Say("figure.quality.none")
		if most > 0 {
			// Rounded upwards, so that "more than" is true.
			f.Doubt = v.Say("figure.quality.most", words.V{"Count": int(math.Ceil(100*most - 1e-9))})
		}
		f.Note = v.Say("figure.quality.note")
		return f, true
	}
	return Figure{}, false
}

// shareOf is the school's share of a question.
func shareOf(view result.Viewed, id string) (result.Question, result.Share, bool) {
	for _, q := range view.Questions {
		if q.ID == id {
			if row, ok := q.Row(view.School().Unit); ok && row.Share != nil {
				return q, *row.Share, true
			}
		}
	}
	return result.Question{}, result.Share{}, false
}

// Matters is how favourably each question was answered against how strongly its answers go with those to the question
// that matters most. ok is false where none was chosen.
func Matters(v words.Voice, view result.Viewed) (f Figure, ok bool) {
	outcome, _, found := shareOf(view, view.Outcome)
	if !found || len(view.Matters) == 0 {
		return f, false
	}
	f = Figure{ID: "matters", Title: v.Say("figure.matters.title", words.V{"Text": outcome.Text}), Doubt: v.Say("figure.matters.doubt"),
		Scatter: &Scatter{Across: v.Say("figure.matters.across", words.V{"Text": outcome.Short}), Upwards: v.Say("figure.matters.upwards"), MiddleLabel: v.Say("figure.matters.middle")}}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.question"), v.Say("figure.head.share"), v.Say("figure.head.goes"), v.Say("figure.head.correlation")}}
	type one struct {
		result.Matter
		text  string
		share int
	}
	var list []one
	for _, m := range view.Matters {
		q, s, found := shareOf(view, m.Question)
		if !found {
			continue
		}
		p := percent(s.X, s.N)
		strength := v.Say("figure.goes." + strength(m))
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: q.Text, Heading: true}, {Text: sayPercent(v, p), Number: true}, {Text: strength},
			{Text: v.Say("figure.correlation", words.V{"R": decimal(m.R), "Low": decimal(m.Low), "High": decimal(m.High)}), Number: true}})
		f.Scatter.Points = append(f.Scatter.Points, ScatterPoint{Label: q.Short, X: m.R, Low: m.Low, High: m.High, Percent: p,
			Text: v.Say("figure.matters.point", words.V{"Text": q.Text, "Percent": p, "Goes": strength})})
		list = append(list, one{m, q.Text, p})
	}
	if len(list) == 0 {
		return Figure{}, false
	}
	slices.SortStableFunc(list, func(a, b one) int { return cmp.Compare(math.Abs(b.R), math.Abs(a.R)) })
	var top []string
	for _, m := range list {
		switch strength(m.Matter) {
		case "strongly", "clearly":
			top = append(top, v.Say("figure.quoted", words.V{"Label": m.text}))
		case "against":
			if m.R <= -clear {
				top = append(top, v.Say("figure.matters.against", words.V{"Label": m.text}))
			}
		}
	}
	top = top[:min(3, len(top))]
	f.Sentence = v.Say("figure.matters.none", words.V{"Text": outcome.Text})
	if len(top) > 0 {
		f.Sentence = v.Say("figure.matters.sentence", words.V{"Questions": List(v, top), "Text": outcome.Text})
	}
	f.Note = v.Say("figure.matters.note")
	return f, true
}

// clear is the correlation from which answers are said to go clearly together.
const clear = 0.3

// strength is how closely answers go together, in words, as far as the interval lets it be said.
func strength(m result.Matter) string {
	switch r := math.Abs(m.R); {
	case m.Low <= 0 && m.High >= 0:
		return "unsure"
	case m.R < 0:
		return "against"
	case r >= 0.5:
		return "strongly"
	case r >= clear:
		return "clearly"
	}
	return "weakly"
}

// decimal writes a number with two places and a true minus.
func decimal(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', 2, 64), "-", "−", 1)
}
