package screen

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"
)

func others() []string {
	return slices.DeleteFunc(slices.Clone(Languages), func(l string) bool { return l == "en" })
}

// Phrases are found as they stand in the file, with every accent and letter that comparing takes off, in both ways in which a
// machine may store them.
func TestEveryPhraseAsItIsSpelt(t *testing.T) {
	all, err := lists()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range others() {
		body, err := files.ReadFile("lists/" + language + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(body), "Machine-written, not yet read by a speaker.") {
			t.Errorf("%s does not say who wrote it", language)
		}
		n := 0
		for line := range strings.Lines(string(body)) {
			columns := strings.Split(strings.TrimSpace(line), "\t")
			if strings.HasPrefix(line, "#") {
				continue
			}
			p := all[language].phrases[n]
			n++
			var slots [][]string
			for _, field := range strings.Fields(columns[2]) {
				if !strings.HasPrefix(field, "~") {
					slots = append(slots, strings.Split(strings.NewReplacer("_", " ", "*", "").Replace(field), "|"))
				}
			}
			for which, slot := range slots {
				for _, choice := range slot {
					var words []string
					for i := range slots {
						words = append(words, slots[i][0])
					}
					words[which] = choice
					text := strings.Join(words, " ")
					for _, written := range []string{text, norm.NFC.String(text), norm.NFD.String(text), strings.ToUpper(text)} {
						if !all[language].holds(all[language].weave(fields(written)), p) {
							t.Errorf("%s: %q is not found by %v", language, written, p)
						}
					}
				}
			}
		}
		if n != len(all[language].phrases) || n < 25 {
			t.Errorf("%s: %d lines, %d phrases", language, n, len(all[language].phrases))
		}
	}
}

// Children write without accents, on each other's keyboards, with old letters and with new ones.
func TestLettersThatAreWrittenForOneAnother(t *testing.T) {
	for _, same := range [][]string{
		{"łódź", "LODZ", "łódz"}, {"mâncare", "mancare"}, {"ştiu", "știu", "stiu"}, {"ţipă", "țipă", "tipa"}, {"sœur", "soeur"}, {"ŵyr", "wyr"},
		{"la'aan", "la’aan", "laʼaan"}, {"coração", "coracao"}, {"ґвалт", "гвалт"}, {"їжа", "ижа", "іжа"}, {"б'ють", "бють", "б’ют"}, {"мiй", "мій"},
		{"أخاف", "اخاف", "أَخَافُ", "اخـــاف"}, {"علي", "على", "علی"}, {"مدرسة", "مدرسه", "مدرسۃ"}, {"کوئی", "كوئي"}, {"نہیں", "نهين", "نھیں"}, {"ﻣﻮﺕ", "موت"},
		{"বাড়ি", "বাড\u09bcী", "বাড়ী"}, {"ভয়", "ভয\u09bc"}, {"শেষ", "সেস"}, {"ਜ਼ਿੰਦਗੀ", "ਜਿੰਦਗੀ", "ਜਿਂਦਗੀ"}, {"ਕੁੱਟ", "ਕੂਟ"}, {"ਖ਼ੁਦ", "ਖੁਦ"},
	} {
		for _, s := range same[1:] {
			if a, b := fields(same[0]), fields(s); !slices.Equal(a, b) || len(a) != 1 {
				t.Errorf("%q is %q and %q is %q", same[0], a, s, b)
			}
		}
	}
	for _, other := range [][2]string{{"ভয়", "ভজ"}, {"ਕੁੱਟ", "ਕੱਟ"}, {"খুন", "খান"}, {"মারে", "মরে"}} {
		if slices.Equal(fields(other[0]), fields(other[1])) {
			t.Errorf("%q and %q are one word", other[0], other[1])
		}
	}
}

func TestEveryListIsReadOnEveryPage(t *testing.T) {
	for text, want := range map[string]string{
		"boje sie wracac do domu": "abuse_home", "ماما أنا خايفة أرجع البيت": "abuse_home", "mujhe ghar jane se dar lagta hai": "abuse_home", "আমাকে রোজ মারে": "abuse_home", "ਮੈਨੂੰ ਘਰ ਕੁੱਟਦੇ ਨੇ": "abuse_home",
		"dwi isio marw": "suicide", "j'ai envie de mourir": "suicide", "nu mai vreau sa traiesc": "suicide", "não quero viver": "suicide", "я хочу вмерти": "suicide", "waxaan rabaa inaan dhinto": "suicide",
		"i like maths but mi tata bije mnie": "abuse_home",
	} {
		for _, page := range []string{"en", "cy", "de"} {
			if f, err := Read(page, text); err != nil || f.Tier != Red || !slices.Contains(f.Categories, want) {
				t.Errorf("%q on a page in %s: %+v, %v", text, page, f, err)
			}
		}
	}
}

// These sentences were written by machine like the lists, after them and before any was tried. What the guide says of each language is what is counted here.
func TestOtherLanguagesAreAsTheGuideSays(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/guides/safeguarding.md")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile("testdata/others.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type figures struct{ danger, found, personal, harmless, flagged, mine int }
	by := map[string]*figures{}
	for line := range strings.Lines(string(body)) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		f, err := Read(columns[0], columns[2])
		if err != nil {
			t.Fatal(err)
		}
		if by[columns[0]] == nil {
			by[columns[0]] = &figures{}
		}
		c := by[columns[0]]
		phrase, any := f.Tier != None && f.Tier != Personal, f.Tier != None
		count := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		if columns[1] == "1" {
			c.danger++
			count(&c.found, phrase)
			count(&c.personal, any)
		} else {
			c.harmless++
			count(&c.flagged, phrase)
			count(&c.mine, any)
		}
	}
	for _, language := range others() {
		c := by[language]
		if c == nil || c.danger < 8 || c.harmless < 8 {
			t.Errorf("%s has too few sentences", language)
			continue
		}
		if want := fmt.Sprintf("| %s | %d of %d | %d of %d | %d of %d | %d of %d |", names[language], c.found, c.danger, c.personal, c.danger, c.flagged, c.harmless, c.mine, c.harmless); !strings.Contains(string(guide), want) {
			t.Errorf("the guide has no line %q", want)
		}
	}
}

var names = map[string]string{"ar": "Arabic", "bn": "Bengali", "cy": "Welsh", "fr": "French", "pa": "Panjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "so": "Somali", "uk": "Ukrainian", "ur": "Urdu"}

// The bank's own texts are harmless, though many are about help and danger. A list is seldom met by a text in another language.
func TestTextsOfTheBankAreSeldomFlagged(t *testing.T) {
	all, err := lists()
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../../docs/guides/safeguarding.md")
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	soon := func(tier Tier) bool { return tier == Red || tier == Amber }
	for _, language := range Languages {
		texts := bankTexts(t, language)
		flagged, abroad := 0, 0
		for _, text := range texts {
			f, err := Read(language, text)
			if err != nil {
				t.Fatal(err)
			}
			if soon(f.Tier) {
				flagged++
			}
			if slices.ContainsFunc(others(), func(l string) bool {
				tier, _ := all[l].read(fields(text), false)
				return l != language && soon(tier)
			}) {
				abroad++
			}
		}
		t.Logf("%s: %d of %d texts come first or are alerted, %d by a list of another language than English", language, flagged, len(texts), abroad)
		if n := float64(len(texts)); n < 200 || float64(flagged) > 0.2*n || float64(abroad) > 0.02*n {
			t.Errorf("%s: %d of %d texts are flagged, %d by a list of another language", language, flagged, len(texts), abroad)
		}
		if language != "en" {
			counts = append(counts, flagged)
		}
	}
	if want := fmt.Sprintf("between %d and %d are alerted or put to the front", slices.Min(counts), slices.Max(counts)); !strings.Contains(string(guide), want) {
		t.Errorf("the guide does not say %q", want)
	}
}

// bankTexts are what the bank says to those who answer: the questions, which are in English, or the texts of a translation.
func bankTexts(t *testing.T, language string) (list []string) {
	t.Helper()
	read := func(file string, into any) {
		body, err := os.ReadFile("../../ask/bank/" + file)
		if err == nil {
			err = yaml.Unmarshal(body, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if language == "en" {
		var bank struct {
			Items []struct{ Text string }
		}
		read("bank.yaml", &bank)
		for _, item := range bank.Items {
			list = append(list, item.Text)
		}
		return list
	}
	texts := map[string]string{}
	read("texts/"+language+".yaml", &texts)
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}
