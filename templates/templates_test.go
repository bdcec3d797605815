package templates_test

import (
	"bytes"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"earshot/templates"
)

// What layouts and parts need of the structs that pages hand them.
type (
	link struct {
		Text, URL string
		Here      bool
	}
	base struct {
		Title, Lang, Dir, School, Person, Flash, Main string
		Nav, Menu, Crumbs, Tabs                       []link
		Demo, InMenu                                  bool
		CSS, JS                                       []string
	}
	cell struct {
		Text                    string
		Number, Hidden, Heading bool
		Share                   int // 0, or 1 to 9
		Bar                     int // per cent
	}
	table struct {
		Caption string
		Head    []string
		Rows    [][]cell
	}
	figure struct {
		ID, Title, TitleIn, Sentence, Doubt, Note string
		Option                                    template.JS
		Wide, Narrow                              template.HTML // the drawn chart
		Heat                                      bool
		Lines                                     []string
		More                                      link
		Table                                     table
	}
	option struct {
		Value, Label, Hint string
		Chosen             bool
	}
	field struct {
		Name, Label, Hint, Error, Value, Type, Autocomplete string
		Rows                                                int      // more than 0: a text area
		Options                                             []option // a menu, or the choices of a "choices"
		Several                                             bool
	}
	formErrors struct {
		Summary string
		ByField map[string]string
		Lines   []string
	}
	notice struct {
		Kind, Title, Text string // success, warning, problem, or empty
		Link              link
	}
	slip struct {
		Title, Group, Address, QRPath string
		Code                          []string // three groups of four
		QRSize                        int
	}
	everything struct {
		base
		Errors  formErrors
		Field   field
		Choices field
		Notice  notice
		Figure  figure
		Sheets  [][]slip // 24 a sheet
	}
)

func (e formErrors) Any() bool { return e.Summary != "" || len(e.ByField) > 0 }

const all = `{{define "main"}}{{template "errors" .Errors}}{{template "tabs" .Tabs}}{{template "field" .Field}}{{template "choices" .Choices}}` +
	`{{template "notice" .Notice}}{{template "figure" .Figure}}{{template "slips" .Sheets}}{{end}}`

func parse(t *testing.T, layout string) *template.Template {
	t.Helper()
	static := func(name string) string { return "/static/" + name }
	set, err := template.New(layout).Funcs(template.FuncMap{"static": static}).
		ParseFS(templates.Files, "layout/"+layout+".html", "part/*.html")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Parse(all); err != nil {
		t.Fatal(err)
	}
	return set.Lookup("layout")
}

func sample() everything {
	return everything{
		base:    base{Title: "T", Lang: "en-GB", Dir: "ltr", School: "Riverside School", Person: "Ms Okafor", Flash: "Kept.", Demo: true, Nav: []link{{"Home", "/", true}}, Crumbs: []link{{"Rounds", "/rounds", false}, {"9B", "", true}}},
		Errors:  formErrors{"Please look at this again.", map[string]string{"why": "Say why."}, []string{"Name it."}},
		Field:   field{Name: "why", Label: "Why?", Hint: "Pupils read this.", Error: "Say why.", Rows: 3, Value: "</textarea><script>"},
		Choices: field{Name: "mode", Label: "How?", Options: []option{{"a", "Anonymous", "Nobody can follow it back.", true}}},
		Notice:  notice{Kind: "warning", Title: "Careful.", Text: "People may guess."},
		Figure: figure{ID: "f1", Title: "Six questions", Sentence: "Two in three.", Option: `{"a":1}`,
			Table: table{Head: []string{"Question", "9A", "9B", "9C"}, Rows: [][]cell{{{Text: "Told", Heading: true}, {Text: "67%", Share: 6}, {Text: "12", Number: true}, {Text: "not shown", Hidden: true}}}}},
		Sheets: [][]slip{{{"How is learning?", "9B", "school.example/a/x7k2", "M0 0h7v1h-7z", []string{"7K4M", "9Q2X", "D3TV"}, 29}}},
	}
}

func TestPartsFitTheirStructs(t *testing.T) {
	for _, layout := range []string{"base", "print", "screen"} {
		if err := templatecheck.CheckHTML(parse(t, layout), everything{}); err != nil {
			t.Errorf("%s: %v", layout, err)
		}
	}
}

func TestPartsDrawWhatTheyAreGiven(t *testing.T) {
	var out bytes.Buffer
	if err := parse(t, "base").Execute(&out, sample()); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	for what, want := range map[string]string{
		"an error leads to its field":       `<a href="#why">Say why.</a>`,
		"a field names its hint and error":  `aria-describedby="why-hint why-error" aria-invalid="true"`,
		"typed text stays text":             `&lt;/textarea&gt;&lt;script&gt;`,
		"an option stands in the page":      `<script type="application/json" id="f1-option">{"a":1}</script>`,
		"a number has its column's place":   `<th scope="col" class="num">9B</th>`,
		"a share has its shade and number":  `<td class="share-6">67%</td>`,
		"what is withheld says so":          `<td class="hidden">not shown</td>`,
		"the table is there without script": `<summary>The numbers as a table</summary>`,
		"the chart waits for its script":    `<div class="chart" data-option="f1-option" data-echarts="/static/vendor/echarts/echarts.min.js" hidden>`,
		"here is marked":                    `<a href="/" aria-current="page">Home</a>`,
		"invented data says so":             "Invented data.",
		"a code in three groups":            "<b>7K4M</b> <b>9Q2X</b> <b>D3TV</b>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s: no %s", what, want)
		}
	}
	if strings.Contains(html, "ZgotmplZ") {
		t.Error("a value was refused by its context")
	}
}

// Pages must work under a policy that allows no style or script inside them, and name no other server.
func TestTemplatesNeedNothingThePolicyForbids(t *testing.T) {
	forbidden := regexp.MustCompile(`\sstyle=|\son[a-z]+="|<style|https?://|<script(?:\s+type="application/json"[^>]*)?>\s*[^\s{<]`)
	err := fs.WalkDir(templates.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := templates.Files.ReadFile(name)
		if m := forbidden.Find(body); m != nil {
			t.Errorf("%s has %q", name, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
