package xlsform

import (
	"regexp"
	"slices"
	"strings"

	"earshot/internal/base/words"
)

// table is a sheet whose first row names its columns.
type table struct {
	sheet   string
	headers []header
	rows    [][]string // below the headers; row i is row i+2 of the sheet
}

// header is the head of a column. Key is how it is asked for: "label", or "label::cy" for a language that Earshot asks in;
// columns that are not known have a key that nothing asks for.
type header struct {
	text, key string
	base      string // without the language: label, hint, media::image
	language  string // as it stands there: English (en)
}

// column is where a key stands.
func (t *table) column(key string) (int, bool) {
	if t == nil || key == "" {
		return 0, false
	}
	i := slices.IndexFunc(t.headers, func(h header) bool { return h.key == key })
	return i, i >= 0
}

// get is the text of a cell without the spaces around it; row is counted as in the sheet.
func (t *table) get(row int, key string) string {
	i, ok := t.column(key)
	if !ok || row < 2 || row-2 >= len(t.rows) {
		return ""
	}
	return cellAt(t.rows[row-2], i)
}

func cellAt(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// last is the number of the last row.
func (t *table) last() int {
	if t == nil {
		return 0
	}
	return len(t.rows) + 1
}

// blank says whether nothing stands in a row.
func (t *table) blank(row int) bool {
	return !slices.ContainsFunc(t.rows[row-2], func(c string) bool { return strings.TrimSpace(c) != "" })
}

// The other names that columns go by, as pyxform reads them.
var (
	surveyNames = map[string]string{"command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant",
		"calculate": "calculation", "readonly": "read_only", "constraining_message": "constraint_message", "requiredmsg": "required_message",
		"count": "repeat_count", "jr:count": "repeat_count", "image": "media::image", "audio": "media::audio", "video": "media::video", "big-image": "media::big-image"}
	choiceNames = map[string]string{"value": "name", "caption": "label", "list name": "list_name", "favorable": "favourable",
		"image": "media::image", "audio": "media::audio", "video": "media::video", "big-image": "media::big-image"}
	settingNames = map[string]string{"title": "form_title", "set_form_title": "form_title", "id_string": "form_id", "set_form_id": "form_id"}
)

// spoken are the columns that may come once for each language.
var spoken = []string{"label", "hint", "guidance_hint", "constraint_message", "required_message", "media::image", "media::audio", "media::video", "media::big-image"}

// newTable reads the head of a sheet. Languages are still as they stand there.
func newTable(s sheet, names map[string]string) *table {
	t := &table{sheet: s.name}
	if len(s.rows) == 0 {
		return t
	}
	double := slices.ContainsFunc(s.rows[0], func(c string) bool { return strings.Contains(c, "::") })
	for _, text := range s.rows[0] {
		t.headers = append(t.headers, newHeader(text, double, names))
	}
	t.rows = s.rows[1:]
	return t
}

func newHeader(text string, double bool, names map[string]string) header {
	h := header{text: strings.TrimSpace(text)}
	parts := []string{h.text}
	switch {
	case double:
		parts = strings.Split(h.text, "::")
	case !strings.HasPrefix(strings.ToLower(h.text), "jr:"):
		parts = strings.Split(h.text, ":")
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	snake := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "_")) }
	base := snake(parts[0])
	if to, ok := names[base]; ok {
		base = to
	}
	if base == "media" && len(parts) > 1 {
		base, parts = "media::"+snake(parts[1]), parts[1:]
	}
	h.base, h.key = base, base
	if len(parts) > 1 {
		h.language = strings.Join(parts[1:], "::")
		h.key = base + "::" + h.language
		if !slices.Contains(spoken, base) {
			h.base, h.language, h.key = h.text, "", h.text
		}
	}
	return h
}

// tongue is a language of a form.
type tongue struct {
	text string // as it stands in the headers: Cymraeg (cy)
	code string // of a language that Earshot asks in, or the one in brackets; empty if neither is there
}

var inBrackets = regexp.MustCompile(`^(.*?)\s*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*\)$`)

// codeOf is the code of a language as a header names it: in brackets, or by its name or code.
func codeOf(text string) string {
	text = strings.TrimSpace(text)
	if m := inBrackets.FindStringSubmatch(text); m != nil {
		parts := strings.Split(m[2], "-")
		parts[0] = strings.ToLower(parts[0])
		return known(strings.Join(parts, "-"))
	}
	for _, l := range words.Languages() {
		if strings.EqualFold(text, l.Name) || strings.EqualFold(text, l.English) || strings.EqualFold(text, l.Code) || strings.EqualFold(text, l.Tag) {
			return l.Code
		}
	}
	return ""
}

// known is the code that Earshot has for a language tag; a tag that it does not know stays.
func known(tag string) string {
	if l, ok := words.Find(tag); ok {
		return l.Code
	}
	return tag
}

// headerFor is how a language stands in a header of ours.
func headerFor(code string) string {
	base, _, _ := strings.Cut(code, "-")
	if l, ok := words.Find(base); ok {
		return l.Name + " (" + base + ")"
	}
	return base + " (" + base + ")"
}
