package rehearsal

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Map says how the columns of a file of responses become answers:
//
//	unit:
//	  column: class              # whose class; may be left out for an open link
//	  values: {"1": "Class 1"}   # value -> name of the class in the round; others stand for themselves
//	no_answer: ["", "NA"]        # values that mean the question was left out; this list if it is left out
//	questions:
//	  q1: Q1                     # question -> column, the values being the ids of its options
//	  q2: {column: Q2, values: {"yes": "often"}}           # value -> option; others stand for themselves
//	  q3: {column: Q3, only: true, values: {"1": "never"}} # any other value is a mistake
//	  q4: {column: Q4, split: ";"}                         # several options in one field
type Map struct {
	Unit      *Column           `yaml:"unit"`
	NoAnswer  []string          `yaml:"no_answer"`
	Questions map[string]Column `yaml:"questions"`
}

// Column is one column of the file, and what its values stand for.
type Column struct {
	Name   string            `yaml:"column"`
	Values map[string]string `yaml:"values"`
	Only   bool              `yaml:"only"`
	Split  string            `yaml:"split"`
	line   int
}

// UnmarshalYAML reads a column by its name alone, or with all that is said about it.
func (c *Column) UnmarshalYAML(n *yaml.Node) error {
	c.line = n.Line
	if n.Kind == yaml.ScalarNode {
		c.Name = n.Value
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
	type plain Column
	return n.Decode((*plain)(c))
}

// ReadMap reads a map and says in which line it cannot be read.
func ReadMap(from io.Reader) (Map, error) {
	if from == nil {
		return Map{}, errors.New("the map is missing")
	}
	data, err := io.ReadAll(from)
	if err != nil {
		return Map{}, fmt.Errorf("map: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	m := Map{NoAnswer: []string{"", "NA"}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&m); err != nil {
		return Map{}, fmt.Errorf("map: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	if len(m.Questions) == 0 {
		return Map{}, errors.New("map: there are no questions")
	}
	for id, c := range m.Questions {
		if c.Name == "" {
			return Map{}, fmt.Errorf("map, line %d: %s has no column", c.line, id)
		}
	}
	if m.Unit != nil && m.Unit.Name == "" {
		return Map{}, fmt.Errorf("map, line %d: unit has no column", m.Unit.line)
	}
	return m, nil
}

// read turns a file of responses into what people will send. Every mistake is named with its line, up to ten.
func (m Map) read(from io.Reader) ([]sheet, error) {
	if from == nil {
		return nil, errors.New("the responses are missing")
	}
	r, columns, err := table(from)
	if err != nil {
		return nil, fmt.Errorf("responses: %w", err)
	}
	var errs []error
	at := map[string]int{}
	find := func(what string, c Column) {
		i, ok := columns[c.Name]
		if !ok {
			errs = append(errs, fmt.Errorf("map, line %d: %s: the responses have no column %q", c.line, what, c.Name))
		}
		at[c.Name] = i
	}
	ids := slices.Sorted(maps.Keys(m.Questions))
	if m.Unit != nil {
		find("unit", *m.Unit)
	}
	for _, id := range ids {
		find(id, m.Questions[id])
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var rows []sheet
	for len(errs) < 10 {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.Join(append(errs, fmt.Errorf("responses: %w", err))...) // has its line
		}
		line, _ := r.FieldPos(0)
		s := sheet{line: line, fields: url.Values{}}
		complain := func(c Column, value string) {
			errs = append(errs, fmt.Errorf("responses, line %d: the map has nothing for %q in column %q", line, value, c.Name))
		}
		if m.Unit != nil {
			value := strings.TrimSpace(record[at[m.Unit.Name]])
			name, ok := m.Unit.meaning(value)
			if !ok || name == "" {
				complain(*m.Unit, value)
			}
			s.unit = name
		}
		for _, id := range ids {
			c := m.Questions[id]
			values := []string{record[at[c.Name]]}
			if c.Split != "" {
				values = strings.Split(values[0], c.Split)
			}
			for _, value := range values {
				value = strings.TrimSpace(value)
				if slices.Contains(m.NoAnswer, value) {
					continue
				}
				option, ok := c.meaning(value)
				if !ok {
					complain(c, value)
					continue
				}
				s.fields.Add(id, option)
			}
		}
		rows = append(rows, s)
	}
	if len(errs) == 0 && len(rows) == 0 {
		errs = append(errs, errors.New("responses: there are none"))
	}
	return rows, errors.Join(errs...)
}

func (c Column) meaning(value string) (string, bool) {
	if v, ok := c.Values[value]; ok {
		return v, true
	}
	return value, !c.Only
}

// table opens a CSV with a header and says which column stands where. Every record has as many fields as the header.
func table(from io.Reader) (*csv.Reader, map[string]int, error) {
	r := csv.NewReader(from)
	header, err := r.Read()
	if err == io.EOF {
		return nil, nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, nil, err
	}
	columns := map[string]int{}
	for i, name := range header {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := columns[name]; twice {
			return nil, nil, fmt.Errorf("line 1: the column %q stands there twice", name)
		}
		columns[name] = i
	}
	return r, columns, nil
}

// ReadCodes reads a file of unspent codes, a CSV with the columns unit and code.
func ReadCodes(from io.Reader) ([]Code, error) {
	r, columns, err := table(from)
	if err != nil {
		return nil, fmt.Errorf("codes: %w", err)
	}
	unit, ok := columns["unit"]
	code, also := columns["code"]
	if !ok || !also {
		return nil, errors.New("codes, line 1: the columns unit and code are needed")
	}
	var codes []Code
	first := map[string]int{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("codes: %w", err)
		}
		line, _ := r.FieldPos(0)
		c := Code{strings.TrimSpace(record[unit]), strings.TrimSpace(record[code])}
		if c.Unit == "" || c.Code == "" {
			return nil, fmt.Errorf("codes, line %d: the unit or the code is empty", line)
		}
		if before, twice := first[c.Code]; twice {
			return nil, fmt.Errorf("codes, line %d: this code stands in line %d already", line, before)
		}
		first[c.Code] = line
		codes = append(codes, c)
	}
	if len(codes) == 0 {
		return nil, errors.New("codes: there are none")
	}
	return codes, nil
}
