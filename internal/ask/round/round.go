// Package round is one asking of a survey: who is asked, what they are promised, who reads it, and when.
package round

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// State is where a round stands.
type State string

const (
	Draft     State = "draft"
	Open      State = "open"
	Closed    State = "closed"    // no page is handed out; answers on their way still arrive
	Settled   State = "settled"   // the inbox is emptied; results exist
	Published State = "published" // all named readers may look
	Cancelled State = "cancelled"
)

// Mode is what ties an answer to a person, or does not.
type Mode string

const (
	Anonymous Mode = "anonymous" // slips shuffled within a class
	OpenLink  Mode = "open_link" // one address for everybody; repeats cannot be ruled out
	// Confidential: whose an answer is stands in a sealed envelope, which the server cannot open.
	Confidential Mode = "confidential"
	// Named: whose an answer is stands in a table of its own, and those who answer are told who sees it.
	Named Mode = "named"
)

// About says what the units are: exactly one partition, so that a timetable never becomes a fingerprint.
type About string

const (
	AboutSchool  About = "school"  // forms
	AboutClasses About = "classes" // one subject's classes
)

// Grace is how long after closing late answers are waited for before a round settles by itself.
const Grace = 48 * time.Hour

// LeadersWait is how many school days teachers have to look before leaders do.
const LeadersWait = 3

// Round is one asking.
type Round struct {
	SchoolID     string `gorm:"primaryKey"`
	ID           string `gorm:"primaryKey"`
	Code         string // in the public address; not a secret
	SurveyID     string
	Version      int
	Title        string
	Audience     string
	About        About
	Mode         Mode
	Purpose      access.Purpose
	State        State
	Why          string // shown to those who answer: we are asking because ...
	MayChange    string
	ReplyBy      storage.Date
	ReplyPlace   string
	ClosesAt     time.Time
	OpenedAt     *time.Time
	ClosedAt     *time.Time
	SettledAt    *time.Time
	PublishedAt  *time.Time
	CancelledAt  *time.Time
	CancelReason string
	PromiseHash  string
	Snapshot     string // JSON of Snapshot
	Plan         string // JSON of Plan
	Least        int
	CreatedBy    string
	CreatedAt    time.Time
	Origin       string // FromFile, or empty for a round that was asked here
}

// Plan is the draft's choice of whom to ask.
type Plan struct {
	Groups   []string       `json:"groups"`              // forms or classes; in a round for parents, those of their children
	Reading  map[string]int `json:"reading,omitempty"`   // group -> slips for those who opted out
	Readers  []string       `json:"readers"`             // people
	People   []string       `json:"people,omitempty"`    // of the staff, in a round for staff
	Mail     bool           `json:"mail,omitempty"`      // slips come by e-mail, as far as there are addresses
	PerChild bool           `json:"per_child,omitempty"` // by e-mail: a parent answers for each child, not once for all
	Despite  string         `json:"despite,omitempty"`   // why people are asked although they are owed a reply, or have been asked much
	Outcome  string         `json:"outcome,omitempty"`   // the question that matters most: what goes with its answers is shown
	Minute   bool           `json:"minute,omitempty"`    // it begins with a minute without the screen
	Policy   string         `json:"policy,omitempty"`    // who opens sealed names: envelope.One or Two
	Flags    []string       `json:"flags,omitempty"`     // of the roster, by which results may be told apart
	Linked   bool           `json:"linked,omitempty"`    // the number that a personal card makes is kept beside answers
	Out      []string       `json:"out,omitempty"`       // pupils who opted out, of a draft whose answers will belong to somebody
}

// Snapshot is who reads and who helps, as it was when the round opened.
type Snapshot struct {
	School    string   `json:"school"`
	Readers   []Reader `json:"readers"`
	Lead      Helper   `json:"lead"`
	Deputies  []Helper `json:"deputies"`
	Nation    string   `json:"nation"`
	Helplines string   `json:"helplines,omitempty"`
	Small     bool     `json:"small,omitempty"`
	Invented  bool     `json:"invented,omitempty"`
	Zone      string   `json:"zone"`
	// Holidays are the school's as they were known then: they are no days on which teachers could have looked first.
	Holidays []roster.Span `json:"holidays,omitempty"`
	// Keys are those that sealed names of the round can be opened with, as they were then.
	Keys []HeldKey `json:"keys,omitempty"`
	// Flags are what results may be told apart by, with the names that those who answer were told.
	Flags []Flag `json:"flags,omitempty"`
	// Complaints is whom somebody tells who is unhappy about a round.
	Complaints string `json:"complaints"`
}

// HeldKey is the public half of a key and who holds the other.
type HeldKey struct {
	ID        string `json:"id"`
	Group     string `json:"group"`
	Recipient string `json:"recipient"`
	Name      string `json:"name"`
}

// Flag is something that the school's lists say of pupils.
type Flag struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Reader is somebody who was named to read the results.
type Reader struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Role   string `json:"role"`
}

// Helper is an adult a pupil can go to.
type Helper struct {
	Name  string `json:"name"`
	Place string `json:"place,omitempty"`
}

// ReadBy says whether somebody of that role was named as a reader when the round opened, as those who answered were told.
func (r Round) ReadBy(role access.Role) bool {
	return slices.ContainsFunc(r.AtOpening().Readers, func(n Reader) bool { return n.Role == string(role) })
}

// Mailed says whether slips of the round come by e-mail. Such a slip belongs to a person.
func (r Round) Mailed() bool {
	return (r.Mode == Anonymous || r.Mode == Confidential) && r.Choices().Mail
}

// Worries says whether the safeguarding team reads the answers of a round that may mean that somebody is in danger, as those who
// answer are told. What members of staff tick is nobody's to read one by one.
func (r Round) Worries() bool { return r.Mode == Confidential && r.Audience != bank.Staff }

// Personal says whether an answer of the round belongs to somebody: it is confidential or named.
func (r Round) Personal() bool { return r.Mode == Confidential || r.Mode == Named }

// Slips says whether people answer with a code each.
func (r Round) Slips() bool { return r.Mode != OpenLink }

// UnsealDays is how long after its settling a round's sealed names are kept.
const UnsealDays = 90

// UnsealOn is when the sealed names of a confidential round are deleted.
func (r Round) UnsealOn() storage.Date {
	return storage.DateOf(r.ClosesAt.Add(Grace).AddDate(0, 0, UnsealDays), r.Zone())
}

// PromiseMode is the mode as the promise knows it.
func (r Round) PromiseMode() bank.Mode {
	if r.Mode == Anonymous && r.Mailed() {
		return bank.Mailed
	}
	return bank.Mode(r.Mode)
}

// Choices reads the plan.
func (r Round) Choices() Plan {
	var p Plan
	_ = json.Unmarshal([]byte(r.Plan), &p) // written by this package
	return p
}

// AtOpening reads the snapshot; the zero value before opening.
func (r Round) AtOpening() Snapshot {
	var s Snapshot
	_ = json.Unmarshal([]byte(r.Snapshot), &s)
	return s
}

// Encode writes the snapshot as it is stored.
func (s Snapshot) Encode() string {
	text, _ := json.Marshal(s) // strings and booleans always encode
	return string(text)
}

// Zone is the school's time zone as it was at opening.
func (r Round) Zone() *time.Location { return storage.Zone(r.AtOpening().Zone) }

// DeleteOn is when the answers are deleted: the end of the school year after the one the round closes in.
func (r Round) DeleteOn() storage.Date {
	closes := r.ClosesAt.In(r.Zone())
	if r.BroughtIn() {
		closes = r.CreatedAt.In(r.Zone()) // the answers may be years old, and have been here since then only
	}
	year := closes.Year() + 1
	if closes.Month() >= time.September {
		year++
	}
	return storage.DateOf(time.Date(year, time.August, 31, 12, 0, 0, 0, r.Zone()), r.Zone())
}

// CountsUntil is when the group totals go as well: six years after the answers.
func (r Round) CountsUntil() storage.Date {
	t := r.DeleteOn().Time(time.UTC)
	return storage.DateOf(t.AddDate(6, 0, 0), time.UTC)
}

// SettlesAt is when a closed round settles by itself; the zero time while it is open.
func (r Round) SettlesAt() time.Time {
	if r.ClosedAt == nil {
		return time.Time{}
	}
	at := r.ClosedAt.Add(Grace)
	if r.Personal() && at.Before(r.ClosesAt) {
		return r.ClosesAt // until that day answers can be taken back, as was promised
	}
	return at
}

// LeadersFrom is when leaders may look.
func (r Round) LeadersFrom() time.Time {
	if r.SettledAt == nil {
		return time.Time{}
	}
	return access.Deadline(*r.SettledAt, LeadersWait, r.Zone(), roster.Calendar{Holidays: r.AtOpening().Holidays}.Off)
}

// Takes says whether an answer sent now is still accepted.
func (r Round) Takes() bool { return r.State == Open || r.State == Closed }

// HasResults says whether results may exist.
func (r Round) HasResults() bool { return r.State == Settled || r.State == Published }

// Object is the round as access sees it.
func (r Round) Object(now time.Time) access.Object {
	o := access.Object{School: r.SchoolID, Round: r.ID, Purpose: r.Purpose, About: string(r.About), Now: now,
		Published: r.State == Published}
	if r.HasResults() && r.SettledAt != nil && !r.OnTrial(now) {
		o.Settled, o.LeadersFrom = *r.SettledAt, r.LeadersFrom()
	}
	for _, reader := range r.AtOpening().Readers {
		o.Readers = append(o.Readers, reader.Person)
	}
	return o
}

// Kinds of units.
const (
	UnitSchool = "school"
	UnitYear   = "year"
	UnitForm   = "form"
	UnitClass  = "class"
	UnitPhase  = "phase" // half of a small school
)

// Unit is a form, year or class of a round as it was when the round opened. The school is the unit without a parent.
type Unit struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	ParentID string
	Kind     string
	Name     string
	Subject  string
	Size     int // people asked
	Position int
	GroupID  string
	Reading  int
	Answered int    // counted at settling
	CellID   string // the unit its answers were counted in at settling
	Own      int    // of a year or a school that people answer in: how many of Size; 0 elsewhere
}

// IsLeaf says whether people answer in this unit itself.
func (u Unit) IsLeaf() bool {
	return u.Own > 0 || u.Kind == UnitForm || u.Kind == UnitClass || u.Kind == UnitPhase
}

// Here is how many people are asked in this unit itself, and not in one inside it.
func (u Unit) Here() int {
	if u.Own == 0 && u.IsLeaf() {
		return u.Size
	}
	return u.Own
}

// UnitReader is somebody who teaches a class of the round: the one its results belong to first.
type UnitReader struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	UnitID   string `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
	Name     string
}

// Promise is the text a person was shown about who sees what, on one route.
type Promise struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	Route    string `gorm:"primaryKey"`
	Hash     string
	Parts    string // JSON of []bank.Part
}

// Form is what a leader says about a round before it opens.
type Form struct {
	SurveyID   string
	Title      string
	About      About
	Mode       Mode
	Purpose    access.Purpose
	Why        string
	MayChange  string
	ReplyBy    storage.Date
	ReplyPlace string
	ClosesAt   time.Time
	Plan       Plan
	Least      int // 0: the least that design allows; a school may raise it
}

// LeastFor is the least number of people in a group that is shown: parents and staff are few and known to each other.
func LeastFor(audience string) int {
	if isAdults(audience) {
		return 10
	}
	return 5
}

func isAdults(audience string) bool { return audience == bank.Parents || audience == bank.Staff }

func (f *Form) problems(now time.Time, audience string, zone *time.Location) map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	for name, text := range map[string]*string{"title": &f.Title, "why": &f.Why, "may_change": &f.MayChange} {
		*text = strings.TrimSpace(*text)
		if *text == "" {
			fields[name] = fault.Problem{Key: "round." + name}
		} else if len([]rune(*text)) > 300 {
			fields[name] = fault.Problem{Key: "round.long"}
		}
	}
	if f.About != AboutSchool && f.About != AboutClasses {
		fields["about"] = fault.Problem{Key: "round.about"}
	}
	if !slices.Contains([]Mode{Anonymous, OpenLink, Confidential, Named}, f.Mode) {
		fields["mode"] = fault.Problem{Key: "round.mode"}
	}
	f.personal(audience, fields)
	if f.Purpose != access.ForLearning && f.Purpose != access.ForSchool {
		fields["purpose"] = fault.Problem{Key: "round.purpose"}
	}
	if !f.ClosesAt.After(now) {
		fields["closes_at"] = fault.Problem{Key: "round.closes_at"}
	}
	if !f.ReplyBy.Valid() {
		fields["reply_by"] = fault.Problem{Key: "round.reply_by"}
	} else if f.ReplyBy <= storage.DateOf(f.ClosesAt, zone) {
		fields["reply_by"] = fault.Problem{Key: "round.reply_after"}
	} else if f.ReplyBy > storage.DateOf(f.ClosesAt.AddDate(0, 3, 0), zone) {
		fields["reply_by"] = fault.Problem{Key: "round.reply_late"}
	}
	if len(f.Plan.Readers) == 0 {
		fields["readers"] = fault.Problem{Key: "round.readers"}
	}
	if len(f.Plan.Groups) == 0 && f.Mode != OpenLink && audience != bank.Staff {
		fields["groups"] = fault.Problem{Key: "round.groups"}
	}
	if isAdults(audience) {
		f.adults(audience, fields)
	} else if f.Plan.Mail {
		fields["mode"] = fault.Problem{Key: "round.mail_pupils"}
	}
	if f.Least != 0 && f.Least < LeastFor(audience) {
		fields["least"] = fault.Problem{Key: "round.least", Values: fault.Values{"Least": LeastFor(audience)}}
	}
	return fields
}
