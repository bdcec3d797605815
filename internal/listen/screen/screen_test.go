package screen

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// counted says how many sentences of a file that tell of danger, and how many that do not, are found by a tier or a sooner
// one.
func counted(t *testing.T, file string, tier Tier) (found, danger, flagged, harmless int, missed []string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		f := strings.Split(line, "\t")
		hit, err := Read("en", f[len(f)-1])
		if err != nil {
			t.Fatal(err)
		}
		hits := hit.Tier != None && Sooner(hit.Tier, tier) <= 0
		switch {
		case f[0] == "1" && hits:
			found, danger = found+1, danger+1
		case f[0] == "1":
			danger++
			missed = append(missed, f[len(f)-1])
		case hits:
			flagged, harmless = flagged+1, harmless+1
		default:
			harmless++
		}
	}
	return found, danger, flagged, harmless, missed
}

func TestSentencesWrittenWithTheList(t *testing.T) {
	found, danger, flagged, harmless, missed := counted(t, "testdata/sentences.tsv", Personal)
	if danger < 50 || harmless < 20 {
		t.Fatalf("%d and %d sentences", danger, harmless)
	}
	if float64(found) < 0.95*float64(danger) || float64(flagged) > 0.2*float64(harmless) {
		t.Errorf("%d of %d found, %d of %d harmless ones flagged; missed %q", found, danger, flagged, harmless, missed)
	}
	t.Logf("%d of %d, %d of %d; missed %q", found, danger, flagged, harmless, missed)
}

// The oblique sentences were written before the screen was, and nothing was tuned on them. What the guide says of them is
// what is counted here.
func TestObliqueSentencesAreAsTheGuideSays(t *testing.T) {
	body, err := os.ReadFile("../../../docs/guides/safeguarding.md")
	if err != nil {
		t.Fatal(err)
	}
	line := func(what, file string, tier Tier) {
		t.Helper()
		found, danger, flagged, harmless, _ := counted(t, file, tier)
		want := fmt.Sprintf("%s | %d of %d | %d of %d |", what, found, danger, flagged, harmless)
		if !strings.Contains(string(body), want) {
			t.Errorf("the guide has no line %q", want)
		}
	}
	line("found at all", "testdata/sentences.tsv", Personal)
	for _, tier := range []Tier{Red, Amber, Watch, Personal} {
		line(fmt.Sprintf("(%s)", tier), "testdata/oblique.tsv", tier)
	}
	for text, urgent := range map[string]bool{"I don’t want to be here any more": true, "i want to disapear": true, "i dont wnat to be here anymore": false} {
		if f, err := Read("en", text); err != nil || f.Tier.Urgent() != urgent || !strings.Contains(string(body), "“"+text+"”") {
			t.Errorf("the guide does not say of %q what is so: %v, %v", text, f, err)
		}
	}
	found, danger, _, _, _ := counted(t, "testdata/oblique.tsv", Red)
	if danger != 60 || found != 4 || !strings.Contains(string(body), "of sixty, four alert you at once") {
		t.Errorf("the guide says in words that four of sixty are found at once; they are %d of %d", found, danger)
	}
}

// Every phrase is found however it is written.
func TestEveryPhraseHoweverWritten(t *testing.T) {
	all, err := lists()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range Languages {
		t.Run(language, func(t *testing.T) { t.Parallel(); everyWay(t, all[language]) })
	}
}

func everyWay(t *testing.T, l *list) {
	n := 0
	for _, p := range l.phrases {
		for which := range p.slots {
			for _, choice := range p.slots[which].words {
				for _, fill := range []bool{false, true} {
					words := example(p, which, choice, fill)
					for name, write := range ways {
						text, ok := write(l, words)
						if !ok {
							continue
						}
						n++
						if !l.holds(l.weave(fields(text)), p) {
							t.Errorf("%s: %q is not found by %v", name, text, p)
						}
					}
				}
			}
		}
	}
	if n < 5_000 {
		t.Errorf("only %d ways were tried", n)
	}
}

// filler is a word that no list knows.
const filler = "qzq"

// example is a phrase as somebody might write it: in one slot a certain word, in the others the first.
func example(p phrase, which int, choice []string, fill bool) (words []string) {
	for i, s := range p.slots {
		if fill {
			for range s.gap {
				words = append(words, filler)
			}
		}
		chosen := s.words[0]
		if i == which {
			chosen = choice
		}
		for _, w := range chosen {
			words = append(words, strings.TrimSuffix(w, "*"))
		}
	}
	return words
}

// ways are those in which the same words can be written. Some do not fit all words.
var ways = map[string]func(*list, []string) (string, bool){
	"as it is":    func(_ *list, w []string) (string, bool) { return strings.Join(w, " "), true },
	"capitals":    func(_ *list, w []string) (string, bool) { return strings.ToUpper(strings.Join(w, " ")), true },
	"spaces":      func(_ *list, w []string) (string, bool) { return "  " + strings.Join(w, " \n\t ") + "  ", true },
	"punctuation": func(_ *list, w []string) (string, bool) { return "..." + strings.Join(w, ", ") + "!!!", true },
	"quotes":      func(_ *list, w []string) (string, bool) { return "“" + strings.Join(w, "” ‘") + "’?", true },
	"accents": func(_ *list, w []string) (string, bool) {
		return strings.NewReplacer("e", "é", "a", "à").Replace(strings.Join(w, " ")), true
	},
	"wide letters": func(_ *list, w []string) (string, bool) {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r - 'a' + 'ａ'
			}
			return r
		}, strings.Join(w, " ")), true
	},
	"nothing between letters": func(_ *list, w []string) (string, bool) {
		return strings.Join(strings.Split(strings.Join(w, " "), "i"), "\u200bi\u00ad"), true
	},
	"letters held down": func(_ *list, w []string) (string, bool) {
		var held []string
		for _, s := range w {
			_, last := utf8.DecodeLastRuneInString(s)
			held = append(held, s+strings.Repeat(s[len(s)-last:], 3))
		}
		return strings.Join(held, " "), true
	},
	"digits": func(_ *list, w []string) (string, bool) {
		var all []string
		for _, s := range w {
			d := strings.NewReplacer("e", "3", "o", "0", "i", "1").Replace(s)
			if strings.Trim(d, "013") == "" || strings.ContainsAny(s, "0123456789") {
				d = s // all digits: a number; or digits that are letters of their own
			}
			all = append(all, d)
		}
		return strings.Join(all, " "), true
	},
	"one letter at a time": func(_ *list, w []string) (string, bool) {
		i := longestOf(w)
		if utf8.RuneCountInString(w[i]) < 3 {
			return "", false
		}
		w = append([]string{}, w...)
		w[i] = strings.Join(strings.Split(w[i], ""), " ")
		return strings.Join(w, " "), true
	},
	"dots between letters": func(_ *list, w []string) (string, bool) {
		i := longestOf(w)
		if utf8.RuneCountInString(w[i]) < 3 {
			return "", false
		}
		w = append([]string{}, w...)
		w[i] = strings.Join(strings.Split(w[i], ""), ".")
		return strings.Join(w, " "), true
	},
	"cut in two": func(l *list, w []string) (string, bool) {
		i := longestOf(w)
		if utf8.RuneCountInString(w[i]) < 6 {
			return "", false
		}
		w = append([]string{}, w...)
		r := []rune(w[i])
		w[i] = string(r[:3]) + " " + string(r[3:])
		return strings.Join(w, " "), true
	},
	"neighbours swapped": slipped(func(r []rune) string { return string(r[:2]) + string(r[3]) + string(r[2]) + string(r[4:]) }),
	"a letter missing":   slipped(func(r []rune) string { return string(r[:3]) + string(r[4:]) }),
	"a letter too many":  slipped(func(r []rune) string { return string(r[:3]) + "q" + string(r[3:]) }),
	"a wrong letter":     slipped(func(r []rune) string { return string(r[:3]) + "q" + string(r[4:]) }),
	"another keyboard": func(_ *list, w []string) (string, bool) {
		return strings.NewReplacer("ي", "ی", "ك", "ک", "ه", "ہ", "и", "і", "е", "є", "ি", "ী", "ਿ", "ੀ", "l", "ł").Replace(strings.Join(w, " ")), true
	},
	"Arabic vowels and strokes": func(_ *list, w []string) (string, bool) {
		return strings.NewReplacer("ا", "ا\u064e", "ر", "ر\u0651\u0650", "ي", "ي\u0640").Replace(strings.Join(w, " ")), true
	},
	"a joiner between letters": func(_ *list, w []string) (string, bool) {
		var all []string
		for _, s := range w {
			r := []rune(s)
			all = append(all, string(r[:1])+"\u200d"+string(r[1:])+"\u200c")
		}
		return strings.Join(all, " "), true
	},
}

func longestOf(words []string) (at int) {
	for i, w := range words {
		if w != filler && utf8.RuneCountInString(w) > utf8.RuneCountInString(words[at]) {
			at = i
		}
	}
	return at
}

// slipped writes the longest word wrong, if it is one in which a slip is looked through.
func slipped(slip func([]rune) string) func(*list, []string) (string, bool) {
	return func(l *list, w []string) (string, bool) {
		i := longestOf(w)
		if utf8.RuneCountInString(w[i]) < shortest {
			return "", false
		}
		wrong := slip([]rune(w[i]))
		if l.common[wrong] || l.words[wrong] {
			return "", false // it is another word now
		}
		w = append([]string{}, w...)
		w[i] = wrong
		return strings.Join(w, " "), true
	}
}

func TestWordsRunTogether(t *testing.T) {
	for text, want := range map[string]string{"killmyself": "suicide", "i want to k i l l m y s e l f": "suicide", "K.Y.S": "bullying", "my self harm is back": "self_harm", "idontwanttobehereanymore": "suicide", "KILL MY SELF": "suicide"} {
		if f, err := Read("en", text); err != nil || f.Tier == None || len(f.Categories) == 0 || !strings.Contains(strings.Join(f.Categories, " "), want) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
}

func TestAWordThatIsAnotherIsNoSlip(t *testing.T) {
	for _, text := range []string{"the plants are growing well", "", "!!!", "42", "we had a good time in the park", "ابتث"} {
		if f, err := Read("en", text); err != nil || f.Tier != None || f.NoList {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
}

func TestALanguageWithoutAListSaysSo(t *testing.T) {
	f, err := Read("de", "Das Essen schmeckt")
	if err != nil || !f.NoList || f.Tier != None {
		t.Errorf("%+v, %v", f, err)
	}
	if f, _ = Read("de", "i want to die"); f.Tier != Red || !f.NoList {
		t.Errorf("English on a German page: %+v", f)
	}
}

func TestTheSoonestTierIsSaid(t *testing.T) {
	f, _ := Read("en", "I am being bullied and I want to kill myself")
	if f.Tier != Red || !f.Tier.Urgent() || f.Categories[0] != "suicide" {
		t.Errorf("%+v", f)
	}
	if f, _ = Read("en", "it was me who drew that"); f.Tier != Personal || f.Categories != nil {
		t.Errorf("%+v", f)
	}
}

func TestAListThatCannotBeReadIsRefused(t *testing.T) {
	for _, text := range []string{"suicide\tred", "suicide\tgreen\tword", "suicide\tred\t~2", "suicide\tred\tword ~x word", "suicide\tred\t~1 word", "suicide\tred\tword ~1", "suicide\tred\tword\tother", "suicide\tred\ta|-"} {
		if _, err := parse(text, ""); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// FuzzRead holds that no text, however odd, stops the screen.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"k y s", strings.Repeat("i ", 400), strings.Repeat("endit", 200), "\xff\xfe", "a&e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := Read("en", s); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	const text = "I like it when we work in pairs but sometimes the others talk so much that I cannot hear what the teacher says, and then I do not know what to do for homework."
	for b.Loop() {
		if _, err := Read("en", text); err != nil {
			b.Fatal(err)
		}
	}
}

// A comment of as many letters as a box takes.
func BenchmarkReadLong(b *testing.B) {
	prose := map[string]string{"en": "the teacher talks too much and i cannot hear ", "pl": "nauczyciel mówi za szybko i nic nie rozumiem ", "ur": "استاد بہت تیز پڑھاتے ہیں اور مجھے سمجھ نہیں آتا ", "bn": "স্যার খুব তাড়াতাড়ি পড়ান তাই কিছু বুঝতে পারি না "}
	for language, text := range prose {
		long := string([]rune(strings.Repeat(text, 60))[:2000])
		b.Run(language, func(b *testing.B) {
			for b.Loop() {
				if _, err := Read(language, long); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What somebody writes to keep the screen busy costs no more than a long comment.
func BenchmarkReadHostile(b *testing.B) {
	for name, text := range map[string]string{"letters": strings.Repeat("a ", 2000), "run together": strings.Repeat("endit", 800), "words": strings.Repeat("dont want ", 400), "prose": strings.Repeat("the teacher talks too much and i cannot hear ", 90)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Read("en", text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
