package participation_test

import (
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/listen/participation"
	"earshot/internal/testkit"
)

// A letter of a confidential round says so, who can find out a name and when it is deleted; others never do.
func TestLetterInConfidence(t *testing.T) {
	for _, c := range []struct {
		set       func(f *round.Form)
		says, not []string
	}{
		{func(f *round.Form) { f.Mode, f.Plan.Policy = round.Confidential, "one" },
			[]string{"in confidence: “", "This is confidential, not anonymous", "Ruth Lindqvist or a deputy can unlock it alone", "answers in your name", "Your child’s name is locked away with yours. Both are deleted on 12 January 2027", "Charts show groups of 10 or more"},
			[]string{"only two people together", "never what you said"}},
		{func(f *round.Form) { f.Mode, f.Plan.Policy = round.Confidential, "two" },
			[]string{"in confidence: “", "only two people together can unlock it", "Faye Hart"}, []string{"can unlock it alone"}},
		{func(f *round.Form) { f.Plan.Mail = true }, []string{"never what you said"}, []string{"confiden", "unlock"}},
	} {
		s := testkit.NewSchool(t)
		groups := s.Families("Ann Bell <ann@home.example>: Bo Bell 7A")
		s.Holders()
		f := s.Form(s.Survey("first_home"), groups)
		c.set(&f)
		r := s.Open(f)
		st := store(s)
		_, err := st.Invite(ctx, s.Head, r, 1)
		testkit.Must(t, err)
		mails, err := st.TakeMails(ctx, 5)
		testkit.Must(t, err)
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(t, err)
		if len(out) != 1 || len(out[0].Letter.Links) != 1 || out[0].Mail.Kind != participation.InvitationMail {
			t.Fatalf("%d letters", len(out))
		}
		text := strings.Join(append(out[0].Letter.Before, out[0].Letter.After...), " ")
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in %q", want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%q is in %q", not, text)
			}
		}
	}
}
