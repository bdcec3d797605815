package action_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestTheTableOfStaffGuessesTellsNothing looks into the table after each guess, as whoever owns the database can.
func TestTheTableOfStaffGuessesTellsNothing(t *testing.T) {
	s, r, st := school(t)
	seen := map[string]bool{}
	for i := range 6 {
		guesses := map[string]string{"q1": "Often"}
		if i%2 == 0 {
			for q := range 20 { // somebody guesses much more
				guesses[fmt.Sprintf("q%d", q+1)] = "Almost always"
			}
		}
		testkit.Must(t, st.Give(ctx, s.Staff(fmt.Sprintf("Teacher %d", i), access.Teacher), r, guesses))
		var rows []action.StaffGuess
		testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
		if len(rows) != i+1 {
			t.Fatalf("%d rows after %d guesses", len(rows), i+1)
		}
		for _, row := range rows {
			if strings.Contains(row.Guesses, `"`) || len(row.Guesses) != len(rows[0].Guesses) {
				t.Errorf("a row tells what was guessed, or how much: %d characters", len(row.Guesses))
			}
			if seen[row.ID] || seen[row.Guesses] {
				t.Error("a row stayed as it was, so the others are newer")
			}
			seen[row.ID], seen[row.Guesses] = true, true
		}
	}
}

// TestStaffGuessesGivenAtOnce: none is lost and none counts twice.
func TestStaffGuessesGivenAtOnce(t *testing.T) {
	s, r, st := school(t)
	var staff []access.Actor
	for i := range 14 {
		staff = append(staff, s.Staff(fmt.Sprintf("Teacher %d", i), access.Teacher))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(staff))
	for i, who := range staff {
		option := "Never"
		if i < 7 {
			option = "Often"
		}
		wg.Go(func() { errs[i] = st.Give(ctx, who, r, map[string]string{"q1": option}) })
	}
	wg.Wait()
	for _, err := range errs {
		testkit.Must(t, err)
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	r, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	n, tenths, err := st.StaffPicture(ctx, r, func(_, option string) bool { return option == "Often" })
	if testkit.Must(t, err); n != 14 || tenths["q1"] != 5 {
		t.Errorf("%d %v", n, tenths)
	}
}

// TestAGuessOfAnEarlierProgramStillCounts: its rows were not locked, and are once somebody else has guessed.
func TestAGuessOfAnEarlierProgramStillCounts(t *testing.T) {
	s, r, st := school(t)
	for i := range 10 {
		row := action.StaffGuess{SchoolID: r.SchoolID, RoundID: r.ID, ID: fmt.Sprintf("old-%d", i), Guesses: `{"q1":"Often"}`}
		testkit.Must(t, s.DB.Write(ctx).Create(&row).Error)
	}
	testkit.Must(t, st.Give(ctx, s.Staff("New", access.Teacher), r, map[string]string{"q1": "Never"}))
	var rows []action.StaffGuess
	testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
	if slices.ContainsFunc(rows, func(row action.StaffGuess) bool { return strings.Contains(row.Guesses, `"`) }) {
		t.Error("an old row still lies open")
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	r, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	n, tenths, err := st.StaffPicture(ctx, r, func(_, option string) bool { return option == "Often" })
	if testkit.Must(t, err); n != 11 || tenths["q1"] != 9 {
		t.Errorf("%d %v", n, tenths)
	}
	// Restored without the key of the server, they are gone, and nothing else fails.
	other := action.NewStore(s.DB, testkit.Key(t), s.Bank)
	if n, _, err := other.StaffPicture(ctx, r, func(string, string) bool { return true }); n != 0 || err != nil {
		t.Errorf("with another key: %d %v", n, err)
	}
}

// TestWhatIsPublishedChangesInTheOpen: words that people could read are marked when they change, and those before stay known.
func TestWhatIsPublishedChangesInTheOpen(t *testing.T) {
	s, r, st := school(t)
	f := action.ReplyForm{Opening: "Thank you.", LastHeard: "feedback comes late", LastDid: "ten minutes every Friday"}
	testkit.Must(t, st.SaveReply(ctx, s.Head, r, f))
	a, err := st.SaveAction(ctx, s.Head, r, "", form(s))
	testkit.Must(t, err)
	s.Clock.Forward(8 * 24 * time.Hour)
	testkit.Must(t, st.Publish(ctx, s.Head, r))
	marked := func() string {
		w, err := st.Shown(ctx, r)
		testkit.Must(t, err)
		return action.Say(words.English(), find(t, s, r), w, action.ReplyLanguage{}, day(s, 0)).State
	}
	trail := func() (notes []string) {
		testkit.Must(t, s.DB.Query(ctx).Table("audit").Where("action = ?", "reply.change").Order("at, id").Pluck("note", &notes).Error)
		return notes
	}
	s.Clock.Forward(3 * 24 * time.Hour)
	testkit.Must(t, st.SaveReply(ctx, s.Head, r, f)) // nothing is other than it was
	if got := marked(); strings.Contains(got, "Changed") || len(trail()) > 0 {
		t.Errorf("unchanged: %q %q", got, trail())
	}
	f.LastDid = "ten minutes every other Friday"
	testkit.Must(t, st.SaveReply(ctx, s.Head, r, f))
	if got := marked(); !strings.Contains(got, "Changed on ") || !slices.Equal(trail(), []string{"ten minutes every Friday"}) {
		t.Errorf("the last lines changed: %q %q", got, trail())
	}
	changed := form(s)
	changed.Doing, changed.Due = "Five minutes.", a.Due
	_, err = st.SaveAction(ctx, s.Head, r, a.ID, changed)
	testkit.Must(t, err)
	if got := trail(); len(got) != 2 || !slices.Contains(got, "Ten minutes every Friday.") {
		t.Errorf("an answer changed: %q", got)
	}
}
