package safeguard

import (
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/internal/base/fault"
	"earshot/internal/listen/screen"
)

// Far is how far somebody lets the words go that they wrote in a box.
type Far string

const (
	LeadOnly Far = "lead"   // no further than the adults who read for safety
	Retold   Far = "retold" // an adult may say it in other words
	Exact    Far = "exact"  // my exact words
)

// Fars are the choices under each box; what nobody ticked is the one in the middle.
var Fars = []Far{LeadOnly, Retold, Exact}

// FarOf reads what a form says.
func FarOf(s string) Far {
	if slices.Contains(Fars, Far(s)) {
		return Far(s)
	}
	return Retold
}

// Standing is how far a comment has come.
type Standing string

const (
	Held     Standing = "held"     // nobody has read it
	Seen     Standing = "read"     // somebody has
	Kept     Standing = "kept"     // it goes no further
	Ready    Standing = "ready"    // it may go to staff, with nine others at least
	Released Standing = "released" // it has
)

// MostWords is the longest that a comment may be, in characters.
const MostWords = 2000

// secondsEach is how long reading one comment and deciding about it takes, as far as one can plan.
const secondsEach = 30

// Minutes is how long reading so many comments takes.
func Minutes(comments int) int { return max(1, (comments*secondsEach+59)/60) }

// Expected is how many comments may come from so many people who are shown so many boxes, if one in two writes.
func Expected(people, boxes int) int { return (people*boxes + 1) / 2 }

// Comment is what one person wrote in one box, as it lies in the database. Nothing leads from it to their other answers.
type Comment struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"` // random
	Dealt    bool   // handed to the readers, with others, so that no reader sees a comment come
	State    Standing
	Body     string // locked, base64
}

// Remark is a comment on its way in.
type Remark struct {
	ID       string // in rounds where it can be taken back; empty: a random one
	Tie      string // of the envelope or name of whoever wrote it; empty in anonymous rounds
	Question string
	Unit     string // the group it is counted in
	Language string // of the page it was written on
	Words    string
	Far      Far
}

// Written is what is in a comment.
type Written struct {
	Question string         `json:"question"`
	Unit     string         `json:"unit"` // shown to a reader only once they have said why they need it
	Words    string         `json:"words"`
	Far      Far            `json:"far"`
	Finding  screen.Finding `json:"finding"`
	Told     string         `json:"told,omitempty"` // what may go to staff: retold, or the words without names
	Notes    []Note         `json:"notes,omitempty"`
	Revealed []string       `json:"revealed,omitempty"` // ids of those to whom the class was shown
	Passed   bool           `json:"passed,omitempty"`   // a copy went to those who deal with concerns
	Tie      string         `json:"tie,omitempty"`      // of the envelope or name of whoever wrote it
}

// Decision is what a reader makes of a comment.
type Decision struct {
	Release bool   // may go to staff
	Told    string // in these words; empty: as it was written
	Note    string
}

func (d *Decision) problems(w Written) map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	d.Told, d.Note = strings.TrimSpace(strings.ReplaceAll(d.Told, "\r\n", "\n")), strings.TrimSpace(d.Note)
	switch {
	case d.Release && w.Far == LeadOnly:
		fields["release"] = fault.Problem{Key: "comment.lead_only"}
	case d.Release && w.Far == Retold && (d.Told == "" || same(d.Told, w.Words)):
		fields["told"] = fault.Problem{Key: "comment.retell"}
	}
	if utf8.RuneCountInString(d.Told) > MostWords || utf8.RuneCountInString(d.Note) > MostWords {
		fields["told"] = fault.Problem{Key: "talk.long"}
	}
	return fields
}

// mostShared is how much of what somebody wrote may stand, in its order, in what is said to be other words.
const mostShared = 0.6

// same says whether a text is what somebody wrote over again: nearly all of its words in the same order, whatever stands
// before, between and after them. How somebody writes gives them away.
func same(told, written string) bool {
	a, b := screen.Words(written), screen.Words(told)
	if len(a) < 4 { // a few words are met by chance
		return slices.Equal(a, b)
	}
	// The longest run of words that both have, with others in between.
	row := make([]int, len(b)+1)
	for _, word := range a {
		above := 0
		for j, other := range b {
			longest := max(row[j+1], row[j])
			if word == other {
				longest = max(longest, above+1)
			}
			above, row[j+1] = row[j+1], longest
		}
	}
	return float64(row[len(b)]) > mostShared*float64(len(a))
}

// Adults are those who would read something that cannot wait, so that it does not go to whom it is about.
type Adults struct {
	Leads []string // names of the safeguarding lead and the deputies
	Head  []string // of the head
	Chair bool     // there is a chair of governors who can be told
}

// route says where a comment goes at once, if it does: what is urgent, and what nobody could read who reads comments, because
// it names them all.
func (a Adults) route(text string, urgent bool) (To, bool) {
	written := screen.Words(text)
	leads := 0
	for _, name := range a.Leads {
		if names(written, name) {
			leads++
		}
	}
	head := slices.ContainsFunc(a.Head, func(name string) bool { return names(written, name) }) || slices.ContainsFunc([]string{"headteacher", "headmaster", "headmistress", "principal"}, func(w string) bool { return slices.Contains(written, w) }) || strings.Contains(strings.Join(written, " "), "head teacher")
	unread := len(a.Leads) > 0 && leads == len(a.Leads)
	switch {
	case !urgent && !unread:
		return "", false
	case head && a.Chair:
		return Chair, true
	case head && leads == 0:
		return Leads, true
	case leads > 0 && !head:
		return Head, true
	}
	return Team, true
}

// away says where what was meant for somebody goes instead because it names them, if there is anybody else. Whoever ticks that
// the head alone may read it is told that the chair does where it names the head, and nobody else.
func (a Adults) away(to To, text string) To {
	if other, _ := a.route(text, true); to == Team || other == Chair {
		return other
	}
	return to
}

// without leaves out those whom somebody is already talking with: to name them is to speak to them.
func (a Adults) without(names []string) Adults {
	drop := func(name string) bool { return slices.Contains(names, name) }
	a.Leads, a.Head = slices.DeleteFunc(slices.Clone(a.Leads), drop), slices.DeleteFunc(slices.Clone(a.Head), drop)
	return a
}

// names says whether a text has somebody's family name in it. A name of two letters is met by chance too often.
func names(written []string, name string) bool {
	all := screen.Words(name)
	return len(all) > 0 && utf8.RuneCountInString(all[len(all)-1]) > 2 && slices.Contains(written, all[len(all)-1])
}
