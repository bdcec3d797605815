// Package mail hands letters over: to a mail server, or, where there is none, to a folder. A letter is plain text with a
// simple HTML part. It carries no picture, nothing of another server and no mark that tells when it was read.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"earshot/internal/base/fault"
	"earshot/templates"
)

// Letter is one mail to one person. All its sentences are whole.
type Letter struct {
	School  string // who writes, as it stands before the sender's address
	Name    string // of the person; may be empty
	Address string
	Subject string
	Lang    string
	Dir     string
	Hello   string
	Before  []string // paragraphs before the links
	Links   []Link
	After   []string // and after them
	Stop    Link     // where they ask for no more mail; the same address takes the one click of a mail program
}

// Link is an address in a letter, on a line of its own.
type Link struct {
	Text string
	URL  string
	Hint string // how to get there without pressing it
}

// Sender hands letters over.
type Sender interface {
	// Send tries all letters in order and returns what became of each: nil, or an error that IsRefused or IsAway tells
	// apart from one that may pass.
	Send(ctx context.Context, letters []Letter) []error
	// Where says where the letters go, for the people who run this: a server's name, or, where nothing is sent, a folder.
	Where() (name string, sends bool)
}

// Refused says that the mail server will never take mail for this address.
type Refused struct{ Said string }

// Error repeats what the server said.
func (e Refused) Error() string { return "refused: " + e.Said }

// Later says that this letter was not taken now. Said is what the server gave as its reason.
type Later struct{ Said string }

// Error repeats what the server said.
func (e Later) Error() string { return "not now: " + e.Said }

// Away says that the mail server could not be reached or let nobody in: it is about no letter.
type Away struct{ Cause error }

// Error says why.
func (e Away) Error() string { return "mail server: " + e.Cause.Error() }

// Unwrap is the cause.
func (e Away) Unwrap() error { return e.Cause }

// IsRefused says whether an address will never work, and what the server said.
func IsRefused(err error) (said string, yes bool) {
	var e Refused
	yes = errors.As(err, &e)
	return e.Said, yes
}

// IsAway says whether the failure was of the server and not of a letter.
func IsAway(err error) bool {
	var e Away
	return errors.As(err, &e)
}

// From is the sender's address as the settings give it: "Earshot <voice@school.example>" or the address alone.
// Fault Invalid mail.from if it is none.
func From(typed string) (*mail.Address, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(typed))
	if err != nil {
		return nil, fault.New(fault.Invalid, "mail.from", fault.Values{"Value": typed})
	}
	return a, nil
}

var (
	plain = texttemplate.Must(texttemplate.ParseFS(templates.Files, "mail/letter.txt"))
	html  = htmltemplate.Must(htmltemplate.ParseFS(templates.Files, "mail/letter.html"))
)

// Parts are the two bodies of a letter.
func (l Letter) Parts() (text, page string, err error) {
	var t, h bytes.Buffer
	if err := plain.Execute(&t, l); err != nil {
		return "", "", err
	}
	if err := html.Execute(&h, l); err != nil {
		return "", "", err
	}
	return strings.TrimSpace(t.String()) + "\n", h.String(), nil
}

// message makes the letter ready for the wire. Its id is random and in the sender's own domain: the library's would tell
// this machine's name.
func (l Letter) message(from *mail.Address, now time.Time) (*gomail.Msg, error) {
	text, page, err := l.Parts()
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	name := l.School
	if name == "" {
		name = from.Name
	}
	m.FromMailAddress(&mail.Address{Name: oneLine(name), Address: from.Address})
	m.ToMailAddress(&mail.Address{Name: oneLine(l.Name), Address: l.Address})
	m.Subject(oneLine(l.Subject))
	_, domain, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(strings.ToLower(rand.Text()) + "@" + domain)
	m.SetDateWithValue(now)
	m.SetGenHeader(gomail.Header("Auto-Submitted"), "auto-generated")
	if l.Lang != "" {
		m.SetGenHeader(gomail.Header("Content-Language"), l.Lang)
	}
	if l.Stop.URL != "" {
		m.SetGenHeader(gomail.Header("List-Unsubscribe"), "<"+l.Stop.URL+">")
		m.SetGenHeader(gomail.Header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, page)
	return m, nil
}

// oneLine keeps what somebody typed from beginning a new header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
