package backup_test

import (
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/listen/participation"
	"earshot/internal/testkit"
)

// A restored round by e-mail goes on where it was: with the same key a mail that waits has the link it would have had.
func TestMailsAreCarried(t *testing.T) {
	clock := testkit.NewClock()
	db := testkit.DBAt(t, clock.Now)
	s := testkit.FoundSchool(t, db, testkit.Key(t), clock, "Riverside School")
	r := s.Open(s.MailForm("first_home", s.Families("Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B", "Hal Dunn <hal@home.example>: Ivy Dunn 9A")))
	st := participation.NewStore(db, s.Key)
	_, err := st.Invite(ctx, s.Head, r, 1)
	testkit.Must(t, err)
	data, _ := write(t, db)
	other := lite(t, clock.Now)
	_, err = restore(other, data)
	testkit.Must(t, err)
	same(t, dump(t, db), dump(t, other))

	links := func(st participation.Store, s *testkit.School, r round.Round) map[string]string {
		t.Helper()
		mails, err := st.TakeMails(ctx, 10)
		testkit.Must(t, err)
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(t, err)
		found := map[string]string{}
		for _, o := range out {
			found[o.Letter.Address] = o.Letter.Links[0].URL
		}
		return found
	}
	want := links(st, s, r)
	got := links(participation.NewStore(other, s.Key), s, r)
	if len(want) != 2 || got["ann@home.example"] != want["ann@home.example"] || got["hal@home.example"] != want["hal@home.example"] {
		t.Errorf("%v, want %v", got, want)
	}
	// Without the key nothing is sent that would not work.
	third := lite(t, clock.Now)
	_, err = restore(third, data)
	testkit.Must(t, err)
	if dead := links(participation.NewStore(third, testkit.Key(t)), s, r); len(dead) != 0 {
		t.Errorf("links that open nothing: %v", dead)
	}
}
