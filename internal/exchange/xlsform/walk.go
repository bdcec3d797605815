package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// asked is a question or a note.
type asked struct {
	row        int
	name, kind string
	list       *list
	text       string
	min, max   int
	most       int    // of several: how many may be chosen
	cond       string // relevant, with straight quotation marks
	grid       *group
	id         string // q1, q2, ...
	item       string
}

// group is a run of rows between begin_group and end_group.
type group struct {
	row, end    int
	name, label string
	cond        string
	grid        bool
	parent      *group
	used        bool // a part begins with it
}

// part is what becomes a section of the document.
type part struct {
	group *group // nil: outside groups
	first bool   // the part its group begins with
	name  string // as _voice calls it
	row   int    // of its first question
	asked []*asked
	id    string
	page  int // the row of the words on a page of its own
}

// conds are the conditions of the groups around a part, from the outside, with their rows.
func (p *part) conds() (list []*group) {
	for g := p.group; g != nil; g = g.parent {
		if g.cond != "" {
			list = append([]*group{g}, list...)
		}
	}
	return list
}

var goodName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// walk reads the rows of survey from top to bottom.
func (r *reader) walk() {
	t := r.survey
	var open *group
	var now *part
	nested := false
	for row := 2; row <= t.last(); row++ {
		kind, name, label := t.get(row, "type"), t.get(row, "name"), t.get(row, "label")
		switch {
		case t.blank(row):
			continue
		case isYes(t.get(row, "disabled")):
			r.note(t, row, "disabled", noteDisabled)
			continue
		case kind == "" && name == "" && label == "":
			r.note(t, row, "", noteComment)
			continue
		case kind == "":
			r.report(t, row, "type", typeNone)
			continue
		}
		a := parseType(kind)
		if !a.ok {
			r.report(t, row, "type", a.kind, "type", kind)
			if a.kind == typeRepeat && strings.HasPrefix(strings.ToLower(kind), "begin") { // to find its end
				open = &group{row: row, parent: open}
			}
			continue
		}
		if a.kind == endGroup {
			if open == nil {
				r.report(t, row, "type", groupNone)
				continue
			}
			if open.end = row; !open.grid {
				now = nil
			}
			open = open.parent
			continue
		}
		if name == "" && a.kind == noted {
			name = "note_" + strconv.Itoa(row)
		}
		if !r.name(row, name, a.kind) {
			continue
		}
		cond := r.straight(row, "relevant")
		switch a.kind {
		case beginGroup:
			open = &group{row: row, name: name, label: label, cond: cond, parent: open}
			if open.grid = r.isGrid(row); !open.grid {
				nested, now = nested || open.parent != nil, nil
			}
			continue
		case silent, silentTimes:
			r.note(t, row, "type", noteSilent, "type", kind)
			continue
		case noted:
			if r.framed(row, name, now, open) {
				continue
			}
		}
		if now == nil {
			now = r.newPart(row, open)
		}
		q := &asked{row: row, name: name, kind: a.kind, text: label, cond: cond}
		if open != nil && open.grid {
			q.grid, q.cond = open, open.cond
		}
		r.question(q, a)
		now.asked = append(now.asked, q)
		r.asked = append(r.asked, q)
		n := r.names[name]
		n.ask = q
		r.names[name] = n
	}
	for ; open != nil; open = open.parent {
		r.report(t, open.row, "type", groupOpen)
	}
	if nested {
		r.note(t, 0, "", noteFlat)
	}
	r.settle()
}

// name takes note of a name, and says whether it can be used.
func (r *reader) name(row int, name, kind string) bool {
	t := r.survey
	have, twice := r.names[name]
	switch {
	case name == "":
		r.report(t, row, "name", nameMissing)
	case !goodName.MatchString(name):
		r.report(t, row, "name", nameBad, "name", name)
	case twice:
		r.report(t, row, "name", nameTwice, "name", name, "row", strconv.Itoa(have.row))
	default:
		what := "question"
		switch kind {
		case beginGroup:
			what = "group"
		case silent, silentTimes:
			what = "silent"
		}
		r.names[name] = named{row: row, kind: what}
		return true
	}
	return false
}

// straight reads an expression, with straight quotation marks in the place of those that word processors make.
func (r *reader) straight(row int, column string) string {
	text := r.survey.get(row, column)
	plain := strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`).Replace(text)
	if plain != text {
		r.note(r.survey, row, column, noteQuotes)
	}
	return plain
}

// isGrid says whether the group that begins in a row is nothing but questions with the same choices under one text.
func (r *reader) isGrid(row int) bool {
	t := r.survey
	if !slices.Contains(strings.Fields(strings.ToLower(t.get(row, "appearance"))), "table-list") || t.get(row, "label") == "" {
		return false
	}
	name, n := "", 0
	for row++; row <= t.last(); row++ {
		a := parseType(t.get(row, "type"))
		switch {
		case t.get(row, "type") == "" && t.get(row, "name") == "" && t.get(row, "label") == "":
		case a.kind == endGroup:
			return n > 1
		case a.kind != selectOne || n > 0 && a.list != name || t.get(row, "relevant") != "":
			return false
		default:
			name, n = a.list, n+1
		}
	}
	return false
}

// framed takes a note that _voice says is no note: the introduction, a page before a part, the words over topics.
func (r *reader) framed(row int, name string, now *part, open *group) bool {
	has := func(part string) bool { _, ok := r.facts[part+"/"+name]; return ok }
	switch {
	case has(partIntro):
		r.intro = row
	case has(partChoice):
		r.choice = append(r.choice, row)
	case has(partPage):
		if now == nil {
			now = r.newPart(row, open)
		}
		now.page = row
		return true
	default:
		return false
	}
	return true
}

// newPart begins a part; a page before its questions begins it as well.
func (r *reader) newPart(row int, open *group) *part {
	for open != nil && open.grid {
		open = open.parent
	}
	if n := len(r.parts); n > 0 && r.parts[n-1].group == open && len(r.parts[n-1].asked) == 0 {
		return r.parts[n-1]
	}
	p := &part{group: open, row: row}
	if open == nil {
		r.outside++
		p.name = "outside_" + strconv.Itoa(r.outside)
	} else {
		p.name, p.first = open.name, !open.used
		open.used = true
	}
	r.parts = append(r.parts, p)
	return p
}

// settle moves notes that stand in a part of their own to the part they can be read with, and numbers everything.
func (r *reader) settle() {
	for i := 0; i < len(r.parts); i++ {
		p := r.parts[i]
		if slices.ContainsFunc(p.asked, func(q *asked) bool { return q.kind != noted }) || len(r.parts) == 1 {
			continue
		}
		for _, q := range p.asked {
			for _, g := range slices.Backward(p.conds()) {
				q.cond = both(g.cond, q.cond)
			}
		}
		switch {
		case i+1 < len(r.parts) && len(r.parts[i+1].conds()) == 0 && p.page == 0:
			r.parts[i+1].asked = append(p.asked, r.parts[i+1].asked...)
		case i > 0 && len(r.parts[i-1].conds()) == 0 && p.page == 0:
			r.parts[i-1].asked = append(r.parts[i-1].asked, p.asked...)
		default:
			r.report(r.survey, p.row, "type", groupNotes)
			continue
		}
		r.parts = slices.Delete(r.parts, i, i+1)
		i--
	}
	n := 0
	for i, p := range r.parts {
		p.id = "s" + strconv.Itoa(i+1)
		for _, q := range p.asked {
			n++
			q.id = "q" + strconv.Itoa(n)
		}
	}
}

// both is the condition that two conditions hold.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return "(" + a + ") and (" + b + ")"
}
