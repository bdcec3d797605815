package xlsform

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// maxKept is how much of a file is kept beside its questions, in bytes of text.
const maxKept = 300_000

// Write makes a workbook of a document that has no problems, with all its translations, drafts among them. What a file that
// the document came from held beside its questions is in it again.
func Write(d survey.Document, said map[string]map[string]string, b *bank.Bank) ([]byte, error) {
	if found := d.Problems(); len(found) > 0 {
		return nil, fmt.Errorf("xlsform: the document has problems, first %s", found[0].Key)
	}
	if sheets, ok := again(d, said, b); ok {
		return save(sheets)
	}
	return save(lay(d, said, b, origin{}, true).sheets(d.Language))
}

// The columns that a document fills, in their order; those of other languages follow the label.
var (
	surveyColumns  = []string{"type", "name", "label", "relevant", "constraint", "appearance"}
	choiceColumns  = []string{"list_name", "name", "label", "score", "favourable", "missing", "symbol"}
	settingColumns = []string{"form_title", "form_id", "version", "default_language"}
)

// sheets are a document alone, without any file before it.
func (p plan) sheets(language string) []sheet {
	list := []sheet{{"survey", p.table(surveyColumns, p.survey, language)}}
	if len(p.choices) > 0 {
		list = append(list, sheet{"choices", p.table(choiceColumns, p.choices, language)})
	}
	settings := [][]string{settingColumns, nil}
	for _, c := range settingColumns {
		settings[1] = append(settings[1], p.settings[c])
	}
	return append(list, sheet{"settings", settings}, sheet{"_voice", p.voice}, sheet{"_scales", p.scales})
}

func (p plan) table(columns []string, lines []line, language string) [][]string {
	var keys, heads []string
	for _, c := range columns {
		used := slices.ContainsFunc(lines, func(l line) bool { return l.cells[c] != "" })
		switch {
		case c == "label":
			keys, heads = append(keys, c), append(heads, "label::"+headerFor(language))
			for _, code := range p.languages {
				keys, heads = append(keys, "label::"+code), append(heads, "label::"+headerFor(code))
			}
		case used || c == "type" || c == "name":
			keys, heads = append(keys, c), append(heads, c)
		}
	}
	rows := [][]string{heads}
	for _, l := range lines {
		row := make([]string, len(keys))
		for i, k := range keys {
			row[i] = l.cells[k]
		}
		rows = append(rows, row)
	}
	return rows
}

// keep puts the file into the document, unless the document alone makes the same file.
func (r *reader) keep(form *Form) {
	d := &form.Document
	fresh := lay(*d, form.Translations, r.bank, origin{}, true).sheets(d.Language)
	if !sameSheets(fresh, r.sheets) {
		d.Kept = &survey.Kept{Audience: r.opt.Audience, About: r.opt.About, Title: r.opt.Title}
		size := 0
		names := map[string]bool{}
		for _, s := range r.sheets {
			if lower := strings.ToLower(s.name); !canBeSheet(s.name) || names[lower] {
				continue
			} else {
				names[lower] = true
			}
			d.Kept.Sheets = append(d.Kept.Sheets, survey.KeptSheet{Name: s.name, Rows: s.rows})
			for _, cells := range s.rows {
				for _, c := range cells {
					size += len(c) + 3
				}
				size += 3
			}
		}
		if size > maxKept {
			d.Kept = nil
			form.Notes = append(form.Notes, Problem{Code: noteLarge, Message: notes[noteLarge]})
		}
	}
	if len(form.Notes) > 0 {
		if d.Kept == nil {
			d.Kept = &survey.Kept{}
		}
		d.Kept.Notes = form.Notes.Lines()
	}
}

// canBeSheet says whether a sheet can be written under a name.
func canBeSheet(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= 31 && !strings.ContainsAny(name, `:\/?*[]`) && !strings.HasPrefix(name, "'") && !strings.HasSuffix(name, "'") && !survey.IsStrange(name)
}

func sameSheets(a, b []sheet) bool {
	return slices.EqualFunc(a, b, func(a, b sheet) bool {
		return a.name == b.name && slices.EqualFunc(trimmed(a.rows), trimmed(b.rows), slices.Equal[[]string])
	})
}

// trimmed leaves out what is empty at the end.
func trimmed(rows [][]string) [][]string {
	var out [][]string
	for _, cells := range rows {
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		out = append(out, cells)
	}
	for len(out) > 0 && len(out[len(out)-1]) == 0 {
		out = out[:len(out)-1]
	}
	return out
}
