package figure

import (
	"fmt"
	"slices"
	"strconv"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Year says a school year by the year in which it began: "2026/27".
func Year(v words.Voice, began int) string {
	return v.Say("figure.trust.year", words.V{"Began": strconv.Itoa(began), "Ends": fmt.Sprintf("%02d", (began+1)%100)})
}

// audience stands for a voice where a sentence depends on whom it protects.
func audience(voice string) string {
	switch voice {
	case result.VoiceParents:
		return bank.Parents
	case result.VoiceStaff:
		return bank.Staff
	}
	return bank.Pupils11to16
}

// Trust is one question summed over schools of a trust.
func Trust(v words.Voice, sum result.TrustSum, trust string) Figure {
	f := Question(v, result.Release{Audience: audience(sum.Voice)}, sum.Question, sum.TrustGroup(trust))
	f.ID = "trust-" + strconv.Itoa(sum.Year) + "-" + sum.Voice
	f.Title = Year(v, sum.Year)
	f.Sentence = TrustSentence(v, sum)
	f.Doubt = v.Say("figure.trust.doubt", interval(sum))
	f.Lines = []string{TrustSpread(v, sum)}
	return f
}

// TrustSentence is the sum's one sentence, in the scale's own words.
func TrustSentence(v words.Voice, sum result.TrustSum) string {
	s := sum.Row().Share
	return v.Say("figure.trust.share", words.V{"Count": sum.Schools, "X": s.X, "N": s.N, "Percent": percent(s.X, s.N), "Words": sum.Question.FavourableWords})
}

// TrustSpread says how the schools differ, without any of them.
func TrustSpread(v words.Voice, sum result.TrustSum) string {
	if sum.Middle == nil {
		return v.Say("figure.trust.no_middle", words.V{"Count": result.SpreadSchools})
	}
	return v.Say("figure.trust.middle", words.V{"Low": sum.Middle.Low, "High": sum.Middle.High, "Words": sum.Question.FavourableWords})
}

func interval(sum result.TrustSum) words.V {
	s := sum.Row().Share
	return words.V{"Low": whole(s.Low), "High": whole(s.High)}
}

// TrustQuestions is several questions of a trust below each other, in the order given. ok is false for fewer than two.
func TrustQuestions(v words.Voice, id string, sums []result.TrustSum) (f Figure, ok bool) {
	if len(sums) < 2 {
		return f, false
	}
	f = Figure{ID: "trust-" + id, Title: v.Say("figure.trust.questions"), Sentence: v.Say("figure.trust.asked", words.V{"Count": len(sums)}), Dots: &Dots{Line: -1}, Doubt: v.Say("figure.gateway.doubt")}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.question"), v.Say("figure.head.share"), v.Say("figure.head.range"), v.Say("figure.head.middle"), v.Say("figure.head.schools"), v.Say("figure.head.answers_given")}}
	for _, sum := range sums {
		p, between := share(sum), v.Say("figure.range", interval(sum))
		s := sum.Row().Share
		f.Dots.Rows = append(f.Dots.Rows, Dot{Label: sum.Question.Short, Percent: p, Low: whole(s.Low), High: whole(s.High),
			Text: v.Say("figure.dot", words.V{"Label": sum.Question.Text, "Percent": p, "Range": between})})
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: sum.Question.Text, Heading: true}, {Text: sayPercent(v, p), Number: true}, {Text: between, Number: true},
			{Text: shortMiddle(v, sum), Number: true}, number(sum.Schools), number(s.N)})
	}
	return f, true
}

// sectionLeast is how many questions of a gateway are added up to one share.
const sectionLeast = 3

// TrustSection adds the questions of one gateway up; empty for too few of them.
func TrustSection(v words.Voice, sums []result.TrustSum) string {
	if len(sums) < sectionLeast {
		return ""
	}
	x, n := 0, 0
	for _, sum := range sums {
		s := sum.Row().Share
		x, n = x+s.X, n+s.N
	}
	return v.Say("figure.trust.section", words.V{"Percent": percent(x, n), "Count": len(sums)})
}

func shortMiddle(v words.Voice, sum result.TrustSum) string {
	if sum.Middle == nil {
		return v.Say("figure.trust.few")
	}
	return v.Say("figure.range", words.V{"Low": sum.Middle.Low, "High": sum.Middle.High})
}

// TrustYears follows a question of one voice through the school years; sums are the newest first. ok is false for fewer than two.
func TrustYears(v words.Voice, sums []result.TrustSum) (f Figure, ok bool) {
	if len(sums) < 2 {
		return f, false
	}
	f = Figure{ID: "trust-years-" + sums[0].Voice, Title: v.Say("figure.trust.years"), Sentence: v.Say("figure.trust.years_sentence", words.V{
		"Now": Year(v, sums[0].Year), "Then": Year(v, sums[1].Year), "Percent": share(sums[0]), "Other": share(sums[1])}), Doubt: v.Say("figure.trust.years_doubt"), Slope: &Slope{}}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.when"), v.Say("figure.head.share"), v.Say("figure.head.range"), v.Say("figure.head.middle"), v.Say("figure.head.schools")}}
	line := SlopeLine{Label: v.Say("figure.trust.all")}
	for i, sum := range slices.Backward(sums) {
		when, between := Year(v, sum.Year), v.Say("figure.range", interval(sum))
		s := sum.Row().Share
		f.Slope.Times = append(f.Slope.Times, when)
		line.Points = append(line.Points, SlopePoint{Time: len(sums) - 1 - i, Percent: share(sum), Low: whole(s.Low), High: whole(s.High),
			Text: v.Say("figure.dot", words.V{"Label": when, "Percent": share(sum), "Range": between})})
		f.Table.Rows = append(f.Table.Rows, []Cell{{Text: when, Heading: true}, {Text: sayPercent(v, share(sum)), Number: true}, {Text: between, Number: true},
			{Text: shortMiddle(v, sum), Number: true}, number(sum.Schools)})
	}
	f.Slope.Lines = []SlopeLine{line}
	return f, true
}

func share(sum result.TrustSum) int {
	s := sum.Row().Share
	return percent(s.X, s.N)
}

// BesideTrust says how the school's share lies beside its trust's. No school is named in it, and no place among them.
func BesideTrust(v words.Voice, b result.Beside) string {
	return v.Say("figure.trust.beside."+string(b.Verdict), words.V{"Low": b.Sum.Middle.Low, "High": b.Sum.Middle.High, "Percent": percent(b.Share.X, b.Share.N),
		"Other": share(b.Sum), "When": Year(v, b.Sum.Year)})
}

// AllBesideTrust counts how a school's questions lie beside its trust's; empty where none is compared.
func AllBesideTrust(v words.Voice, all map[string]result.Beside) string {
	count := map[result.Verdict]int{}
	for _, b := range all {
		count[b.Verdict]++
	}
	if len(all) == 0 {
		return ""
	}
	return v.Say("figure.trust.counted", words.V{"Higher": count[result.Higher], "Lower": count[result.Lower], "Same": count[result.Same], "Unsure": count[result.CannotTell]})
}
