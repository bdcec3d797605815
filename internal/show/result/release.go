// Package result counts a settled round and keeps what disclosure lets out of it as a release. Pages, charts and
// downloads read releases and nothing else, so that a figure that was held back cannot come out by another door.
package result

import (
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
)

// Format is the shape of a stored release. A later program that writes another shape still reads this one.
const Format = 2

// Release is all that may ever be known of a round's answers, fixed at one moment. It holds no response, no person, no
// count of one or two, and nothing about the size of a group that is hidden.
type Release struct {
	ID        string         `json:"-"`
	MadeAt    time.Time      `json:"-"`
	Format    int            `json:"format"`
	Title     string         `json:"title"`
	Audience  string         `json:"audience"`
	About     round.About    `json:"about"`
	Purpose   access.Purpose `json:"purpose"`
	Open      bool           `json:"open,omitempty"` // anybody with the link could answer, so nothing is verified
	Least     int            `json:"least"`
	Groups    []Group        `json:"groups"`
	Questions []Question     `json:"questions"`
	Sections  []Section      `json:"sections,omitempty"`
	Hands     []Hands        `json:"hands,omitempty"`
	// Outcome is the question that matters most to the school, chosen before the round opened; empty for none.
	Outcome string   `json:"outcome,omitempty"`
	Splits  []Split  `json:"splits,omitempty"`
	Matters []Matter `json:"matters,omitempty"`
	Linked  []Linked `json:"linked,omitempty"` // the same pupils, twice
	Report  Report   `json:"report"`
}

// Group is the school, a year, a form or a class of the round, in the round's order.
type Group struct {
	Unit     string `json:"unit"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Subject  string `json:"subject,omitempty"`
	Parent   string `json:"parent,omitempty"`
	Shown    bool   `json:"shown"`
	Asked    int    `json:"asked,omitempty"`    // only of a group that is shown
	Answered int    `json:"answered,omitempty"` // only of a group that is shown
	Nobody   bool   `json:"nobody,omitempty"`   // nobody answered: there is nothing to hide
	Rate     Rate   `json:"rate,omitempty"`
	// Leaders says whether leaders and other named readers may see the group's figures. In a round for learning these
	// are sums over enough teachers.
	Leaders bool `json:"leaders,omitempty"`
	// LeadersTeaching is the same for a leader who teaches in this round, and could take away what is their own.
	LeadersTeaching bool `json:"leaders_teaching,omitempty"`
}

// Called is the group's name, with the subject of a class.
func (g Group) Called() string {
	if g.Subject != "" {
		return g.Name + ", " + g.Subject
	}
	return g.Name
}

// IsLeaf says whether the group is a form, a class or a phase.
func (g Group) IsLeaf() bool { return round.Unit{Kind: g.Kind}.IsLeaf() }

// Population is how many people were asked, where that is known and can be true; 0 otherwise.
func (g Group) Population() int {
	if g.Asked < g.Answered {
		return 0 // newcomers answered with spare slips
	}
	return g.Asked
}

// Rate is how many of those asked answered, in words.
type Rate string

// The bands of a rate.
const (
	UnderHalf     Rate = "under_half"
	Half          Rate = "half"
	ThreeQuarters Rate = "three_quarters"
	NineTenths    Rate = "nine_tenths"
)

// RateOf bands a rate; empty when it is not known how many were asked.
func RateOf(answered, asked int) Rate {
	switch {
	case asked <= 0:
		return ""
	case answered*2 < asked:
		return UnderHalf
	case answered*4 < asked*3:
		return Half
	case answered*10 < asked*9:
		return ThreeQuarters
	}
	return NineTenths
}

// Question is one question with what may be shown of its answers.
type Question struct {
	ID        string     `json:"id"`
	Item      string     `json:"item"`
	Wording   string     `json:"wording"`
	Trend     string     `json:"trend,omitempty"` // the wording it is compared with over time; empty in old releases: Wording
	Text      string     `json:"text"`
	Short     string     `json:"short"`
	Heading   string     `json:"heading,omitempty"` // of its section in the survey
	Gateway   string     `json:"gateway,omitempty"`
	About     bank.About `json:"about"`
	Sensitive bool       `json:"sensitive,omitempty"`
	Kind      bank.Kind  `json:"kind"`
	Several   bool       `json:"several,omitempty"`
	Places    int        `json:"places,omitempty"` // of a ranking: who put an option among the first so many stands under it
	// Guesses is the item that this is the pupils' guess at: how many of their class said so.
	Guesses string `json:"guesses,omitempty"`
	// Part says why not everybody was asked: by topic, by an earlier answer, by chance.
	Part            survey.Part `json:"part,omitempty"`
	Reverse         bool        `json:"reverse,omitempty"`
	FavourableWords string      `json:"favourable_words,omitempty"`
	Options         []Option    `json:"options"`
	Rows            []Row       `json:"rows,omitempty"`   // one for each group that the question is shown for
	Public          *Row        `json:"public,omitempty"` // the school as pupils and the public see it
	Before          []Before    `json:"before,omitempty"` // earlier rounds, the newest first
}

// Option is one answer that could be chosen.
type Option struct {
	Label      string `json:"label"`
	Favourable bool   `json:"favourable,omitempty"`
	Missing    bool   `json:"missing,omitempty"` // such as "I don't know": no part of the base of a share
}

// HasHeadline says whether some answers count as favourable, so that a share of them says something.
func (q Question) HasHeadline() bool {
	for _, o := range q.Options {
		if o.Favourable {
			return true
		}
	}
	return false
}

// Row returns the row of a group; ok is false where the question is not shown for it.
func (q Question) Row(unit string) (Row, bool) {
	for _, r := range q.Rows {
		if r.Unit == unit {
			return r, true
		}
	}
	return Row{}, false
}

// Row is what is shown of one question for one group.
type Row struct {
	Unit     string `json:"unit"`
	Hidden   bool   `json:"hidden,omitempty"`
	N        int    `json:"n,omitempty"` // were asked this question in the survey they sent, answered or not
	Bars     []Bar  `json:"bars,omitempty"`
	NoAnswer *int   `json:"no_answer,omitempty"` // nil where it cannot be told
	Share    *Share `json:"share,omitempty"`
	Band     *Band  `json:"band,omitempty"`
	Each     []Each `json:"each,omitempty"` // of several choices, one for each option
	Guess    *Guess `json:"guess,omitempty"`
}

// Bar is how many chose one of a run of neighbouring options.
type Bar struct {
	Options  []int `json:"options,omitempty"`
	NoAnswer bool  `json:"no_answer,omitempty"` // those who gave no answer are counted in it too
	Count    int   `json:"count"`
}

// Share is how many of N gave a favourable answer, and what that says about everybody who was asked.
type Share struct {
	X      int     `json:"x"`
	N      int     `json:"n"`
	OfAll  bool    `json:"of_all,omitempty"` // N is everybody who took part, because silence cannot be told apart
	Low    float64 `json:"low"`              // 95% interval, 0..1
	High   float64 `json:"high"`
	Census bool    `json:"census,omitempty"` // everybody asked answered: nothing is left to estimate
	// Sampled says that the interval is for everybody asked; else it is for an endless crowd of which these are a few.
	Sampled bool `json:"sampled,omitempty"`
}

// Band stands for a share where nearly everybody answered alike: between Low and High per cent of N.
type Band struct {
	Options []int `json:"options"`
	Low     int   `json:"low"`
	High    int   `json:"high"`
	N       int   `json:"n"`
}

// Each is one option of a question with several choices.
type Each struct {
	Hidden bool   `json:"hidden,omitempty"`
	Share  *Share `json:"share,omitempty"`
	Band   *Band  `json:"band,omitempty"`
}

// Section sums questions up by one of the bank's groups, or by a gateway of which enough was asked.
type Section struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Whole bool   `json:"whole,omitempty"` // one of the bank's groups, not a gateway
	Rows  []Sum  `json:"rows,omitempty"`
	// Public is the sum of what the public sees of the school.
	Public *Sum `json:"public,omitempty"`
}

// Sum is favourable answers over answers, added up over the questions whose share is released in full for the school; a group
// has one only where it is of the same questions. The answers of one person are not independent, so it has no interval.
type Sum struct {
	Unit  string `json:"unit"`
	X     int    `json:"x"`
	N     int    `json:"n"`
	Items int    `json:"items"` // questions added up
	Of    int    `json:"of"`    // questions that were asked
}

// Row returns the sum of a group.
func (s Section) Row(unit string) (Sum, bool) {
	for _, r := range s.Rows {
		if r.Unit == unit {
			return r, true
		}
	}
	return Sum{}, false
}

// Report is how much could be shown.
type Report struct {
	Groups        int `json:"groups"` // in which anybody answered
	GroupsKept    int `json:"groups_kept"`
	Bars          int `json:"bars"`
	BarsKept      int `json:"bars_kept"`
	Headlines     int `json:"headlines"`
	HeadlinesKept int `json:"headlines_kept"`
}

// Group returns a group by its unit.
func (r Release) Group(unit string) (Group, bool) {
	for _, g := range r.Groups {
		if g.Unit == unit {
			return g, true
		}
	}
	return Group{}, false
}

// School is the group of everybody.
func (r Release) School() Group {
	for _, g := range r.Groups {
		if g.Kind == round.UnitSchool {
			return g
		}
	}
	return Group{}
}
