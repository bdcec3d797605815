package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"earshot/internal/base/fault"
)

// patience is how long one step of the talk with a mail server may take.
const patience = 20 * time.Second

// server sends over SMTP. It opens a connection for each lot of letters.
type server struct {
	host    string
	private bool // the line is private from the first word
	options []gomail.Option
	from    *mail.Address
	now     func() time.Time
}

// SMTP sends through the mail server at an address such as smtp://user:password@mail.school.example:587 or smtps://... on
// port 465. With smtp:// the line has to turn private before anything is said; ?tls=none allows an open line, for a server
// on the same machine. Fault Invalid mail.url if the address is none.
func SMTP(address string, from *mail.Address) (Sender, error) {
	wrong := fault.New(fault.Invalid, "mail.url")
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, wrong
	}
	o := []gomail.Option{gomail.WithTimeout(patience)}
	port := 587
	open := false
	switch line := u.Query().Get("tls"); {
	case u.Scheme == "smtps":
		o = append(o, gomail.WithSSL())
		port = 465
	case line == "none":
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
		open = true
	case line == "" || line == "required":
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		return nil, wrong
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, wrong
		}
	}
	o = append(o, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		how := gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
		if open {
			how = gomail.WithSMTPAuth(gomail.SMTPAuthPlainNoEnc)
		}
		o = append(o, how, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(u.Hostname(), o...); err != nil {
		return nil, wrong.Because(err)
	}
	return &server{host: u.Hostname(), private: u.Scheme == "smtps", options: o, from: from, now: time.Now}, nil
}

// Where is the server's name.
func (s *server) Where() (string, bool) { return s.host, true }

// Send hands the letters over one after the other on one connection.
func (s *server) Send(ctx context.Context, letters []Letter) []error {
	errs := make([]error, len(letters))
	away := func(from int, err error) []error {
		for i := from; i < len(errs); i++ {
			errs[i] = Away{err}
		}
		return errs
	}
	var line net.Conn
	client, err := gomail.NewClient(s.host, append(slices.Clone(s.options), gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
		var err error
		line, err = s.dial(ctx, network, address)
		return line, err
	}))...)
	if err != nil {
		return away(0, err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		if line != nil {
			line.Close() // the library leaves a line open on which it was not let in
		}
		return away(0, err)
	}
	defer client.Close()
	for i, l := range letters {
		m, err := l.message(s.from, s.now())
		if err != nil {
			errs[i] = Later{err.Error()}
			continue
		}
		if err := ctx.Err(); err != nil {
			return away(i, err)
		}
		err = client.Send(m)
		if err == nil || m.IsDelivered() {
			continue // taken; what goes wrong afterwards is about the connection
		}
		if errs[i] = verdict(err); IsAway(errs[i]) {
			return away(i, err)
		}
	}
	return errs
}

func (s *server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.private {
		return (&tls.Dialer{Config: &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// verdict sorts a failure. Only a final no to the recipient is about their address: a final no for reasons of policy
// (5.7.x: we may not send through this server) or to the sender is something for the school's mail people.
func verdict(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return Away{err}
	}
	if e.Reason == gomail.ErrConnCheck || e.ErrorCode() == 0 {
		return Away{errors.New("the line broke while " + e.Reason.String())} // the error itself names the recipient
	}
	said := reply(e)
	final := e.ErrorCode() >= 500 && !e.IsTemp()
	if final && e.Reason == gomail.ErrSMTPRcptTo && !strings.HasPrefix(e.EnhancedStatusCode(), "5.7.") && !strings.Contains(said, " 5.7.") {
		return Refused{said}
	}
	return Later{said}
}

// reply is the server's own words, shortened, without the library's.
func reply(e *gomail.SendError) string {
	text := e.Error()
	code := strconv.Itoa(e.ErrorCode())
	if i := strings.Index(text, code); i >= 0 {
		text = text[i:]
	}
	text, _, _ = strings.Cut(text, ", affected recipient")
	text, _, _ = strings.Cut(text, ", affected message")
	text = oneLine(text)
	if r := []rune(text); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return text
}
