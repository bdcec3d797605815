package answering

import (
	"net/http"
	"slices"
	"strings"

	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
)

// answerPage is the page a survey is answered on. It is the same for everyone who is asked in one language and one way,
// so that it can be built, compressed and cached once: nothing in it may depend on the reader, save when a plain form
// comes back to be mended.
type answerPage struct {
	answerFrame
	Action    string // where the answers go; "/task" after it is asked, at the start, whether this slip has a reading task
	Route     string // how the answers come: empty, shared_device or adult_helper
	Shared    bool   // several people use this device one after the other
	Patience  int    // seconds before a shared device asks whether anybody is there; 0: a minute
	More      bool   // answer-more.js may be fetched; not in a preview
	Extras    string // where the words of answer-more.js are, and the round's key
	Problem   string
	NeedsCode bool
	Code      string // as it was typed
	CodeError string
	Receipt   string    // open links alone: made with the page, since there is no slip to know a second Send by
	Last      *lastView // what became of the last survey; nil if nobody has said
	Promise   promiseView
	Languages []languageView
	Language  string // goes with the answers, so that what comes back is in it too; empty in a preview
	Both      bool   // the questions are in English beside it
	Notice    string // the questions are in another language than the rest
	TitleLang string // then the title is too
	TitleDir  string
	Questions []questionView
	Words     answerWords
}

// Asks says whether there is anything but one question after the other: what only some surveys have is a script of its own,
// which comes with the first touch.
func (a answerPage) Asks() bool {
	return a.Words.Script.Plan != nil || slices.ContainsFunc(a.Questions, func(q questionView) bool { return q.Grid != "" || len(q.Places) > 0 })
}

// languageView is a language the page can be read in.
type languageView struct {
	Name, Tag, Dir, URL string
	Current             bool
}

// outcomePage says what became of answers sent without script, or why there is nothing to answer.
type outcomePage struct {
	answerFrame
	Lines  []string
	Number *numberView // with which an answer can be taken back; nil for most
	Begin  linkView    // to the questions, from what an adult reads before them
	Link   linkView
	Late   *lateView // set where a survey is over
}

// lateView is for static/js/answer-over.js, which sends what still waits on the device or clears it.
type lateView struct {
	Round   string // its short code
	Settled bool   // nothing is taken any more
	Words   map[string]string
}

// answerFrame is what layout/answer.html needs of every page.
type answerFrame struct {
	Lang, Dir     string
	School, Title string
	Preview       bool     // shown to those who write it, as narrow as a phone
	Large         bool     // for ages 5 to 7: targets of 72 px
	DemoNote      string   // set in the demo school: this is invented
	Aside         linkView // beside it, in a preview
	Help          helpView
}

type linkView struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// lastView opens the page with the last reply: what was heard, and what was done or will not be.
type lastView struct {
	Title string
	Lines []lastLine
	Link  string // to the whole reply
	URL   string
}

// lastLine is a sentence, in English where the school has it in no other language.
type lastLine struct{ Text, Lang string }

// promiseView holds the parts of the promise by where they are read.
type promiseView struct {
	First, Send, More []string
	Box               boxView
}

// boxView is what stands around a box for words: what gives somebody away, who reads it and when, what happens then, and how
// far the words may go.
type boxView struct {
	Above []string
	Until string   // nobody reads it before; empty while somebody does
	Under []string // under the box, so that on a phone the box is on the first screen
	Ask   string   // empty where there is no choice
	Fars  []farView
	Shut  string // nobody is there to read: why there is no box
}

// farView is one answer to how far words may go.
type farView struct {
	Value, Text string
	Default     bool
}

// questionView is one screen, or one row of a grid: a question, a note, a page before a section, a choice of topics.
type questionView struct {
	ID           string // of the question; names its fields
	Step         string // of the screen: q-q1, n-q2, p-s1, c1
	Type         survey.Type
	Place        string // "4 of 12"
	SectionTitle string
	Grid         string // the words over a run of rows; GridFirst and GridLast stand at its ends
	GridFirst    bool
	GridLast     bool
	Text         said
	Note         string
	Hint         string // how many may be chosen, what number may be written
	OnlyIf       string // for the plain form, which cannot leave questions out
	Options      []optionView
	Most         int // of several: how many may be chosen, where that is fewer than there are
	Places       []placeView
	Min, Max     int
	Value        string // as it was typed
	Far          string // how far the words may go, as ticked
	Error        string
}

// said is a text in the language of the page, or marked as being in another, with the same in a second language below.
type said struct {
	Text, Lang, Dir         string // Lang is empty where it is the page's
	Also, AlsoLang, AlsoDir string
}

type optionView struct {
	Value  string
	Label  said
	Symbol string
	Chosen bool
}

// placeView is one place of a ranking on the plain form.
type placeView struct {
	Label   string
	Options []optionView
}

// Kind is the type of the question's inputs.
func (q questionView) Kind() string {
	if q.Type == survey.TypeSeveral || q.Type == typePick {
		return "checkbox"
	}
	return "radio"
}

// Described names what is said about the question beside it.
func (q questionView) Described() string {
	var ids []string
	if q.Hint != "" {
		ids = append(ids, "h-"+q.ID)
	}
	if q.Error != "" {
		ids = append(ids, "e-"+q.ID)
	}
	return strings.Join(ids, " ")
}

// Screens that are no question of a survey.
const (
	typePick survey.Type = "pick" // topics to choose
	typePage survey.Type = "page" // words before a section
)

// IsWords says whether a screen asks nothing.
func (q questionView) IsWords() bool { return q.Type == survey.TypeNote || q.Type == typePage }

// HasChoices says whether there are circles or boxes to choose.
func (q questionView) HasChoices() bool {
	return q.Type == survey.TypeScale || q.Type == survey.TypeSingle || q.Type == survey.TypeSeveral || q.Type == typePick
}

// IsNumber says whether a number is typed.
func (q questionView) IsNumber() bool { return q.Type == survey.TypeNumber }

// IsLong says whether the box for words has several lines.
func (q questionView) IsLong() bool { return q.Type == survey.TypeLongText }

// FarName is the field that says how far the words of a box may go.
func (q questionView) FarName() string { return survey.FarField(q.ID) }

// IsText says whether there is a box for words.
func (q questionView) IsText() bool { return q.Type.IsText() }

type helpView struct {
	Label  string // on the button that stands at the same place on every screen
	Title  string
	Intro  string
	People []helpPerson
	Lines  []helpLine
	Write  linkView // to a page of its own, which sends; empty where there is no school to send to
	Close  string
}

type helpPerson struct {
	Name, Role, Place string
}

type helpLine struct {
	Name, Phone, When string
}

// Dial is the number as a telephone wants it.
func (l helpLine) Dial() string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, l.Phone)
}

// answerWords are the sentences of the page; the script has none of its own.
type answerWords struct {
	More        string
	CodeLabel   string
	CodeHint    string
	CodeInPlace string
	CodeChange  string
	Progress    string // what the bar at the top is, for those who hear it
	Back        string
	Start       string
	Send        string
	Clear       string
	ClearAll    string
	CheckTitle  string
	Skipped     string
	Language    string
	Look        string
	Aloud       string
	KeepNothing string
	NoAnswer    string
	Script      scriptWords
}

// scriptWords reach static/js/answer.js as JSON. {n} and {m} are numbers.
type scriptWords struct {
	Next         string `json:"next"`
	ToCheck      string `json:"toCheck"`  // instead of Next, once the end has been seen
	Place        string `json:"place"`    // "{n} of {m}", for reading tasks
	Answered     string `json:"answered"` // "You answered {n} of {m}."
	SkipReminder string `json:"skip"`
	CodeWrong    string `json:"codeWrong"`
	ClearAllSure string `json:"clearAllSure"`
	Offline      string `json:"offline"`
	Needs        string `json:"needs,omitempty"` // without a connection it cannot begin; where there is more to fetch

	Plan *planView `json:"plan,omitempty"`
}

// planView is who is asked what, for the device; the server finds it out again for itself. Names are those of screens.
type planView struct {
	If     map[string][]expression.Expression `json:"if,omitempty"`
	Ask    map[string][]any                   `json:"ask,omitempty"` // how many are drawn, and out of which
	Choose map[string]chooseView              `json:"choose,omitempty"`
}

type chooseView struct {
	Pick int                 `json:"pick"`
	Draw int                 `json:"draw"`
	Of   map[string][]string `json:"of"`
}

// sendReply is the answer to a Send from the script. Its state is one of:
//
//	stored, already                  200: the script thanks and forgets everything
//	spent                            409 }
//	unknown_code                     404 } back to the code, with the message
//	closed                           410: the message stands by Send
//	invalid                          422: so do the questions named in Fields
//	busy                             503, with Retry-After: the script tries again by itself, with the same receipt
//	unreadable                       422 }
//	no_round                         404 } what was sealed is not tried again, and it is told
//	too_large                        413 }
//	refused                          any other 4xx
//	problem                          5xx: the message stands by Send; what was sealed is tried again
//
// Any other state is shown by its message. An answer that is not this JSON counts as no connection.
type sendReply struct {
	State   string            `json:"state"`
	Message string            `json:"message,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
	Thanks  *thanksReply      `json:"thanks,omitempty"`
}

// Failure is the reply to a Send that failed before it was read, or for a reason of the server's own.
func Failure(status int, message string) any {
	reply := sendReply{State: "problem", Message: message}
	switch {
	case status == http.StatusNotFound:
		reply.State = "no_round"
	case status == http.StatusRequestEntityTooLarge:
		reply.State = "too_large"
	case status == http.StatusUnprocessableEntity:
		reply.State = "unreadable"
	case status == http.StatusServiceUnavailable:
		reply.State = "busy"
	case status < http.StatusInternalServerError:
		reply.State = "refused"
	}
	return reply
}

type thanksReply struct {
	Title  string      `json:"title"`
	Lines  []string    `json:"lines"`
	Number *numberView `json:"number,omitempty"`
	Link   *linkView   `json:"link,omitempty"`
}

// taskReply is the answer to the code that the script posts to Action + "/task" at the start. "go" leads to the
// questions, "reading" to the task of a look-alike slip. "unknown_code", "spent" and "closed" keep the person at the
// start with the message, before they answer in vain. Anything else counts as "go".
type taskReply struct {
	State   string     `json:"state"`
	Message string     `json:"message,omitempty"`
	Pages   []taskPage `json:"pages,omitempty"`
}

type taskPage struct {
	Title      string   `json:"title"`
	Paragraphs []string `json:"paragraphs"`
}
