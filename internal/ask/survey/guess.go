package survey

import (
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
)

// A question may be a guess at another one of the same survey: having said how it is for themselves, people say how many
// of their class they think said so too. Question.Guesses is the item that it guesses. It is an answer like any other, but
// it has no good side: it counts into nothing but the sentence that lays the guess beside what was said.
const (
	// GuessScale is the scale of the bank that guesses are answered on.
	GuessScale = "how_many"
	// MaxGuesses is how many a survey may have: more would make a quiz of it.
	MaxGuesses = 2
)

// GuessOptions are the options of GuessScale, in order.
var GuessOptions = []string{"hardly", "few", "half", "most", "nearly"}

// guessTenths are the shares that each option stands for, in tenths, the first and last of each.
var guessTenths = [][2]int{{0, 1}, {2, 3}, {4, 6}, {7, 8}, {9, 10}}

// GuessTenths is the range of tenths that an option of GuessScale stands for, by its place from 0. Places beyond the scale
// give its ends.
func GuessTenths(place int) (from, to int) {
	r := guessTenths[max(0, min(place, len(guessTenths)-1))]
	return r[0], r[1]
}

// The keys of what can be wrong with a guess.
const (
	GuessMany    = "survey_many_guesses"
	GuessWho     = "guess_who"     // only pupils from seven on guess
	GuessNothing = "guess_nothing" // nothing with this item is asked
	GuessOf      = "guess_of"      // it cannot be guessed: not about this class, without favourable answers, ...
	GuessPlace   = "guess_place"   // it does not come straight after what it guesses
	GuessAsked   = "guess_asked"   // not everybody who is asked the one is asked the other
	GuessAnswers = "guess_answers" // it is not answered on GuessScale
)

// CanGuess says whether those who answer a survey can be asked to guess: tenths of a class are beyond the youngest, and
// adults are in none.
func (d Document) CanGuess() bool { return bank.IsPupils(d.Audience) && d.Audience != bank.Pupils5to7 }

// CanBeGuessed says whether a class can guess how many of it gave a favourable answer to a question.
func (q Question) CanBeGuessed() bool {
	return q.Guesses == "" && q.About == bank.AboutThisClass && (q.Type == TypeScale || q.Type == TypeSingle) && len(q.Favourable) > 0 &&
		q.Sensitive == "" && !q.DescribesOneself
}

// Guessed finds the question that another one guesses.
func (d Document) Guessed(guess Question) (Question, bool) {
	for _, q := range d.Questions() {
		if q.Item == guess.Guesses && guess.Guesses != "" && q.Guesses == "" {
			return q, true
		}
	}
	return Question{}, false
}

// GuessAt finds the question that guesses another one.
func (d Document) GuessAt(of Question) (Question, bool) {
	for _, q := range d.Questions() {
		if q.Guesses == of.Item && of.Item != "" {
			return q, true
		}
	}
	return Question{}, false
}

// AddGuess adds a guess at a question straight after it or, where that stands in a grid, after the grid. Without words of
// the school's own it has the usual ones, which are there in every language.
func (d *Document) AddGuess(b *bank.Bank, question, text string) []Problem {
	of, ok := d.Question(question)
	scale, known := b.Scale(GuessScale)
	switch {
	case !ok || !known:
		return []Problem{{GuessNothing, map[string]string{"item": question, "short": "", "where": ""}}}
	case !of.CanBeGuessed():
		return []Problem{{GuessOf, map[string]string{"item": of.Item, "short": of.Short, "where": of.where()}}}
	case !d.CanGuess():
		return []Problem{{GuessWho, map[string]string{"audience": d.Audience, "where": of.where()}}}
	}
	if _, there := d.GuessAt(of); there {
		return []Problem{{ItemTwice, map[string]string{"item": guessItem(of), "short": of.Short}}}
	}
	q := Question{Item: guessItem(of), Guesses: of.Item, Text: strings.TrimSpace(text), Short: shorten(words.In(d.Language).Say("guess.short", words.V{"Short": of.Short})),
		About: bank.AboutThisClass, Gateway: of.Gateway, Origin: FromSchool, ShowIf: of.ShowIf}
	q.onScale(scale)
	for i := range q.Options {
		q.Options[i].Label = guessLabel(d.Language, q.Options[i])
	}
	if q.Text == "" {
		q.Text = guessText(d.Language, of, nil)
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		at := slices.IndexFunc(s.Questions, func(other Question) bool { return other.ID == of.ID })
		if at < 0 {
			continue
		}
		for at++; at < len(s.Questions) && of.Grid != "" && s.Questions[at].Grid == of.Grid; at++ {
		}
		q.ID, q.Wording = d.nextQuestion(), q.MakeWording()
		s.Questions = slices.Insert(slices.Clone(s.Questions), at, q)
		d.forget(func() {})
	}
	return nil
}

func guessItem(of Question) string {
	const most = 64
	id := OwnPrefix + "guess_" + strings.TrimPrefix(of.Item, OwnPrefix)
	return id[:min(len(id), most)]
}

// guessLabel is an option of the scale in a language, if it has its usual words in English; else as it is.
func guessLabel(language string, o Option) string {
	key := "guess.scale." + o.ID
	if !slices.Contains(GuessOptions, o.ID) || o.Label != words.English().Say(key) {
		return o.Label
	}
	return words.In(language).Say(key)
}

// guessText is how a guess is usually asked for in a language; label says an option of what is guessed in it, nil for as
// it stands.
func guessText(language string, of Question, label func(string) string) string {
	var said []string
	for _, id := range of.Favourable {
		o, _ := of.Option(id)
		if label != nil {
			o.Label = label(o.Label)
		}
		said = append(said, o.Label)
	}
	switch v := words.In(language); len(said) {
	case 0:
		return ""
	case 1:
		return v.Say("guess.ask_one", words.V{"Option": said[0]})
	default:
		return v.Say("guess.ask", words.V{"First": strings.Join(said[:len(said)-1], ", "), "Last": said[len(said)-1]})
	}
}

// Said is a translation together with what needs none: guesses that are asked for in the usual words.
func (d Document) Said(language string, said map[string]string) map[string]string {
	all := map[string]string{}
	for key, text := range said {
		all[key] = text
	}
	labels := map[string]map[string]string{} // by question: label -> as it is said
	texts := map[string]string{}             // guess -> key of its words
	d.eachWord(func(w Words, _ *string) {
		switch q, _ := d.Question(w.Place); {
		case w.Part == "text" && q.Guesses != "":
			texts[q.ID] = w.Key
		case w.Part == "option":
			if labels[q.ID] == nil {
				labels[q.ID] = map[string]string{}
			}
			if strings.TrimSpace(all[w.Key]) == "" && q.Guesses != "" {
				for _, o := range q.Options {
					if o.Label == w.Text && guessLabel(d.Language, Option{ID: o.ID, Label: words.English().Say("guess.scale." + o.ID)}) == o.Label {
						all[w.Key] = words.In(language).Say("guess.scale." + o.ID)
					}
				}
			}
			labels[q.ID][w.Text] = all[w.Key]
		}
	})
	for id, key := range texts {
		q, _ := d.Question(id)
		of, ok := d.Guessed(q)
		if !ok || strings.TrimSpace(all[key]) != "" || q.Text != guessText(d.Language, of, nil) {
			continue
		}
		complete := true
		text := guessText(language, of, func(label string) string {
			said := strings.TrimSpace(labels[of.ID][label])
			complete = complete && said != ""
			return said
		})
		if complete {
			all[key] = text
		}
	}
	return all
}

// guesses checks the guesses of a document.
func (d Document) guesses(c *check) {
	have, n := 0, -1
	for _, s := range d.Sections {
		for i, q := range s.Questions {
			if q.Type != TypeNote {
				n++
			}
			if q.Guesses == "" {
				continue
			}
			have++
			c.place = place(n, q)
			of, ok := d.Guessed(q)
			switch {
			case !d.CanGuess():
				c.add(GuessWho, "audience", d.Audience)
			case !ok:
				c.add(GuessNothing, "item", q.Guesses)
			case !of.CanBeGuessed():
				c.add(GuessOf, "item", q.Guesses, "of", of.where())
			case !s.guessFollows(i, of):
				c.add(GuessPlace, "item", q.Guesses, "of", of.where())
			case strings.TrimSpace(q.ShowIf) != strings.TrimSpace(of.ShowIf) || s.Choice != "" || s.Ask > 0 && s.Ask < s.asks():
				c.add(GuessAsked, "item", q.Guesses, "of", of.where())
			}
			if !slices.Equal(ids(q.Options), GuessOptions) || q.Type != TypeScale || len(q.Missing) > 0 || q.About != bank.AboutThisClass || q.Sensitive != "" || q.Origin == FromBank {
				c.add(GuessAnswers, "scale", GuessScale)
			}
		}
	}
	c.place = nil
	if have > MaxGuesses {
		c.add(GuessMany, "have", strconv.Itoa(have), "most", strconv.Itoa(MaxGuesses))
	}
}

// guessFollows says whether nothing stands between a section's question at a place and what it guesses, but the grid that
// this belongs to.
func (s Section) guessFollows(at int, of Question) bool {
	for i := at - 1; i >= 0; i-- {
		switch q := s.Questions[i]; {
		case q.ID == of.ID:
			return true
		case q.Guesses == "" && (of.Grid == "" || q.Grid != of.Grid):
			return false
		}
	}
	return false
}
