package answering

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"earshot/internal/ask/survey"
	"earshot/static"
	"earshot/templates"
)

func parsePage(t testing.TB, file string) *template.Template {
	t.Helper()
	set, err := template.New("layout").Funcs(template.FuncMap{"static": static.Path}).
		ParseFS(templates.Files, "layout/answer.html", "part/help.html", "part/symbols.html", file)
	if err != nil {
		t.Fatal(err)
	}
	return set.Lookup("layout")
}

func render(t testing.TB, file string, page any) string {
	t.Helper()
	var out bytes.Buffer
	if err := parsePage(t, file).Execute(&out, page); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTemplatesFitTheirPages(t *testing.T) {
	for file, page := range map[string]any{"answering/answer.html": answerPage{}, "answering/outcome.html": outcomePage{}} {
		if err := templatecheck.CheckHTML(parsePage(t, file), page); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A phone's first flight of packets carries about 14 KB: the whole survey has to fit in it.
func TestSurveyOfTwelveQuestionsFitsInOneFlight(t *testing.T) {
	const limit = 14336
	html := render(t, "answering/answer.html", samplePage())
	total := gzipped(t, html)
	sizes := fmt.Sprintf("html %d", total)
	requests := 1
	for _, m := range regexp.MustCompile(`<(?:script|link|img)[^>]*\s(?:src|href)="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if strings.HasPrefix(m[1], "data:") {
			continue
		}
		requests++
		r := httptest.NewRequest("GET", m[1], nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		static.Handler().ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %d, %q", m[1], w.Code, w.Header().Get("Content-Encoding"))
		}
		total += w.Body.Len()
		sizes += fmt.Sprintf(", %s %d", m[1], w.Body.Len())
	}
	t.Logf("%d bytes in %d requests: %s", total, requests, sizes)
	if total > limit || requests > 3 {
		t.Errorf("%d bytes in %d requests; at most %d in 3", total, requests, limit)
	}
}

func gzipped(t *testing.T, text string) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestWithoutScriptThePageIsOnePlainForm(t *testing.T) {
	page := samplePage()
	page.Questions[1].Type = survey.TypeSeveral
	page.Questions[1].Options[2].Chosen = true
	page.Questions[2].Error = "Please choose at most two."
	page.CodeError = "A code has 12 letters and numbers."
	page.Code = `7K4M"><script>`
	html := render(t, "answering/answer.html", page)
	for what, want := range map[string]string{
		"posts to its own address":     `<form method="post" action="/a/x7k2"`,
		"a field for the code":         `name="code" value="7K4M&#34;&gt;&lt;script&gt;"`,
		"the code's error tied to it":  `aria-describedby="code-hint code-error" aria-invalid="true"`,
		"real radio buttons":           `<input type="radio" name="afl_s_next" value="often">`,
		"real check boxes":             `<input type="checkbox" name="l2l_s_tries" value="sometimes" checked>`,
		"a question's own error":       `<p class="error" id="e-voice_s_told">Please choose at most two.</p>`,
		"a link to help on every page": `<a class="talk" href="#help">`,
		"a number that can be dialled": `href="tel:08001111"`,
		"a button to send":             `<button id="send">Send</button>`,
		"Enter that sends nothing":     "<button disabled hidden></button>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s: no %s", what, want)
		}
	}
	if n := strings.Count(html, "<fieldset"); n != 12 {
		t.Errorf("%d questions", n)
	}
	if m := regexp.MustCompile(`\sstyle=|\son[a-z]+=|<style|https?://`).FindString(html); m != "" {
		t.Errorf("the page has %q, which the policy forbids", m)
	}
}

func TestOpenLinkAsksForNoCode(t *testing.T) {
	page := samplePage()
	page.NeedsCode, page.Receipt = false, "0123456789abcdef0123456789abcdef"
	html := render(t, "answering/answer.html", page)
	if strings.Contains(html, `name="code"`) || !strings.Contains(html, `name="receipt" value="0123456789abcdef0123456789abcdef"`) {
		t.Error("an open link has a receipt and no code")
	}
}

// samplePage is "How is learning for you?" as a pupil of 11 to 16 meets it.
func samplePage() answerPage {
	page := answerPage{
		answerFrame: answerFrame{
			Lang: "en-GB", Dir: "ltr", School: "Riverside School", Title: "How is learning for you?",
			Help: helpView{
				Label: "I want to talk to someone", Title: "Talk to someone",
				Intro:  "You can stop here and go to any of these people. You do not have to say why.",
				People: []helpPerson{{"Ms Okafor", "safeguarding lead", "Room 12, by the library"}, {"Mr Lewis", "deputy", "Year 9 office"}},
				Lines:  []helpLine{{"Childline", "0800 1111", "Free, day or night"}, {"If you are in danger now", "999", ""}},
				Close:  "Back to the questions",
			},
		},
		Language: "en", Action: "/a/x7k2", NeedsCode: true, More: true, Extras: "/a/x7k2/words?lang=en",
		Promise: promiseView{
			First: []string{
				"This is not a test. There are no right or wrong answers. It takes about 4 minutes. We are asking because we are planning next year’s lessons.",
				"This is anonymous: your name is not saved with your answers.",
				"You answer on your own device. Anyone who can see your screen can see your answers, so sit where you like.",
				"Charts show groups of 5 or more, never one pupil.",
				"If answers are shown for your class, your teacher sees them first, before school leaders do.",
				"Your answers have no effect on your marks, your sets or your behaviour points.",
				"You may leave any question, stop at any time, or send it empty.",
			},
			More: []string{
				"Answers about feelings, safety, bullying and home are shown for a year group or the whole school, never for your class.",
				"If everyone in the class gives the same answer, people will know what you said.",
				"School computers and school wifi may be watched by the school’s filter. So may a school device at home.",
				"We may say no to an idea. If we do, we will say why.",
				"Your answers are deleted on 31 July 2027. Counts for groups are kept until 31 July 2032.",
				"Unhappy about this survey? Tell Mrs Patel at the office, or ask an adult at home to.",
			},
			Send: []string{"After you press Send, we cannot find your answers to take them back."},
		},
		Words: answerWords{
			More: "More about this", CodeLabel: "The code on your slip",
			CodeHint:    "12 letters and numbers. Capitals, spaces and dashes do not matter.",
			CodeInPlace: "Your code is in place.", CodeChange: "Type another code", Progress: "How far you are",
			Back: "Back", Start: "Start", Send: "Send", Clear: "Clear my answer", ClearAll: "Stop, and clear all my answers",
			Language: "Language", Look: "How it looks", Aloud: "Read aloud", KeepNothing: "This page keeps nothing.", NoAnswer: "No answer",
			CheckTitle: "That was the last question", Skipped: "You left these. You can go back to one, or leave it.",
			Script: scriptWords{
				Next: "Next", ToCheck: "Go to the end", Place: "{n} of {m}", Answered: "You answered {n} of {m}.",
				SkipReminder: "You left this one. That is fine. Press Next again to go on.",
				CodeWrong:    "That is not a whole code yet. A code has 12 letters and numbers, like 7K4M 9Q2X D3TV.",
				ClearAllSure: "This takes all your answers off this device. Press it again to do that.",
				Offline:      "There is no connection just now. Your answers are safe on this page. Keep it open: we go on trying.",
			},
		},
	}
	often := []optionView{{Value: "never", Label: said{Text: "Never"}}, {Value: "rarely", Label: said{Text: "Not often"}}, {Value: "sometimes", Label: said{Text: "Sometimes"}}, {Value: "often", Label: said{Text: "Often"}}, {Value: "always", Label: said{Text: "Almost always"}}}
	well := []optionView{{Value: "none", Label: said{Text: "Not well at all"}}, {Value: "bit", Label: said{Text: "A bit"}}, {Value: "fairly", Label: said{Text: "Fairly well"}}, {Value: "very", Label: said{Text: "Very well"}}, {Value: "extremely", Label: said{Text: "Extremely well"}}}
	useful := []optionView{{Value: "none", Label: said{Text: "Not useful at all"}}, {Value: "bit", Label: said{Text: "A bit useful"}}, {Value: "fairly", Label: said{Text: "Fairly useful"}}, {Value: "very", Label: said{Text: "Very useful"}}, {Value: "extremely", Label: said{Text: "Extremely useful"}}}
	lessons := []optionView{{Value: "none", Label: said{Text: "None of them"}}, {Value: "few", Label: said{Text: "A few of them"}}, {Value: "half", Label: said{Text: "About half"}}, {Value: "most", Label: said{Text: "Most of them"}}, {Value: "all", Label: said{Text: "All or almost all"}}}
	much := []optionView{{Value: "none", Label: said{Text: "Not at all"}}, {Value: "little", Label: said{Text: "A little"}}, {Value: "some", Label: said{Text: "Some"}}, {Value: "quite", Label: said{Text: "Quite a lot"}}, {Value: "lot", Label: said{Text: "A great deal"}}}
	clear := []optionView{{Value: "none", Label: said{Text: "Not clear at all"}}, {Value: "bit", Label: said{Text: "A bit clear"}}, {Value: "fairly", Label: said{Text: "Fairly clear"}}, {Value: "very", Label: said{Text: "Very clear"}}, {Value: "fully", Label: said{Text: "Completely clear"}}}
	for i, q := range []struct {
		id, text string
		options  []optionView
	}{
		{"afl_s_next", "How often does feedback tell you what to do next to get better?", often},
		{"l2l_s_tries", "When you get stuck, how often do you know something else to try?", often},
		{"voice_s_told", "After you share ideas, how often are you told what will happen next?", often},
		{"curr_s_fit", "How well does the work you are given fit what you need?", well},
		{"tech_s_help", "How useful is technology for your learning in lessons?", useful},
		{"guid_s_clear", "How clear are you about the choices you have for your next step?", clear},
		{"ment_s_adult", "How much do your teachers know about what you are good at?", much},
		{"org_s_calm", "How many of your lessons are calm enough to learn in?", lessons},
		{"work_s_adapt", "When the class does not understand, how often do your teachers try another way?", often},
		{"belong_s_belong", "How much do you feel that you belong at this school?", much},
		{"well_s_still", "How often do you get a quiet moment to stop and think in the school day?", often},
		{"home_s_talk", "How often do you talk at home about what you learn at school?", often},
	} {
		page.Questions = append(page.Questions, questionView{
			ID: q.id, Step: "q-" + q.id, Type: survey.TypeScale, Place: fmt.Sprintf("%d of 12", i+1), Text: said{Text: q.text},
			Options: append([]optionView(nil), q.options...),
		})
	}
	return page
}
