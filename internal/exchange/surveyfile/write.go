package surveyfile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"earshot/internal/ask/survey"

	"gopkg.in/yaml.v3"
)

type file struct {
	Survey   head      `yaml:"survey"`
	Scales   []scale   `yaml:"scales,omitempty"`
	Items    []item    `yaml:"items,omitempty"`
	Sections []section `yaml:"sections"`
	Choices  []choice  `yaml:"choices,omitempty"`
	Rules    []rule    `yaml:"rules,omitempty"`
}

type head struct {
	Title    string `yaml:"title"`
	Audience string `yaml:"audience"`
	Language string `yaml:"language"`
	Minutes  int    `yaml:"minutes"`
	Intro    string `yaml:"intro,omitempty"`
}

type scale struct {
	ID              string   `yaml:"id"`
	Kind            string   `yaml:"kind"`
	Options         []option `yaml:"options"`
	Favourable      []string `yaml:"favourable,flow,omitempty"`
	FavourableWords string   `yaml:"favourable_words,omitempty"`
	Missing         []string `yaml:"missing,flow,omitempty"`
}

type option struct {
	ID     string `yaml:"id"`
	Value  *int   `yaml:"value"`
	Label  string `yaml:"label"`
	Symbol string `yaml:"symbol,omitempty"`
}

type item struct {
	ID               string   `yaml:"id"`
	Gateway          string   `yaml:"gateway,omitempty"`
	Type             string   `yaml:"type,omitempty"`
	Scale            string   `yaml:"scale,omitempty"`
	AtMost           int      `yaml:"at_most,omitempty"`
	Min              *int     `yaml:"min,omitempty"`
	Max              *int     `yaml:"max,omitempty"`
	Bands            []int    `yaml:"bands,flow,omitempty"`
	ShowIf           string   `yaml:"show_if,omitempty"`
	Grid             string   `yaml:"grid,omitempty"`
	About            string   `yaml:"about,omitempty"`
	Sensitive        string   `yaml:"sensitive,omitempty"`
	DescribesOneself bool     `yaml:"describes_oneself,omitempty"`
	Guesses          string   `yaml:"guesses,omitempty"`
	Aloud            bool     `yaml:"aloud,omitempty"`
	Short            string   `yaml:"short,omitempty"`
	Text             string   `yaml:"text"`
	Note             string   `yaml:"note,omitempty"`
	Reverse          bool     `yaml:"reverse,omitempty"`
	Favourable       []string `yaml:"favourable,flow,omitempty"`
	FavourableWords  string   `yaml:"favourable_words,omitempty"`
}

type section struct {
	Title   string   `yaml:"title,omitempty"`
	Gateway string   `yaml:"gateway,omitempty"`
	Text    string   `yaml:"text,omitempty"`
	ShowIf  string   `yaml:"show_if,omitempty"`
	Ask     int      `yaml:"ask,omitempty"`
	TopicOf string   `yaml:"topic_of,omitempty"`
	Items   []string `yaml:"items"`
}

type choice struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
	Pick int    `yaml:"pick"`
	Draw int    `yaml:"draw,omitempty"`
}

// rule is when a question of the bank is asked: its item is only named.
type rule struct {
	Item   string `yaml:"item"`
	ShowIf string `yaml:"show_if,omitempty"`
	Grid   string `yaml:"grid,omitempty"`
}

// Write makes a survey file of a document that has no problems. A question of the bank is written as its id, everything
// else in full. Reading the file again numbers questions and sections anew, from one.
func Write(d survey.Document) ([]byte, error) {
	if found := d.Problems(); len(found) > 0 {
		return nil, fmt.Errorf("surveyfile: the document has problems, first %s", found[0].Key)
	}
	out := file{Survey: head{Title: d.Title, Audience: d.Audience, Language: d.Language, Minutes: d.Minutes, Intro: d.Intro}}
	scales := map[string]string{} // what a scale says -> its id
	items := map[string]string{}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			items[q.ID] = q.Item
		}
	}
	for _, c := range d.Choices {
		out.Choices = append(out.Choices, choice(c))
	}
	for _, s := range d.Sections {
		to := section{Title: s.Title, Gateway: s.Gateway, Text: s.Text, ShowIf: rename(s.ShowIf, items), Ask: s.Ask, TopicOf: s.Choice}
		for _, q := range s.Questions {
			to.Items = append(to.Items, q.Item)
			q.ShowIf = rename(q.ShowIf, items)
			if q.Origin == survey.FromBank {
				if q.ShowIf != "" || q.Grid != "" {
					out.Rules = append(out.Rules, rule{q.Item, q.ShowIf, q.Grid})
				}
				continue
			}
			i, err := out.own(q, scales)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, i)
		}
		out.Sections = append(out.Sections, to)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(out), enc.Close()); err != nil {
		return nil, fmt.Errorf("surveyfile: %w", err)
	}
	if b.Len() > MaxBytes {
		return nil, errors.New("surveyfile: the document is too large for a survey file")
	}
	return b.Bytes(), nil
}

// own writes a question in full; questions that share a scale share it in the file too.
func (f *file) own(q survey.Question, scales map[string]string) (item, error) {
	i := item{ID: q.Item, Text: q.Text, ShowIf: q.ShowIf}
	if q.Type == survey.TypeNote {
		i.Type = string(q.Type)
		return i, nil
	}
	i.Gateway, i.AtMost, i.About, i.Sensitive, i.DescribesOneself = q.Gateway, q.AtMost, string(q.About), q.Sensitive, q.DescribesOneself
	i.Short, i.Note, i.Reverse, i.Grid, i.Aloud, i.Guesses = q.Short, q.Note, q.Reverse, q.Grid, q.Aloud, q.Guesses
	switch q.Type {
	case survey.TypeNumber:
		i.Type, i.Min, i.Max, i.Favourable, i.FavourableWords = string(q.Type), &q.Min, &q.Max, q.Favourable, q.FavourableWords
		for _, o := range q.Options[1:] {
			i.Bands = append(i.Bands, o.From)
		}
		return i, nil
	case survey.TypeText, survey.TypeLongText:
		i.Type = string(q.Type)
		return i, nil
	case survey.TypeSeveral, survey.TypeRanking:
		i.Type = string(q.Type)
	}
	s := scale{
		Kind: string(q.Kind), Favourable: q.Favourable, FavourableWords: q.FavourableWords, Missing: q.Missing,
	}
	for _, o := range q.Options {
		to := option{ID: o.ID, Label: o.Label, Symbol: o.Symbol}
		if o.Value > 0 {
			to.Value = &o.Value
		}
		s.Options = append(s.Options, to)
	}
	says, err := yaml.Marshal(s)
	if err != nil {
		return item{}, fmt.Errorf("surveyfile: %w", err)
	}
	if scales[string(says)] == "" {
		s.ID = "own_scale_" + strconv.Itoa(len(scales)+1)
		scales[string(says)] = s.ID
		f.Scales = append(f.Scales, s)
	}
	i.Scale = scales[string(says)]
	if q.Reverse {
		i.Favourable, i.FavourableWords = q.Favourable, q.FavourableWords
	}
	return i, nil
}
