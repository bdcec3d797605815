package action

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/internal/base/fault"
)

// Note is what somebody keeps for themselves about one group of a round: what they guessed before they looked, and what
// they made of it. Nobody else can read it, whatever their role.
type Note struct {
	Guesses map[string]string `json:"guesses,omitempty"` // question -> the option that they guess to be the middle one, in its words
	Looked  bool              `json:"looked,omitempty"`  // they went on to what was said: guessing is over
	Enough  map[string]int    `json:"enough,omitempty"`  // question -> the share, in per cent and full tenths, that teacher and class would call good enough
	Journal map[string]string `json:"journal,omitempty"` // prompt -> words
	Agreed  string            `json:"agreed,omitempty"`  // one sentence that the class agreed on when it read its figures
}

// Prompts are the questions of the journal, in their order.
var Prompts = []string{"expected", "surprised", "meant", "ask", "keep", "try"}

// Empty says that nothing was kept.
func (n Note) Empty() bool {
	return len(n.Guesses) == 0 && len(n.Journal) == 0 && len(n.Enough) == 0 && n.Agreed == ""
}

// maxJournal is the longest that one piece of a journal may be, in characters.
const maxJournal = 4000

func (n *Note) problems() map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	for prompt := range maps.Keys(n.Journal) {
		text := strings.TrimSpace(n.Journal[prompt])
		if n.Journal[prompt] = text; text == "" || !slices.Contains(Prompts, prompt) {
			delete(n.Journal, prompt)
		}
		if utf8.RuneCountInString(text) > maxJournal {
			fields[prompt] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxJournal}}
		}
	}
	if n.Agreed = strings.TrimSpace(n.Agreed); utf8.RuneCountInString(n.Agreed) > maxWords {
		fields["agreed"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxWords}}
	}
	for q, share := range n.Enough {
		if share < 10 || share > 100 || share%10 != 0 {
			fields["enough-"+q] = fault.Problem{Key: "action.enough"}
		}
	}
	return fields
}
