package rehearsal

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialer opens a connection, as http.Transport wants it.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// far opens connections on which every byte takes half of rtt each way, so that a question and its answer take rtt more
// than they do here. Opening one takes rtt as well. Bytes are never lost and never overtake each other.
func far(rtt time.Duration) dialer {
	var near net.Dialer
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := near.DialContext(ctx, network, address)
		if err != nil || rtt <= 0 {
			return conn, err
		}
		select {
		case <-ctx.Done():
			conn.Close()
			return nil, ctx.Err()
		case <-time.After(rtt):
		}
		f := &farConn{Conn: conn, half: rtt / 2, out: make(chan chunk, 256), in: make(chan chunk, 256), gone: make(chan struct{})}
		go f.write()
		go f.read()
		return f, nil
	}
}

// chunk is some bytes on their way.
type chunk struct {
	data []byte
	at   time.Time // when they arrive
	err  error     // instead of data: the connection ended
}

type farConn struct {
	net.Conn
	half    time.Duration
	out, in chan chunk
	rest    chunk // what has arrived and was not read yet
	once    sync.Once
	gone    chan struct{}
}

func (f *farConn) write() {
	for {
		select {
		case <-f.gone:
			return
		case c := <-f.out:
			time.Sleep(time.Until(c.at))
			if _, err := f.Conn.Write(c.data); err != nil {
				f.Close()
				return
			}
		}
	}
}

func (f *farConn) read() {
	for {
		buf := make([]byte, 16<<10)
		n, err := f.Conn.Read(buf)
		at := time.Now().Add(f.half)
		for _, c := range []chunk{{data: buf[:n], at: at}, {err: err, at: at}} {
			if len(c.data) == 0 && c.err == nil {
				continue
			}
			select {
			case <-f.gone:
				return
			case f.in <- c:
			}
		}
		if err != nil {
			return
		}
	}
}

// Write hands bytes to the line and returns at once, as a socket does.
func (f *farConn) Write(p []byte) (int, error) {
	select {
	case <-f.gone:
		return 0, net.ErrClosed
	case f.out <- chunk{data: append([]byte(nil), p...), at: time.Now().Add(f.half)}:
		return len(p), nil
	}
}

// Read returns what has arrived.
func (f *farConn) Read(p []byte) (int, error) {
	if len(f.rest.data) == 0 && f.rest.err == nil {
		select {
		case <-f.gone:
			return 0, net.ErrClosed
		case f.rest = <-f.in:
			time.Sleep(time.Until(f.rest.at))
		}
	}
	if f.rest.err != nil {
		return 0, f.rest.err
	}
	n := copy(p, f.rest.data)
	f.rest.data = f.rest.data[n:]
	return n, nil
}

// Close ends the connection at once; what is still on its way is lost.
func (f *farConn) Close() error {
	f.once.Do(func() { close(f.gone) })
	return f.Conn.Close()
}
