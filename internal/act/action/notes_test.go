package action_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// TestNobodyElseReadsANote asks as everybody for what one teacher has kept, and looks into the tables themselves.
func TestNobodyElseReadsANote(t *testing.T) {
	s, r, st := school(t)
	ann := s.Staff("Ann Marsh", access.Teacher)
	kept := action.Note{Guesses: map[string]string{"q1": "Sometimes"}, Looked: true, Journal: map[string]string{"surprised": "They are not bored.", "unknown": "lost"}, Agreed: "More time."}
	testkit.Must(t, st.Keep(ctx, ann, r, "unit-1", kept))
	mine, err := st.Note(ctx, ann, r, "unit-1")
	if testkit.Must(t, err); mine.Guesses["q1"] != "Sometimes" || mine.Journal["surprised"] != "They are not bored." || len(mine.Journal) != 1 || mine.Agreed != "More time." {
		t.Errorf("%+v", mine)
	}
	for _, role := range access.Roles {
		other := s.Staff("Other "+string(role), role)
		if n, err := st.Note(ctx, other, r, "unit-1"); err != nil || !n.Empty() || n.Looked {
			t.Errorf("%s reads %+v, %v", role, n, err)
		}
	}
	if n, _ := st.Note(ctx, s.Head, r, "unit-1"); !n.Empty() {
		t.Errorf("the head reads %+v", n)
	}
	// The table says neither whose it is nor what it says, and two notes of different length look alike.
	bob := s.Staff("Bob Hill", access.Teacher)
	testkit.Must(t, st.Keep(ctx, bob, r, "unit-1", action.Note{Looked: true}))
	var rows []action.StoredNote
	testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
	if len(rows) != 2 || len(rows[0].Body) != len(rows[1].Body) {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		text := fmt.Sprintf("%+v", row)
		for _, secret := range []string{ann.Person, ann.Account, bob.Person, "Sometimes", "bored", "unit-1"} {
			if strings.Contains(text, secret) {
				t.Errorf("the table tells %q: %s", secret, text)
			}
		}
	}
	var entries int64
	testkit.Must(t, s.DB.Query(ctx).Table("audit").Where("account_id = ? OR account_id = ?", ann.Account, bob.Account).Count(&entries).Error)
	if entries > 0 {
		t.Errorf("the audit tells that somebody looked: %d", entries)
	}
	// Somebody who can write to the database cannot pass one note off as another's.
	testkit.Must(t, s.DB.Write(ctx).Exec("UPDATE notes SET body = ? WHERE id = ?", rows[0].Body, rows[1].ID).Error)
	_, first := st.Note(ctx, ann, r, "unit-1")
	_, second := st.Note(ctx, bob, r, "unit-1")
	if first == nil && second == nil {
		t.Error("a note is read under another's name")
	}
	testkit.Must(t, st.Purge(ctx, r.SchoolID, r.ID))
	if n, err := st.Note(ctx, ann, r, "unit-1"); err != nil || !n.Empty() {
		t.Errorf("after the day of deletion: %+v, %v", n, err)
	}
}

func TestStaffPictureNeedsTenAndStandsStill(t *testing.T) {
	s, r, st := school(t)
	favourable := func(q, option string) bool { return option == "Often" }
	for i := range 12 {
		who := s.Staff(fmt.Sprintf("Teacher %d", i), access.Teacher)
		option := "Never"
		if i < 3 {
			option = "Often"
		}
		guesses := map[string]string{"q1": option}
		if i < 9 {
			guesses["q2"] = "Often" // only nine guess this one
		}
		testkit.Must(t, st.Give(ctx, who, r, guesses))
		if err := st.Give(ctx, who, r, guesses); !fault.Is(err, fault.Conflict) {
			t.Errorf("given twice: %v", err)
		}
	}
	if n, tenths, err := st.StaffPicture(ctx, r, favourable); err != nil || n != 0 || tenths != nil {
		t.Errorf("before the round is published: %d %v %v", n, tenths, err)
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	r, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	n, tenths, err := st.StaffPicture(ctx, r, favourable)
	testkit.Must(t, err)
	if _, has := tenths["q2"]; n != 12 || tenths["q1"] != 3 || has {
		t.Errorf("%d %v", n, tenths)
	}
	if err := st.Give(ctx, s.Staff("Late", access.Teacher), r, map[string]string{"q1": "Often"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a guess was added to a picture that is shown: %v", err)
	}
	if err := st.Give(ctx, s.Staff("Ada Min", access.Administrator), find(t, s, r), nil); err == nil {
		t.Error("an administrator guesses")
	}
}

func TestTheStaffPictureOfNineIsNotShown(t *testing.T) {
	s, r, st := school(t)
	for i := range 9 {
		testkit.Must(t, st.Give(ctx, s.Staff(fmt.Sprintf("Teacher %d", i), access.Teacher), r, map[string]string{"q1": "Often"}))
	}
	r.State = round.Published
	if n, tenths, err := st.StaffPicture(ctx, r, func(string, string) bool { return true }); err != nil || n != 0 || tenths != nil {
		t.Errorf("%d %v %v", n, tenths, err)
	}
}
