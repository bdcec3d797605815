package soak_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"

	"earshot/internal/testkit"
)

// wire stands between devices and the server and cuts connections: some when the server's reply is there and has not
// been passed on, so that what was asked for has happened and nobody was told.
type wire struct {
	address string
	server  string
	one     uint64 // in so many replies is lost

	mu   sync.Mutex
	rng  *rand.Rand
	lost int // replies to a Send
}

func newWire(t *testing.T, server, send string, seed, one uint64) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	w := &wire{address: "http://" + l.Addr().String(), server: server, one: one, rng: rand.New(rand.NewPCG(seed, 3))}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(conn, []byte(http.MethodPost+" "+send+" "))
		}
	}()
	return w
}

func (w *wire) carry(device net.Conn, send []byte) {
	defer device.Close()
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	var mu sync.Mutex
	sending := false // the last request was a Send
	go func() {
		defer server.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := device.Read(buf)
			if n > 0 {
				mu.Lock()
				sending = bytes.HasPrefix(buf[:n], send)
				mu.Unlock()
				if _, err := server.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil && err != io.EOF || n == 0 {
			return
		}
		mu.Lock()
		was := sending
		mu.Unlock()
		if w.cuts(was) {
			return
		}
		if _, err := device.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (w *wire) cuts(sending bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	cut := w.rng.Uint64N(w.one) == 0
	if cut && sending {
		w.lost++
	}
	return cut
}
