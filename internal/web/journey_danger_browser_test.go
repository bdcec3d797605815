//go:build browser

package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// TestBrowserDangerInEveryMode goes to an adult from each mode and each route by which a survey is answered on a device: help
// is at the same place, says whom to go to and whom to call, and leads to a page that sends at once; without a connection that
// page says that nothing has been sent.
func TestBrowserDangerInEveryMode(t *testing.T) {
	t.Parallel()
	s := posting(t)
	ctx := context.Background()
	lead, _, _, _ := s.Holders()
	groups := s.Pupils(map[string]int{"7A": 26, "7B": 27})
	people, err := roster.NewStore(s.DB).Pupils(ctx, groups[0].SchoolID)
	testkit.Must(t, err)
	said, places := 0, map[string]string{}
	for _, mode := range []round.Mode{round.Anonymous, round.OpenLink, round.Confidential, round.Named} {
		r := s.Open(s.Personal(mode, "first_say", groups))
		codes, slips := []string{"", "", ""}, []string{}
		if mode == round.Anonymous {
			for _, form := range s.Slips(r) {
				slips = append(slips, form...)
			}
		}
		for i := range codes {
			switch {
			case mode == round.Anonymous:
				codes[i] = "#" + slips[i]
			case r.Personal():
				codes[i] = "#" + s.SlipOf(r, people[i])
			}
		}
		for i, route := range []string{"", "/shared", "/helper"} {
			name := fmt.Sprintf("%s%s", mode, route)
			kid := s.visit(t, testkit.Size(360, 740))
			if route == "" {
				kid.Go("/a/" + r.Code + codes[i])
			} else {
				kid.Go("/a/" + r.Code + route + "?ready=1")
			}
			kid.WaitFor(`document.querySelector("dialog #help")`)
			places[testkit.Eval[string](kid.Tab, `JSON.stringify(document.querySelector(".talk").getBoundingClientRect())`)] = name
			kid.Click(".talk")
			kid.says("Ruth Lindqvist", "0800 1111")
			link := testkit.Eval[string](kid.Tab, `document.querySelector("#help a[target]").getAttribute("href")`)

			writer := s.visit(t, testkit.Size(360, 740))
			writer.Go(link)
			writer.fill("words", "Somebody hurts me: "+name)
			writer.sends()
			said++
			if back := testkit.Eval[string](writer.Tab, `document.querySelector("#thanks a").getAttribute("href")`); !strings.HasPrefix(back, "/a/"+r.Code+route) {
				t.Errorf("%s: it leads back to %s", name, back)
			}

			if route != "" {
				continue
			}
			// Once somebody with a code has begun, the page is on the device, and so is what it says where nothing can be sent.
			if r.Slips() {
				kid.Click("#close")
				kid.Click("#next")
				kid.Click("#q-" + s.Doc(r).Questions()[0].ID + " label:nth-of-type(2)")
				kid.WaitFor(`caches.open("earshot").then((c) => c.keys()).then((all) => all.some((r) => r.url.includes("/away")))`)
			}
			kid.Go(strings.Replace(link, "/talk", "/away", 1))
			kid.says(words.English().Say("talk.away"), "This has NOT been sent.", "Ruth Moss", "0800 1111")
			kid.look("danger-away-"+string(mode), bothWays...)
		}
	}
	if len(places) != 1 {
		t.Errorf("help stands at %d places: %v", len(places), places)
	}
	ruth := s.signedIn(t, lead.Actor)
	ruth.Go("/concerns")
	if n := testkit.Eval[int](ruth.Tab, `document.querySelectorAll("main .list li").length`); n != said || said != 12 {
		t.Errorf("the lead sees %d of %d", n, said)
	}
}
