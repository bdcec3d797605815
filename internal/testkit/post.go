package testkit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// PostOffice is a mail server inside a test. It keeps what it is given and sends it nowhere.
type PostOffice struct {
	URL string // for mail.SMTP

	listener net.Listener
	mu       sync.Mutex
	got      []Post
	say      func(command string) string
	calls    int // connections
}

// Post is one mail as it arrived.
type Post struct {
	To     string // of the envelope
	Header mail.Header
	Text   string
	HTML   string
	Raw    string
}

// Subject is the subject in plain letters.
func (p Post) Subject() string {
	s, _ := new(mime.WordDecoder).DecodeHeader(p.Header.Get("Subject"))
	return s
}

// NewPostOffice opens a mail server for one test.
func NewPostOffice(t testing.TB) *PostOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	Must(t, err)
	p := &PostOffice{listener: l, URL: "smtp://school:secret@" + l.Addr().String() + "?tls=none"}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { p.talk(c) })
		}
	})
	t.Cleanup(func() { p.Close(); open.Wait() })
	return p
}

// Close closes the server: from now on it cannot be reached.
func (p *PostOffice) Close() { p.listener.Close() }

// Answer lets a test answer commands such as "RCPT TO:<ann@example.org>" in the server's place; "" leaves it to the
// server.
func (p *PostOffice) Answer(say func(command string) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say = say
}

// Take gives what has come since the last time, in the order in which it came.
func (p *PostOffice) Take() []Post {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

// Calls is how often somebody has connected.
func (p *PostOffice) Calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

func (p *PostOffice) talk(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute)) // whoever forgets to hang up fails, and does not hang the tests
	p.mu.Lock()
	p.calls++
	p.mu.Unlock()
	r := textproto.NewReader(bufio.NewReader(c))
	reply := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
	reply("220 post office")
	to := ""
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		p.mu.Lock()
		say := p.say
		p.mu.Unlock()
		if say != nil {
			if s := say(line); s != "" {
				reply(s)
				continue
			}
		}
		switch verb := strings.ToUpper(line); {
		case strings.HasPrefix(verb, "EHLO"):
			reply("250-post office\r\n250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
		case strings.HasPrefix(verb, "AUTH"):
			reply("235 2.7.0 welcome")
		case strings.HasPrefix(verb, "RCPT TO:"):
			to = strings.Trim(line[len("RCPT TO:"):], "<> ")
			reply("250 2.1.5 yes")
		case verb == "DATA":
			reply("354 go on")
			data, err := r.ReadDotBytes()
			if err != nil {
				return
			}
			p.keep(to, data)
			reply("250 2.0.0 taken")
		case verb == "QUIT":
			reply("221 bye")
			return
		default: // MAIL, RSET, NOOP
			reply("250 2.0.0 yes")
		}
	}
}

func (p *PostOffice) keep(to string, data []byte) {
	post := ReadPost(data)
	post.To = to
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, post)
}

// ReadPost takes a mail apart.
func ReadPost(data []byte) Post {
	post := Post{Raw: string(data)}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return post
	}
	post.Header = m.Header
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return post
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return post
		}
		body := io.Reader(part)
		if part.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(part)
		}
		text, _ := io.ReadAll(body)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			post.HTML = string(text)
		} else {
			post.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
}
