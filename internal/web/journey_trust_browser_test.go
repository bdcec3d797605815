//go:build browser

package web_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// TestBrowserTrust lets a head join a trust, whose schools publish; an analyst reads the sums, and the head sees the school beside
// them.
func TestBrowserTrust(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newServer(t)
	trust, _, rounds := s.Trust(s.collector, "how_is_learning", 6)
	second, err := roster.NewStore(s.DB).CreateTrust(ctx, "Southfield Trust")
	testkit.Must(t, err)
	code, err := identity.NewStore(s.DB, s.Key).NewTrustCode(ctx, second.ID, time.Hour)
	testkit.Must(t, err)

	analyst := s.signedIn(t, s.Staff("Tara Quist", access.TrustAnalyst))
	analyst.Go("/")
	analyst.look("trust-01-home")
	analyst.press("Read the sums")
	analyst.says("What was said in the trust’s schools, added up.")
	analyst.says(trust.Name)
	analyst.look("trust-02-sums", everyWay...)
	analyst.Go(testkit.Eval[string](analyst.Tab, `document.querySelector("a[href^='/trust/questions/']").getAttribute("href")`))
	analyst.says("in the middle half of them")
	analyst.look("trust-03-question", everyWay...)

	head := s.signedIn(t, s.Head)
	head.Go("/rounds/" + rounds[0].ID + "/results")
	head.says("Beside the trust")
	head.look("trust-04-beside")
	head.Go("/results")
	head.says("Beside the middle half of the trust’s schools")
	head.look("trust-05-school")
	head.Go("/rounds/" + rounds[0].ID + "/questions/q1")
	head.look("trust-06-asked")

	head.Go("/school")
	head.press("The school’s trust, and what is shared with it")
	head.says("This school has been in Northfield Trust since")
	head.look("trust-07-member", everyWay...)
	head.press("Leave the trust")
	head.says("The school has left Northfield Trust.")
	head.look("trust-08-none", everyWay...)
	head.Refused(true)
	head.fill("code", "ABCD")
	if status := head.pressFor("Join"); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: %d", status)
	}
	head.look("trust-09-refused")
	head.Refused(false)
	head.fill("code", code)
	head.choose("Yes, for this school")
	head.press("Join")
	head.says("The school is in Southfield Trust now.")
	head.Go("/trust")
	head.says("There is no sum yet.")
	head.look("trust-10-nothing")
}
