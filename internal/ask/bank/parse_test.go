package bank

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const safeItem = `  - {id: belong_s_safe, gateway: belong, audience: pupil_11_16, scale: safe5, about: school, short: "Safe at school", ofsted: sg, sensitive: safety,`

// Each mistake is made once in the real bank, so that the checks are tried on the file they guard.
var mistakes = []struct {
	code     Code
	old, new string // the first old becomes new
	says     string // part of the message
}{
	{NotYAML, "version: 2", "version: [2", "indents"},
	{TwoDocuments, "version: 2", "---\nversion: 2\n---\nx: 1\n", "second document"},
	{Alias, "themes: [fit_needs,", "themes: &t [fit_needs,", "alias"},
	{UnknownKey, "short: \"Safe at school\"", "shrt: \"Safe at school\"", "no key shrt"},
	{DuplicateKey, "language: en-GB", "language: en-GB\nlanguage: en-GB", "twice"},
	{WrongKind, "version: 2", "version: two", "a whole number"},
	{MissingKey, "licence: CC0-1.0", "", "licence is missing"},
	{BadID, "id: belong_s_safe,", "id: Belong-s-safe,", "small letters"},
	{DuplicateID, "id: belong_s_safe,", "id: belong_s_self,", "used twice"},
	{ReusedID, "id: belong_s_safe,", "id: tech_s_check,", "retired"},
	{UnknownValue, "kind: unipolar", "kind: likert", "likert is not one of"},
	{FewOptions, "      - {id: \"no\", value: 1, label: \"No\", symbol: square}\n", "", "at least two"},
	{SameOption, "{id: rarely, value: 2", "{id: never, value: 2", "Two options"},
	{OptionValue, "{id: rarely, value: 2", "{id: rarely, value: 3", "should have 2"},
	{BadFavourable, "favourable: [often, always]", "favourable: [often, forever]", "forever is called favourable"},
	{NoFavourable, "favourable: [often, always]", "favourable: []", "No option is favourable"},
	{BadMissing, "missing: [dk]", "missing: [na]", "na is called missing"},
	{BothWays, "favourable: [month, week]", "favourable: [month, dk]", "both favourable and missing"},
	{UnknownScale, "scale: safe5, about: school, short: \"Safe at school\"", "scale: safe6, about: school, short: \"Safe at school\"", "no scale safe6"},
	{UnknownGateway, "id: belong_s_safe, gateway: belong", "id: belong_s_safe, gateway: belonging", "no gateway belonging"},
	{UnknownGroup, "group: deep_support", "group: deep_sea", "no group deep_sea"},
	{UnknownAudience, "id: belong_s_safe, gateway: belong, audience: pupil_11_16", "id: belong_s_safe, gateway: belong, audience: cats", "no audience cats"},
	{UnknownTheme, "themes: [critical_thinking],", "themes: [magic],", "no theme magic"},
	{UnknownAbout, "about: school, short: \"Safe at school\"", "about: weather, short: \"Safe at school\"", "about weather"},
	{MissingAbout, "about: school, short: \"Safe at school\"", "short: \"Safe at school\"", "nobody knows who may see it"},
	{UnknownSensitive, "ofsted: sg, sensitive: safety", "ofsted: sg, sensitive: money", "money is no way"},
	{ReverseAlone, safeItem, strings.TrimSuffix(safeItem, ",") + ", reverse: true,", "favourable_words"},
	{UnknownMirror, "mirrors: afl_s_goal", "mirrors: afl_s_gaol", "afl_s_gaol"},
	{MirrorScale, "audience: teacher_mirror, scale: clear5", "audience: teacher_mirror, scale: useful5", "another scale"},
	{MirrorSensitive, "mirrors: belong_s_safe, ofsted: sg, sensitive: safety", "mirrors: belong_s_safe, ofsted: sg", "sensitive in another way"},
	{NotAloud, safeItem, strings.TrimSuffix(safeItem, ",") + ", aloud: true,", "cannot be asked aloud"},
	{UnknownItem, "- afl_c_goal\n", "- afl_c_gaol\n", "no item afl_c_gaol"},
	{OtherAudience, "- afl_c_goal\n", "- afl_p_know\n", "for pupil_7_10"},
	{UnknownTemplate, "templates: [first_class,", "templates: [last_class, first_class,", "last_class"},
	{UnknownSet, "set: first_four\n    minutes", "set: first_five\n    minutes", "first_five"},
	{UnknownSuccessor, "use: [recency3]", "use: [recency4]", "recency4"},
	{UnknownPart, "part: say_no", "part: say_yes", "no part say_yes"},
	{UnknownRoute, "routes: [hands_up], show: first", "routes: [thumbs_up], show: first", "no route thumbs_up"},
	{UnknownMode, "modes: [named], routes", "modes: [nameless], routes", "no mode nameless"},
	{UnknownCondition, "needs: [small_school]", "needs: [small_pupils]", "no condition small_pupils"},
	{UnknownBrace, "Why we ask: {why}.", "Why we ask: {because}.", "{because}"},
	{PromiseMissing, "part: mode, modes: [named]", "part: mode, modes: []", "no text for the part mode"},
	{PromiseTwice, "part: route, modes: [anonymous, confidential, named, open_link], routes: [own_device]", "part: route, modes: [anonymous, confidential, named, open_link], routes: [own_device, shared_device]", "two texts"},
	{PromiseTwice, "show: first, unless: [two_people],", "show: first, unless: [two_people, flags],", "two texts"}, // with flags, one person alone would be missing
	{PromisePresent, "part: filter, modes: [anonymous, confidential, named, open_link], routes: [own_device, any_device]", "part: filter, modes: [anonymous, confidential, named, open_link], routes: [own_device, any_device, paper]", "should be absent"},
}

func TestMistakes(t *testing.T) {
	provoked := map[Code]bool{}
	for _, m := range mistakes {
		t.Run(string(m.code), func(t *testing.T) {
			text := string(embedded)
			at := strings.Index(text, m.old)
			if at < 0 {
				t.Fatalf("the bank no longer says %q", m.old)
			}
			b, err := Parse([]byte(strings.Replace(text, m.old, m.new, 1)))
			var problems Problems
			if !errors.As(err, &problems) || b != nil {
				t.Fatalf("Parse = %v, %v; want problems", b, err)
			}
			for _, p := range problems {
				if p.Code != m.code {
					continue
				}
				provoked[m.code] = true
				if !strings.Contains(p.Message, m.says) {
					t.Errorf("message %q does not say %q", p.Message, m.says)
				}
				if strings.Contains(p.Message, "{") && m.code != UnknownBrace {
					t.Errorf("message %q has a brace left", p.Message)
				}
				// Mistakes between two places are reported at one of them.
				line := 1 + strings.Count(text[:at], "\n")
				if p.Line == 0 || p.Path == "" && m.code != NotYAML && m.code != TwoDocuments && m.code != MissingKey {
					t.Errorf("%v is nowhere", p)
				}
				if near := p.Line - line; m.code.local() && (near < -4 || near > 12) {
					t.Errorf("%v is said to be in line %d, but was made in line %d", p, p.Line, line)
				}
				return
			}
			t.Errorf("not found; the problems are:\n%v", problems)
		})
	}
	for code := range sentences {
		if !provoked[code] {
			t.Errorf("nothing provokes %s", code)
		}
	}
}

// local says whether a mistake is reported where it was made.
func (c Code) local() bool {
	switch c {
	case NotYAML, MissingKey, UnknownSet, DuplicateID, PromiseMissing, PromiseTwice:
		return false
	}
	return true
}

func TestEveryProblemAtOnce(t *testing.T) {
	text := strings.NewReplacer(safeItem, strings.Replace(safeItem, "scale: safe5, about: school", "scale: nope", 1)).Replace(string(embedded))
	_, err := Parse([]byte(text))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var codes []Code
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	// The mirror is on the old scale still, so it is a third problem that follows from the first.
	if diff := cmp.Diff([]Code{MissingAbout, UnknownScale, MirrorScale}, codes); diff != "" {
		t.Error(diff, problems)
	}
	if !strings.HasPrefix(problems[0].String(), "line ") || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("the error reads %q", err)
	}
}

func TestParseBadInput(t *testing.T) {
	for _, in := range []string{"", "null", "[]", "3", "\x00", "a: b: c", "{", strings.Repeat("[", 20000), "items: {a: 1}", "items: [1, [2]]", "? [a]\n: b"} {
		if b, err := Parse([]byte(in)); err == nil || b != nil {
			t.Errorf("Parse(%.20q) has no problem", in)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("items:\n  - {id: a, about: school}\n"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := Parse(data); (b == nil) == (err == nil) {
			t.Errorf("Parse = %v, %v", b, err)
		}
	})
}
