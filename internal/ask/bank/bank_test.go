package bank_test

import (
	"testing"

	"earshot/internal/ask/bank"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	if err != nil {
		t.Fatalf("the embedded bank has problems:\n%v", err)
	}
	return b
}

func TestEmbeddedBank(t *testing.T) {
	b := load(t)
	if b.Language != "en-GB" || b.Licence != "CC0-1.0" || len(b.Gateways) != 12 || len(b.Groups) != 5 {
		t.Errorf("version %d, language %q, licence %q, %d gateways, %d groups", b.Version, b.Language, b.Licence, len(b.Gateways), len(b.Groups))
	}
	var audiences []string
	for _, a := range b.Audiences {
		audiences = append(audiences, a.ID)
		if bank.CanAnswer(a.ID) != (a.Promise != "") {
			t.Errorf("%s can answer: %t, but its promise is %q", a.ID, bank.CanAnswer(a.ID), a.Promise)
		}
	}
	want := []string{bank.Pupils11to16, bank.Pupils7to10, bank.Pupils5to7, bank.PupilsLesson, bank.Parents, bank.TeacherMirror, bank.Staff}
	if diff := cmp.Diff(want, audiences); diff != "" {
		t.Error(diff)
	}
	if len(b.Items) < 300 {
		t.Errorf("%d items", len(b.Items))
	}
}

func TestLookUps(t *testing.T) {
	b := load(t)
	item, ok := b.Item("afl_s_stuck")
	if !ok || !item.Reverse || item.FavourableWords != "never or not often" || item.About != bank.AboutLessons {
		t.Errorf("afl_s_stuck = %+v", item)
	}
	if s, ok := b.Scale("recency3"); !ok || s.Options[3].Value != 0 || s.Missing[0] != "dk" || !s.HasOption("week") {
		t.Errorf("recency3 = %+v", s)
	}
	if s, _ := b.Scale("recommend5"); s.Options[0].ID != "no" || s.Options[4].ID != "yes" {
		t.Errorf("yes and no are not ids as they stand: %+v", s.Options)
	}
	if m, ok := b.Mirror("afl_c_goal"); !ok || m.ID != "afl_tc_goal" {
		t.Errorf("mirror of afl_c_goal = %q, %t", m.ID, ok)
	}
	if _, ok := b.Mirror("home_s_talk"); ok {
		t.Error("there is a guess about home")
	}
	if use, ok := b.Successors("tech_s_check"); !ok || len(use) != 2 {
		t.Errorf("successors of tech_s_check = %v, %t", use, ok)
	}
	for _, none := range []bool{
		second(b.Item("")), second(b.Scale("x")), second(b.Template("x")), second(b.Gateway("x")), second(b.Group("x")),
		second(b.Audience("x")), second(b.Text("x")), second(b.Successors("afl_s_goal")),
	} {
		if none {
			t.Error("something unknown was found")
		}
	}
	var ids []string
	for _, v := range b.Set("first_four") {
		ids = append(ids, v.ID)
	}
	if diff := cmp.Diff([]string{"first_class", "first_belong", "first_say", "first_home"}, ids); diff != "" {
		t.Error(diff)
	}
	if b.Set("none") != nil {
		t.Error("an unknown set has templates")
	}
}

func second[T any](_ T, ok bool) bool { return ok }

func TestBrowse(t *testing.T) {
	b := load(t)
	for _, c := range []struct {
		name   string
		filter bank.Filter
		want   []string
	}{
		{"gateway, audience and about", bank.Filter{Gateway: "afl", Audience: bank.Pupils11to16, About: bank.AboutThisClass}, []string{"afl_c_goal", "afl_c_next", "afl_c_stuck"}},
		{"words in any case", bank.Filter{Text: "TOILET clean", Audience: bank.Pupils7to10}, []string{"org_p_clean"}},
		{"theme", bank.Filter{Theme: "stillness", Audience: bank.Pupils7to10}, []string{"org_p_quiet", "well_p_quiet"}},
		{"group of gateways", bank.Filter{Group: "deep_leadership", Audience: bank.Staff}, []string{"work_w_cpd", "work_w_try", "work_w_share", "work_w_voice"}},
		{"without words to write", bank.Filter{Gateway: "voice", Audience: bank.PupilsLesson, Options: true}, []string{"voice_l_say"}},
		{"nothing", bank.Filter{Text: "xylophone"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ids []string
			for _, i := range b.Browse(c.filter) {
				ids = append(ids, i.ID)
			}
			if diff := cmp.Diff(c.want, ids); diff != "" {
				t.Error(diff)
			}
		})
	}
	if all := b.Browse(bank.Filter{}); len(all) != len(b.Items) {
		t.Errorf("an empty filter lets %d of %d items through", len(all), len(b.Items))
	}
}
