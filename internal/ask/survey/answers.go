package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// State says what became of a question. The four are different things everywhere: a person who left a question out was
// asked it, and counts as somebody who gave no answer.
type State string

// The states of an answer.
const (
	Answered    State = "answered"
	Skipped     State = "skipped"      // asked, and left
	NotAsked    State = "not_asked"    // not put to this person
	NotRelevant State = "not_relevant" // ruled out by an earlier answer
)

// Answer is what one person said to one question.
type Answer struct {
	State   State
	Options []string // of an answered question: at least one, of a ranking in its order, unless there is a number
	Number  *int
}

// Answers are what one person said, by question id.
type Answers map[string]Answer

// The keys of what can be wrong with answers.
const (
	AnswerUnknownOption   = "answer_unknown_option"
	AnswerTooMany         = "answer_too_many"
	AnswerTwice           = "answer_option_twice"
	AnswerUnknownQuestion = "answer_unknown_question"
	AnswerAbsent          = "answer_absent"
	AnswerState           = "answer_state"
	AnswerEmpty           = "answer_empty"
	AnswerNumber          = "answer_number"     // no whole number, or out of bounds
	AnswerLong            = "answer_long"       // more words than a box takes
	AnswerAsked           = "answer_asked"      // claims not to have been asked what everybody is asked
	AnswerIrrelevant      = "answer_irrelevant" // answered although an earlier answer rules it out, or the other way round
	AnswerPlaces          = "answer_rank_twice" // one option in two places
)

// Valid says whether an answer hangs together: options exactly if it is answered.
func (a Answer) Valid() bool {
	switch a.State {
	case Answered:
		return (len(a.Options) > 0) != (a.Number != nil) && !slices.Contains(a.Options, "")
	case Skipped, NotAsked, NotRelevant:
		return len(a.Options) == 0 && a.Number == nil
	}
	return false
}

// Encode writes answers as short JSON: a list of options or a number if a question was answered, otherwise what became of
// it. Options stand in the order they have in the answer; Read puts them in order unless the order is the answer.
func (a Answers) Encode() ([]byte, error) {
	out := make(map[string]any, len(a)) // JSON sorts the keys
	for id, answer := range a {
		switch {
		case id == "" || !answer.Valid():
			return nil, fmt.Errorf("survey: the answer to %q is %s with %d options", id, answer.State, len(answer.Options))
		case answer.Number != nil:
			out[id] = *answer.Number
		case answer.State == Answered:
			out[id] = answer.Options
		default:
			out[id] = answer.State
		}
	}
	return encode(out), nil
}

// DecodeAnswers reads what Encode wrote.
func DecodeAnswers(data []byte) (Answers, error) {
	var raw map[string]json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) || raw == nil {
		return nil, errors.New("read answers: this is not one set of answers")
	}
	out := make(Answers, len(raw))
	for id, v := range raw {
		var answer Answer
		var number int
		if err := json.Unmarshal(v, &answer.Options); err == nil && answer.Options != nil {
			answer.State = Answered
		} else if err := json.Unmarshal(v, &number); err == nil && string(v) != "null" {
			answer.State, answer.Number = Answered, &number
		} else if err := json.Unmarshal(v, &answer.State); err != nil || answer.State == Answered {
			return nil, fmt.Errorf("read answers: what stands for %q is no answer", id)
		}
		if id == "" || !answer.Valid() {
			return nil, fmt.Errorf("read answers: what stands for %q is no answer", id)
		}
		out[id] = answer
	}
	return out, nil
}

// DrawnOut is the field in which a device names the questions that choice of topics or chance left out. Without it the
// form was a plain one, which shows everything.
const DrawnOut = "not_asked"

// Read takes answers from a form whose fields are named by question id. A question without a choice is skipped, since
// nothing is forced; fields that are no question of this document are not looked at. What an earlier answer rules out is
// dropped. today, YYYY-MM-DD, is for conditions that look at the date.
func (d Document) Read(get func(name string) []string, today string) (Answers, []Problem) {
	out := Answers{}
	var c check
	for n, q := range d.Questions() {
		c.place = place(n, q)
		if answer, ok := c.read(q, get(q.ID)); ok {
			out[q.ID] = answer
		}
	}
	if len(c.found) > 0 {
		return nil, c.found
	}
	d.leaveOut(&c, out, get)
	if len(c.found) > 0 {
		return nil, c.found
	}
	d.route(out, today)
	return out, nil
}

// read takes one answer; ok is false where something is wrong with it, which is then reported.
func (c *check) read(q Question, values []string) (Answer, bool) {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" }) // "no answer" has an empty value
	if len(values) == 0 {
		return Answer{State: Skipped}, true
	}
	switch {
	case q.Type.IsText():
		// What is written goes its own way (see Wrote), and among the answers nothing says whether anything was.
		return Answer{State: Skipped}, true
	case q.Type == TypeNumber:
		n, err := strconv.Atoi(digits(values[0]))
		if err != nil || n < q.Min || n > q.Max {
			c.add(AnswerNumber, "min", strconv.Itoa(q.Min), "max", strconv.Itoa(q.Max))
			return Answer{}, false
		}
		return Answer{State: Answered, Number: &n}, true
	}
	var chosen []string
	for _, v := range values {
		if _, ok := q.Option(v); !ok {
			c.add(AnswerUnknownOption)
			return Answer{}, false
		}
		if slices.Contains(chosen, v) {
			if q.Type == TypeRanking {
				c.add(AnswerPlaces)
				return Answer{}, false
			}
			continue // a browser may send a choice twice
		}
		chosen = append(chosen, v)
	}
	if len(chosen) > q.most() {
		c.add(AnswerTooMany, "most", strconv.Itoa(q.most()))
		return Answer{}, false
	}
	if q.Type != TypeRanking {
		sort.Strings(chosen)
	}
	return Answer{State: Answered, Options: chosen}, true
}

// digits reads a number as people write it in their own digits.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'٠', '۰', '০', '੦', '०'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, strings.TrimSpace(s))
}

// leaveOut marks what somebody was not asked. A plain form shows every topic: one without any answer was not chosen.
func (d Document) leaveOut(c *check, out Answers, get func(name string) []string) {
	named := get(DrawnOut)
	if len(named) == 0 {
		for _, s := range d.Sections {
			if s.Choice == "" || slices.ContainsFunc(s.Questions, func(q Question) bool { return out[q.ID].State == Answered || q.Type.IsText() && wrote(get(q.ID)) != "" }) {
				continue
			}
			for _, q := range s.Questions {
				if q.Type != TypeNote {
					out[q.ID] = Answer{State: NotAsked}
				}
			}
		}
		return
	}
	for _, id := range strings.Fields(strings.Join(named, " ")) {
		q, ok := d.Question(id)
		if !ok || !d.MayBeDrawnOut(q) {
			c.place = nil
			c.add(AnswerAsked)
			continue
		}
		out[id] = Answer{State: NotAsked}
	}
	c.place = nil
	if len(c.found) == 0 && !d.drawnFairly(out) {
		c.add(AnswerAsked)
	}
}

// drawnFairly says whether as much was left out as chance and choice leave out: no more, and of what is drawn no less.
func (d Document) drawnFairly(a Answers) bool {
	topics := map[string]int{} // asked, by choice
	for _, s := range d.Sections {
		asked := 0
		for _, q := range s.Questions {
			if q.Type != TypeNote && a[q.ID].State != NotAsked {
				asked++
			}
		}
		least := s.asks()
		if s.Ask > 0 {
			least = min(least, s.Ask)
		}
		switch {
		case s.Choice != "" && asked > 0:
			topics[s.Choice]++
		case s.Choice != "":
			continue // a topic left out
		}
		if asked < least || s.Ask > 0 && asked > least {
			return false
		}
	}
	for _, ch := range d.Choices {
		if topics[ch.ID] != ch.Pick+ch.Draw {
			return false
		}
	}
	return true
}

// Check says what is wrong with answers that claim to be to this document: every question must be there exactly once and
// nothing else, so that a count never has to guess.
func (d Document) Check(a Answers) []Problem {
	var c check
	ids := map[string]bool{}
	for n, q := range d.Questions() {
		c.place = place(n, q)
		ids[q.ID] = true
		answer, ok := a[q.ID]
		switch {
		case !ok:
			c.add(AnswerAbsent)
		case answer.State == Answered && len(answer.Options) == 0 && answer.Number == nil:
			c.add(AnswerEmpty)
		case !answer.Valid():
			c.add(AnswerState, "state", string(answer.State))
		case answer.State == NotAsked && !d.MayBeDrawnOut(q):
			c.add(AnswerAsked)
		case answer.State == NotRelevant && len(d.Conditions(q)) == 0:
			c.add(AnswerIrrelevant)
		default:
			c.answer(q, answer)
		}
	}
	c.place = nil
	for _, id := range sortedKeys(a) {
		if !ids[id] {
			c.add(AnswerUnknownQuestion, "question", id)
		}
	}
	return c.found
}

func (c *check) answer(q Question, a Answer) {
	if (a.Number != nil) != (q.Type == TypeNumber && a.State == Answered) {
		c.add(AnswerState, "state", string(a.State))
		return
	}
	if a.Number != nil && (*a.Number < q.Min || *a.Number > q.Max) {
		c.add(AnswerNumber, "min", strconv.Itoa(q.Min), "max", strconv.Itoa(q.Max))
	}
	for i, id := range a.Options {
		if _, ok := q.Option(id); !ok {
			c.add(AnswerUnknownOption)
		}
		if slices.Contains(a.Options[:i], id) {
			c.add(AnswerTwice)
		}
	}
	if len(a.Options) > q.most() {
		c.add(AnswerTooMany, "most", strconv.Itoa(q.most()))
	}
}

// most is how many options of a question may be chosen.
func (q Question) most() int {
	if q.IsSeveral() {
		return q.AtMost
	}
	return 1
}

// place names a question. What somebody chose is never among the values of a problem: problems may be logged.
func place(n int, q Question) []string {
	return []string{"question", q.ID, "number", strconv.Itoa(n + 1), "short", q.Short, "where", q.where()}
}

// place names the nth section from 0.
func (s Section) place(n int) []string {
	return []string{"section", strconv.Itoa(n + 1), "title", s.Title, "where", s.where(n)}
}

func sortedKeys(a Answers) []string {
	keys := make([]string, 0, len(a))
	for id := range a {
		keys = append(keys, id)
	}
	sort.Strings(keys)
	return keys
}
