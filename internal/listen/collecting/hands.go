package collecting

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// ForHands lists the questions that a whole room may answer by raising a hand, where everybody sees everybody: one answer,
// asked of all, and marked as fit for it by the bank or by whoever wrote it. Words are not looked at: no list of words
// knows that a name is a teacher's.
func ForHands(d survey.Document) []survey.Question {
	var list []survey.Question
	for _, q := range d.Questions() {
		if whyNot(d, q) == "" {
			list = append(list, q)
		}
	}
	return list
}

// Why a question is not asked aloud.
const (
	HandsPersonal = "personal" // sensitive, about a person, or about a class, lessons or home
	HandsUnmarked = "unmarked" // nobody has said that it says nothing about adults, feelings, safety or home
	HandsKind     = "kind"     // it takes more than one answer, or words, or a number
	HandsPart     = "part"     // not everybody is asked it
)

// NotForHands counts the questions that are left out where hands are raised, by why. It lists the reasons in an order to
// read them in.
func NotForHands(d survey.Document) (reasons []string, counts map[string]int) {
	counts = map[string]int{}
	for _, q := range d.Questions() {
		if why := whyNot(d, q); why != "" {
			counts[why]++
		}
	}
	for _, why := range []string{HandsPersonal, HandsUnmarked, HandsKind, HandsPart} {
		if counts[why] > 0 {
			reasons = append(reasons, why)
		}
	}
	return reasons, counts
}

func whyNot(d survey.Document, q survey.Question) string {
	switch {
	case q.Sensitive != "" || q.DescribesOneself || q.About != bank.AboutSchool && q.About != bank.AboutMe:
		return HandsPersonal
	case !q.Aloud:
		return HandsUnmarked
	case q.Type != survey.TypeScale && q.Type != survey.TypeSingle:
		return HandsKind
	case d.Part(q) != survey.AskedAll:
		return HandsPart
	}
	return ""
}

// mostHands is how many hands one class can raise: a few more than were on its list, as it has spare slips for newcomers.
func mostHands(u round.Unit) int { return u.Size + participation.Spares(u.Size) }

// CountHands stores what a room showed: question -> option -> how many. Whoever counts does not teach the class. Counting
// again takes the place of the first count.
func (c *Collector) CountHands(ctx context.Context, who access.Actor, r round.Round, unit round.Unit, counts map[string]map[string]string) error {
	rounds := round.NewStore(c.db, c.key, nil)
	teach, err := rounds.Adults(ctx, r)
	if err != nil {
		return err
	}
	if !access.Can(who, access.CountHands, access.Object{School: r.SchoolID, Owner: teach[unit.ID]}) {
		return fault.New(fault.Forbidden, "hands.own_class")
	}
	if r.Mode != round.Anonymous || !r.Takes() || !unit.IsLeaf() {
		return fault.New(fault.Conflict, "hands.not_open")
	}
	doc, err := rounds.Document(ctx, r)
	if err != nil {
		return err
	}
	fields, most := map[string]fault.Problem{}, mostHands(unit)
	var rows []response.Hand
	for _, q := range ForHands(doc) {
		sum := 0
		for _, o := range q.Options {
			text := strings.TrimSpace(counts[q.ID][o.ID])
			if text == "" {
				continue
			}
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > most {
				fields[q.ID+"."+o.ID] = fault.Problem{Key: "hands.number", Values: fault.Values{"Most": most}}
				continue
			}
			sum += n
			rows = append(rows, response.Hand{SchoolID: r.SchoolID, RoundID: r.ID, UnitID: unit.ID, QuestionID: q.ID, OptionID: o.ID, Count: n})
		}
		if sum > most {
			fields[q.ID+"."+q.Options[0].ID] = fault.Problem{Key: "hands.number", Values: fault.Values{"Most": most}}
		}
		if sum == 0 { // nobody was asked this
			rows = slices.DeleteFunc(rows, func(h response.Hand) bool { return h.QuestionID == q.ID })
		}
	}
	if err := fault.Fields(fields); err != nil {
		return err
	}
	return c.db.InTx(ctx, func(tx *storage.DB) error {
		if err := response.NewStore(tx).PutHands(ctx, r.SchoolID, r.ID, unit.ID, rows); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "hands.count", "round", r.ID, unit.Name)
	})
}

// Hands reads what rooms have shown: unit -> question -> option -> how many.
func (c *Collector) Hands(ctx context.Context, r round.Round) (map[string]map[string]map[string]int, error) {
	rows, err := response.NewStore(c.db).Hands(ctx, r.SchoolID, r.ID)
	all := map[string]map[string]map[string]int{}
	for _, h := range rows {
		if all[h.UnitID] == nil {
			all[h.UnitID] = map[string]map[string]int{}
		}
		if all[h.UnitID][h.QuestionID] == nil {
			all[h.UnitID][h.QuestionID] = map[string]int{}
		}
		all[h.UnitID][h.QuestionID][h.OptionID] = h.Count
	}
	return all, err
}
