package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"earshot/internal/ask/bank"
	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/web"
	"earshot/internal/web/joining"
	"earshot/internal/web/page"
)

// place says where the data is.
type place struct {
	Data        string `help:"Folder of the SQLite database and the key file." default:"earshot-data" env:"EARSHOT_DATA" type:"path"`
	DatabaseURL string `help:"PostgreSQL instead of SQLite, as postgres://user:password@host/name." env:"DATABASE_URL" name:"database-url"`
}

func (p place) open(ctx context.Context, now func() time.Time) (*storage.DB, error) {
	return storage.Open(ctx, storage.Options{URL: p.DatabaseURL, File: p.file(), Now: now})
}

func (p place) file() string { return filepath.Join(p.Data, "earshot.db") }

// keyed is where the key of the codes is: beside the database or in the environment, never in a backup.
type keyed struct {
	Key     string `help:"Key that codes are hashed with, 32 random bytes in base64. Without it a key file is made on first use." env:"EARSHOT_KEY"`
	KeyFile string `help:"File of the key. Default: earshot.key in the data folder." env:"EARSHOT_KEY_FILE" type:"path"`
}

func (k keyed) open(p place) (seal.Key, error) {
	if k.Key != "" {
		return seal.KeyOf(k.Key)
	}
	file := k.KeyFile
	if file == "" {
		file = filepath.Join(p.Data, "earshot.key")
	}
	return seal.KeyFile(file)
}

type serveCommand struct {
	place
	keyed
	post
	Addr    string        `help:"Address to listen on." default:"127.0.0.1:8080" env:"EARSHOT_ADDR"`
	BaseURL string        `help:"Address as people type it, for links and QR codes, such as https://voice.school.example." env:"EARSHOT_BASE_URL"`
	Proxy   []string      `help:"Address or network of a proxy in front that may be believed about where requests come from. None by default." env:"EARSHOT_PROXY"`
	Drain   time.Duration `help:"After SIGTERM go on serving for so long while /readyz already says no, so that a balancer in front sends people elsewhere first." default:"0s" env:"EARSHOT_DRAIN"`
	Gallery bool          `help:"For those who work on Earshot: show every kind of figure in every odd state at /gallery." env:"EARSHOT_GALLERY"`

	AcmeDomain    []string `help:"Get a certificate for this domain by ACME and serve HTTPS on --addr." env:"EARSHOT_ACME_DOMAIN"`
	AcmeEmail     string   `help:"Address the certificate authority may write to." env:"EARSHOT_ACME_EMAIL"`
	AcmeDirectory string   `help:"Directory of the certificate authority. Default: Let's Encrypt." env:"EARSHOT_ACME_DIRECTORY"`
	AcmeRoot      string   `help:"File with the root certificate of a private certificate authority's ACME server." env:"EARSHOT_ACME_ROOT" type:"path"`
	HTTPAddr      string   `help:"With ACME: also listen here for plain HTTP, answer challenges and lead everything else to HTTPS." env:"EARSHOT_HTTP_ADDR" name:"http-addr"`
}

// Run serves until the context ends.
func (s serveCommand) Run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := s.check(); err != nil {
		return err
	}
	key, err := s.keyed.open(s.place)
	if err != nil {
		return err
	}
	db, err := s.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	o := s.options()
	if o.mail, err = s.post.open(); err != nil {
		return err
	}
	srv, err := newServer(o, db, key, log)
	if err != nil {
		return err
	}
	if unsafe, err := db.Unsafe(ctx); err != nil {
		return err
	} else if len(unsafe) > 0 {
		log.Warn("a power cut can take answers that were acknowledged: switch these settings of PostgreSQL on", "off", unsafe)
	}
	if err := srv.listen(); err != nil {
		return err
	}
	if err := srv.offerSetUp(ctx); err != nil {
		return err
	}
	changed, err := identity.NewStore(db, key).KeyChanged(ctx)
	if err != nil {
		return err
	}
	if changed {
		fmt.Fprintln(os.Stderr, "earshot: "+words.English().Say("serve.key_changed"))
	}
	fmt.Printf("Earshot serves %s\n", srv.kit.BaseURL)
	srv.ready.Store(true)
	return srv.run(ctx)
}

func (s serveCommand) check() error {
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			return fault.New(fault.Invalid, "serve.base_url", fault.Values{"Value": s.BaseURL})
		}
	}
	if s.AcmeRoot != "" {
		if _, err := os.ReadFile(s.AcmeRoot); err != nil {
			return fault.New(fault.Invalid, "serve.root", fault.Values{"Path": s.AcmeRoot}).Because(err)
		}
	}
	return nil
}

func (s serveCommand) options() serverOptions {
	o := serverOptions{addr: s.Addr, httpAddr: s.HTTPAddr, baseURL: strings.TrimRight(s.BaseURL, "/"), proxies: s.Proxy, every: 5 * time.Second, drain: s.Drain, develop: s.Gallery}
	if len(s.AcmeDomain) > 0 {
		o.certs = &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(s.Data, "certificates")),
			HostPolicy: autocert.HostWhitelist(s.AcmeDomain...), Email: s.AcmeEmail}
		client := &acme.Client{DirectoryURL: s.AcmeDirectory}
		if s.AcmeRoot != "" {
			client.HTTPClient = trusting(s.AcmeRoot)
		}
		if s.AcmeDirectory != "" {
			o.certs.Client = client
		}
		if o.baseURL == "" {
			o.baseURL = "https://" + s.AcmeDomain[0]
		}
	}
	return o
}

// trusting is a client that trusts one private certificate authority beside the system's.
func trusting(file string) *http.Client {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if pem, err := os.ReadFile(file); err == nil {
		pool.AppendCertsFromPEM(pem)
	}
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
}

type serverOptions struct {
	addr, httpAddr string
	baseURL        string
	proxies        []string
	certs          *autocert.Manager
	mail           mail.Sender   // nil: no mail is sent
	every          time.Duration // between two looks at what is due; 0: the clock stands
	develop        bool          // pages for those who work on the program
	drain          time.Duration // from not being ready any more until no request is taken
}

// server is everything that runs, put together once.
type server struct {
	o         serverOptions
	db        *storage.DB
	kit       *page.Kit
	collector *collecting.Collector
	handler   http.Handler
	listener  net.Listener
	plain     net.Listener
	ready     atomic.Bool
	log       *slog.Logger
}

func newServer(o serverOptions, db *storage.DB, key seal.Key, log *slog.Logger) (*server, error) {
	b, err := bank.Load()
	if err != nil {
		return nil, err
	}
	s := &server{o: o, db: db, log: log, collector: collecting.NewCollector(db, key)}
	s.kit = &page.Kit{DB: db, Key: key, Bank: b, Collector: s.collector, BaseURL: o.baseURL, Log: log, Mail: o.mail, Develop: o.develop,
		Secure: strings.HasPrefix(o.baseURL, "https://")}
	built, err := web.New(s.kit, web.Options{TrustedProxies: o.proxies, Ready: s.ready.Load})
	if err != nil {
		return nil, err
	}
	s.handler = built.Echo
	return s, nil
}

func (s *server) listen() error {
	for _, addr := range []string{s.o.addr, s.o.httpAddr} {
		if _, _, err := net.SplitHostPort(addr); addr != "" && err != nil {
			return fault.New(fault.Invalid, "serve.addr_form", fault.Values{"Value": addr})
		}
	}
	l, err := net.Listen("tcp", s.o.addr)
	if err != nil {
		return fault.New(fault.Busy, "serve.addr", fault.Values{"Value": s.o.addr}).Because(err)
	}
	s.listener = l
	if s.kit.BaseURL == "" {
		s.kit.BaseURL = "http://" + l.Addr().String()
	}
	if s.o.certs != nil && s.o.httpAddr != "" {
		if s.plain, err = net.Listen("tcp", s.o.httpAddr); err != nil {
			return fault.New(fault.Busy, "serve.addr", fault.Values{"Value": s.o.httpAddr}).Because(err)
		}
	}
	return nil
}

// offerSetUp prints the link that founds the first school: there is no default password. Each start prints a new one
// and voids the last, until there is a school.
func (s *server) offerSetUp(ctx context.Context) error {
	any, err := roster.NewStore(s.db).Any(ctx)
	if err != nil || any {
		return err
	}
	id := identity.NewStore(s.db, s.kit.Key)
	if err := id.DropCodes(ctx, joining.SetUpKind, "school"); err != nil {
		return err
	}
	code, err := id.MintCode(ctx, joining.SetUpKind, "", "school", 48*time.Hour)
	if err != nil {
		return err
	}
	fmt.Printf("There is no school yet. Open this link once, within two days, to set yours up:\n\n    %s/set-up/%s\n\n", s.kit.BaseURL, code)
	return nil
}

const headerMost = 16 << 10

// run serves until ctx ends, then stops in order: not ready any more, no new requests, what is on its way, what is
// queued, the clock.
func (s *server) run(ctx context.Context) error {
	server := func(h http.Handler) *http.Server {
		return &http.Server{Handler: h, MaxHeaderBytes: headerMost, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
			WriteTimeout: 60 * time.Second, IdleTimeout: 75 * time.Second, ErrorLog: stdlog.New(io.Discard, "", 0)}
	}
	main := server(s.handler)
	failed := error(nil)
	errs := make(chan error, 2)
	go func() {
		if s.o.certs != nil {
			main.TLSConfig = s.o.certs.TLSConfig()
			fetch := main.TLSConfig.GetCertificate
			main.TLSConfig.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				cert, err := fetch(hello)
				if err != nil {
					s.log.Error("no certificate", "domain", hello.ServerName, "error", err)
				}
				return cert, err
			}
			main.TLSConfig.MinVersion = tls.VersionTLS12
			errs <- main.ServeTLS(s.listener, "", "")
			return
		}
		errs <- main.Serve(s.listener)
	}()
	servers := []*http.Server{main}
	if s.plain != nil {
		challenges := server(s.o.certs.HTTPHandler(nil))
		servers = append(servers, challenges)
		go func() { errs <- challenges.Serve(s.plain) }()
	}
	clockDone := make(chan struct{})
	clockCtx, stopClock := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(clockDone)
		if s.o.every > 0 {
			schedule.Clock{DB: s.db, Key: s.kit.Key, Bank: s.kit.Bank, Log: s.log, Mail: s.kit.Mail, BaseURL: s.kit.BaseURL, Charts: page.Charts()}.Run(clockCtx, s.o.every)
		}
	}()
	select {
	case <-ctx.Done():
		s.ready.Store(false)
		time.Sleep(s.o.drain)
	case failed = <-errs:
	}
	s.ready.Store(false)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	for _, srv := range servers {
		if err := srv.Shutdown(end); err != nil && failed == nil {
			failed = err
		}
	}
	s.collector.Stop()
	stopClock()
	<-clockDone
	if errors.Is(failed, http.ErrServerClosed) {
		return nil
	}
	return failed
}
