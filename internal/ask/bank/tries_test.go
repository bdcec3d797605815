package bank

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A tired teacher reads it once: so long and no longer.
const (
	mostTitle, mostDo, mostSentence, mostLook, mostEvidence = 8, 60, 30, 20, 40 // words
	leastTries                                              = 3                 // of a gateway and phase
)

var sentenceEnd = regexp.MustCompile(`[.?!] `)

func TestTriesOfTheBank(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range b.Gateways {
		for _, phase := range []Phase{Secondary, Primary} {
			n := 0
			for _, try := range b.Tries {
				if try.Gateway == g.ID && !try.School && (try.For == "" || try.For == phase) {
					n++
				}
			}
			if all := len(b.TriesFor(g.ID, "", map[Phase]string{Secondary: Pupils11to16, Primary: Pupils7to10}[phase])); all < leastTries || n == 0 {
				t.Errorf("%s, %s: %d things to try, %d of them for one teacher", g.ID, phase, all, n)
			}
		}
	}
	source := regexp.MustCompile(`\(.*(19|20)\d\d.*\)`)
	for _, try := range b.Tries {
		if !strings.HasPrefix(try.ID, try.Gateway+"_try_") {
			t.Errorf("%s does not say that it is a try of %s", try.ID, try.Gateway)
		}
		for what, c := range map[string]struct {
			text string
			most int
		}{"title": {try.Title, mostTitle}, "do": {try.Do, mostDo}, "look": {try.Look, mostLook}, "evidence": {try.Evidence, mostEvidence}} {
			if n := len(strings.Fields(c.text)); n > c.most {
				t.Errorf("%s: %s has %d words", try.ID, what, n)
			}
		}
		sentences := sentenceEnd.Split(try.Do, -1)
		if len(sentences) < 2 || len(sentences) > 4 {
			t.Errorf("%s: %d sentences say what to do", try.ID, len(sentences))
		}
		for _, s := range sentences {
			if len(strings.Fields(s)) > mostSentence {
				t.Errorf("%s: %q is long", try.ID, s)
			}
		}
		// Evidence names who found it and when, or there is none.
		if try.Evidence != "" && !source.MatchString(try.Evidence) {
			t.Errorf("%s: no source in %q", try.ID, try.Evidence)
		}
		if try.Minutes > 30 || len(try.Items) == 0 {
			t.Errorf("%s: %d minutes, items %v", try.ID, try.Minutes, try.Items)
		}
		for _, id := range try.Items {
			i, _ := b.Item(id)
			if i.IsText() || i.Mirrors != "" {
				t.Errorf("%s: %s is nothing that a round could show to have moved", try.ID, id)
			}
			if phase := PhaseOf(i.Audience); phase != "" && try.For != "" && phase != try.For {
				t.Errorf("%s: for %s, but %s is for %s", try.ID, try.For, id, i.Audience)
			}
		}
	}
}

func TestTriesFor(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	ids := func(list []Try) (out []string) {
		for _, try := range list {
			out = append(out, try.ID)
		}
		return out
	}
	if got := ids(b.TriesFor("afl", "afl_c_stuck", PupilsLesson)); got[0] != "afl_try_stuck" {
		t.Errorf("for a pupil who is stuck: %v", got)
	}
	// The nearest first: one try names the item first, another later.
	got := ids(b.TriesFor("tech", "tech_s_views", Pupils11to16))
	if !slices.Equal(got[:2], []string{"tech_try_other_side", "tech_try_leave"}) {
		t.Errorf("for other views: %v", got)
	}
	young, old, parents := ids(b.TriesFor("l2l", "", Pupils7to10)), ids(b.TriesFor("l2l", "", Pupils11to16)), ids(b.TriesFor("l2l", "", Parents))
	if slices.Contains(young, "l2l_try_recall") || !slices.Contains(young, "l2l_try_one_more") || slices.Contains(old, "l2l_try_one_more") ||
		!slices.Contains(old, "l2l_try_recall") || !slices.Contains(young, "l2l_try_wait") || !slices.Contains(old, "l2l_try_wait") {
		t.Errorf("7 to 10: %v\n11 to 16: %v", young, old)
	}
	if !slices.Contains(parents, "l2l_try_recall") || !slices.Contains(parents, "l2l_try_one_more") {
		t.Errorf("parents have children of every age: %v", parents)
	}
	if b.TriesFor("none", "", "") != nil {
		t.Error("a gateway that is not there has things to try")
	}
	if _, ok := b.Try("afl_try_stuck"); !ok {
		t.Error("a try cannot be looked up")
	}
	if _, ok := b.Try(""); ok {
		t.Error("nothing is a try")
	}
}

func TestMistakesInTries(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		code     Code
		old, new string
		says     string
	}{
		{NotYAML, "version: 1", "version: [1", "indents"},
		{WrongKind, "version: 1", "version: one", "a whole number"},
		{MissingKey, "licence: CC0-1.0\n", "", "licence is missing"},
		{UnknownKey, "    minutes: 8\n", "    minutes: 8\n    reward: sweets\n", "no key reward"},
		{MissingKey, "    minutes: 8\n", "", "minutes is missing"},
		{MissingKey, "    evidence: none\n", "", "evidence is missing"},
		{BadID, "id: afl_try_ten", "id: Afl-try", "small letters"},
		{DuplicateID, "id: afl_try_ten", "id: afl_try_example", "used twice"},
		{DuplicateID, "id: afl_try_ten", "id: afl_s_time", "used twice"},
		{UnknownGateway, "gateway: afl", "gateway: gate", "no gateway gate"},
		{UnknownValue, "by: school", "by: governors", "governors is not one of"},
		{UnknownValue, "for: primary", "for: nursery", "nursery is not one of"},
		{UnknownItem, "items: [afl_s_good,", "items: [afl_s_god,", "no item afl_s_god"},
		{OtherGateway, "items: [afl_s_good,", "items: [tech_s_ai,", "is of the gateway tech"},
	} {
		text := string(embeddedTries)
		at := strings.Index(text, m.old)
		if at < 0 {
			t.Fatalf("the file no longer says %q", m.old)
		}
		list, err := ParseTries(b, []byte(strings.Replace(text, m.old, m.new, 1)))
		var problems Problems
		if !errors.As(err, &problems) || list != nil {
			t.Errorf("%s: %v", m.code, err)
			continue
		}
		i := slices.IndexFunc(problems, func(p Problem) bool { return p.Code == m.code && strings.Contains(p.Message, m.says) })
		if i < 0 {
			t.Errorf("%s not found; the problems are:\n%v", m.code, problems)
			continue
		}
		if line := 1 + strings.Count(text[:at], "\n"); m.code != NotYAML && m.code != MissingKey && (problems[i].Line < line-1 || problems[i].Line > line+10) {
			t.Errorf("%v was made in line %d", problems[i], line)
		}
		if strings.Contains(problems[i].Message, "{") {
			t.Errorf("a brace is left: %v", problems[i])
		}
	}
}
