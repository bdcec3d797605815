// Package action is what a school does with what was said. Each round is owed a reply: what was heard, and to each of it an
// answer that says what is done, what is tried, and what will not be done and why. Somebody sees to each answer by a day.
package action

import (
	"encoding/json"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
)

// Answer is what a school says to one thing that it heard.
type Answer string

const (
	Done     Answer = "done"
	Together Answer = "together" // those who answered do something, and the school does something
	Trying   Answer = "trying"
	NotNow   Answer = "not_now"
	No       Answer = "no"
)

// Answers lists the answers in the order in which a reply gives them.
var Answers = []Answer{Done, Together, Trying, NotNow, No}

// Refuses says whether the answer is that something will not be done, which needs a reason and no day.
func (a Answer) Refuses() bool { return a == NotNow || a == No }

// State is how far an action has come.
type State string

const (
	Planned  State = "planned"
	Doing    State = "doing"
	Finished State = "done"
	Dropped  State = "dropped"
)

// States lists the states in the order in which they follow each other.
var States = []State{Planned, Doing, Finished, Dropped}

// Action is one answer of a reply, and what becomes of it.
type Action struct {
	SchoolID    string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"`
	RoundID     string
	Position    int
	Answer      Answer
	Heard       string // what was heard
	Doing       string // what is done or tried; of a refusal, why not
	Pupils      string // together: what those who answered do
	Staff       string // together: what the school does
	QuestionID  string // the question of the round that it should move; empty for none
	OwnerID     string
	OwnerName   string
	Due         storage.Date
	Steps       string // JSON of []Step
	State       State
	Became      string // what became of it
	Quick       bool   // a small thing, answered before the whole reply is
	PublishedAt *time.Time
	ChangedAt   time.Time // its words, last
	CreatedAt   time.Time
}

// Step is a part of an action.
type Step struct {
	Text string `json:"text"`
	Done bool   `json:"done,omitempty"`
}

// StepList reads the steps.
func (a Action) StepList() []Step {
	var steps []Step
	_ = json.Unmarshal([]byte(a.Steps), &steps) // written by this package
	return steps
}

// Open says whether something is still to be done.
func (a Action) Open() bool {
	return !a.Answer.Refuses() && (a.State == Planned || a.State == Doing)
}

// Overdue says whether its day has passed and it is not done.
func (a Action) Overdue(today storage.Date) bool { return a.Open() && a.Due != "" && a.Due < today }

// Pieces are its words that people read, by name, in the order in which they stand.
func (a Action) Pieces() (list []Piece) {
	for _, p := range []Piece{{"heard", a.Heard}, {"doing", a.Doing}, {"pupils", a.Pupils}, {"staff", a.Staff}, {"became", a.Became}} {
		if p.Text != "" {
			list = append(list, Piece{a.ID + "." + p.Key, p.Text})
		}
	}
	return list
}

// Reply is what a school says to a whole round.
type Reply struct {
	SchoolID    string `gorm:"primaryKey"`
	RoundID     string `gorm:"primaryKey"`
	WriterID    string
	Opening     string
	LastHeard   string // these three lines open the next survey
	LastDid     string
	LastWont    string
	PublishedAt *time.Time
	PublishedBy string
	ChangedAt   time.Time
}

// Pieces are its words that people read.
func (r Reply) Pieces() (list []Piece) {
	for _, p := range []Piece{{"opening", r.Opening}, {"last_heard", r.LastHeard}, {"last_did", r.LastDid}, {"last_wont", r.LastWont}} {
		if p.Text != "" {
			list = append(list, p)
		}
	}
	return list
}

// Whole is a reply with its answers.
type Whole struct {
	Reply
	Actions []Action
}

// Pieces are all words of the reply, its own first.
func (w Whole) Pieces() []Piece {
	list := w.Reply.Pieces()
	for _, a := range w.Actions {
		list = append(list, a.Pieces()...)
	}
	return list
}

// Shown is the part of it that people may read now: all of it once it is published, and before that the quick answers
// alone. The lines for the next survey wait for the whole.
func (w Whole) Shown() Whole {
	out := w
	if w.PublishedAt == nil {
		out.Reply = Reply{SchoolID: w.SchoolID, RoundID: w.RoundID}
	}
	out.Actions = nil
	for _, a := range w.Actions {
		if a.PublishedAt != nil {
			out.Actions = append(out.Actions, a)
		}
	}
	return out
}

// By lists the actions with one answer.
func (w Whole) By(answer Answer) (list []Action) {
	for _, a := range w.Actions {
		if a.Answer == answer {
			list = append(list, a)
		}
	}
	return list
}

// The longest that words of a reply may be, in characters. What opens the next survey has to fit beside the promise.
const (
	maxWords = 400
	maxLast  = 70
	maxSteps = 12
)

// Form is what somebody writes of one action.
type Form struct {
	Answer     Answer
	Heard      string
	Doing      string
	Pupils     string
	Staff      string
	QuestionID string
	OwnerID    string
	Due        storage.Date
	Quick      bool
}

func (f *Form) problems(today storage.Date) map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	for name, text := range map[string]*string{"heard": &f.Heard, "doing": &f.Doing, "pupils": &f.Pupils, "staff": &f.Staff} {
		if *text = strings.TrimSpace(*text); len([]rune(*text)) > maxWords {
			fields[name] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxWords}}
		}
	}
	switch f.Answer {
	case Done, Trying, NotNow, No:
		f.Pupils, f.Staff = "", ""
		if f.Doing == "" || f.Answer.Refuses() && len(strings.Fields(f.Doing)) < 3 {
			fields["doing"] = fault.Problem{Key: "action.doing." + string(f.Answer)}
		}
	case Together:
		if f.Pupils == "" {
			fields["pupils"] = fault.Problem{Key: "action.pupils"}
		}
		if f.Staff == "" {
			fields["staff"] = fault.Problem{Key: "action.staff"}
		}
	default:
		fields["answer"] = fault.Problem{Key: "action.answer"}
	}
	if f.Heard == "" {
		fields["heard"] = fault.Problem{Key: "action.heard"}
	}
	if f.Answer.Refuses() {
		f.Due = ""
	} else if f.Due != "" && !f.Due.Valid() {
		fields["due"] = fault.Problem{Key: "action.due"}
	} else if f.Due == "" && (f.Answer == Together || f.Answer == Trying) {
		fields["due"] = fault.Problem{Key: "action.due"}
	} else if f.Due != "" && f.Answer != Done && f.Due < today {
		fields["due"] = fault.Problem{Key: "action.due_past"}
	}
	if f.OwnerID == "" && !f.Answer.Refuses() {
		fields["owner"] = fault.Problem{Key: "action.owner"}
	}
	return fields
}

// Owed is a round that a school has not answered yet, or has.
type Owed struct {
	round.Round
	PublishedAt *time.Time // of the reply; nil while it is owed
	Actions     int        // that are written so far
}

// Late says whether the day of the reply has passed without one.
func (o Owed) Late(today storage.Date) bool { return o.PublishedAt == nil && o.ReplyBy < today }

// Voice is whose surveys a reply opens: a reply to pupils opens the pupils' next survey, whatever their age.
func Voice(audience string) string {
	if bank.IsPupils(audience) {
		return "pupils"
	}
	return audience
}

// WithSteps is the action with other steps.
func (a Action) WithSteps(steps []Step) Action {
	text, _ := json.Marshal(steps) // strings and booleans always encode
	a.Steps = string(text)
	return a
}
