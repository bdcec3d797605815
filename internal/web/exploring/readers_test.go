package exploring_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/language"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
)

// The page for everybody speaks the reader's language: all of it where the questions are translated, and all but the
// questions where they are not.
func TestPublicPageInOtherLanguages(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	f := s.Form(s.Survey("first_belong"), s.Forms("7A 27, 7B 28, 8A 26"))
	r := s.settled(f, map[string]int{"7A": 25, "7B": 26, "8A": 24})
	for s.DB.Now().Before(r.LeadersFrom()) {
		s.Clock.Forward(24 * time.Hour)
	}
	r, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"ar", "pl"} {
		form := language.Form{Reader: "Samir Haddadin", Role: "teaches", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, code))}
		if err := language.NewStore(s.DB, s.Bank).Save(ctx, s.Head, code, language.Approved, form); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := s.Rounds().Document(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	pieces := map[string]string{}
	for i, w := range doc.Words() {
		pieces[w.Key] = "كلام " + strings.Repeat("ا", i+1)
	}
	st := survey.NewStore(s.DB)
	if err := st.Translate(ctx, s.Head, r.SurveyID, "ar", doc.Said("ar", pieces)); err != nil {
		t.Fatal(err)
	}
	if err := st.Approve(ctx, s.Head, r.SurveyID, "ar", "Samir Haddadin"); err != nil {
		t.Fatal(err)
	}
	question := ""
	for _, section := range doc.Sections {
		for _, q := range section.Questions {
			if question == "" && q.Text != "" {
				question = q.Text
			}
		}
	}

	nobody := access.Actor{}
	read := func(lang string) string {
		body := s.page(nobody, fmt.Sprintf("/r/%s?lang=%s", r.Code, lang))
		_, body, _ = strings.Cut(body, "<main")
		return body
	}
	english, arabic, polish := read("en"), read("ar"), read("pl")
	if !strings.Contains(english, question) || !strings.Contains(polish, question) || !strings.Contains(polish, `lang="en" dir="auto">`+question) {
		t.Error("a question that nobody has translated is not there in English, or not said to be English")
	}
	said := regexp.MustCompile(`(?s)<section class="figure".*?</section>`)
	figures := said.FindAllString(arabic, -1)
	if len(figures) < 3 || len(figures) != len(said.FindAllString(english, -1)) || len(figures) != len(said.FindAllString(polish, -1)) {
		t.Fatalf("%d figures in Arabic", len(figures))
	}
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, f := range figures {
		if left := regexp.MustCompile(`[A-Za-z]+`).FindAllString(tags.ReplaceAllString(f, ""), -1); len(left) > 0 {
			t.Errorf("English is left in an Arabic figure: %q", left)
		}
		if !strings.Contains(f, `class="num barred"`) || !strings.Contains(f, "كلام") {
			t.Errorf("no bars, or no words of the survey: %s", f)
		}
	}
	if strings.Contains(polish, " said ") || strings.Contains(polish, "If those who did not") || !strings.Contains(polish, "Tak odpowiedzia") {
		t.Error("a Polish page has English sentences")
	}
}

// What cannot be shown of a small class is said once, with the reason and what helps.
func TestHiddenQuestionsAreNamedOnce(t *testing.T) {
	s := newSite(t)
	tess := s.Staff("Tess Vale", access.Teacher)
	f := s.Form(s.Survey("first_class"), s.Classes("Maths", "7M1 26, 7M2 25, 7M3 5", s.Staff("Otto Reyes", access.Teacher), s.Staff("Una Moss", access.Teacher), tess))
	f.Purpose = access.ForLearning
	r := s.settled(f, map[string]int{"7M1": 24, "7M2": 22, "7M3": 5})
	status, body := s.get(tess, results(r)+"/"+s.unit(r, "7M3"))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	hidden := strings.Count(body, "Hidden to protect pupils.")
	once := strings.Count(body, "These answers count in the larger groups") + strings.Count(body, "these answers count in the larger groups") + strings.Count(body, "Their answers count in their year")
	if hidden > 1 || once != 1 {
		t.Errorf("said hidden %d times, and why %d times:\n%s", hidden, once, body)
	}
}
