package exploring_test

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
	"earshot/internal/web/page"
)

var questionLink = regexp.MustCompile(`href="(/rounds/[^"]+/questions/[^"]+)"`)

// Whoever reads whichever page, its charts are there once the clock has drawn them, and before that the page works
// without.
func TestEveryChartOfEveryPageIsDrawn(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	teacher, governor := s.Staff("Lena Brandt", access.Teacher), s.Staff("Gwen Abara", access.Governor)
	survey, forms := s.Survey("first_say"), s.Forms("7A 26, 7B 25")
	asked := func() round.Form {
		f := s.Form(survey, forms)
		f.Plan.Readers = append(f.Plan.Readers, governor.Person)
		return f
	}
	whole := s.settled(asked(), map[string]int{"7A": 24, "7B": 20})
	s.Clock.Forward(14 * 24 * time.Hour)
	again := s.settled(asked(), map[string]int{"7A": 22, "7B": 24})
	classes := s.settled(s.Form(s.Survey("first_class"), s.Classes("English", "10/En1 24", teacher)), map[string]int{"10/En1": 20})
	s.Clock.Forward(7 * 24 * time.Hour)
	for _, id := range []string{whole.ID, again.ID} {
		_, err := s.Rounds().Publish(ctx, s.Head, id)
		testkit.Must(t, err)
	}

	pages := map[string]access.Actor{
		results(whole): s.Head, results(again): s.Head, results(again) + "?as=governor": governor, results(again) + "/" + s.unit(again, "7A"): s.Head,
		results(again) + "/" + s.unit(again, "Year 7"): governor, results(classes) + "/" + s.unit(classes, "10/En1"): teacher, "/r/" + again.Code: {},
	}
	for _, g := range s.Bank.Gateways {
		pages["/results/gateways/"+g.ID] = s.Head
	}
	count := func(drawn bool) {
		t.Helper()
		all := 0
		look := func(who access.Actor, url string) string {
			body := s.page(who, url)
			boxes, svgs := strings.Count(body, `<div class="chart`), strings.Count(body, `class="wide"`)
			all += boxes
			if drawn && svgs != boxes || !drawn && svgs != 0 {
				t.Errorf("%s as %s: %d charts, %d drawn", url, who.Name, boxes, svgs)
			}
			return body
		}
		for url, who := range pages {
			seen := map[string]bool{}
			for _, m := range questionLink.FindAllStringSubmatch(look(who, url), -1) {
				if !seen[m[1]] {
					seen[m[1]] = true
					look(who, strings.ReplaceAll(m[1], "&amp;", "&"))
				}
			}
		}
		if drawn && all < 40 {
			t.Errorf("only %d charts looked at", all)
		}
	}
	count(false)
	clock := schedule.Clock{DB: s.DB, Key: s.Key, Bank: s.Bank, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Charts: page.Charts()}
	testkit.Must(t, clock.Draw(ctx))
	count(true)
}
