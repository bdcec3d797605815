//go:build browser

package web_test

import (
	"strings"
	"testing"

	"earshot/internal/testkit"
)

// TestBrowserWordsByTheme goes with a head from the results to what was written, names a theme, merges two, and with a governor
// who reads the same and changes nothing.
func TestBrowserWordsByTheme(t *testing.T) {
	t.Parallel()
	s, r, governor := written(t)
	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + r.ID + "/results")
	head.Click(`a[href$="/words"]`)
	head.WaitFor(`document.querySelector("mark")`)
	head.look("themes")
	if n := testkit.Eval[int](head.Tab, `document.querySelectorAll(".words h3").length`); n != 3 {
		t.Errorf("%d themes, not 3", n)
	}
	testkit.Eval[bool](head.Tab, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	head.look("themes-unfolded")
	if n := testkit.Eval[int](head.Tab, `[...document.querySelectorAll("blockquote")].filter(q => q.checkVisibility()).length`); n != 90 {
		t.Errorf("%d of 90 comments can be read", n)
	}
	head.Click(`a[href*="/words/theme"]`)
	head.WaitFor(`document.querySelector("#name")`)
	head.look("themes-one")
	head.fill("name", strings.Repeat("long ", 20))
	head.Refused(true)
	if status := head.pressFor("Save"); status != 422 {
		t.Errorf("a long name: %d", status)
	}
	head.look("themes-mistake")
	head.Refused(false)
	head.fill("name", "What we should change first")
	head.choose("Keep it in every survey")
	head.press("Save")
	head.WaitFor(`document.body.textContent.includes("What we should change first")`)
	head.look("themes-named")
	head.Click(`a[href*="/words/theme"]`)
	head.WaitFor(`document.querySelector("input[name=with]")`)
	head.Click(`input[name=with]`)
	head.press("Make them one")
	head.WaitFor(`document.body.textContent.includes("60 people")`)
	head.press("Forget this: What we should change first")
	head.WaitFor(`!document.body.textContent.includes("What we should change first")`)

	head.Go("/replies/" + r.ID + "/edit")
	head.look("themes-reply")

	head.Go("/packs")
	head.fill("title", "Autumn")
	head.press("Look at it first")
	head.WaitFor(`document.body.textContent.includes("in their own words")`)
	head.look("themes-pack")

	gus := s.signedIn(t, governor)
	gus.Go("/rounds/" + r.ID + "/words")
	gus.look("themes-governor")
	if strings.Contains(gus.Text(), "Name, merge or keep") {
		t.Error("a governor is offered to change themes")
	}
}
