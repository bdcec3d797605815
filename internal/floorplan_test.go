// Package internal_test holds the floor plan: where every package lives and what it may know.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wings, from the ground up. A package imports only its own wing and those below it.
var wings = []string{"base", "school", "ask", "listen", "show", "act", "exchange", "rehearsal", "schedule", "web", "cmd"}

// plan lists every package and what it is for. A package that is not here has no room: change the plan first.
var plan = map[string]string{
	"internal/base/storage": "either database, transactions, migrations",
	"internal/base/seal":    "keyed hashes and codes",
	"internal/base/mail":    "send a letter",
	"internal/base/words":   "every sentence a reader sees",
	"internal/base/fault":   "the few ways a request fails",

	"internal/school/roster":   "schools, groups, people: who belongs where",
	"internal/school/identity": "passwords, invitations, sessions",
	"internal/school/access":   "actors, roles, the one policy function",
	"internal/school/audit":    "what was done",

	"internal/ask/bank":       "items, scales, gateways, templates, texts",
	"internal/ask/expression": "when a question is asked: XLSForm's conditions",
	"internal/ask/survey":     "questionnaires, their versions and translations",
	"internal/ask/language":   "in which languages a school may ask: safety texts read by a speaker",
	"internal/ask/round":      "one asking: units, readers, promise, states",

	"internal/listen/collecting":    "takes an answer in",
	"internal/listen/participation": "slips: who may answer and who has",
	"internal/listen/response":      "inbox, receipts, responses: what was said",

	"internal/listen/envelope":  "whose an answer is, sealed: keys, openings; and names in rounds that said so",
	"internal/listen/safeguard": "requests to talk to somebody",
	"internal/listen/screen":    "phrases that need an adult sooner",

	"internal/show/result":     "counts and releases, through disclosure",
	"internal/show/disclosure": "what may be published",
	"internal/show/stat":       "the statistics",
	"internal/show/figure":     "a release ready to draw",
	"internal/show/theme":      "what written words are about",
	"internal/show/chart":      "figure to ECharts option and to SVG",

	"internal/act/action": "replies, what they promise, and what becomes of it",

	"internal/exchange/backup":       "the whole database in one file, out and in",
	"internal/exchange/responsefile": "answers collected elsewhere, in",
	"internal/exchange/resultfile":   "what may be seen of a round as a table, a workbook, and for SPSS",
	"internal/exchange/rosterfile":   "pupil lists in",
	"internal/exchange/sheet":        "tables for a spreadsheet",
	"internal/exchange/slides":       "results as slides: PowerPoint, and one HTML file",
	"internal/exchange/surveyfile":   "survey files in and out",
	"internal/exchange/xlsform":      "surveys in and out as XLSForm workbooks",

	"internal/rehearsal":          "the demo school and the replay of real answers",
	"internal/rehearsal/intruder": "who tries to find out what one pupil said",
	"internal/rehearsal/soak":     "what breaks while a school answers",
	"internal/schedule":           "timed work: close, settle, release, purge",

	"internal/web":            "builds Echo, mounts the activities, the one error funnel",
	"internal/web/page":       "kit: base page, render, forms, flash, routes by audience",
	"internal/web/joining":    "set up, sign in, invitations",
	"internal/web/managing":   "people, imports, settings, audit",
	"internal/web/authoring":  "write and preview surveys, open and close rounds, print slips",
	"internal/web/answering":  "find a survey and answer it",
	"internal/web/exploring":  "read results",
	"internal/web/protecting": "read that somebody wants to talk",
	"internal/web/improving":  "replies and actions",

	"internal/testkit": "tests only",
	"templates":        "pages",
	"static":           "css, js, vendor",
	"cmd/earshot":      "the program",
	"cmd/bench":        "measures, for make bench",
}

// pure packages have no input, no output, no clock and no randomness of their own.
var pure = []string{"internal/show/disclosure", "internal/show/stat", "internal/show/figure", "internal/show/theme", "internal/ask/bank", "internal/ask/expression"}

var activities = []string{"joining", "managing", "authoring", "answering", "exploring", "improving", "protecting", "discussing"}

// walls keep who answered and what was said apart: no package on the left may import one on the right.
var walls = map[string][]string{
	"internal/listen/participation": {"internal/listen/response"},
	"internal/listen/response":      {"internal/listen/participation", "internal/school/roster", "internal/school/identity"},
	"internal/ask/survey":           {"internal/school/roster", "internal/school/identity", "internal/listen/participation"},
	"internal/listen/safeguard":     {"internal/listen/response", "internal/listen/participation", "internal/school/roster"},
	"internal/show/result":          {"internal/school/roster", "internal/school/identity", "internal/listen/participation"},
}

type file struct {
	path, pkg string // pkg is the folder, from the root of the repository
	test      bool
	ast       *ast.File
}

func (f file) imports() []string {
	var list []string
	for _, im := range f.ast.Imports {
		p, _ := strconv.Unquote(im.Path.Value)
		list = append(list, p)
	}
	return list
}

func sources(t *testing.T) []file {
	t.Helper()
	root := ".."
	var files []file
	for _, top := range []string{"cmd", "internal", "templates", "static"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(root, path)
			files = append(files, file{rel, filepath.ToSlash(filepath.Dir(rel)), strings.HasSuffix(path, "_test.go"), parsed})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 20 {
		t.Fatalf("only %d files found", len(files))
	}
	return files
}

func wing(pkg string) int {
	parts := strings.Split(pkg, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return slices.Index(wings, parts[1])
	}
	return slices.Index(wings, parts[0])
}

func TestEveryPackageHasARoom(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range sources(t) {
		if f.pkg == "internal" {
			continue
		}
		seen[f.pkg] = true
		if plan[f.pkg] == "" {
			t.Errorf("%s is not in the plan", f.pkg)
		}
	}
	for pkg := range plan {
		if !seen[pkg] {
			t.Errorf("%s is in the plan and not built", pkg)
		}
	}
}

func TestWingsImportDownwards(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || f.pkg == "internal" || f.pkg == "internal/testkit" {
			continue
		}
		for _, im := range f.imports() {
			to, own := strings.CutPrefix(im, "earshot/")
			if !own {
				continue
			}
			switch {
			case to == "internal/testkit":
				t.Errorf("%s imports testkit, which is for tests only", f.path)
			case to == "templates" || to == "static":
				letters := to == "templates" && f.pkg == "internal/base/mail"
				if !strings.HasPrefix(f.pkg, "internal/web") && f.pkg != "cmd/bench" && !letters {
					t.Errorf("%s imports %s: pages are the web's", f.path, to)
				}
			case wing(to) > wing(f.pkg):
				t.Errorf("%s imports %s, a wing above its own", f.path, to)
			}
			if slices.Contains(walls[f.pkg], to) {
				t.Errorf("%s imports %s through a wall of privacy", f.path, to)
			}
			from, isActivity := strings.CutPrefix(f.pkg, "internal/web/")
			target, toActivity := strings.CutPrefix(to, "internal/web/")
			if isActivity && toActivity && from != target && slices.Contains(activities, target) {
				t.Errorf("%s imports the activity %s", f.path, target)
			}
		}
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, f := range sources(t) {
		base := filepath.Base(f.path)
		for _, im := range f.imports() {
			switch {
			case strings.HasPrefix(im, "github.com/labstack/echo"):
				if !strings.HasPrefix(f.pkg, "internal/web") && !f.test {
					t.Errorf("%s imports Echo", f.path)
				}
			case strings.HasPrefix(im, "github.com/go-echarts"):
				if f.pkg != "internal/show/chart" {
					t.Errorf("%s imports go-echarts", f.path)
				}
			case strings.HasPrefix(im, "modernc.org/quickjs"):
				if f.pkg != "internal/show/chart" {
					t.Errorf("%s imports a JavaScript engine", f.path)
				}
			case strings.HasPrefix(im, "gorm.io/"):
				if f.pkg != "internal/base/storage" && !strings.HasPrefix(base, "store") && !f.test {
					t.Errorf("%s imports GORM", f.path)
				}
			case im == "os" || im == "net" || im == "net/http" || im == "database/sql" || strings.HasPrefix(im, "math/rand") || im == "crypto/rand":
				if slices.Contains(pure, f.pkg) && !f.test {
					t.Errorf("%s is pure and imports %s", f.path, im)
				}
			}
		}
		if f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			name := x.Name + "." + sel.Sel.Name
			switch name {
			case "template.HTML", "template.JS", "template.CSS", "template.HTMLAttr", "template.URL", "template.JSStr":
				if f.pkg != "internal/web/page" && f.pkg != "internal/show/chart" {
					t.Errorf("%s uses %s: only page and chart may call text safe", f.path, name)
				}
			case "time.Now":
				if slices.Contains(pure, f.pkg) {
					t.Errorf("%s is pure and reads the clock", f.path)
				}
			}
			return true
		})
	}
}
