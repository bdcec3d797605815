package responsefile_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/survey"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/testkit"
)

// A file of nearly 20 MB, most of it what is dropped, is read and carried in a small part of its size.
func TestALargeFile(t *testing.T) {
	doc := read(t, small)
	var b bytes.Buffer
	b.WriteString("Name,Story,Form,q1,q2,q3,q4,q5\n")
	answers := []string{"Agree", "Disagree", "Strongly agree", "NA"}
	for i := range 49_000 {
		fmt.Fprintf(&b, "Ann Bell %d,%s %d,%dA,%s,%d,Likely,Chess;Music,%d\n", i, strings.Repeat("so much to say ", 22), i, 7+i%5, answers[i%4], 1+i%4, i%11)
	}
	if b.Len() < 18<<20 || b.Len() > responsefile.MaxBytes {
		t.Fatalf("%d bytes", b.Len())
	}
	began := time.Now()
	table, problems := responsefile.Read(b.Bytes())
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	packed, err := table.Pack()
	testkit.Must(t, err)
	again, err := responsefile.Unpack(packed)
	testkit.Must(t, err)
	docs := []survey.Document{doc}
	r, problems := responsefile.Apply(again, responsefile.Guess(again, docs), docs, "2026-01-01")
	if responsefile.Stops(problems) || len(r.Rows) != 49_000 || r.Counts[0].Options[2] != 12_250 || len(r.Groups) != 5 {
		t.Fatalf("%d rows, %v, %d groups: %s", len(r.Rows), r.Counts[0], len(r.Groups), said(problems))
	}
	t.Logf("%d MB in %v, carried in %d kB", b.Len()>>20, time.Since(began).Round(time.Millisecond), len(packed)>>10)
	if len(packed) > b.Len()/8 {
		t.Errorf("%d bytes are carried", len(packed))
	}
}
