package answering

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"earshot/internal/listen/participation"
)

// standing is a gate whose clock stands until it is moved.
func standing() (g *gate, move func(time.Duration)) {
	now := time.Date(2026, 5, 11, 9, 0, 0, 0, time.UTC)
	g = &gate{now: func() time.Time { return now }, doors: map[string]*doorTries{}}
	return g, func(by time.Duration) { now = now.Add(by) }
}

// tried makes a device try wrong pictures as often as it is let, waiting where it has to, and says how often that was.
func tried(g *gate, move func(time.Duration), most int, device func(i int) string) (n int) {
	for i := range most {
		what, first := g.enter("door", device(i))
		for what == wait {
			move(time.Second)
			what, first = g.enter("door", device(i))
		}
		if what == isShut {
			return n
		}
		move(first)
		n++
	}
	return n
}

func always(name string) func(int) string { return func(int) string { return name } }

func TestADeviceIsShutAfterWrongPictures(t *testing.T) {
	g, move := standing()
	began := g.now()
	if n := tried(g, move, 100, always("a")); n != deviceTries || !g.shut("door", "a") {
		t.Errorf("%d tries", n)
	}
	if waited := g.now().Sub(began); waited < 15*time.Second {
		t.Errorf("they took %s", waited)
	}
	// Another device has its own count, and another door.
	if g.shut("door", "b") || g.shut("other", "a") {
		t.Error("one device shuts a door for others")
	}
	move(deviceForget)
	if g.shut("door", "a") {
		t.Error("nothing is ever forgotten")
	}
	if n := tried(g, move, 100, always("a")); n != 1 {
		t.Errorf("%d tries after %s", n, deviceForget)
	}
	g.open("door", "phone")
	if g.shut("door", "a") {
		t.Error("an adult cannot open it")
	}
}

// A tablet that children use goes on, whatever others do at the same door.
func TestOthersDoNotShutATablet(t *testing.T) {
	g, move := standing()
	g.enter("door", "tablet")
	g.right("door", "tablet", "first child")
	if n := tried(g, move, 1000, func(i int) string { return fmt.Sprint("new ", i) }); n != newTries {
		t.Errorf("devices without a mark try %d times", n)
	}
	if !g.shut("door", "one more") {
		t.Error("one more new device may try")
	}
	for i := range 30 {
		what, first := g.enter("door", "tablet")
		if what != goOn || first != 0 {
			t.Fatalf("child %d: %s, %s", i, what, first)
		}
		g.right("door", "tablet", fmt.Sprint("child ", i))
	}
}

// Where an adult has opened the door, tablets that children use stay as they are, and so does the one it was opened on.
func TestOpeningADoorKeepsTablets(t *testing.T) {
	g, move := standing()
	flood := 0
	outside := func(int) string { flood++; return fmt.Sprint("outside ", flood) }
	g.enter("door", "used")
	g.right("door", "used", "first child")
	tried(g, move, 100, outside)
	if g.shut("door", "used") || !g.shut("door", "tablet") {
		t.Fatal("not as it has to be before")
	}
	g.open("door", "tablet")
	if n := tried(g, move, 100, outside); n != newTries {
		t.Errorf("%d tries from outside", n)
	}
	for _, tablet := range []string{"used", "tablet"} {
		if g.shut("door", tablet) {
			t.Errorf("%s is shut by others", tablet)
		}
	}
	if n := tried(g, move, 100, always("tablet")); n != deviceTries || !g.shut("door", "tablet") {
		t.Errorf("%d wrong tries on the tablet itself", n)
	}
}

// Thirty children who mistake their pictures now and then are never held up by that, on one tablet or on five.
func TestChildrenWhoMistakeTheirPictures(t *testing.T) {
	for _, tablets := range []int{1, 5} {
		g, move := standing()
		for i := range 30 {
			device := fmt.Sprint(i % tablets)
			for range i % 3 { // up to two mistakes each
				what, first := g.enter("door", device)
				if what != goOn {
					t.Fatalf("%d tablets, child %d: %s", tablets, i, what)
				}
				move(first + 5*time.Second)
			}
			if what, _ := g.enter("door", device); what != goOn {
				t.Fatalf("%d tablets, child %d: %s", tablets, i, what)
			}
			g.right("door", device, fmt.Sprint(i))
		}
	}
}

// Whoever knows three pictures does not get more tries by them.
func TestComingAgainClearsNothing(t *testing.T) {
	g, move := standing()
	g.enter("door", "a")
	g.right("door", "a", "own")
	wrong := 0
	for range 100 {
		n := tried(g, move, 1, always("a"))
		if n == 0 {
			break
		}
		wrong += n
		if what, _ := g.enter("door", "a"); what == goOn {
			g.right("door", "a", "own")
		}
		move(10 * time.Second)
	}
	if wrong != deviceTries && wrong != deviceTries-1 {
		t.Errorf("%d wrong tries", wrong)
	}
}

// Many at once are no faster.
func TestManyTriesAtOnce(t *testing.T) {
	g, _ := standing()
	let := 0
	for range 50 {
		if what, _ := g.enter("door", "a"); what == goOn {
			let++
		}
	}
	if let > 4 {
		t.Errorf("%d tries in one moment", let)
	}
}

// odds is how probable it is that so many different guesses meet the pictures of at least one of so many children.
func odds(guesses, children int) float64 {
	n := len(participation.Pictures)
	all, miss := n*(n-1)*(n-2), 1.0
	for i := range guesses {
		miss *= float64(all-children-i) / float64(all-i)
	}
	return 1 - miss
}

// guesses is how often somebody may try in so long, who comes as a new device each time and waits for nothing else.
func guesses(long time.Duration) (n int) {
	g, move := standing()
	end := g.now().Add(long)
	for i := 0; g.now().Before(end); i++ {
		if what, _ := g.enter("door", fmt.Sprint(i)); what == goOn {
			n++
			continue
		}
		move(time.Minute)
	}
	return n
}

// What the record says of guessing is what comes out.
func TestOddsOfGuessingPictures(t *testing.T) {
	day, fortnight := guesses(24*time.Hour), guesses(14*24*time.Hour)
	text, err := os.ReadFile("../../../docs/decisions/0035-confidential.md")
	if err != nil {
		t.Fatal(err)
	}
	percent := func(p float64) string { return fmt.Sprintf("%.0f%%", 100*p) }
	want := fmt.Sprintf("one guess meets somebody's with %.1f%%, the %d wrong tries of one device with %s, the %d of a first day with %s, the %d of a fortnight with %s: so often somebody can try who has a door's address and comes as a new device each time, while nobody of the form has answered. One given child's are met with %.1f%% in that fortnight",
		100*odds(1, 30), deviceTries, percent(odds(deviceTries, 30)), day, percent(odds(day, 30)), fortnight, percent(odds(fortnight, 30)), 100*odds(fortnight, 1))
	if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
		t.Errorf("the record does not say: %s", want)
	}
	// The same by trying it out.
	r, hits := rand.New(rand.NewPCG(3, 5)), 0
	for range 20000 {
		cards := r.Perm(1320)
		for _, c := range cards[:day] {
			if c < 30 {
				hits++
				break
			}
		}
	}
	if got := float64(hits) / 20000; math.Abs(got-odds(day, 30)) > 0.02 {
		t.Errorf("tried out: %.3f, computed: %.3f", got, odds(day, 30))
	}
}
