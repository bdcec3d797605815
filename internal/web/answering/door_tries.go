package answering

import (
	"sync"
	"time"
)

// Three pictures out of twelve are soon guessed, so wrong ones are counted. Each device has a count of its own, and those that
// have let no child in yet share another: whoever throws the mark of their device away is new each time, and a device that
// children use is not shut by what others do. docs/decisions/0035 says how far that goes.
const (
	deviceTries  = 6             // wrong ones on a device since a child came in, until an adult opens the door again
	newTries     = 12            // on all devices together that have let no child in
	deviceForget = 2 * time.Hour // after so long one wrong try of a device is forgotten
	newForget    = 6 * time.Hour // and one of those that are counted together
	longestWait  = 4 * time.Second
)

// pauses are how long a device waits after so many wrong tries.
var pauses = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}

// gate minds the doors. It is kept in memory alone.
type gate struct {
	mu    sync.Mutex
	now   func() time.Time
	doors map[string]*doorTries
}

// doorTries are the wrong tries at one door.
type doorTries struct {
	fresh   count
	devices map[string]*deviceCount
	in      map[string]bool // slips that came in by it
	used    time.Time
}

type deviceCount struct {
	count
	known bool      // a child has come in here, or an adult has opened the door on it
	next  time.Time // no try before
}

// count is how many wrong tries stand, of which one is forgotten after each so long.
type count struct {
	wrong int
	since time.Time
}

func (n *count) settle(now time.Time, forget time.Duration) {
	gone := int(now.Sub(n.since) / forget)
	if gone >= n.wrong {
		n.wrong, n.since = 0, now
		return
	}
	n.wrong, n.since = n.wrong-gone, n.since.Add(time.Duration(gone)*forget)
}

func (n *count) add(by int, now time.Time) {
	if n.wrong == 0 {
		n.since = now
	}
	n.wrong = max(0, n.wrong+by)
}

// way is what a door does with somebody.
type way string

const (
	goOn   way = "go on"
	wait   way = "wait" // try again in a moment
	isShut way = "shut" // until an adult opens it
)

var tries = gate{now: time.Now, doors: map[string]*doorTries{}}

func (g *gate) at(door, device string) (*doorTries, *deviceCount) {
	now := g.now()
	t := g.doors[door]
	if t == nil {
		g.forget(now)
		t = &doorTries{devices: map[string]*deviceCount{}, in: map[string]bool{}}
		g.doors[door] = t
	}
	t.used = now
	t.fresh.settle(now, newForget)
	d := t.devices[device]
	if d == nil {
		return t, &deviceCount{}
	}
	d.settle(now, deviceForget)
	return t, d
}

// forget drops doors that nobody has come to for long enough that nothing of them counts any more.
func (g *gate) forget(now time.Time) {
	for name, t := range g.doors {
		if now.Sub(t.used) > newTries*newForget {
			delete(g.doors, name)
		}
	}
}

// shut says whether a device has to wait for an adult.
func (g *gate) shut(door, device string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, d := g.at(door, device)
	return t.shut(d)
}

func (t *doorTries) shut(d *deviceCount) bool {
	return d.wrong >= deviceTries || !d.known && t.fresh.wrong >= newTries
}

// enter counts a try as a wrong one, until right says otherwise: many at once are no faster than one after the other. first is how
// long to wait before the pictures are looked at.
func (g *gate) enter(door, device string) (what way, first time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	t, d := g.at(door, device)
	if t.shut(d) {
		return isShut, 0
	}
	at := now
	if d.next.After(now) {
		at = d.next
	}
	if at.Sub(now) > longestWait {
		return wait, 0
	}
	d.add(1, now)
	d.next = at.Add(pauses[min(d.wrong, len(pauses)-1)])
	if !d.known {
		t.fresh.add(1, now)
	}
	t.devices[device] = d
	return goOn, at.Sub(now)
}

// right takes the last try of a device back. A child who comes in for the first time clears what is counted against the device:
// one who comes again and again does not, or whoever knows three pictures could try any number of others.
func (g *gate) right(door, device, slip string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	t, d := g.at(door, device)
	back := 1
	if !t.in[slip] {
		back = d.wrong
	}
	if !d.known {
		t.fresh.add(-back, now)
	}
	d.add(-back, now)
	d.next = now
	d.known = d.known || !t.in[slip]
	t.in[slip], t.devices[device] = true, d
}

// open lets everybody begin anew at a door. Devices that children came in on stay known, and the one it is opened on becomes so:
// nobody else's tries shut a tablet on which an adult has opened the door.
func (g *gate) open(door, device string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, here := g.at(door, device)
	here.known, t.devices[device] = true, here
	t.fresh = count{}
	for name, d := range t.devices {
		if d.known {
			d.count, d.next = count{}, time.Time{}
		} else {
			delete(t.devices, name)
		}
	}
}
