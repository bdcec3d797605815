package responsefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"earshot/internal/ask/round"
)

// Mapping says what the columns of a file are. As YAML:
//
//	unit:                        # which class; may be left out
//	  column: class
//	  kind: class                # class, form or year
//	  subject: Statistics        # of classes
//	  values: {"1": "Course 1"}  # value -> name; others stand for themselves
//	  years: {"Course 1": "10"}  # name -> year
//	  sizes: {"Course 1": 30}    # name -> how many were asked
//	year: yeargroup              # a column with the year, instead of years
//	asked: 900                   # how many were asked altogether, if there is no unit
//	no_answer: ["", "NA", "97"]  # values that mean that a question was left out
//	questions:
//	  q1: Q1                     # question -> column
//	  q2: {column: Q2, values: {"Strong agree": strongly_agree, "9": ""}} # value -> option; "" is no answer
//	  q3: {column: Q3, only: true, values: {"1": never}}                  # any other value is a mistake
//	  q4: {column: Q4, split: ";"}                                        # several options in one cell
//
// A value that is not named is an option's id, its words in any language of the survey, or its number on the scale.
type Mapping struct {
	Unit      *Unit             `yaml:"unit,omitempty" json:"unit,omitempty"`
	Year      string            `yaml:"year,omitempty" json:"year,omitempty"`
	Asked     int               `yaml:"asked,omitempty" json:"asked,omitempty"`
	NoAnswer  []string          `yaml:"no_answer,flow,omitempty" json:"no_answer,omitempty"`
	Questions map[string]Source `yaml:"questions" json:"questions"`
}

// Unit is the column that says in which class an answer was given.
type Unit struct {
	Column  string            `yaml:"column" json:"column"`
	Kind    string            `yaml:"kind,omitempty" json:"kind,omitempty"` // round.UnitClass, UnitForm or UnitYear
	Subject string            `yaml:"subject,omitempty" json:"subject,omitempty"`
	Only    bool              `yaml:"only,omitempty" json:"only,omitempty"`
	Values  map[string]string `yaml:"values,omitempty" json:"values,omitempty"`
	Years   map[string]string `yaml:"years,omitempty" json:"years,omitempty"`
	Sizes   map[string]int    `yaml:"sizes,omitempty" json:"sizes,omitempty"`
}

// name is what a value of the column is called.
func (u Unit) name(value string) (string, bool) {
	if name, ok := u.Values[value]; ok {
		return strings.TrimSpace(name), true
	}
	return value, !u.Only
}

// Source is the column that answers a question, and what its values stand for.
type Source struct {
	Column string            `yaml:"column" json:"column"`
	Values map[string]string `yaml:"values,omitempty" json:"values,omitempty"`
	Only   bool              `yaml:"only,omitempty" json:"only,omitempty"`
	Split  string            `yaml:"split,omitempty" json:"split,omitempty"`
}

// UnmarshalYAML reads a column by its name alone, or with all that is said about it.
func (s *Source) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.Column = n.Value
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: here stands a column, as its name or as {column: ...}", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 { // a decoder that is strict above is not so below a method like this one
		if key := n.Content[i]; !slices.Contains([]string{"column", "values", "only", "split"}, key.Value) {
			return fmt.Errorf("line %d: %q is unknown here; there are column, values, only and split", key.Line, key.Value)
		}
	}
	type plain Source
	return n.Decode((*plain)(s))
}

// MarshalYAML writes a column of which nothing else is said by its name alone.
func (s Source) MarshalYAML() (any, error) {
	if len(s.Values) == 0 && !s.Only && s.Split == "" {
		return s.Column, nil
	}
	type plain Source
	return plain(s), nil
}

// MaxMapping is the largest mapping that is read.
const MaxMapping = 1 << 20

// ReadMapping reads a mapping and says in which line it cannot be read.
func ReadMapping(from io.Reader) (Mapping, error) {
	data, err := io.ReadAll(io.LimitReader(from, MaxMapping+1))
	if err != nil {
		return Mapping{}, fmt.Errorf("map: %w", err)
	}
	if len(data) > MaxMapping {
		return Mapping{}, errors.New("map: it is larger than a megabyte, which no map needs")
	}
	var m Mapping
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		return Mapping{}, fmt.Errorf("map: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	if len(m.Questions) == 0 {
		return Mapping{}, errors.New("map: there are no questions")
	}
	for id, s := range m.Questions {
		if s.Column == "" {
			return Mapping{}, fmt.Errorf("map: %s has no column", id)
		}
	}
	if m.Unit != nil {
		if m.Unit.Column == "" {
			return Mapping{}, errors.New("map: unit has no column")
		}
		if k := m.Unit.Kind; k != "" && k != round.UnitClass && k != round.UnitForm && k != round.UnitYear {
			return Mapping{}, fmt.Errorf("map: unit is a %q; it can be a class, a form or a year", k)
		}
	}
	return m, nil
}

// Write writes a mapping as YAML.
func (m Mapping) Write() ([]byte, error) { return yaml.Marshal(m) }
