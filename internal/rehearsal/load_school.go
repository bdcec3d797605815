package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// LoadSchool is a school that exists to be answered in: forms without names, and one open round with printed slips.
type LoadSchool struct {
	DB    *storage.DB
	Key   seal.Key
	Bank  *bank.Bank
	Head  access.Actor
	Round round.Round
	Units []round.Unit
	Doc   survey.Document
	Codes []string // unspent slips, one for each pupil, in random order
}

// The school's name and its head's e-mail, by which a database is known to hold nothing else.
const (
	loadSchoolName = "Load School"
	loadHead       = "head@load.example"
	loadTemplate   = "how_is_learning"
)

// ErrNotForLoad: the database holds a school, and made-up answers have no business there. Nothing was changed.
var ErrNotForLoad = errors.New("this database holds another school, and made-up answers have no business there: choose an empty one")

// FoundLoadSchool makes the school in an empty, migrated database, or finds it again, and opens a round in it for so many
// pupils. ErrNotForLoad if the database holds another school.
func FoundLoadSchool(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, people int) (LoadSchool, error) {
	s := LoadSchool{DB: db, Key: key, Bank: b}
	taken, err := roster.NewStore(db).Any(ctx)
	if err != nil {
		return s, err
	}
	if !taken {
		err = db.InTx(ctx, func(tx *storage.DB) error { return foundLoadSchool(ctx, tx, key) })
		if err != nil {
			return s, err
		}
	}
	if s.Head, err = theHead(ctx, db, loadSchoolName, loadHead); errors.Is(err, ErrOtherSchool) || errors.Is(err, ErrHalfBuilt) {
		return s, ErrNotForLoad
	} else if err != nil {
		return s, err
	}
	return s, s.Ask(ctx, people)
}

// inventedEscalation is whom adults of invented schools would call: numbers that are set aside for stories.
const inventedEscalation = "Children’s social care: 01632 960001\nLocal authority designated officer, about an adult in school: 01632 960002\nPolice, in danger now: 999\nPolice, not urgent: 101"

func foundLoadSchool(ctx context.Context, tx *storage.DB, key seal.Key) error {
	ro, id := roster.NewStore(tx), identity.NewStore(tx, key)
	school, err := ro.CreateSchool(ctx, roster.School{Name: loadSchoolName, Nation: "england", Roll: 1500, Invented: true, Escalation: inventedEscalation})
	if err != nil {
		return err
	}
	var head roster.Person
	for i, f := range []roster.StaffForm{{Name: "Load Head", Roles: []access.Role{access.Head, access.SafeguardingLead}},
		{Name: "Load Deputy", Roles: []access.Role{access.SafeguardingDeputy}}} {
		p, err := ro.AddStaff(ctx, access.Clock(school.SchoolID), f)
		if err != nil {
			return err
		}
		if i == 0 {
			head = p
		}
	}
	account, err := id.EnsureAccount(ctx, loadHead, head.Name())
	if err != nil {
		return err
	}
	return ro.LinkAccount(ctx, school.SchoolID, head.ID, account.ID)
}

// Ask opens another round for so many pupils and prints its slips; from then on it is the round of this school.
func (s *LoadSchool) Ask(ctx context.Context, people int) error {
	ro, rounds := roster.NewStore(s.DB), round.NewStore(s.DB, s.Key, s.Bank)
	// Thirty to a form, as far as a school has so many forms.
	size := min(max(30, (people+199)/200), 400)
	var lines []roster.GroupLine
	for left := people; left > 0; left -= size {
		i := len(lines)
		year := fmt.Sprint(7 + i%5)
		lines = append(lines, roster.GroupLine{Name: fmt.Sprintf("%s-%03d", year, i), Year: year, Size: min(size, left)})
	}
	groups, err := ro.SaveGroups(ctx, s.Head, roster.Form, lines)
	if err != nil {
		return err
	}
	doc, _, problems := survey.FromTemplate(s.Bank, loadTemplate)
	if len(problems) > 0 {
		return fmt.Errorf("template %s: %v", loadTemplate, problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, loadTemplate)
	if err != nil {
		return err
	}
	f := round.Form{SurveyID: sv.ID, Title: "Load", About: round.AboutSchool, Mode: round.Anonymous, Purpose: access.ForSchool, Why: "we measure",
		MayChange: "Speed.", ReplyPlace: "here", ClosesAt: s.DB.Now().AddDate(0, 0, 7), ReplyBy: storage.DateOf(s.DB.Now().AddDate(0, 0, 20), time.UTC),
		Plan: round.Plan{Readers: []string{s.Head.Person}}}
	for _, g := range groups {
		f.Plan.Groups = append(f.Plan.Groups, g.ID)
	}
	if s.Round, err = rounds.SaveDraft(ctx, s.Head, "", f); err != nil {
		return err
	}
	if s.Round, err = rounds.Open(ctx, s.Head, s.Round.ID); err != nil {
		return err
	}
	if s.Units, err = rounds.Units(ctx, s.Round); err != nil {
		return err
	}
	if s.Doc, err = rounds.Document(ctx, s.Round); err != nil {
		return err
	}
	sheets, err := participation.NewStore(s.DB, s.Key).Print(ctx, s.Head, s.Round, s.Units)
	if err != nil {
		return err
	}
	s.Codes = nil
	for _, sheet := range sheets {
		s.Codes = append(s.Codes, sheet.Slips...)
	}
	participation.Shuffle(s.Codes)
	if len(s.Codes) != people {
		return fmt.Errorf("%d slips for %d pupils", len(s.Codes), people)
	}
	return nil
}
