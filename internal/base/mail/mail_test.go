package mail_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/base/mail"
	"earshot/internal/testkit"
)

var ctx = context.Background()

func letter(to string) mail.Letter {
	return mail.Letter{School: "Ysgol Glan-yr-Afon", Name: "Ann Bell", Address: to, Subject: "Ysgol: “Home & school”", Lang: "en", Dir: "ltr",
		Hello: "Dear Ann Bell,", Before: []string{"We would like to hear from you, <b>soon</b>."},
		Links: []mail.Link{{Text: "Answer about Bo", URL: "https://voice.example/a/ABC123#0123456789AB", Hint: "Or type it."}},
		After: []string{"Thank you."}, Stop: mail.Link{Text: "No more of this", URL: "https://voice.example/u/abc"}}
}

func sender(t *testing.T, url string) mail.Sender {
	t.Helper()
	from, err := mail.From("Earshot <voice@school.example>")
	testkit.Must(t, err)
	s, err := mail.SMTP(url, from)
	testkit.Must(t, err)
	return s
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	post := testkit.NewPostOffice(t)
	s := sender(t, post.URL)
	for _, err := range s.Send(ctx, []mail.Letter{letter("ann@home.example"), letter("bo@home.example")}) {
		testkit.Must(t, err)
	}
	got := post.Take()
	if len(got) != 2 || post.Calls() != 1 {
		t.Fatalf("%d mails over %d connections", len(got), post.Calls())
	}
	m := got[0]
	if m.To != "ann@home.example" || m.Subject() != "Ysgol: “Home & school”" {
		t.Errorf("to %s: %s", m.To, m.Subject())
	}
	for header, want := range map[string]string{
		"From": `"Ysgol Glan-yr-Afon" <voice@school.example>`, "To": `"Ann Bell" <ann@home.example>`,
		"List-Unsubscribe": "<https://voice.example/u/abc>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated"} {
		if have := m.Header.Get(header); have != want {
			t.Errorf("%s: %q, want %q", header, have, want)
		}
	}
	if id := m.Header.Get("Message-ID"); !strings.HasSuffix(id, "@school.example>") {
		t.Errorf("the message id %s tells a machine's name", id)
	}
	if m.Header.Get("User-Agent")+m.Header.Get("X-Mailer") != "" {
		t.Error("the mail says which program wrote it")
	}
	want := "Dear Ann Bell,\n\nWe would like to hear from you, <b>soon</b>.\n\nAnswer about Bo\nhttps://voice.example/a/ABC123#0123456789AB\nOr type it.\n\nThank you.\n\n--\nNo more of this\nhttps://voice.example/u/abc\n"
	if strings.TrimSpace(m.Text)+"\n" != want {
		t.Errorf("text:\n%s", m.Text)
	}
	for _, piece := range []string{`href="https://voice.example/a/ABC123#0123456789AB"`, "&lt;b&gt;soon&lt;/b&gt;", `href="https://voice.example/u/abc"`, "Dear Ann Bell,"} {
		if !strings.Contains(m.HTML, piece) {
			t.Errorf("no %s in\n%s", piece, m.HTML)
		}
	}
	for _, tracking := range []string{"<img", "src=", "<link", "<style", "url(", "http://"} {
		if strings.Contains(m.HTML, tracking) {
			t.Errorf("the mail has %s in it", tracking)
		}
	}
}

func TestNothingTypedBeginsAHeader(t *testing.T) {
	post := testkit.NewPostOffice(t)
	l := letter("ann@home.example")
	l.School, l.Subject, l.Name = "School\r\nBcc: x@example.org", "Title\nX-One: 1", "Ann\r\nX-Two: 2"
	testkit.Must(t, sender(t, post.URL).Send(ctx, []mail.Letter{l})[0])
	m := post.Take()[0]
	if m.Header.Get("Bcc")+m.Header.Get("X-One")+m.Header.Get("X-Two") != "" {
		t.Errorf("a header was smuggled in:\n%s", m.Raw)
	}
}

func TestWhatAServerRefuses(t *testing.T) {
	post := testkit.NewPostOffice(t)
	post.Answer(func(command string) string {
		for address, say := range map[string]string{
			"gone@": "550 5.1.1 no such person", "full@": "452 4.2.2 mailbox is full", "relay@": "550 5.7.1 relaying denied", "old@": "553 what is that",
		} {
			if strings.HasPrefix(command, "RCPT TO:<"+address) {
				return say
			}
		}
		return ""
	})
	var letters []mail.Letter
	for _, who := range []string{"gone", "full", "relay", "old", "ann"} {
		letters = append(letters, letter(who+"@home.example"))
	}
	errs := sender(t, post.URL).Send(ctx, letters)
	var later mail.Later
	if said, yes := mail.IsRefused(errs[0]); !yes || !strings.HasPrefix(said, "550") || !strings.Contains(said, "no such person") || strings.Contains(said, "affected") {
		t.Errorf("gone: %v", errs[0])
	}
	if !errors.As(errs[1], &later) || !strings.Contains(later.Said, "mailbox is full") {
		t.Errorf("full: %v", errs[1])
	}
	if !errors.As(errs[2], &later) {
		t.Errorf("a server that does not let us send says nothing about the address: %v", errs[2])
	}
	if _, yes := mail.IsRefused(errs[3]); !yes {
		t.Errorf("old: %v", errs[3])
	}
	if errs[4] != nil || len(post.Take()) != 1 {
		t.Errorf("the last letter went down with the others: %v", errs[4])
	}
}

func TestAServerThatIsAway(t *testing.T) {
	post := testkit.NewPostOffice(t)
	s := sender(t, post.URL)
	post.Answer(func(command string) string {
		if strings.HasPrefix(command, "AUTH") {
			return "535 5.7.8 wrong password"
		}
		return ""
	})
	for _, err := range s.Send(ctx, []mail.Letter{letter("ann@home.example"), letter("bo@home.example")}) {
		if !mail.IsAway(err) {
			t.Errorf("a wrong password: %v", err)
		}
	}
	// Without tls=none nothing is said on an open line, the password least of all.
	post.Answer(nil)
	closed := sender(t, strings.TrimSuffix(post.URL, "?tls=none"))
	if err := closed.Send(ctx, []mail.Letter{letter("ann@home.example")})[0]; !mail.IsAway(err) || len(post.Take()) != 0 {
		t.Errorf("an open line was used: %v", err)
	}
	post.Close()
	if err := s.Send(ctx, []mail.Letter{letter("ann@home.example")})[0]; !mail.IsAway(err) {
		t.Errorf("no server: %v", err)
	}
}

func TestSettingsThatAreNone(t *testing.T) {
	from, _ := mail.From("voice@school.example")
	for _, url := range []string{"", "mail.school.example:587", "http://mail.school.example", "smtp://", "smtp://mail.school.example?tls=maybe", "smtp://mail.school.example:99999"} {
		if _, err := mail.SMTP(url, from); err == nil {
			t.Errorf("%q is taken for a mail server", url)
		}
	}
	for _, a := range []string{"", "voice", "a@b.example, c@d.example"} {
		if _, err := mail.From(a); err == nil {
			t.Errorf("%q is taken for an address", a)
		}
	}
}

func TestLettersInAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "post")
	from, _ := mail.From("voice@school.example")
	f := mail.Folder(dir, from)
	for _, err := range f.Send(ctx, []mail.Letter{letter("ann@home.example"), letter("bo@home.example")}) {
		testkit.Must(t, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	testkit.Must(t, err)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	data, err := os.ReadFile(files[0])
	testkit.Must(t, err)
	if p := testkit.ReadPost(data); !strings.Contains(p.Text, "#0123456789AB") {
		t.Errorf("%s", data)
	}
	info, err := os.Stat(files[0])
	testkit.Must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Error(fmt.Sprint("others may read it: ", info.Mode()))
	}
}
