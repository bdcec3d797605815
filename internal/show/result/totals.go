package result

import (
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
)

// The three voices.
const (
	VoicePupils  = "pupils"
	VoiceParents = "parents"
	VoiceStaff   = "staff"
)

// VoiceOf is the voice of an audience.
func VoiceOf(audience string) string {
	switch audience {
	case bank.Parents:
		return VoiceParents
	case bank.Staff:
		return VoiceStaff
	}
	return VoicePupils
}

// SchoolYear is the year in which the school year of a moment began: 2026 for all from September 2026 to August 2027.
func SchoolYear(t time.Time) int {
	if t.Month() < time.September {
		return t.Year() - 1
	}
	return t.Year()
}

// Total is what a release says in full of the whole school about one question, for the sums of a trust: a line of a compact
// table, so that sums are made without any release. The line without a question says how many answered.
type Total struct {
	SchoolID   string `gorm:"primaryKey"`
	RoundID    string `gorm:"primaryKey"`
	QuestionID string `gorm:"primaryKey"`
	Voice      string
	Year       int // SchoolYear of its closing
	Item       string
	Wording    string
	Favourable int
	Answered   int
	Asked      int
	Body       string // JSON of Question, with one row of bars
}

// trustUnit is what the unit of a trust's rows is called.
const trustUnit = "trust"

// totals are the lines of one release: questions of the bank that everybody, or chance, was asked, and whose share is released
// in full for the school. A round that anybody with the link could answer gives none, nor does one that was brought in from a
// file, in which repeats cannot be ruled out either, nor a round for learning whose sum is over too few teachers. Each release has its line without a question, which says that the others have been written.
func totals(rel Release, r round.Round, b *bank.Bank) []Total {
	school := rel.School()
	line := Total{SchoolID: r.SchoolID, RoundID: r.ID, Voice: VoiceOf(rel.Audience), Year: SchoolYear(r.ClosesAt.In(r.Zone()))}
	if r.ClosedAt != nil {
		line.Year = SchoolYear(r.ClosedAt.In(r.Zone()))
	}
	may := school.Shown && !rel.Open && !r.BroughtIn() && (rel.Purpose != access.ForLearning || school.LeadersTeaching)
	if !may {
		return []Total{line}
	}
	line.Answered, line.Asked = school.Answered, school.Asked
	list := []Total{line}
	for _, q := range rel.Questions {
		row, ok := q.Row(school.Unit)
		_, ours := b.Item(q.Item)
		if !ok || !ours || row.Hidden || row.Share == nil || row.Share.OfAll || q.Several || q.Part != survey.AskedAll && q.Part != survey.AskedDrawn {
			continue
		}
		t := line
		t.QuestionID, t.Item, t.Wording = q.ID, q.Item, q.trend()
		t.Favourable, t.Answered, t.Asked = row.Share.X, row.Share.N, row.N
		t.Body = bodyOf(q, row)
		list = append(list, t)
	}
	return list
}

// bodyOf keeps of a question what is needed to draw its sum. A question whose words a school has changed keeps none of them:
// the bank's stand in the trust's pages.
func bodyOf(q Question, row Row) string {
	kept := Question{Item: q.Item, Wording: q.trend(), Gateway: q.Gateway, About: q.About, Sensitive: q.Sensitive, Kind: q.Kind,
		Reverse: q.Reverse, FavourableWords: q.FavourableWords, Options: q.Options, Rows: []Row{{Unit: trustUnit, N: row.N, Bars: row.Bars, NoAnswer: row.NoAnswer}}}
	if q.Wording == kept.Wording {
		kept.Text, kept.Short = q.Text, q.Short
	}
	return encoded(kept)
}
