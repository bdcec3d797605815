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
	Options []string // of an answered question: at least one
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
)

// Valid says whether an answer hangs together: options exactly if it is answered.
func (a Answer) Valid() bool {
	switch a.State {
	case Answered:
		return len(a.Options) > 0 && !slices.Contains(a.Options, "")
	case Skipped, NotAsked, NotRelevant:
		return len(a.Options) == 0
	}
	return false
}

// Encode writes answers as short JSON: a list of options if a question was answered, otherwise what became of it. The same
// answers always give the same bytes, whatever the order in which they were given.
func (a Answers) Encode() ([]byte, error) {
	out := make(map[string]any, len(a)) // JSON sorts the keys
	for id, answer := range a {
		switch {
		case id == "" || !answer.Valid():
			return nil, fmt.Errorf("survey: the answer to %q is %s with %d options", id, answer.State, len(answer.Options))
		case answer.State == Answered:
			options := slices.Clone(answer.Options)
			sort.Strings(options)
			out[id] = options
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
		if err := json.Unmarshal(v, &answer.Options); err == nil && answer.Options != nil {
			answer.State = Answered
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

// Read takes answers from a form whose fields are named by question id. A question without a choice is skipped, since
// nothing is forced; fields that are no question of this document are not looked at.
func (d Document) Read(get func(name string) []string) (Answers, []Problem) {
	out := Answers{}
	var c check
	for n, q := range d.Questions() {
		c.place = place(n, q)
		var chosen []string
		known := true
		for _, v := range get(q.ID) {
			if v == "" || slices.Contains(chosen, v) {
				continue // "no answer" on a form has an empty value; a browser may send a choice twice
			}
			if _, ok := q.Option(v); !ok {
				c.add(AnswerUnknownOption)
				known = false
				continue
			}
			chosen = append(chosen, v)
		}
		switch {
		case !known:
		case len(chosen) > q.most():
			c.add(AnswerTooMany, "most", strconv.Itoa(q.most()))
		case len(chosen) == 0:
			out[q.ID] = Answer{State: Skipped}
		default:
			sort.Strings(chosen)
			out[q.ID] = Answer{State: Answered, Options: chosen}
		}
	}
	if len(c.found) > 0 {
		return nil, c.found
	}
	return out, nil
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
		case answer.State == Answered && len(answer.Options) == 0:
			c.add(AnswerEmpty)
		case !answer.Valid():
			c.add(AnswerState, "state", string(answer.State))
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
	if q.Type == TypeSeveral {
		return q.AtMost
	}
	return 1
}

// place names a question. What somebody chose is never among the values of a problem: problems may be logged.
func place(n int, q Question) []string {
	return []string{"question", q.ID, "number", strconv.Itoa(n + 1), "short", q.Short}
}

func sortedKeys(a Answers) []string {
	keys := make([]string, 0, len(a))
	for id := range a {
		keys = append(keys, id)
	}
	sort.Strings(keys)
	return keys
}
