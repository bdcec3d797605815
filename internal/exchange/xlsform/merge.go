package xlsform

import (
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// again writes a document into the file that it came from: what the document does not change stays as it was there. It is
// false where no file was kept.
func again(d survey.Document, said map[string]map[string]string, b *bank.Bank) ([]sheet, bool) {
	if d.Kept == nil || len(d.Kept.Sheets) == 0 {
		return nil, false
	}
	var sheets []sheet
	for _, s := range d.Kept.Sheets {
		sheets = append(sheets, sheet{s.Name, s.Rows})
	}
	r := newReader(sheets, b, Options{Audience: d.Kept.Audience, About: d.Kept.About, Title: d.Kept.Title})
	was, problems := r.read()
	if len(problems) > 0 {
		return nil, false // it was read by an older version of this program
	}
	m := merger{r: r, before: lay(was.Document, was.Translations, b, r.origin, false), after: lay(d, said, b, r.origin, false)}
	inPlace := m.inPlace(was.Document, d)
	if !inPlace {
		m.after = lay(d, said, b, r.origin, true)
	}
	var out []sheet
	settings, choices := false, false
	for _, s := range sheets {
		switch strings.ToLower(strings.TrimSpace(s.name)) {
		case "survey":
			out = append(out, sheet{s.name, m.survey(inPlace)})
		case "choices":
			choices = true
			out = append(out, sheet{s.name, m.choices()})
		case "settings":
			settings = true
			out = append(out, sheet{s.name, m.settings(r.settings)})
		case "_voice", "_scales":
		default:
			out = append(out, s)
		}
	}
	if !choices && len(m.after.choices) > 0 {
		out = append(out, sheet{"choices", m.after.table(choiceColumns, m.after.choices, d.Language)})
	}
	if !settings {
		out = append(out, sheet{"settings", m.settings(nil)})
	}
	return append(out, sheet{"_voice", m.after.voice}, sheet{"_scales", m.after.scales}), true
}

// merger lays what has changed between two plans over a file.
type merger struct {
	r             *reader
	before, after plan
}

// inPlace says whether the document still has everything where the file has it.
func (m merger) inPlace(was, is survey.Document) bool {
	if !slices.EqualFunc(m.before.survey, m.after.survey, func(a, b line) bool { return a.key == b.key }) || len(was.Sections) != len(is.Sections) {
		return false
	}
	titles, rules := was.Title == is.Title, true
	for i, a := range was.Sections {
		titles, rules = titles && a.Title == is.Sections[i].Title, rules && a.ShowIf == is.Sections[i].ShowIf
	}
	for i, a := range was.Sections {
		b, p := is.Sections[i], m.r.parts[i]
		loose := p.group == nil || !p.first // nothing in the file stands for it alone
		switch {
		case loose && (a.Gateway != b.Gateway || a.Ask != b.Ask || a.Choice != b.Choice):
			return false
		case (loose || p.group.label == "") && !titles && len(m.r.parts) > 1:
			return false // its title was taken from somewhere else
		case !rules && (loose && a.ShowIf != b.ShowIf || p.group != nil && (loose || p.group.parent != nil)):
			return false // its conditions are those of several groups
		}
	}
	return true
}

// heads are the headers of a table with those that are missing for what has changed.
func (m merger) heads(t *table, columns []string, before, after []line) []header {
	heads := slices.Clone(t.headers)
	had := map[string]map[string]string{}
	for _, l := range before {
		had[l.key] = l.cells
	}
	for _, c := range columns {
		keys := []string{c}
		if c == "label" {
			keys = nil
			for _, code := range m.after.languages {
				keys = append(keys, "label::"+code)
			}
		}
		for _, key := range keys {
			if _, ok := t.column(key); ok {
				continue
			}
			if c != "label" && !slices.ContainsFunc(after, func(l line) bool { return l.cells[key] != had[l.key][key] }) {
				continue
			}
			heads = append(heads, header{text: m.head(key), key: key})
		}
	}
	return heads
}

// head is what a column of ours is called in this file.
func (m merger) head(key string) string {
	_, code, ok := strings.Cut(key, "label::")
	if !ok {
		return key
	}
	for _, language := range m.r.tongues {
		if language.code == code {
			return "label::" + language.text
		}
	}
	return "label::" + headerFor(code)
}

// headRow is the first row as the file has it, with the new columns.
func (t *table) headRow(s []string, heads []header) []string {
	row := make([]string, len(heads))
	copy(row, s)
	for i := len(t.headers); i < len(heads); i++ {
		row[i] = heads[i].text
	}
	return row
}

// cells is a row of the file with what has changed. Fresh names the columns that are taken from the document anyway.
func cells(kept []string, heads []header, before, after map[string]string, fresh ...string) []string {
	row := make([]string, len(heads))
	copy(row, kept)
	spoken := len(kept) == 0
	for i, h := range heads {
		spoken = spoken || h.key == "label" && strings.TrimSpace(row[i]) != ""
	}
	for i, h := range heads {
		now, ours := after[h.key]
		_, was := before[h.key]
		if h.key == "" || !ours && !was {
			continue
		}
		fill := strings.TrimSpace(row[i]) == "" && (h.key == "name" || spoken && strings.HasPrefix(h.key, "label::"))
		if before[h.key] != now || fill || slices.Contains(fresh, h.key) {
			row[i] = now
		}
	}
	return row
}

func index(lines []line) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, l := range lines {
		out[l.key] = l.cells
	}
	return out
}

func (m merger) survey(inPlace bool) [][]string {
	t := m.r.survey
	heads := m.heads(t, surveyColumns, m.before.survey, m.after.survey)
	before, after := index(m.before.survey), index(m.after.survey)
	out := [][]string{t.headRow(m.r.sheetRow(t), heads)}
	if inPlace {
		for i, kept := range t.rows {
			if key := m.r.origin.rows[i+2]; key != "" {
				kept = cells(kept, heads, before[key], after[key])
			}
			out = append(out, kept)
		}
		return out
	}
	// What has no place in the document goes before the next thing that is still there.
	rows, loose := map[string][]string{}, map[string][][]string{}
	var waiting [][]string
	for i, kept := range t.rows {
		key := m.r.origin.rows[i+2]
		if _, there := after[key]; there {
			rows[key], loose[key], waiting = kept, waiting, nil
		} else if kind := parseType(t.get(i+2, "type")).kind; key == "" && !t.blank(i+2) && kind != beginGroup && kind != endGroup {
			waiting = append(waiting, kept)
		}
	}
	for _, l := range m.after.survey {
		out = append(out, loose[l.key]...)
		fresh := []string{}
		if strings.HasPrefix(l.key, "section ") {
			// Groups within groups are gone; their titles and conditions are together here.
			for _, h := range heads {
				if h.key == "relevant" || h.key == "label" || strings.HasPrefix(h.key, "label::") {
					fresh = append(fresh, h.key)
				}
			}
		}
		out = append(out, cells(rows[l.key], heads, before[l.key], l.cells, fresh...))
	}
	return append(out, waiting...)
}

// sheetRow is the first row of a table as it stands in the file.
func (r *reader) sheetRow(t *table) []string {
	for _, s := range r.sheets {
		if s.name == t.sheet && len(s.rows) > 0 {
			return s.rows[0]
		}
	}
	return nil
}

func (m merger) choices() [][]string {
	t := m.r.choices
	heads := m.heads(t, choiceColumns, m.before.choices, m.after.choices)
	before, after := index(m.before.choices), index(m.after.choices)
	out := [][]string{t.headRow(m.r.sheetRow(t), heads)}
	there := map[string]bool{}
	for i, kept := range t.rows {
		if l := m.r.lists[t.get(i+2, "list_name")]; l != nil {
			key := l.name + "\x00" + l.optionID(t.get(i+2, "name"))
			if _, ok := after[key]; ok {
				there[key] = true
				kept = cells(kept, heads, before[key], after[key])
			}
		}
		out = append(out, kept)
	}
	for _, l := range m.after.choices {
		if !there[l.key] {
			out = append(out, cells(nil, heads, nil, l.cells))
		}
	}
	return out
}

func (m merger) settings(t *table) [][]string {
	if t == nil || len(t.headers) == 0 {
		heads, row := []string{"form_title", "form_id"}, []string{m.after.settings["form_title"], m.after.settings["form_id"]}
		if m.r.def.text != "" {
			heads, row = append(heads, "default_language"), append(row, m.r.def.text)
		}
		return [][]string{heads, row}
	}
	m.before.settings["form_id"] = m.after.settings["form_id"] // what other programs know the form by stays
	heads := m.heads(t, []string{"form_title"}, []line{{"", m.before.settings}}, []line{{"", m.after.settings}})
	if _, ok := t.column("form_title"); !ok && !slices.ContainsFunc(heads, func(h header) bool { return h.key == "form_title" }) {
		heads = append(heads, header{text: "form_title", key: "form_title"})
	}
	heads = slices.DeleteFunc(heads, func(h header) bool { return strings.HasPrefix(h.key, "label::") })
	var first []string
	if len(t.rows) > 0 {
		first = t.rows[0]
	}
	row := cells(first, heads, m.before.settings, m.after.settings)
	for i, h := range heads {
		if h.key == "form_title" && strings.TrimSpace(row[i]) == "" {
			row[i] = m.after.settings["form_title"]
		}
	}
	out := [][]string{t.headRow(m.r.sheetRow(t), heads), row}
	if len(t.rows) > 1 {
		out = append(out, t.rows[1:]...)
	}
	return out
}
