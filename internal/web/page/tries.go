package page

import (
	"strconv"

	"earshot/internal/ask/bank"
)

// Tries are things to try, folded away on a page.
type Tries struct {
	Lead   string
	List   []TryLine
	Action string // where a button sends the one to take over; empty without buttons
}

// TryLine is one thing to try, in words.
type TryLine struct {
	ID       string
	Title    string
	Who      string // who can do it, where that is not any teacher of any pupils
	Do       string
	Time     string
	Look     string
	Ask      string // the question that shows whether it helped; empty if it is not known which
	Evidence string
}

// NewTries puts things to try into words for a page about those of an audience. Each names the question to ask again: the
// item if it may move that, and otherwise its first one for the audience, or its first of all for a page about everybody.
func NewTries(b *bank.Bank, list []bank.Try, item, audience string) Tries {
	var d Tries
	for _, t := range list {
		line := TryLine{ID: t.ID, Title: t.Title, Do: t.Do, Look: t.Look, Evidence: t.Evidence, Time: "It takes about " + strconv.Itoa(t.Minutes) + " minutes each time."}
		switch {
		case t.Minutes == 1:
			line.Time = "It takes about a minute each time."
		case t.Minutes == 30:
			line.Time = "It takes about half an hour each time."
		}
		if audience == "" {
			line.Who = map[bank.Phase]string{bank.Secondary: "Secondary", bank.Primary: "Primary"}[t.For]
		}
		if t.School {
			line.Who = map[bool]string{true: "Leaders decide", false: line.Who + ", leaders decide"}[line.Who == ""]
		}
		for _, id := range t.Items {
			i, ok := b.Item(id)
			if ok && (id == item || line.Ask == "" && (audience == "" || i.Audience == audience)) {
				line.Ask = i.Text
			}
		}
		d.List = append(d.List, line)
	}
	return d
}
