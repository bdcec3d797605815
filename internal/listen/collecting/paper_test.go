package collecting_test

import (
	"context"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/testkit"
)

func TestUnitOfACode(t *testing.T) {
	ctx := context.Background()
	s, c, r, codes := openRound(t)
	other := s.Open(s.Form(s.Survey("first_belong"), s.Forms("8A 12")))
	foreign := s.Slips(other)["8A"][0]
	send(t, s, c, r, codes["9A"][1], "r1")
	for name, want := range map[string]struct {
		code, unit string
		spent      bool
	}{
		"a slip":                        {codes["9A"][0], "9A", false},
		"with dashes and small letters": {dashes(codes["10A"][0]), "10A", false},
		"used":                          {codes["9A"][1], "9A", true},
		"of another round":              {foreign, "", false},
		"of no round":                   {"ABCDEFGH1234", "", false},
		"no code":                       {"hello", "", false},
		"nothing":                       {"", "", false},
	} {
		unit, spent, err := c.UnitOf(ctx, r, want.code)
		testkit.Must(t, err)
		id := ""
		if want.unit != "" {
			id = unitNamed(t, s, r, want.unit).ID
		}
		if unit != id || spent != want.spent {
			t.Errorf("%s: unit %q, spent %v", name, unit, spent)
		}
	}
	// Looking spends nothing.
	if out := send(t, s, c, r, codes["9A"][0], "r2"); out != collecting.Stored {
		t.Errorf("after looking: %s", out)
	}
}

func TestSheetsTypedTwiceAreCounted(t *testing.T) {
	ctx := context.Background()
	s, c, r, codes := openRound(t)
	if got, err := c.TypedTwice(ctx, r); err != nil || got != (collecting.Twice{}) {
		t.Errorf("before any sheet: %+v, %v", got, err)
	}
	for _, sheet := range [][2]int{{8, 0}, {8, 2}, {8, 1}} {
		testkit.Must(t, c.Checked(ctx, r, sheet[0], sheet[1]))
	}
	send(t, s, c, r, codes["9A"][0], "r1") // its tallies are of other kinds
	if got, err := c.TypedTwice(ctx, r); err != nil || got != (collecting.Twice{Sheets: 3, Answers: 24, Different: 3}) {
		t.Errorf("%+v, %v", got, err)
	}
	other := s.Open(s.Form(s.Survey("first_belong"), s.Forms("8A 12")))
	if got, err := c.TypedTwice(ctx, other); err != nil || got != (collecting.Twice{}) {
		t.Errorf("another round: %+v, %v", got, err)
	}
}

// Every option has a key of its own, and 0 is left for no answer.
func TestTypingKeys(t *testing.T) {
	for i, key := range collecting.TypingKeys {
		if strings.ContainsRune(collecting.TypingKeys[:i], key) || key == '0' {
			t.Errorf("%c", key)
		}
	}
	if len(collecting.TypingKeys) != survey.MaxOptions {
		t.Errorf("%d keys for %d options", len(collecting.TypingKeys), survey.MaxOptions)
	}
}
