// Package safeguard holds what must reach an adult who can act: requests to talk to somebody. A concern stands by itself;
// nothing leads from it to an answer, or from an answer to it.
package safeguard

import (
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
)

// To says who may read a concern, as the one who wrote it ticked.
type To string

const (
	Team  To = "team"  // the safeguarding lead, the deputies and the head
	Leads To = "leads" // lead and deputies, where it may be about the head and there is no chair to send it to
	Head  To = "head"  // the head alone
	Chair To = "chair" // the chair of governors alone
)

// Tos are all of them.
var Tos = []To{Team, Leads, Head, Chair}

// State is how far a concern has come.
type State string

const (
	New       State = "new"
	Read      State = "read"
	NoConcern State = "no_concern"
	Recorded  State = "recorded" // where the school keeps its records
	Referred  State = "referred"
)

// Handled are the states in which it has been dealt with.
var Handled = []State{NoConcern, Recorded, Referred}

// Concern is one request to talk to somebody, as it lies in the database.
type Concern struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"` // random
	GoesTo    To
	Body      string // locked, base64
	State     State
	ArrivedAt *time.Time // nil once it has been dealt with
	Alerts    int
	AlertAt   *time.Time // nil once somebody has read it
	HandledOn string
	Drill     bool // made by adults, to try it out
}

// Open says whether it still waits for somebody.
func (c Concern) Open() bool { return c.State == New || c.State == Read }

// Said is what somebody wrote. The name is as they typed it, and nobody has checked it.
type Said struct {
	Name  string `json:"name,omitempty"`
	Words string `json:"words"`
	Notes []Note `json:"notes,omitempty"` // of those who read it
	// Of a copy of a comment: where it was written, and how far its words may go.
	Round    string   `json:"round,omitempty"`
	Tie      string   `json:"tie,omitempty"`  // of the envelope or name of whoever wrote it
	Unit     string   `json:"unit,omitempty"` // shown only to those who have said why they need it
	Far      Far      `json:"far,omitempty"`
	Revealed []string `json:"revealed,omitempty"` // ids of those to whom the class was shown
	// What went to and fro since, in its order: the adults' own copy of what they answered, and what came after it.
	Talk []Line `json:"talk,omitempty"`
}

// Line is one message of a thread.
type Line struct {
	ID   string `json:"id,omitempty"` // made with the page, so that a repeat is known
	By   string `json:"by,omitempty"` // an adult's name; empty: whoever holds the receipt
	On   string `json:"on"`
	Text string `json:"text"`
}

// Note is what an adult who read it wrote beside it.
type Note struct {
	By    string `json:"by"`
	On    string `json:"on"`
	Text  string `json:"text"`
	Class bool   `json:"class,omitempty"` // why they asked to see the class
}

// maxWords is the longest that words may be, in characters. What is longer is not cut: it is sent back, with everything in
// the box.
const maxWords = 4000

// Form is what somebody sends.
type Form struct {
	ID          string // made with the page, so that a repeat is known; empty: a new one
	Name, Words string
	To          To
	Adults      Adults // so that it goes to nobody whom it names, if the writer ticked nothing that says so
}

func (f *Form) problems() map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	f.Name, f.Words = strings.TrimSpace(f.Name), strings.TrimSpace(strings.ReplaceAll(f.Words, "\r\n", "\n"))
	if f.Words == "" && f.Name == "" {
		fields["words"] = fault.Problem{Key: "talk.empty"}
	}
	if utf8.RuneCountInString(f.Words) > maxWords || utf8.RuneCountInString(f.Name) > 200 {
		fields["words"] = fault.Problem{Key: "talk.long"}
	}
	if f.To != Head && f.To != Chair {
		f.To = Team
	}
	return fields
}

// readers are the roles that may read what goes somewhere.
var readers = map[To][]access.Role{
	Team:  {access.SafeguardingLead, access.SafeguardingDeputy, access.Head},
	Leads: {access.SafeguardingLead, access.SafeguardingDeputy},
	Head:  {access.Head},
	Chair: {access.Chair},
}

// May says whether somebody may read what goes there. What is for the chair alone is not for a chair who is also, or appoints, whom
// it may be about.
func May(who access.Actor, to To) bool {
	return access.Can(who, access.ReadConcerns, access.Object{School: who.School}) && who.Is(readers[to]...) && (to != Chair || who.SoleChair())
}

// open are the places that somebody may read.
func open(who access.Actor) (list []To) {
	for _, to := range Tos {
		if May(who, to) {
			list = append(list, to)
		}
	}
	return list
}

// withHead is the alert from which on the head is told too: after the first, and another an hour of school later.
const withHead = 2
