package slides

import (
	"slices"
	"testing"

	"earshot/internal/base/words"
)

// TestOneMoreIsShown: a line that counts a single other takes the room of that other, so it never stands there.
func TestOneMoreIsShown(t *testing.T) {
	v, all := words.English(), []string{"a", "b", "c", "d"}
	for n, want := range map[int][]string{
		0: nil, 2: {"a", "b"}, 3: {"a", "b", "c"}, 4: {"a", "b", v.Say("board.more", words.V{"Count": 2})},
	} {
		if got := shortened(v, all[:n:n], 2); !slices.Equal(got, want) {
			t.Errorf("of %d lines %q stand, not %q", n, got, want)
		}
	}
	if all[2] != "c" {
		t.Error("what was shortened has changed")
	}
}
