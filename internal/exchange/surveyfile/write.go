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
	Scale            string   `yaml:"scale"`
	AtMost           int      `yaml:"at_most,omitempty"`
	About            string   `yaml:"about"`
	Sensitive        string   `yaml:"sensitive,omitempty"`
	DescribesOneself bool     `yaml:"describes_oneself,omitempty"`
	Short            string   `yaml:"short"`
	Text             string   `yaml:"text"`
	Note             string   `yaml:"note,omitempty"`
	Reverse          bool     `yaml:"reverse,omitempty"`
	Favourable       []string `yaml:"favourable,flow,omitempty"`
	FavourableWords  string   `yaml:"favourable_words,omitempty"`
}

type section struct {
	Title   string   `yaml:"title,omitempty"`
	Gateway string   `yaml:"gateway,omitempty"`
	Items   []string `yaml:"items"`
}

// Write makes a survey file of a document that has no problems. A question of the bank is written as its id, everything
// else in full. Reading the file again numbers questions and sections anew, from one.
func Write(d survey.Document) ([]byte, error) {
	if found := d.Problems(); len(found) > 0 {
		return nil, fmt.Errorf("surveyfile: the document has problems, first %s", found[0].Key)
	}
	out := file{Survey: head{Title: d.Title, Audience: d.Audience, Language: d.Language, Minutes: d.Minutes, Intro: d.Intro}}
	scales := map[string]string{} // what a scale says -> its id
	for _, s := range d.Sections {
		to := section{Title: s.Title, Gateway: s.Gateway}
		for _, q := range s.Questions {
			to.Items = append(to.Items, q.Item)
			if q.Origin == survey.FromBank {
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
	i := item{
		ID: q.Item, Gateway: q.Gateway, Scale: scales[string(says)], AtMost: q.AtMost, About: string(q.About), Sensitive: q.Sensitive,
		DescribesOneself: q.DescribesOneself, Short: q.Short, Text: q.Text, Note: q.Note, Reverse: q.Reverse,
	}
	if q.Type == survey.TypeSeveral {
		i.Type = string(q.Type)
	}
	if q.Reverse {
		i.Favourable, i.FavourableWords = q.Favourable, q.FavourableWords
	}
	return i, nil
}
