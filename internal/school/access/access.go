// Package access decides who may do what: one actor, a few verbs, one policy function.
package access

import (
	"slices"
	"time"

	"earshot/internal/base/storage"
)

// Role is an appointment a person holds in a school.
type Role string

const (
	Teacher  Role = "teacher"
	Leader   Role = "leader"
	Head     Role = "head"
	Governor Role = "governor"
	// Chair of governors: reads what pupils want nobody in school to read.
	Chair              Role = "chair"
	SafeguardingLead   Role = "safeguarding_lead"
	SafeguardingDeputy Role = "safeguarding_deputy"
	// CommentReader helps the safeguarding lead to read what is written in boxes.
	CommentReader Role = "comment_reader"
	Administrator Role = "administrator"
	// TrustAnalyst reads sums over a trust's schools, and nothing of any one school.
	TrustAnalyst Role = "trust_analyst"
)

// Roles lists every role, in the order in which pages show them.
var Roles = []Role{Head, Leader, Teacher, SafeguardingLead, SafeguardingDeputy, CommentReader, Administrator, Governor, Chair, TrustAnalyst}

// NeverChair are the roles of those whom the chair of governors hears about, or who appoint them: nobody holds one and is the chair.
var NeverChair = []Role{Head, Leader, SafeguardingLead, SafeguardingDeputy, Administrator}

// Valid says whether the role is one of those the school knows.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Actor is somebody who acts: an account, signed in to one school. The zero Actor is nobody.
type Actor struct {
	Account string
	Person  string // their row in the school
	School  string
	Name    string
	Roles   []Role
	// ChairFrom is from when on a chair of governors whom nobody has confirmed yet reads what is for the chair alone; zero: all of it.
	ChairFrom time.Time
	clock     bool
}

// Clock is the actor of timed work in a school.
func Clock(school string) Actor { return Actor{School: school, Name: "clock", clock: true} }

// SignedIn says whether the actor is a person.
func (a Actor) SignedIn() bool { return a.Account != "" }

// IsClock says whether this is timed work and no person.
func (a Actor) IsClock() bool { return a.clock }

// Is says whether the actor holds any of these roles.
func (a Actor) Is(roles ...Role) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// SoleChair says whether the actor is the chair of governors and nothing that keeps them from what is for the chair alone.
func (a Actor) SoleChair() bool { return a.Is(Chair) && !a.Is(NeverChair...) }

// OnlyAnalyst says whether the actor is a trust analyst and nothing else.
func (a Actor) OnlyAnalyst() bool {
	return len(a.Roles) > 0 && !slices.ContainsFunc(a.Roles, func(r Role) bool { return r != TrustAnalyst })
}

// Verb is something that may be done.
type Verb string

const (
	// RunRounds: write surveys; open, close, extend, cancel, settle and publish rounds; print slips.
	RunRounds Verb = "run rounds"
	// SeeRound: know that a round exists, its dates, its state and its rates.
	SeeRound Verb = "see round"
	// ReadUnit: read one class's figures. The object's Owner are the people who teach it.
	ReadUnit Verb = "read unit"
	// ReadWhole: read figures of the school and its years, and, where the purpose allows, of forms and classes.
	ReadWhole Verb = "read whole"
	// ManagePeople: import lists, invite, appoint.
	ManagePeople Verb = "manage people"
	// ManageSchool: settings, safeguarding contacts, the audit trail.
	ManageSchool Verb = "manage school"
	// SeeCalendar: read when terms, holidays and quiet days are, and how many minutes a term has.
	SeeCalendar Verb = "see calendar"
	// TypePaper: type in what pupils wrote on paper. Those whom the promise names do, and nobody the sheets of their own class.
	TypePaper Verb = "type paper"
	// CountHands: count raised hands or counters in a room. Nobody counts in a class of their own.
	CountHands Verb = "count hands"
	// BrowseBank: read the question bank.
	BrowseBank Verb = "browse bank"
	// ReadConcerns: read that somebody wants to talk, and what they wrote.
	ReadConcerns Verb = "read concerns"
	// KeepCover: say when somebody of the safeguarding team is away.
	KeepCover Verb = "keep cover"
	// ReadComments: read what was written in boxes, before anybody else may.
	ReadComments Verb = "read comments"
	// HoldKeys: have a key to sealed names, and see who asked to open one.
	HoldKeys Verb = "hold keys"
	// OpenEnvelopes: ask whose an answer or a comment is, to keep somebody safe.
	OpenEnvelopes Verb = "open envelopes"
	// ReadPacks: read what was made for governors.
	ReadPacks Verb = "read packs"
	// ReadTrust: read sums over the schools of the school's trust, and see the own school beside them.
	ReadTrust Verb = "read trust"
	// JoinTrust: let the school's published sums count in a trust's, or end it.
	JoinTrust Verb = "join trust"
)

// Purpose is what a round is for. A round for learning can never serve to judge a teacher.
type Purpose string

const (
	ForLearning Purpose = "learning"
	ForSchool   Purpose = "school"
)

// Object is what something is done to; the nouns fill in what they know.
type Object struct {
	School  string
	Round   string
	Purpose Purpose
	About   string   // "school" or "classes"
	Owner   []string // people whose own class this is
	Readers []string // people named as readers when the round opened
	Settled time.Time
	// LeadersFrom is when leaders may look: three school days after settling.
	LeadersFrom time.Time
	Published   bool
	Now         time.Time
}

// Can is the one policy. What it does not allow is refused.
func Can(a Actor, v Verb, o Object) bool {
	if a.School == "" || o.School != a.School {
		return false
	}
	if a.clock {
		return v == RunRounds
	}
	if !a.SignedIn() {
		return false
	}
	leads := a.Is(Head, Leader)
	named := slices.Contains(o.Readers, a.Person)
	if a.OnlyAnalyst() {
		// Nothing of a single school, even if somebody names them or lists them as a teacher.
		return v == ReadTrust
	}
	switch v {
	case BrowseBank:
		return a.Is(Head, Leader, Teacher, SafeguardingLead, SafeguardingDeputy, Governor)
	case RunRounds:
		return leads
	case SeeRound:
		// An administrator keeps people and settings, and has no business with rounds.
		return leads || named || a.Is(SafeguardingLead, SafeguardingDeputy, CommentReader) || slices.Contains(o.Owner, a.Person)
	case ReadUnit:
		return !o.Settled.IsZero() && a.Is(Teacher, Head, Leader) && slices.Contains(o.Owner, a.Person)
	case ReadWhole:
		// Leaders wait three school days, by the clock alone, so that teachers can look first; other named readers
		// wait until the round is published.
		if o.Settled.IsZero() {
			return false
		}
		if leads {
			return o.Published || !o.Now.Before(o.LeadersFrom)
		}
		return named && o.Published && !a.Is(Administrator)
	case TypePaper:
		return a.Is(SafeguardingLead, SafeguardingDeputy) && !slices.Contains(o.Owner, a.Person)
	case CountHands:
		return a.Is(Head, Leader, Teacher, SafeguardingLead, SafeguardingDeputy) && !slices.Contains(o.Owner, a.Person)
	case SeeCalendar:
		return leads || a.Is(Administrator)
	case ManagePeople, ManageSchool:
		return a.Is(Head, Administrator)
	case ReadConcerns:
		return a.Is(SafeguardingLead, SafeguardingDeputy, Head, Chair)
	case KeepCover:
		return a.Is(SafeguardingLead, SafeguardingDeputy, Head)
	case ReadComments:
		return a.Is(SafeguardingLead, SafeguardingDeputy, CommentReader)
	case HoldKeys:
		return a.Is(SafeguardingLead, SafeguardingDeputy, Head, Chair)
	case OpenEnvelopes:
		return a.Is(SafeguardingLead, SafeguardingDeputy)
	case ReadPacks:
		return a.Is(Head, Leader, Governor, Chair)
	case ReadTrust:
		return a.Is(TrustAnalyst, Head, Leader, Governor)
	case JoinTrust:
		return a.Is(Head)
	}
	return false
}

// Deadline is a helper of callers that fill in Object: the moment leaders may look, days school days after from. off says
// which days besides weekends are no days of school; nil for none.
func Deadline(from time.Time, days int, zone *time.Location, off func(storage.Date) bool) time.Time {
	day := storage.DateOf(from, zone).Time(zone)
	for days > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday && (off == nil || !off(storage.DateOf(day, zone))) {
			days--
		}
	}
	local := from.In(zone)
	return time.Date(day.Year(), day.Month(), day.Day(), local.Hour(), local.Minute(), local.Second(), 0, zone).UTC()
}
