package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// question reads how something is answered.
func (r *reader) question(q *asked, a asks) {
	t := r.survey
	if q.text == "" {
		r.report(t, q.row, "label", labelMissing, "column", "label")
	} else if i := strings.Index(q.text, "${"); i >= 0 {
		r.report(t, q.row, "label", labelAnswer, "ref", q.text[i:min(len(q.text), i+1+len(strings.SplitN(q.text[i:], "}", 2)[0]))])
	}
	if t.get(q.row, "choice_filter") != "" {
		r.report(t, q.row, "choice_filter", choiceFilter)
	}
	if v := strings.ToLower(t.get(q.row, "required")); v != "" && v != "no" && v != "false" && v != "false()" {
		r.note(t, 0, "required", noteRequired)
	}
	constraint := r.straight(q.row, "constraint")
	switch a.kind {
	case selectOne, selectMany, ranked:
		r.options(q, a)
		if a.kind == selectMany && constraint != "" {
			if m := counted.FindStringSubmatch(constraint); m != nil {
				q.most, _ = strconv.Atoi(m[2])
				if m[1] == "<" {
					q.most--
				}
				return
			}
		}
	case number:
		if constraint == "" {
			r.report(t, q.row, "constraint", constraintNone)
			return
		}
		if from, to, ok := bounds(constraint); ok {
			q.min, q.max = from, to
			return
		}
	case slider:
		r.slider(q)
	}
	if constraint != "" {
		r.report(t, q.row, "constraint", constraintOther, "constraint", constraint)
	}
}

func (r *reader) options(q *asked, a asks) {
	t := r.survey
	switch {
	case r.choices == nil && r.near("choices") != "":
		if p := (Problem{Code: sheetNear, Message: say(sentences[sheetNear], "sheet", "choices", "near", r.near("choices"))}); !r.problems.has(p) {
			r.problems = append(r.problems, p)
		}
	case r.choices == nil:
		if p := (Problem{Code: choicesMissing, Message: sentences[choicesMissing]}); !r.problems.has(p) {
			r.problems = append(r.problems, p)
		}
	case r.lists[a.list] == nil:
		r.report(t, q.row, "type", listMissing, "list", a.list)
	default:
		q.list = r.lists[a.list]
		for _, c := range q.list.options {
			var found Problem
			switch {
			case r.choices.get(c.row, "label") == "":
				found = r.at(r.choices, c.row, "label", labelMissing, sentences[labelMissing], "column", "label")
			case a.kind != selectOne && strings.ContainsAny(c.name, " \t\n"):
				found = r.at(r.choices, c.row, "name", choiceSpaces, sentences[choiceSpaces], "name", c.name)
			default:
				continue
			}
			if !r.problems.has(found) {
				r.problems = append(r.problems, found)
			}
		}
	}
}

// parameter reads one of the parameters of a range.
var parameter = regexp.MustCompile(`\b(start|end|step)\s*=\s*([^\s,;]+)`)

func (r *reader) slider(q *asked) {
	values := map[string]int{"start": 0, "end": 10, "step": 1} // what pyxform takes where nothing stands
	bad := false
	for _, m := range parameter.FindAllStringSubmatch(strings.ToLower(r.survey.get(q.row, "parameters")), -1) {
		f, err := strconv.ParseFloat(m[2], 64)
		bad = bad || err != nil || f != float64(int(f))
		values[m[1]] = int(f)
	}
	q.min, q.max = values["start"], values["end"]
	if bad || values["step"] != 1 || q.min >= q.max {
		r.report(r.survey, q.row, "parameters", rangeBad)
	}
}

// unused says once which columns and appearances are kept without meaning anything here.
func (r *reader) unused() {
	for _, t := range []*table{r.survey, r.choices} {
		if t == nil {
			continue
		}
		var columns []string
		for i, h := range t.headers {
			filled := slices.ContainsFunc(t.rows, func(cells []string) bool { return cellAt(cells, i) != "" })
			use := slices.Contains([]string{"type", "name", "label", "relevant", "constraint", "appearance", "required", "choice_filter", "disabled", "list_name", "score", "favourable", "missing", "symbol"}, h.base)
			if h.text != "" && filled && !use && !(h.base == "parameters" && r.hasRange()) {
				columns = append(columns, h.text)
			}
		}
		if len(columns) > 0 {
			p := r.at(t, 1, "", noteColumns, notes[noteColumns])
			p.Message = bank.Fill(notes[noteColumns], map[string]string{"columns": few(columns)})
			r.notes = append(r.notes, p)
		}
	}
	var looks []string
	for row := 2; row <= r.survey.last(); row++ {
		for _, a := range strings.Fields(r.survey.get(row, "appearance")) {
			known := slices.Contains([]string{"likert", "field-list", "table-list", "multiline"}, strings.ToLower(a))
			if !known && !slices.Contains(looks, a) {
				looks = append(looks, a)
			}
		}
	}
	if len(looks) > 0 {
		p := r.at(r.survey, 1, "appearance", noteAppearance, notes[noteAppearance])
		p.Message = bank.Fill(notes[noteAppearance], map[string]string{"appearances": few(looks)})
		r.notes = append(r.notes, p)
	}
}

func few(list []string) string {
	more := ""
	if len(list) > 20 {
		more = " and " + strconv.Itoa(len(list)-20) + " more"
		list = list[:20]
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quoted(s)
	}
	return strings.Join(out, ", ") + more
}

func (r *reader) hasRange() bool {
	return slices.ContainsFunc(r.asked, func(q *asked) bool { return q.kind == slider })
}

// textType says whether a text question is for more than a few words.
func (r *reader) textType(q *asked) survey.Type {
	if strings.Contains(strings.ToLower(r.survey.get(q.row, "appearance")), "multiline") {
		return survey.TypeLongText
	}
	return survey.TypeText
}
