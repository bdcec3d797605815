package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// figure is one thing that was measured. Target and Holds are empty where nothing is promised.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Target string  `json:"target,omitempty"`
	Holds  *bool   `json:"holds,omitempty"`
}

// target is what a figure has to be.
type target struct {
	sign string
	is   float64
}

func atLeast(n float64) target { return target{">=", n} }
func atMost(n float64) target  { return target{"<=", n} }
func below(n float64) target   { return target{"<", n} }

func (t target) holds(v float64) bool {
	switch t.sign {
	case ">=":
		return v >= t.is
	case "<":
		return v < t.is
	}
	return v <= t.is
}

// sheet is all that was measured, in order.
type sheet struct{ figures []figure }

// add notes a figure and prints it at once.
func (s *sheet) add(name string, value float64, unit string, promised ...target) {
	f := figure{Name: name, Value: value, Unit: unit}
	line := fmt.Sprintf("%-44s %10.4g %-12s", name, value, unit)
	for _, t := range promised {
		holds := t.holds(value)
		f.Target, f.Holds = fmt.Sprintf("%s %g", t.sign, t.is), &holds
		line += fmt.Sprintf(" target %-8s %s", f.Target, map[bool]string{true: "holds", false: "MISSED"}[holds])
	}
	fmt.Println(line)
	s.figures = append(s.figures, f)
}

// value is a figure that was added before.
func (s *sheet) value(name string) float64 {
	i := slices.IndexFunc(s.figures, func(f figure) bool { return f.Name == name })
	return s.figures[i].Value
}

func (s *sheet) save(file string) error {
	data, err := json.MarshalIndent(s.figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

// summary says how many promises hold.
func (s *sheet) summary() {
	promised, missed := 0, 0
	for _, f := range s.figures {
		if f.Holds != nil {
			promised++
			if !*f.Holds {
				missed++
			}
		}
	}
	fmt.Printf("\n%d of %d targets hold.\n", promised-missed, promised)
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// ratios divides what was measured in turns, turn by turn.
func ratios(list, by []float64) []float64 {
	out := make([]float64, len(list))
	for i := range list {
		out[i] = list[i] / by[i]
	}
	return out
}
