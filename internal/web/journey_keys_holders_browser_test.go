//go:build browser

package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

// heard is all that a server was told and all that it wrote into its log.
type heard struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.Write(p)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.String()
}

// overheard is a server of which the test hears every request with its headers and its body, and every line of the log.
func overheard(t *testing.T) (*server, *heard) {
	t.Helper()
	s, h := testkit.NewSchool(t), &heard{}
	c := collecting.NewCollector(s.DB, s.Key)
	k := &page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: c, Log: slog.New(slog.NewTextHandler(h, nil))}
	w, err := web.New(k, web.Options{})
	testkit.Must(t, err)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		plain, _ := url.QueryUnescape(string(body))
		headers := &bytes.Buffer{}
		_ = r.Header.Write(headers)
		_, _ = h.Write([]byte(r.Method + " " + r.URL.String() + "\n" + headers.String() + string(body) + "\n" + plain + "\n"))
		w.Echo.ServeHTTP(rw, r)
	}))
	k.BaseURL = srv.URL
	t.Cleanup(func() { srv.Close(); c.Stop() })
	return &server{s, c, w, srv}, h
}

// types types into the field of an id; those of keys have no names, so that no form can send them.
func (v visitor) types(id, text string) {
	v.Helper()
	if !testkit.Eval[bool](v.Tab, `(() => { const e = document.getElementById(`+js(id)+`); if (!e.checkVisibility()) { return false; } e.focus(); e.select(); return true; })()`) {
		v.Fatalf("there is no field %s on\n%s", id, v.Where())
	}
	_, err := chromedp.Call(v.Ctx, input.InsertText, input.InsertTextParams{Text: text})
	testkit.Must(v, err)
}

func (v visitor) shows(id string) bool {
	v.Helper()
	return testkit.Eval[bool](v.Tab, `document.getElementById(`+js(id)+`).checkVisibility()`)
}

func seen(id string) string { return `document.getElementById("` + id + `").checkVisibility()` }

// comesTo waits for a page, perhaps the next one, that says something. While pages change places there is a moment without any.
func (v visitor) comesTo(text string) {
	v.Helper()
	for range 150 {
		if there, err := chromedp.Run(v.Ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && document.body.innerText.includes(`+js(text)+`)`)); err == nil && there {
			return
		}
		time.Sleep(60 * time.Millisecond)
	}
	v.Fatalf("no page says %q\n%s", text, v.Where())
}

// enabled is true once a button can be pressed again.
func enabled(id string) string { return `!document.getElementById("` + id + `").disabled` }

const phrase = "violet tractor umbrella"

// makesKey goes through the four steps. It gives the private key as it stood on the page, and the file.
func (v visitor) makesKey(looks string) (private string, file []byte) {
	v.Helper()
	v.Go("/keys")
	v.Click("#start")
	v.types("new-1", phrase)
	v.types("new-2", phrase)
	v.Click("#step-1")
	v.WaitFor(seen("new-file"))
	if looks != "" {
		v.look(looks+"-2-file", everyWay...)
	}
	file = v.Download("#new-file")
	v.Click("#step-2")
	v.WaitFor(seen("new-print"))
	private = testkit.Eval[string](v.Tab, `document.getElementById("sheet-key").textContent.replace(/\s/g, "")`)
	if box := testkit.Eval[string](v.Tab, `document.getElementById("sheet-qr").getAttribute("viewBox")`); box != "0 0 41 41" { // 33 squares and a margin of four
		v.Errorf("the square code is %s", box)
	}
	if looks != "" {
		v.look(looks+"-3-sheet", everyWay...)
		v.print(looks + "-sheet.pdf")
		v.types("new-last", "QQQQ")
		v.Click("#step-3")
		v.WaitFor(seen("make-problem"))
		v.says("Those are not the last four characters on your sheet.")
	}
	v.types("new-last", strings.ToLower(private[len(private)-4:]))
	v.Click("#step-3")
	v.WaitFor(seen("new-public"))
	if looks != "" {
		v.look(looks+"-4-hand-in", everyWay...)
	}
	v.Click("#new-safe")
	v.press("Finish")
	v.says("Your key is there.")
	return private, file
}

// unlocks presses a button and opens the key of this browser for it.
func (v visitor) unlocks(css string) {
	v.Helper()
	v.Click(css)
	v.WaitFor(seen("passphrase"))
	v.types("passphrase", phrase)
	v.Click("#key-go")
}

func TestBrowserAKeyIsMadeAndLost(t *testing.T) {
	t.Parallel()
	s, told := overheard(t)
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	s.Staff("Dee Putnam", access.SafeguardingDeputy)
	v := s.signedIn(t, lead)
	v.Go("/keys")
	v.says("You have no key yet", "gone for good")
	v.look("keys-none", everyWay...)
	v.Click("#start")
	v.look("keys-make-1-passphrase", everyWay...)
	for bad, why := range map[string]string{"short one two": "easy to guess", "abracadabra-abracadabra": "easy to guess", "same same same same": "easy to guess"} {
		v.types("new-1", bad)
		v.types("new-2", bad)
		v.Click("#step-1")
		v.WaitFor(seen("make-problem"))
		v.says(why)
		v.WaitFor(enabled("step-1"))
	}
	v.types("new-1", phrase)
	v.types("new-2", phrase+"s")
	v.Click("#step-1")
	v.WaitFor(seen("make-problem") + " && " + enabled("step-1"))
	v.says("The two are not the same.")
	if strings.Contains(told.text(), "POST") {
		t.Error("something was sent before anything was made")
	}
	private, file := v.makesKey("keys-make")
	if !strings.HasPrefix(private, "AGE-SECRET-KEY-1") || len(private) != 74 {
		t.Fatalf("%d characters", len(private))
	}

	// Any program that knows age opens the file with the passphrase.
	scrypt, err := age.NewScryptIdentity(phrase)
	testkit.Must(t, err)
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(file)), scrypt)
	testkit.Must(t, err)
	if inside, err := io.ReadAll(r); err != nil || strings.TrimSpace(string(inside)) != private {
		t.Errorf("the file holds another key: %v", err)
	}
	id, err := age.ParseX25519Identity(private)
	testkit.Must(t, err)
	if !strings.Contains(told.text(), id.Recipient().String()) {
		t.Error("the public half was not handed in")
	}

	v.says("You have not tried your key this term.")
	v.look("keys-made", everyWay...)
	v.Click("#trial")
	v.WaitFor(seen("passphrase"))
	v.look("keys-unlock", everyWay...)
	v.types("passphrase", "some other words")
	v.Click("#key-go")
	v.WaitFor(seen("key-problem") + " && " + enabled("key-go"))
	v.says("That is not the passphrase of this key.")
	v.look("keys-unlock-wrong")
	v.types("passphrase", "  violet  tractor umbrella ")
	v.Click("#key-go")
	v.comesTo("Your key works.")
	v.says("Last tried on 5 October 2026.")

	// On another computer: with the file.
	other := s.signedIn(t, lead)
	other.Go("/keys")
	other.Click("#trial")
	other.WaitFor(seen("key-file"))
	other.says("This browser has no key of yours.")
	other.look("keys-elsewhere", everyWay...)
	other.types("passphrase", phrase)
	testkit.Eval[bool](other.Tab, `(() => { const t = new DataTransfer(); t.items.add(new File([`+js(string(file))+`], "earshot-key.age")); document.getElementById("key-file").files = t.files; return true; })()`)
	other.Click("#key-go")
	other.comesTo("Your key works.")
	other.Go("/keys")
	other.unlocks("#trial") // it lies here now
	other.comesTo("Your key works.")

	// And from the recovery sheet, typed by a human.
	paper := s.signedIn(t, lead)
	paper.Go("/keys")
	paper.Click("#trial")
	paper.WaitFor(seen("sheet-text"))
	paper.types("sheet-text", private[:40]+"Q"+private[41:])
	if private[40] == 'Q' {
		paper.types("sheet-text", private[:40]+"P"+private[41:])
	}
	paper.Click("#key-go")
	paper.WaitFor(seen("key-problem") + " && " + enabled("key-go"))
	paper.says("a character is wrong or missing")
	typed := "age secret key 1"
	for i, c := range strings.ToLower(strings.ReplaceAll(private[16:], "0", "o")) {
		if i%4 == 0 {
			typed += "\n "
		}
		typed += string(c)
	}
	paper.types("sheet-text", typed)
	paper.Click("#key-go")
	paper.WaitFor(seen("again-1"))
	paper.look("keys-again", everyWay...)
	paper.types("again-1", phrase)
	paper.types("again-2", phrase)
	paper.Click("#again-go")
	paper.WaitFor(seen("again-file"))
	paper.look("keys-again-kept")
	paper.Click("#again-done")
	paper.comesTo("Your key works.")
	paper.Go("/keys")
	paper.unlocks("#trial")
	paper.comesTo("Your key works.")

	// Nothing of it has reached the server, whole or in pieces, nor has the passphrase.
	all := told.text()
	for _, secret := range []string{private, private[16:48], strings.ToLower(private[16:48]), "AGE-SECRET", phrase, "tractor"} {
		if strings.Contains(all, secret) {
			t.Errorf("the server has heard %q", secret[:6])
		}
	}
	// Nor does it lie open in the browser.
	if kept := testkit.Eval[string](paper.Tab, `JSON.stringify(Object.assign({}, localStorage, sessionStorage)) + document.documentElement.outerHTML`); strings.Contains(kept, private[16:48]) || !strings.Contains(kept, "BEGIN AGE ENCRYPTED FILE") {
		t.Error("the browser keeps something else than a locked key")
	}

	// Without script the page says why.
	plain := s.signedIn(t, lead, testkit.Script(false))
	plain.Go("/keys")
	plain.says("A key needs script.")
	plain.Shot("keys-no-script", true)
}

func TestBrowserSealedNamesAreOpened(t *testing.T) {
	t.Parallel()
	s, told := overheard(t)
	lead, deputy, chair := s.Staff("Ruth Moss", access.SafeguardingLead), s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
	ruth, cora := s.signedIn(t, lead), s.signedIn(t, chair)
	private, _ := ruth.makesKey("")
	cora.makesKey("")
	one := s.confidential(envelope.One)
	s.sealsName(one, "tie-1", "Annika Brightwater", "7B")
	s.sealsName(one, "tie-3", "Cem Hollowell", "7B")

	ruth.Go("/openings/new?round=" + one.ID + "&envelope=tie-1&kind=comment")
	ruth.look("opening-new", everyWay...)
	ruth.Refused(true)
	if status := ruth.pressFor("Write it down and go on"); status != 422 {
		t.Errorf("without a reason: %d", status)
	}
	ruth.look("opening-new-wrong")
	ruth.Refused(false)
	ruth.choose("Somebody is being hurt")
	ruth.fill("reason", "They wrote that somebody hits them.")
	ruth.press("Write it down and go on")
	ruth.says("Not opened yet", "They wrote that somebody hits them.")
	ruth.look("opening-one", everyWay...)
	ruth.unlocks("[data-open]")
	ruth.WaitFor(seen("shown-name"))
	ruth.says("Annika Brightwater", "7B")
	if ruth.shows("shown-other") {
		t.Error("the right envelope is warned of")
	}
	ruth.look("opening-shown", everyWay...)
	ruth.WaitFor(`fetch(location.href).then((r) => r.text()).then((t) => t.includes("<dt>Opened</dt>"))`)
	ruth.press("Hide it")
	if strings.Contains(ruth.Text(), "Annika") {
		t.Error("the name is still there")
	}

	// An envelope in whose place somebody has put another.
	testkit.Must(t, s.DB.Write(context.Background()).Exec("UPDATE envelopes SET body = (SELECT e.body FROM envelopes e WHERE e.id = 'tie-3') WHERE id = 'tie-1'").Error)
	ruth.unlocks("[data-open]")
	ruth.WaitFor(seen("shown-other"))
	ruth.says("This name does not belong to this answer.")
	if strings.Contains(ruth.Text(), "Cem Hollowell") {
		t.Error("a name that belongs to something else is shown")
	}
	ruth.look("opening-other", everyWay...)
	ruth.Click("#shown-anyway")
	ruth.says("Cem Hollowell")
	// The right envelope beside other words.
	s.wroteComment(one, "tie-5", "Petra Lindqvist", "What I wrote.", "What somebody has put in its place.")
	ruth.Go("/openings/new?round=" + one.ID + "&envelope=tie-5&kind=comment")
	ruth.choose("Somebody is being hurt")
	ruth.fill("reason", "They wrote that somebody hits them.")
	ruth.press("Write it down and go on")
	ruth.unlocks("[data-open]")
	ruth.WaitFor(seen("shown-other"))
	if strings.Contains(ruth.Text(), "Petra Lindqvist") {
		t.Error("a name that belongs to other words is shown")
	}

	// Two people, always.
	two := s.confidential(envelope.Two)
	s.sealsName(two, "tie-2", "Benedikt Farrow", "7C")
	ruth.Go("/openings/new?round=" + two.ID + "&envelope=tie-2&kind=comment")
	ruth.look("opening-new-two")
	ruth.choose("Somebody may harm themselves")
	ruth.fill("reason", "They wrote that nobody would miss them.")
	ruth.press("Ask them")
	ruth.says("Waits for a second person")
	ruth.look("opening-waits", everyWay...)
	address := testkit.Eval[string](ruth.Tab, "location.pathname")
	cora.Go("/openings")
	cora.look("openings", everyWay...)
	cora.Go(address)
	cora.look("opening-agree", everyWay...)
	cora.unlocks("[data-open]")
	cora.comesTo("You agreed.")
	cora.look("opening-agreed")
	ruth.Go(address)
	ruth.unlocks("[data-open]")
	ruth.WaitFor(seen("shown-name"))
	ruth.says("Benedikt Farrow", "7C")

	// Refused.
	s.sealsName(two, "tie-4", "Dora Quickley", "7C")
	refused := s.askFor(s.as(lead), two, "tie-4")
	cora.Go(refused)
	cora.unfold("I do not agree")
	cora.fill("why", "We know already who it is.")
	cora.press("Leave it sealed")
	cora.says("Left sealed", "We know already who it is.")
	cora.look("opening-refused")

	// A deputy gets a key, and what is sealed already is sealed anew.
	dee := s.signedIn(t, deputy)
	dee.makesKey("")
	ruth.Go("/keys")
	ruth.says("5 sealed names are not sealed to everybody")
	ruth.look("keys-stale", everyWay...)
	cora.Go("/keys")
	cora.unlocks("#reseal")
	cora.comesTo("Names sealed anew: 2")
	cora.look("keys-peeled")
	ruth.unlocks("#reseal")
	ruth.comesTo("Names sealed anew: 5")
	ruth.look("keys-resealed")
	ruth.Go("/keys")
	if strings.Contains(ruth.Text(), "Sealing names anew") {
		t.Errorf("something is left to seal anew\n%s", ruth.Where())
	}
	dee.Go(s.askFor(s.as(deputy), one, "tie-3"))
	dee.unlocks("[data-open]")
	dee.WaitFor(seen("shown-name"))
	dee.says("Cem Hollowell")

	all := told.text()
	for _, secret := range []string{private, private[16:48], "AGE-SECRET", phrase, "Annika", "Brightwater", "Benedikt", "Hollowell", "Quickley"} {
		if strings.Contains(all, secret) {
			t.Errorf("the server has heard %q", secret[:6])
		}
	}
	for _, line := range strings.Split(all, "\n") {
		if strings.HasPrefix(line, "time=") && strings.Contains(line, "reason") {
			t.Errorf("the log says %s", line)
		}
	}
}

func TestBrowserTheChairIsHelpedToAName(t *testing.T) {
	t.Parallel()
	s, told := overheard(t)
	deputy, chair := s.Staff("Dee Putnam", access.SafeguardingDeputy), s.Staff("Cora Byrne", access.Chair)
	dee, cora := s.signedIn(t, deputy), s.signedIn(t, chair)
	dee.makesKey("")
	r := s.confidential(envelope.One)
	concern := s.wroteToChair(r, "tie-c", "Annika Brightwater")
	cora.Go("/concerns/" + concern)
	cora.press("Read it")
	cora.look("concern-chair")
	cora.press("I need to know who wrote it")
	cora.says("You need a key of your own first")
	cora.look("opening-chair-no-key")
	cora.makesKey("")
	cora.Go("/openings/new?concern=" + concern)
	cora.look("opening-chair", everyWay...)
	cora.choose("Dee Putnam")
	cora.fill("reason", "A child may be in danger at school.")
	cora.press("Ask them")
	cora.says("Asked of\nDee Putnam", "Mail is not set up here, so tell them.")
	cora.look("opening-chair-waits")
	address := testkit.Eval[string](cora.Tab, "location.pathname")
	dee.Go(address)
	dee.look("opening-chair-helper", everyWay...)
	dee.unlocks("[data-open]")
	dee.comesTo("It is sealed to the chair of governors now")
	cora.Go(address)
	cora.unlocks("[data-open]")
	cora.WaitFor(seen("shown-name"))
	cora.says("Annika Brightwater", "7B")
	if cora.shows("shown-other") || cora.shows("shown-unsure") {
		t.Error("the right name is warned of")
	}
	cora.look("opening-chair-shown")
	if strings.Contains(dee.Text(), "Annika") || strings.Contains(told.text(), "Annika") {
		t.Error("the name is seen on its way")
	}
}
