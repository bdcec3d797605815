package answering

import "strings"

// answerPage is the page a survey is answered on. It is the same for everyone who is asked, so that it can be built,
// compressed and cached once: nothing in it may depend on the reader, save when a plain form comes back to be mended.
type answerPage struct {
	answerFrame
	Action    string // where the answers go; "/task" after it is asked, at the start, whether this slip has a reading task
	Problem   string
	NeedsCode bool
	Code      string // as it was typed
	CodeError string
	Receipt   string // open links alone: made with the page, since there is no slip to know a second Send by
	Promise   promiseView
	Questions []questionView
	Words     answerWords
}

// outcomePage says what became of answers sent without script, or why there is nothing to answer.
type outcomePage struct {
	answerFrame
	Lines []string
	Link  linkView
}

// answerFrame is what layout/answer.html needs of every page.
type answerFrame struct {
	Lang, Dir     string
	School, Title string
	Preview       bool   // shown to those who write it, as narrow as a phone
	Large         bool   // for ages 5 to 7: targets of 72 px
	DemoNote      string // set in the demo school: this is invented
	Help          helpView
}

type linkView struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// promiseView holds the parts of the promise by where they are read.
type promiseView struct {
	First, Send, More []string
}

type questionView struct {
	ID           string
	Place        string // "4 of 12"
	SectionTitle string
	Text         string
	Note         string
	Several      bool
	Hint         string // how many may be chosen
	Options      []optionView
	Error        string
}

type optionView struct {
	Value, Label string
	Chosen       bool
}

// Kind is the type of the question's inputs.
func (q questionView) Kind() string {
	if q.Several {
		return "checkbox"
	}
	return "radio"
}

type helpView struct {
	Label  string // on the button that stands at the same place on every screen
	Title  string
	Intro  string
	People []helpPerson
	Lines  []helpLine
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
	Script      scriptWords
}

// scriptWords reach static/js/answer.js as JSON. {n} and {m} are numbers.
type scriptWords struct {
	Start        string `json:"start"`
	Next         string `json:"next"`
	ToCheck      string `json:"toCheck"` // instead of Next, once the end has been seen
	Send         string `json:"send"`
	Sending      string `json:"sending"`
	Place        string `json:"place"`    // "{n} of {m}", for reading tasks
	Answered     string `json:"answered"` // "You answered {n} of {m}."
	SkipReminder string `json:"skip"`
	CodeWrong    string `json:"codeWrong"`
	ClearAllSure string `json:"clearAllSure"`
	Offline      string `json:"offline"`
	Busy         string `json:"busy"`
	Problem      string `json:"problem"`
	Thanks       string `json:"thanks"`
}

// sendReply is the answer to a Send from the script. Its state is one of:
//
//	stored, already                  200: the script thanks and forgets everything
//	spent                            409 }
//	unknown_code                     404 } back to the code, with the message
//	closed                           410: the message stands by Send
//	invalid                          422: so do the questions named in Fields
//	busy                             503, with Retry-After: the script tries again by itself, with the same receipt
//
// Any other state is shown by its message. An answer that is not this JSON counts as no connection.
type sendReply struct {
	State   string            `json:"state"`
	Message string            `json:"message,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
	Thanks  *thanksReply      `json:"thanks,omitempty"`
}

type thanksReply struct {
	Title string    `json:"title"`
	Lines []string  `json:"lines"`
	Link  *linkView `json:"link,omitempty"`
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
