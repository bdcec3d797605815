package web_test

import (
	"encoding/json"
	"reflect"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// program reads what programs get: a release with everything taken away that is not for the reader. Each part has to be the
// stored release's own, and theirs.
func (e *everything) program(url, body string, s *sight) {
	var got struct {
		Results result.Release
		Rates   []result.Group
	}
	testkit.Must(e.T, json.Unmarshal([]byte(body), &got))
	bad := func(what string, detail any) { e.T.Errorf("%s as %s: %s: %+v", url, s.reader.name, what, detail) }
	school := s.rel.School().Unit
	public := strings.Contains(url, "/public/")
	theirs := func(unit string, q *result.Question) bool {
		if public {
			return unit == school
		}
		return s.units[unit] || s.own[unit] && (q == nil || q.About == bank.AboutThisClass)
	}
	for _, g := range got.Results.Groups {
		if !theirs(g.Unit, nil) {
			bad("a group that is not theirs", g)
		}
	}
	for _, g := range got.Rates {
		if !theirs(g.Unit, nil) && g.Asked+g.Answered > 0 || !g.Shown && g.Answered > 0 {
			bad("how many answered", g)
		}
	}
	for _, q := range got.Results.Questions {
		if q.Public != nil {
			bad("the public row beside others", q.ID)
		}
		for i, row := range q.Rows {
			released, ok := s.released(q.ID, row.Unit, public)
			if !theirs(row.Unit, &q) || !ok {
				bad("a row that is not theirs", row)
				continue
			}
			if row.Guess == nil {
				released.Guess = nil
			}
			if !reflect.DeepEqual(row, released) {
				bad("a row that is not the release's", row)
			}
			for _, b := range row.Bars {
				if b.Count == 1 || b.Count == 2 {
					bad("a small bar", q.Rows[i])
				}
			}
		}
		for _, b := range q.Before {
			if b.Public != nil && !public {
				bad("an earlier public row beside others", b)
			}
			for _, row := range b.Rows {
				if !theirs(row.Unit, &q) {
					bad("an earlier row that is not theirs", row)
				}
			}
		}
	}
	for _, sum := range got.Results.Sections {
		if sum.Public != nil {
			bad("a public sum beside others", sum)
		}
		for _, row := range sum.Rows {
			if !theirs(row.Unit, nil) {
				bad("a sum that is not theirs", row)
			}
		}
	}
	if whole := s.units[school] && !public; !whole && len(got.Results.Splits)+len(got.Results.Matters)+len(got.Results.Hands) > 0 {
		bad("parts of the school", got.Results.Splits)
	}
}

// released is the row of the stored release.
func (s *sight) released(question, unit string, public bool) (result.Row, bool) {
	for _, q := range s.rel.Questions {
		switch {
		case q.ID != question:
		case public && q.Public != nil:
			return *q.Public, true
		case !public:
			return q.Row(unit)
		}
	}
	return result.Row{}, false
}
