package safeguard_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

func TestTheWayBack(t *testing.T) {
	s := testkit.NewSchool(t)
	st, school := safeguard.NewStore(s.DB, s.Key), s.School.SchoolID
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	id := ask(t, st, school, safeguard.Form{Words: "I am afraid to go home."})
	receipt, err := st.WayBack(ctx, school, id)
	if testkit.Must(t, err); len(receipt) != 16 {
		t.Fatalf("the receipt is %q", receipt)
	}
	if b, err := st.Back(ctx, receipt); err != nil || b.State != safeguard.New || len(b.Replies) > 0 {
		t.Errorf("at first: %+v %v", b, err)
	}
	_, _, err = st.Open(ctx, lead, id)
	testkit.Must(t, err)
	testkit.Must(t, st.Answer(ctx, lead, id, "I am in room 4 until five. Who are you?"))
	b, err := st.Back(ctx, safeguard.InFours(receipt))
	if testkit.Must(t, err); b.State != safeguard.Read || len(b.Replies) != 1 || b.Replies[0].By != "Ruth Moss" || b.Replies[0].Text != "I am in room 4 until five. Who are you?" {
		t.Errorf("answered: %+v", b)
	}

	// What an adult answered is nowhere in the clear, and the key of the server does not open it.
	var rows []safeguard.ThreadReply
	testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
	box, err := s.Key.Box("thread")
	testkit.Must(t, err)
	for _, row := range rows {
		sealed, err := base64.StdEncoding.DecodeString(row.Body)
		testkit.Must(t, err)
		if plain, err := box.Open(sealed); err == nil || strings.Contains(row.Body, "room 4") {
			t.Errorf("opened without the receipt: %s", plain)
		}
		if plain, err := s.Key.Unlock(sealed, "thread", school, row.ThreadID); err == nil {
			t.Errorf("opened without the receipt: %s", plain)
		}
	}
	var listed []string
	testkit.Must(t, s.DB.Query(ctx).Table("directory").Where("kind = 'thread'").Pluck("hash", &listed).Error)
	if len(rows) != 1 || len(listed) != 1 || strings.Contains(fmt.Sprint(rows, listed), receipt) {
		t.Errorf("%d replies, listed %v", len(rows), listed)
	}

	// They write again, once, though the page was sent twice; what had been dealt with waits again, and adults are alerted.
	testkit.Must(t, st.Handle(ctx, lead, id, safeguard.Recorded, ""))
	for range 2 {
		_, err = st.Write(ctx, receipt, "of this page", "I am Kim, 9B.", nobodyNamed)
		testkit.Must(t, err)
	}
	c, said, err := st.Open(ctx, s.Head, id)
	if testkit.Must(t, err); c.State != safeguard.Read || c.HandledOn != "" || c.ArrivedAt == nil || len(said.Talk) != 2 || said.Talk[1].Text != "I am Kim, 9B." || said.Talk[1].By != "" {
		t.Errorf("%+v %+v", c, said.Talk)
	}
	if b, _ := st.Back(ctx, receipt); b.Since != 1 || len(b.Replies) != 1 {
		t.Errorf("after that: %+v", b)
	}
	for text, key := range map[string]string{" \n": "talk.empty", strings.Repeat("a", 4001): "talk.long"} {
		_, err := st.Write(ctx, receipt, "", text, nobodyNamed)
		if f, ok := fault.Of(err); !ok || f.Fields["words"].Key != key {
			t.Errorf("%d characters: %v", len(text), err)
		}
	}

	// Wrong digits, digits nobody has, and those of a message that was deleted are answered alike.
	testkit.Must(t, st.Handle(ctx, lead, id, safeguard.Recorded, ""))
	testkit.Must(t, st.Remove(ctx, lead, id))
	for _, digits := range []string{"", "1234", "abcd", receipt[:15], receipt + "1", "0000 0000 0000 0000", receipt} {
		if _, err := st.Back(ctx, digits); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", digits, err)
		}
		if _, err := st.Write(ctx, digits, "", "Hello?", nobodyNamed); !fault.Is(err, fault.NotFound) {
			t.Errorf("writing with %q: %v", digits, err)
		}
	}
	for _, table := range []string{"threads", "thread_replies", "concerns"} {
		var n int64
		if testkit.Must(t, s.DB.Query(ctx).Table(table).Count(&n).Error); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
}

func TestWhoAnswers(t *testing.T) {
	s := testkit.NewSchool(t)
	st, school := safeguard.NewStore(s.DB, s.Key), s.School.SchoolID
	lead, teacher := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Tia Cole", access.Teacher)
	id := ask(t, st, school, safeguard.Form{Words: "About somebody.", To: safeguard.Head})
	receipt, err := st.WayBack(ctx, school, id)
	testkit.Must(t, err)
	for _, who := range []access.Actor{lead, teacher} {
		if err := st.Answer(ctx, who, id, "Hello"); err == nil {
			t.Errorf("%s answers what is for the head alone", who.Name)
		}
	}
	bare := ask(t, st, school, safeguard.Form{Words: "Without a way back."})
	if err := st.Answer(ctx, s.Head, bare, "Hello"); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered into the void: %v", err)
	}
	if err := st.Answer(ctx, s.Head, id, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("answered nothing: %v", err)
	}
	testkit.Must(t, st.Answer(ctx, s.Head, id, "First"))
	second, err := st.WayBack(ctx, school, id) // the page was sent once more, since its answer got lost
	testkit.Must(t, err)
	testkit.Must(t, st.Answer(ctx, s.Head, id, "Second"))
	for digits, want := range map[string]int{receipt: 2, second: 1} {
		if b, err := st.Back(ctx, digits); err != nil || len(b.Replies) != want || b.Replies[want-1].Text != "Second" {
			t.Errorf("%+v, %v", b, err)
		}
	}
	for range 9 {
		_, err := st.WayBack(ctx, school, id)
		testkit.Must(t, err)
	}
	var n int64
	if testkit.Must(t, s.DB.Query(ctx).Table("threads").Count(&n).Error); n != 5 {
		t.Errorf("%d ways lead back", n)
	}
}

func TestReceiptsAreReadAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]string{"1234567812345678": "1234567812345678", " 1234 5678-1234\u00a05678 ": "1234567812345678",
		"١٢٣٤ ٥٦٧٨ ١٢٣٤ ٥٦٧٨": "1234567812345678", "۱۲۳۴۵۶۷۸۱۲۳۴۵۶۷۸": "1234567812345678", "১২৩৪৫৬৭৮১২৩৪৫৬৭৮": "1234567812345678", "੧੨੩੪੫੬੭੮੧੨੩੪੫੬੭੮": "1234567812345678",
		"123456781234567": "", "12345678123456789": "", "1234 5678 1234 567x": "", "": ""} {
		got, ok := safeguard.CleanReceipt(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
	seen := map[string]bool{}
	for range 200 {
		r := safeguard.NewReceipt()
		if _, ok := safeguard.CleanReceipt(safeguard.InFours(r)); !ok || seen[r] || len(safeguard.InFours(r)) != 19 {
			t.Fatalf("%q", r)
		}
		seen[r] = true
	}
}

// Nobody reads what names them, unless whoever wrote it said to whom it goes.
func TestItGoesToNobodyWhomItNames(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	adults := safeguard.Adults{Leads: []string{"Ruth Moss", "Dai Pritchard"}, Head: []string{"Amara Okafor"}, Chair: true}
	for _, c := range []struct {
		words  string
		ticked safeguard.To
		chair  bool
		want   safeguard.To
	}{
		{"I want to talk.", "", true, safeguard.Team},
		{"Mrs Moss is hurting me.", "", true, safeguard.Head},
		{"mr pritchard is hurting me", safeguard.Team, true, safeguard.Head},
		{"It is Mrs Okafor.", "", true, safeguard.Chair},
		{"It is Mrs Okafor.", "", false, safeguard.Leads},
		{"Mrs Okafor and Mrs Moss.", "", true, safeguard.Chair},
		{"Please tell Mrs Okafor.", safeguard.Head, true, safeguard.Chair},
		{"It is Mrs Okafor.", safeguard.Head, false, safeguard.Head},
		{"I told Mrs Moss.", safeguard.Chair, true, safeguard.Chair},
	} {
		adults.Chair = c.chair
		id := ask(t, st, s.School.SchoolID, safeguard.Form{Words: c.words, To: c.ticked, Adults: adults})
		var got safeguard.Concern
		testkit.Must(t, s.DB.Query(ctx).Where("id = ?", id).Take(&got).Error)
		if got.GoesTo != c.want {
			t.Errorf("%q ticked %q goes to %s, want %s", c.words, c.ticked, got.GoesTo, c.want)
		}
	}
}

// A page that is shown again, and on which somebody writes something else, is another message: nothing is lost.
func TestAnotherMessageFromTheSamePage(t *testing.T) {
	s := testkit.NewSchool(t)
	st := safeguard.NewStore(s.DB, s.Key)
	first := ask(t, st, s.School.SchoolID, safeguard.Form{ID: "of this page", Words: "One."})
	if again := ask(t, st, s.School.SchoolID, safeguard.Form{ID: "of this page", Words: "One."}); again != first {
		t.Error("the same message came twice")
	}
	if other := ask(t, st, s.School.SchoolID, safeguard.Form{ID: "of this page", Words: "Two."}); other == first {
		t.Error("another message got lost")
	}
	if list, err := st.List(ctx, s.Head); err != nil || len(list) != 2 {
		t.Errorf("%d, %v", len(list), err)
	}
}

func TestADrillGoesThroughAndCountsNowhere(t *testing.T) {
	s := testkit.NewSchool(t)
	st, school := safeguard.NewStore(s.DB, s.Key), s.School.SchoolID
	lead, teacher := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Tia Cole", access.Teacher)
	if _, ok, err := st.LastDrill(ctx, school); ok || err != nil {
		t.Errorf("before any: %v %v", ok, err)
	}
	if _, err := st.TryOut(ctx, teacher); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher tries it out: %v", err)
	}
	d, err := st.TryOut(ctx, lead)
	testkit.Must(t, err)
	if _, err := st.StartDrill(ctx, school); !fault.Is(err, fault.Conflict) {
		t.Errorf("two at once: %v", err)
	}
	list, err := st.List(ctx, lead)
	if testkit.Must(t, err); len(list) != 1 || !list[0].Drill {
		t.Fatalf("%+v", list)
	}
	if n, err := st.Waiting(ctx, lead); err != nil || n != 0 {
		t.Errorf("it counts as %d waiting, %v", n, err)
	}
	s.Clock.Forward(2 * time.Minute)
	due, err := st.Alerts(ctx)
	if testkit.Must(t, err); len(due) != 1 {
		t.Fatalf("%+v", due)
	}
	testkit.Must(t, st.Alerted(ctx, due[0], s.DB.Now().Add(time.Hour)))
	s.Clock.Forward(10 * time.Minute)
	for range 2 { // only the first time counts
		_, _, err = st.Open(ctx, lead, d.ConcernID)
		testkit.Must(t, err)
		s.Clock.Forward(10 * time.Minute)
	}
	testkit.Must(t, st.Handle(ctx, lead, d.ConcernID, safeguard.NoConcern, "It works."))
	testkit.Must(t, st.Remove(ctx, lead, d.ConcernID))
	last, ok, err := st.LastDrill(ctx, school)
	if testkit.Must(t, err); !ok || last.AlertedAt == nil || last.ReadAt == nil || last.HandledAt == nil {
		t.Fatalf("%v %+v", ok, last)
	}
	for name, got := range map[string]time.Duration{"2m0s": last.AlertedAt.Sub(d.StartedAt), "12m0s": last.ReadAt.Sub(d.StartedAt), "32m0s": last.HandledAt.Sub(d.StartedAt)} {
		if got.Round(time.Second).String() != name {
			t.Errorf("%s, want %s", got, name)
		}
	}
}

// nobodyNamed is a school in which a message names nobody who reads.
func nobodyNamed(context.Context, *storage.DB, string) (safeguard.Adults, error) {
	return safeguard.Adults{Chair: true}, nil
}

// What names somebody goes past them: also where the writer ticked that it is about an adult, and in what they write later,
// unless it is to the very person who answers them.
func TestNobodyReadsOnAboutThemselves(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx, school := t.Context(), s.Head.School
	st := safeguard.NewStore(s.DB, s.Key)
	lead := s.Staff("Ruth Lindqvist", access.SafeguardingLead)
	who := safeguard.Adults{Leads: []string{"Ruth Lindqvist", "Dee Putnam"}, Head: []string{s.Head.Name}, Chair: true}
	adults := func(context.Context, *storage.DB, string) (safeguard.Adults, error) { return who, nil }
	goes := func(id string) safeguard.To {
		var c safeguard.Concern
		testkit.Must(t, s.DB.Query(ctx).Where("id = ?", id).Take(&c).Error)
		return c.GoesTo
	}
	family := strings.Fields(s.Head.Name)[1]
	for text, want := range map[string]safeguard.To{
		"Mr Cole shouts at me.":                safeguard.Head,
		"Mrs " + family + " locked me in.":     safeguard.Chair,
		"The head teacher hurts me.":           safeguard.Chair,
		"I fell and hit my head on the table.": safeguard.Head,
	} {
		id, err := st.Ask(ctx, school, safeguard.Form{ID: storage.NewID(), Words: text, To: safeguard.Head, Adults: who})
		if testkit.Must(t, err); goes(id) != want {
			t.Errorf("%q goes to %s", text, goes(id))
		}
	}

	id, err := st.Ask(ctx, school, safeguard.Form{ID: storage.NewID(), Words: "I am afraid.", To: safeguard.Team, Adults: who})
	testkit.Must(t, err)
	digits, err := st.WayBack(ctx, school, id)
	testkit.Must(t, err)
	testkit.Must(t, st.Answer(ctx, lead, id, "I am here. What is it?"))
	for _, step := range []struct {
		text string
		want safeguard.To
	}{
		{"Thank you Mrs Lindqvist.", safeguard.Team},
		{"It is Mrs Putnam who does it.", safeguard.Head},
		{"And Mrs " + family + " knows it.", safeguard.Chair},
		{"That is all.", safeguard.Chair},
	} {
		if _, err := st.Write(ctx, digits, "", step.text, adults); err != nil || goes(id) != step.want {
			t.Errorf("after %q it goes to %s (%v)", step.text, goes(id), err)
		}
	}
}
