package participation_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

var ctx = context.Background()

var families = []string{
	"Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B",
	"Dan Bell <dan@home.example>: Bo Bell 7A, Cy Bell 9B",
	"Eve Carr: Fay Carr 7B, Gil Carr 7A",
	"Hal Dunn <hal@home.example>: Ivy Dunn 9A",
}

func key(err error) string {
	f, _ := fault.Of(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	return f.Key
}

func store(s *testkit.School) participation.Store { return participation.NewStore(s.DB, s.Key) }

// stands says how a round's mails stand: who is where.
func stands(t *testing.T, s *testkit.School, r round.Round) string {
	t.Helper()
	p, err := store(s).Post(ctx, r)
	testkit.Must(t, err)
	var all []string
	for _, list := range []struct {
		name string
		of   []participation.Recipient
	}{{"ready", p.Ready}, {"sent", p.Sent}, {"waiting", p.Waiting}, {"failed", p.Failed}, {"stopped", p.Stopped}, {"none", p.NoAddress}} {
		var names []string
		for _, rec := range list.of {
			names = append(names, rec.Person.Given)
		}
		if len(names) > 0 {
			all = append(all, list.name+" "+strings.Join(names, " "))
		}
	}
	return strings.Join(all, ", ")
}

// take leases what is due and says it was sent, with the links that stood in each letter.
func take(t *testing.T, s *testkit.School, outcome func(o participation.Outgoing) error) map[string][]string {
	t.Helper()
	st := store(s)
	links := map[string][]string{}
	for {
		mails, err := st.TakeMails(ctx, 3)
		testkit.Must(t, err)
		if len(mails) == 0 {
			return links
		}
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(t, err)
		for _, o := range out {
			for _, l := range o.Letter.Links {
				links[o.Letter.Address+" "+o.Mail.Kind] = append(links[o.Letter.Address+" "+o.Mail.Kind], l.URL)
			}
			var err error
			if outcome != nil {
				err = outcome(o)
			}
			testkit.Must(t, st.Done(ctx, o.Mail, o.Letter.Address, err))
		}
	}
}

func slips(t *testing.T, s *testkit.School, r round.Round) map[string]int {
	t.Helper()
	rates, err := store(s).Rates(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	count := map[string]int{}
	for _, u := range units {
		n := rates[u.ID].Printed
		if r.Mailed() {
			n -= participation.Ready(0) // those that lie ready for people who are invited later
		}
		if n != 0 {
			count[u.Name] = n
		}
	}
	return count
}

func TestInvitationsReachWhomTheyCan(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(families...)))
	if got := stands(t, s, r); got != "ready Ann Dan Hal, none Eve" {
		t.Error(got)
	}
	if _, err := store(s).Invite(ctx, s.Staff("Lena Brandt", access.Teacher), r, 2); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher sends invitations: %v", err)
	}
	n, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	if got := stands(t, s, r); n != 3 || got != "waiting Ann Dan Hal, none Eve" {
		t.Error(n, got)
	}
	if _, err := store(s).Invite(ctx, s.Head, r, 2); key(err) != "mail.nobody" {
		t.Errorf("pressed twice: %v", err)
	}
	links := take(t, s, nil)
	if got := stands(t, s, r); got != "sent Ann Dan Hal, none Eve" {
		t.Error(got)
	}
	seen := map[string]bool{}
	for who, list := range links {
		if len(list) != 1 || seen[list[0]] || !strings.HasPrefix(list[0], "https://voice.example/a/"+r.Code+"#") {
			t.Errorf("%s: %v", who, list)
		}
		seen[list[0]] = true
	}
	// Ann's and Dan's children are in two years, so they count in the school; Hal's child is in year 9.
	if got := fmt.Sprint(slips(t, s, r)); got != "map[Riverside School:2 Year 9:1]" {
		t.Error(got)
	}
	var entries int64
	testkit.Must(t, s.DB.Query(ctx).Table("audit").Where("action = 'mail.invite' AND target = ? AND note = '3'", r.ID).Count(&entries).Error)
	if entries != 1 {
		t.Errorf("%d entries in the trail", entries)
	}
	// An address is found for Eve: she is invited alone, and nobody gets a second mail.
	families, err := roster.NewStore(s.DB).Families(ctx, r.SchoolID)
	testkit.Must(t, err)
	for _, f := range families {
		if f.Parent.Given == "Eve" {
			_, err = roster.NewStore(s.DB).ChangeParentEmail(ctx, s.Head, f.Parent.ID, "eve@home.example")
			testkit.Must(t, err)
		}
	}
	if n, err = store(s).Invite(ctx, s.Head, r, 2); n != 1 || err != nil {
		t.Error(n, err)
	}
	if links = take(t, s, nil); len(links) != 1 || len(links["eve@home.example invitation"]) != 1 {
		t.Error(links)
	}
}

func TestALinkForEachChild(t *testing.T) {
	s := testkit.NewSchool(t)
	f := s.MailForm("first_home", s.Families(families...))
	f.Plan.PerChild = true
	r := s.Open(f)
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	var texts []string
	links := take(t, s, func(o participation.Outgoing) error {
		for _, l := range o.Letter.Links {
			texts = append(texts, o.Letter.Address+": "+l.Text)
		}
		return nil
	})
	if len(links["ann@home.example invitation"]) != 2 || len(links["hal@home.example invitation"]) != 1 {
		t.Error(links)
	}
	if got := strings.Join(texts, "; "); !strings.Contains(got, "ann@home.example: Answer about Bo; ann@home.example: Answer about Cy") {
		t.Error(got)
	}
	if got := fmt.Sprint(slips(t, s, r)); got != "map[Year 7:2 Year 9:3]" {
		t.Error(got)
	}
	// Ann has answered for one of her children, Dan for both: the reminder is to Ann, about the other, and to Hal.
	spend := func(links ...string) {
		t.Helper()
		for _, l := range links {
			_, code, _ := strings.Cut(l, "#")
			_, err := store(s).Spend(ctx, r.SchoolID, r.ID, []string{store(s).Hash(r.ID, code)})
			testkit.Must(t, err)
		}
	}
	spend(links["ann@home.example invitation"][0])
	spend(links["dan@home.example invitation"]...)
	testkit.Must(t, store(s).Remind(ctx, access.Clock(r.SchoolID), r.ID, 1, participation.HoursOf(s.School)))
	texts = nil
	again := take(t, s, func(o participation.Outgoing) error {
		for _, l := range o.Letter.Links {
			texts = append(texts, l.Text)
		}
		return nil
	})
	if len(again) != 2 || len(again["ann@home.example reminder_1"]) != 1 || again["ann@home.example reminder_1"][0] != links["ann@home.example invitation"][1] || !slices.Contains(texts, "Answer about Cy") || slices.Contains(texts, "Answer about Bo") {
		t.Error(again, texts)
	}
}

// The links of a round stand in no table, in no form: neither the code nor its hash beside a person.
func TestTheDatabaseDoesNotKnowWhoseSlipIsWhose(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(testkit.ManyFamilies(40)...)))
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	links := take(t, s, nil)
	var hashes, codes []string
	for _, list := range links {
		_, code, _ := strings.Cut(list[0], "#")
		codes = append(codes, code)
		hashes = append(hashes, store(s).Hash(r.ID, code))
	}
	tables, err := s.DB.Columns(ctx)
	testkit.Must(t, err)
	for table := range tables {
		var rows []map[string]any
		testkit.Must(t, s.DB.Query(ctx).Table(table).Find(&rows).Error)
		for _, row := range rows {
			text := fmt.Sprint(row)
			for i := range codes {
				if strings.Contains(text, codes[i]) {
					t.Fatalf("%s holds a code", table)
				}
				if table != "slips" && strings.Contains(text, hashes[i]) {
					t.Fatalf("%s holds the hash of a code", table)
				}
			}
		}
	}
	// Another server's key gives other codes, so a stolen copy of the database opens nothing.
	other := participation.NewStore(s.DB, testkit.Key(t))
	slips, err := other.Look(ctx, r.SchoolID, r.ID, []string{other.Hash(r.ID, codes[0])})
	testkit.Must(t, err)
	if len(slips) != 0 {
		t.Error("a code works with another key")
	}
}

func TestPupilsAreNeverMailed(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Families(families...)
	r := s.Open(s.MailForm("first_home", groups))
	// Somebody with the database writes an address to a pupil and calls them their own parent, and later calls a parent
	// who waits for a mail a pupil.
	testkit.Must(t, s.DB.Write(ctx).Exec("UPDATE people SET email = 'bo@school.example' WHERE kind = 'pupil' AND given = 'Bo'").Error)
	testkit.Must(t, s.DB.Write(ctx).Exec("INSERT INTO families (school_id, parent_id, pupil_id, may_ask) SELECT school_id, id, id, TRUE FROM people WHERE kind = 'pupil'").Error)
	if got := stands(t, s, r); got != "ready Ann Dan Hal, none Eve" {
		t.Error(got)
	}
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	testkit.Must(t, s.DB.Write(ctx).Exec("UPDATE people SET kind = 'pupil' WHERE given = 'Dan'").Error)
	links := take(t, s, nil)
	if len(links) != 2 || len(links["dan@home.example invitation"])+len(links["bo@school.example invitation"]) != 0 {
		t.Error(links)
	}
}

func TestAskingForNoMoreMail(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(families...)))
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	stop := map[string]string{}
	take(t, s, func(o participation.Outgoing) error {
		stop[o.Letter.Name] = strings.TrimPrefix(o.Letter.Stop.URL, "https://voice.example/u/")
		return nil
	})
	p, err := store(s).Stopper(ctx, stop["Ann Bell"])
	testkit.Must(t, err)
	if p.Email != "ann@home.example" {
		t.Errorf("%+v", p)
	}
	for _, forged := range []string{"", "x", stop["Ann Bell"][:71] + "0", stop["Dan Bell"][:52] + stop["Ann Bell"][52:], strings.Repeat("a", 72)} {
		if forged != stop["Ann Bell"] {
			if _, err := store(s).Stopper(ctx, forged); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", forged, err)
			}
		}
	}
	testkit.Must(t, store(s).Stop(ctx, p, true))
	// The next round leaves her alone, by mail at least.
	again := s.MailForm("first_home", s.Families(families...))
	next := s.Open(again)
	if got := stands(t, s, next); got != "ready Dan Hal, stopped Ann, none Eve" {
		t.Error(got)
	}
	testkit.Must(t, store(s).Stop(ctx, p, false))
	if got := stands(t, s, next); got != "ready Ann Dan Hal, none Eve" {
		t.Error(got)
	}
	// Asked between queue and sending: the mail is dropped.
	_, err = store(s).Invite(ctx, s.Head, next, 2)
	testkit.Must(t, err)
	testkit.Must(t, store(s).Stop(ctx, p, true))
	if links := take(t, s, nil); len(links) != 2 || len(links["ann@home.example invitation"]) != 0 {
		t.Error(links)
	}
}

func TestPaperForThoseWhomNoMailReaches(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(families...)))
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	take(t, s, nil)
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	if _, err := store(s).Print(ctx, s.Head, r, units); key(err) != "slips.not_open" {
		t.Errorf("printing for all would void what was mailed: %v", err)
	}
	print := func() []string {
		t.Helper()
		sheets, err := store(s).PrintForPaper(ctx, s.Head, r)
		testkit.Must(t, err)
		if len(sheets) != 1 || sheets[0].Unit.Name != "Year 7" || len(sheets[0].Slips) != 1 || len(sheets[0].Spares) != 2 {
			t.Fatalf("%+v", sheets)
		}
		return append(sheets[0].Slips, sheets[0].Spares...)
	}
	first := print()
	second := print()
	found, err := store(s).Look(ctx, r.SchoolID, r.ID, []string{store(s).Hash(r.ID, first[0]), store(s).Hash(r.ID, second[0])})
	testkit.Must(t, err)
	if len(found) != 1 || found[store(s).Hash(r.ID, second[0])].UnitID == "" {
		t.Errorf("after printing again: %v", found)
	}
	// What was mailed still works.
	if got := fmt.Sprint(slips(t, s, r)); got != "map[Riverside School:2 Year 7:1 Year 9:1]" {
		t.Error(got)
	}
	if _, err := store(s).Spend(ctx, r.SchoolID, r.ID, []string{store(s).Hash(r.ID, second[0])}); err != nil {
		t.Fatal(err)
	}
	if _, err := store(s).PrintForPaper(ctx, s.Head, r); key(err) != "slips.begun" {
		t.Errorf("printed over a slip that was used: %v", err)
	}
}

func TestStaffByMail(t *testing.T) {
	s := testkit.NewSchool(t)
	f := s.Form(s.Survey("working_here"), nil)
	for i := range 3 {
		p, err := roster.NewStore(s.DB).AddStaff(ctx, s.Head, roster.StaffForm{Name: fmt.Sprintf("T%d Reed", i), Email: fmt.Sprintf("t%d@school.example", i), Roles: []access.Role{access.Teacher}})
		testkit.Must(t, err)
		f.Plan.People = append(f.Plan.People, p.ID)
	}
	f.Plan.People = append(f.Plan.People, s.Lead.ID) // has no address
	f.Plan.Mail = true
	r := s.Open(f)
	n, err := store(s).Invite(ctx, s.Head, r, 0)
	testkit.Must(t, err)
	if links := take(t, s, nil); n != 3 || len(links) != 3 || stands(t, s, r) != "sent T0 T1 T2, none Ruth" {
		t.Error(n, links, stands(t, s, r))
	}
	sheets, err := store(s).PrintForPaper(ctx, s.Head, r)
	testkit.Must(t, err)
	if len(sheets) != 1 || sheets[0].Unit.Kind != round.UnitSchool || len(sheets[0].Slips) != 1 {
		t.Errorf("%+v", sheets)
	}
}

func TestForgettingPeople(t *testing.T) {
	s := testkit.NewSchool(t)
	r := s.Open(s.MailForm("first_home", s.Families(families...)))
	_, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	testkit.Must(t, s.DB.InTx(ctx, func(tx *storage.DB) error {
		return participation.NewStore(tx, s.Key).ForgetPeople(ctx, r.SchoolID, r.ID)
	}))
	for _, table := range []string{"invitations", "mails", "mailings"} {
		var n int64
		testkit.Must(t, s.DB.Query(ctx).Table(table).Where("round_id = ?", r.ID).Count(&n).Error)
		if n != 0 {
			t.Errorf("%d rows left in %s", n, table)
		}
	}
	if got := fmt.Sprint(slips(t, s, r)); got != "map[Riverside School:2 Year 9:1]" {
		t.Errorf("the slips went too: %s", got)
	}
}

// Invitations go out when the school is at work, as reminders do: not on a Sunday, and not at night.
func TestInvitationsGoOutInSchoolHours(t *testing.T) {
	s := testkit.NewSchool(t)
	f := s.MailForm("first_home", s.Families(families...))
	f.ClosesAt = time.Date(2026, 10, 20, 15, 0, 0, 0, time.UTC)
	f.ReplyBy = "2026-11-02"
	r := s.Open(f)
	at := func(day, hour, minute int) {
		s.Clock.Forward(time.Date(2026, 10, day, hour, minute, 0, 0, time.UTC).Sub(s.Clock.Now()))
	}
	at(11, 12, 0) // a Sunday
	n, err := store(s).Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	if got := stands(t, s, r); n != 3 || got != "waiting Ann Dan Hal, none Eve" {
		t.Error(n, got)
	}
	m, err := store(s).Mailing(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if monday := time.Date(2026, 10, 12, 7, 30, 0, 0, time.UTC); !m.InvitedAt.Equal(monday) {
		t.Errorf("reminders count from %s, not %s", m.InvitedAt, monday)
	}
	for _, quiet := range [][3]int{{11, 12, 1}, {12, 7, 29}} {
		at(quiet[0], quiet[1], quiet[2])
		if links := take(t, s, nil); len(links) > 0 {
			t.Errorf("on the %dth at %d:%d: %v", quiet[0], quiet[1], quiet[2], links)
		}
	}
	at(12, 7, 30)
	// The server puts off Dan's, and it is night when its turn comes.
	links := take(t, s, func(o participation.Outgoing) error {
		if o.Letter.Name == "Dan Bell" {
			return mail.Later{Said: "busy"}
		}
		return nil
	})
	if len(links) != 3 || stands(t, s, r) != "sent Ann Hal, waiting Dan, none Eve" {
		t.Error(links, stands(t, s, r))
	}
	at(12, 20, 0)
	if links := take(t, s, nil); len(links) > 0 {
		t.Errorf("sent at night: %v", links)
	}
	at(13, 7, 31)
	if links := take(t, s, nil); len(links) != 1 {
		t.Errorf("%v", links)
	}
	// Nobody is invited to what closes before the school is at work again.
	late := s.MailForm("first_home", s.Families(families...))
	late.ClosesAt = time.Date(2026, 10, 18, 15, 0, 0, 0, time.UTC) // a Sunday
	late.ReplyBy = "2026-11-02"
	last := s.Open(late)
	at(17, 9, 0)
	if _, err := store(s).Invite(ctx, s.Head, last, 2); key(err) != "mail.too_late" {
		t.Errorf("invited to what is over by then: %v", err)
	}
	if got := stands(t, s, last); got != "ready Ann Dan Hal, none Eve" {
		t.Error(got)
	}
}
