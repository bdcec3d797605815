package survey

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"earshot/internal/ask/bank"
)

// LeftOut is an item that was asked for but is not in the document, and the key of the sentence that says why.
type LeftOut struct {
	Item  string
	Short string
	Key   string
}

// LeftOutText is why a text item is left out of a ready survey: somebody has to read every word, so a school adds it on
// purpose.
const LeftOutText = "left_out_text"

// FromTemplate makes a document from a ready survey of the bank.
func FromTemplate(b *bank.Bank, id string) (Document, []LeftOut, []Problem) {
	t, ok := b.Template(id)
	if !ok {
		return Document{}, nil, []Problem{{UnknownTemplate, map[string]string{"template": id}}}
	}
	title, _, _ := strings.Cut(t.Title, " (") // the age stands there for those who choose it, not for those who answer
	d, left, problems := FromItems(b, title, t.Audience, t.Items)
	d.Minutes = t.Minutes
	return d, left, problems
}

// FromItems makes a document from items of the bank, in this order.
func FromItems(b *bank.Bank, title, audience string, items []string) (Document, []LeftOut, []Problem) {
	d := Document{Title: title, Audience: audience, Language: b.Language, Sections: []Section{{ID: "s1"}}}
	var left []LeftOut
	var problems []Problem
	for _, id := range items {
		if i, ok := b.Item(id); ok && i.IsText() {
			left = append(left, LeftOut{Item: id, Short: i.Short, Key: LeftOutText})
			continue
		}
		problems = append(problems, d.AddItem(b, "s1", id)...)
	}
	d.Minutes = minutes(len(d.Questions()))
	d.Sections[0].Gateway = oneGateway(d.Questions())
	return d, left, problems
}

// minutes allows twenty seconds a question, which is what the bank's ready surveys take.
func minutes(questions int) int { return max(1, (questions+2)/3) }

func oneGateway(questions []Question) string {
	gateway := ""
	for _, q := range questions {
		if gateway != "" && q.Gateway != gateway {
			return ""
		}
		gateway = q.Gateway
	}
	return gateway
}

// AddItem adds an item of the bank at the end of a section (empty: the last one).
func (d *Document) AddItem(b *bank.Bank, section, item string) []Problem {
	i, ok := b.Item(item)
	values := map[string]string{"item": item}
	switch {
	case !ok:
		if use, retired := b.Successors(item); retired {
			values["use"] = strings.Join(use, ", ")
			return []Problem{{RetiredItem, values}}
		}
		return []Problem{{UnknownItem, values}}
	case i.Audience != d.Audience:
		values["audience"], values["for"] = i.Audience, d.Audience
		return []Problem{{OtherAudience, values}}
	}
	for _, q := range d.Questions() {
		if q.Item == item {
			values["short"] = i.Short
			return []Problem{{ItemTwice, values}}
		}
	}
	scale, _ := b.Scale(i.Scale) // the bank has been checked
	q := Question{
		Item: i.ID, Text: i.Text, Short: i.Short, Note: i.Note, About: i.About, Sensitive: i.Sensitive, Gateway: i.Gateway,
		Origin: FromBank, Reverse: i.Reverse, Aloud: i.Aloud,
	}
	if i.IsText() {
		q.Type, q.Kind, q.About = TypeLongText, bank.Choice, cmp.Or(i.About, bank.AboutSchool)
		return d.add(section, q)
	}
	q.onScale(scale)
	if len(i.Favourable) > 0 {
		q.Favourable, q.FavourableWords = copied(i.Favourable), i.FavourableWords
	}
	return d.add(section, q)
}

// Own is a question that a school or a survey file brings. What it is about, and its scale, are compulsory.
type Own struct {
	Item             string // own_...; made from the words if it is empty
	Text             string
	Short            string // chart label; the beginning of the text if it is empty
	Note             string
	About            bank.About
	Sensitive        string
	Gateway          string
	Origin           Origin
	DescribesOneself bool
	Guesses          string
	Aloud            bool // it says nothing about any adult, feelings, safety or home, so a room may raise hands
	Scale            bank.Scale
	Favourable       []string // instead of the scale's
	FavourableWords  string
	Reverse          bool
	Type             Type   // empty: what the scale makes of it; several, ranking, number, text, long_text or note
	AtMost           int    // of several: 0 is as many as there are; of a ranking: 0 is three places, or fewer
	Min, Max         int    // of a number
	Bands            []int  // of a number: where each but the first band begins; none: five alike
	ShowIf           string // an expression
	Grid             string // words over a run of questions with the same options
}

// AddOwn adds a question of one's own at the end of a section (empty: the last one). Mistakes in its words are found by
// Problems, so that a half-written question can be kept while it is worked on.
func (d *Document) AddOwn(section string, own Own) []Problem {
	q := Question{
		Item: own.Item, Text: own.Text, Short: own.Short, Note: own.Note, About: own.About, Sensitive: own.Sensitive,
		Gateway: own.Gateway, Origin: own.Origin, DescribesOneself: own.DescribesOneself, Reverse: own.Reverse,
		Aloud: own.Aloud, Guesses: own.Guesses,
	}
	q.ShowIf, q.Grid = own.ShowIf, own.Grid
	q.answeredBy(own)
	if len(own.Favourable) > 0 {
		q.Favourable, q.FavourableWords = copied(own.Favourable), own.FavourableWords
	}
	if own.Type == TypeNote {
		if q.Item == "" { // a file names its notes too
			q.Item = OwnPrefix + strings.TrimPrefix(q.MakeWording(), "w_")
		}
		return d.add(section, Question{Type: TypeNote, Text: own.Text, ShowIf: own.ShowIf, Item: q.Item, Origin: own.Origin})
	}
	if q.Short == "" {
		q.Short = shorten(q.Text)
	}
	if q.Item == "" {
		q.Item = OwnPrefix + strings.TrimPrefix(q.MakeWording(), "w_")
	}
	return d.add(section, q)
}

// answeredBy sets how a question is answered and counted.
func (q *Question) answeredBy(own Own) {
	switch own.Type {
	case TypeNumber:
		q.Type, q.Kind, q.Min, q.Max = TypeNumber, bank.Choice, own.Min, own.Max
		if len(own.Favourable) > 0 {
			q.Kind = bank.Unipolar
		}
		q.Options = Bands(own.Min, own.Max, own.Bands...)
		if q.Kind == bank.Choice {
			for i := range q.Options {
				q.Options[i].Value = 0
			}
		}
	case TypeText, TypeLongText:
		q.Type, q.Kind = own.Type, bank.Choice
	case TypeSeveral, TypeRanking:
		q.onScale(own.Scale)
		q.Type, q.AtMost = own.Type, own.AtMost
		if q.AtMost == 0 && own.Type == TypeSeveral {
			q.AtMost = len(q.Options)
		} else if q.AtMost == 0 {
			q.AtMost = max(2, min(3, len(q.Options)-1))
		}
	default:
		q.onScale(own.Scale)
	}
}

// OwnPrefix begins the item of every question that is not from the bank, so that the two can never be mistaken.
const OwnPrefix = "own_"

func (q *Question) onScale(s bank.Scale) {
	q.Type, q.Kind = TypeScale, s.Kind
	if s.Kind == bank.Choice || s.Kind == bank.Binary {
		q.Type = TypeSingle
	}
	q.Favourable, q.FavourableWords, q.Missing = copied(s.Favourable), s.FavourableWords, copied(s.Missing)
	for _, o := range s.Options {
		q.Options = append(q.Options, Option{ID: o.ID, Value: o.Value, Label: o.Label, Symbol: o.Symbol})
	}
}

func (d *Document) add(section string, q Question) []Problem {
	if len(d.Sections) == 0 && section == "" {
		d.AddSection("", "")
	}
	for i := len(d.Sections) - 1; i >= 0; i-- {
		if section == "" || d.Sections[i].ID == section {
			q.ID = d.nextQuestion()
			if q.Type != TypeNote {
				q.Wording = q.MakeWording()
			}
			d.Sections[i].Questions = append(d.Sections[i].Questions, q)
			d.forget(func() {}) // a higher number is there again
			return nil
		}
	}
	return []Problem{{UnknownSection, map[string]string{"section": section}}}
}

// Reword changes the words of a question of one's own. They become a new wording, unless sameBy names a leader who says
// that the meaning is the same, as after a slip of the pen. The words of the bank stay as they are, because other
// schools' answers are compared by them. It says whether there was such a question to change.
func (d *Document) Reword(question, text, short, sameBy string) bool {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			q := &d.Sections[i].Questions[j]
			if q.ID != question || q.Origin == FromBank {
				continue
			}
			before := q.Trend()
			q.Text, q.Short = text, short
			if q.Short == "" {
				q.Short = shorten(text)
			}
			wording := q.MakeWording()
			if wording == q.Wording {
				return true
			}
			q.Wording, q.Continues, q.ContinuedBy = wording, "", ""
			q.Aloud = false // that was said of other words
			if sameBy != "" && before != wording {
				q.Continues, q.ContinuedBy = before, sameBy
			}
			return true
		}
	}
	return false
}

// MarkAloud says of a question of one's own whether it may be asked aloud. The bank speaks for its own items.
func (d *Document) MarkAloud(question string, aloud bool) {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; q.ID == question && q.Origin != FromBank && q.Type != TypeNote {
				q.Aloud = aloud
			}
		}
	}
}

// copied keeps a document apart from the shared bank, and an empty list nil so that equal documents are equal.
func copied(list []string) []string { return append([]string(nil), list...) }

func shorten(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most-1])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}
