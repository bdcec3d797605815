package responsefile_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// shared reads a data set that lies beside the repository and is never copied into it, because of its licence. Where it is
// not there, the test says so and passes: ok is false.
func shared(t *testing.T, name string) (data []byte, ok bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "responses", filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("%s is not beside this repository, so its answers are not brought in: the data set may be read there and not kept here", name)
		return nil, false
	}
	testkit.Must(t, err)
	return data, true
}

// rowsOf reads a file by itself: what it finds is held against what went through the program.
func rowsOf(t *testing.T, data []byte) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	testkit.Must(t, err)
	rows := make([]map[string]string, len(records)-1)
	for i, record := range records[1:] {
		rows[i] = map[string]string{}
		for j, name := range records[0] {
			rows[i][name] = record[j]
		}
	}
	return rows
}

// incoming is a school with a survey whose answers come in from a file.
type incoming struct {
	*testkit.School
	survey  survey.Survey
	doc     survey.Document
	round   round.Round
	release result.Release
	units   map[string]round.Unit // by name
	reading responsefile.Reading
}

func newIncoming(t *testing.T, text string) *incoming {
	t.Helper()
	s := testkit.NewSchool(t)
	doc, problems := surveyfile.Read([]byte(text), s.Bank)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(t, err)
	return &incoming{School: s, survey: sv, doc: doc, units: map[string]round.Unit{}}
}

// form is what a head says about the answers.
func (in *incoming) form(f round.Brought) round.Brought {
	now := in.DB.Now()
	f.SurveyID, f.Title, f.Why, f.MayChange, f.Purpose = in.survey.ID, "An earlier survey", "we wanted to know", "Lessons.", access.ForSchool
	f.Asked, f.ReplyBy, f.Readers, f.Told = storage.DateOf(now.AddDate(-1, 0, 0), time.UTC), storage.DateOf(now.AddDate(0, 0, 14), time.UTC), []string{in.Head.Person}, true
	return f
}

// bring reads a file by a mapping, brings its answers in and reads the release.
func (in *incoming) bring(data []byte, m responsefile.Mapping) {
	t, ctx := in.T, context.Background()
	t.Helper()
	began := time.Now()
	table, problems := responsefile.Read(data)
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	if m.Questions == nil {
		unit := m.Unit
		m = responsefile.Guess(table, []survey.Document{in.doc})
		m.Unit = unit
	}
	in.reading, problems = responsefile.Apply(table, m, []survey.Document{in.doc}, "2025-10-05")
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	t.Logf("read %d rows in %v; %s", table.Rows(), time.Since(began).Round(time.Millisecond), said(problems))
	f, given := in.reading.Round(m)
	began = time.Now()
	var err error
	in.round, err = schedule.BringIn(ctx, in.DB, in.Key, in.Bank, in.Head, in.form(f), given)
	testkit.Must(t, err)
	t.Logf("brought in and released in %v on %s", time.Since(began).Round(time.Millisecond), in.DB.Kind())
	in.release, err = result.NewStore(in.DB, in.Key, in.Bank).Latest(ctx, in.round.SchoolID, in.round.ID)
	testkit.Must(t, err)
	units, err := in.Rounds().Units(ctx, in.round)
	testkit.Must(t, err)
	for _, u := range units {
		in.units[u.Name] = u
	}
}

// truth counts a file: group -> question -> label of an option, or "" for no answer -> people.
type truth map[string]map[string]map[string]int

func (c truth) add(group, question, label string) {
	if c[group] == nil {
		c[group] = map[string]map[string]int{}
	}
	if c[group][question] == nil {
		c[group][question] = map[string]int{}
	}
	c[group][question][label]++
}

func (c truth) people(group, question string) (n int) {
	for _, k := range c[group][question] {
		n += k
	}
	return n
}

// hold holds every published number against the count, and says how many bars and shares there were.
func (in *incoming) hold(want truth, favourable ...string) (bars, shares int) {
	t := in.T
	t.Helper()
	for _, q := range in.release.Questions {
		for _, row := range q.Rows {
			g, _ := in.release.Group(row.Unit)
			if row.Hidden {
				continue
			}
			people := want.people(g.Name, q.ID)
			if row.N != people || !g.Shown || g.Answered != people || g.Asked != 0 && g.Asked < people {
				t.Errorf("%s %s: %d people, group %d of %d, in the file %d", g.Name, q.ID, row.N, g.Answered, g.Asked, people)
			}
			for _, bar := range row.Bars {
				sum := 0
				for _, o := range bar.Options {
					sum += want[g.Name][q.ID][q.Options[o].Label]
				}
				if bar.NoAnswer {
					sum += want[g.Name][q.ID][""]
				}
				bars++
				if bar.Count != sum || bar.Count == 1 || bar.Count == 2 {
					t.Errorf("%s %s %v: published %d, in the file %d", g.Name, q.ID, bar.Options, bar.Count, sum)
				}
			}
			if row.NoAnswer != nil && *row.NoAnswer != want[g.Name][q.ID][""] {
				t.Errorf("%s %s: %d without an answer, in the file %d", g.Name, q.ID, *row.NoAnswer, want[g.Name][q.ID][""])
			}
			if row.Share == nil {
				continue
			}
			shares++
			x, n := 0, people-want[g.Name][q.ID][""]
			for _, label := range favourable {
				x += want[g.Name][q.ID][label]
			}
			if row.Share.OfAll {
				n = people
			}
			if row.Share.X != x || row.Share.N != n || row.Share.Sampled != (g.Asked > 0) {
				t.Errorf("%s %s: %d of %d, in the file %d of %d (sampled: %v)", g.Name, q.ID, row.Share.X, row.Share.N, x, n, row.Share.Sampled)
			}
		}
	}
	return bars, shares
}

// whole wants every option of every question of a group in a bar of its own, with the file's number.
func (in *incoming) whole(group string, want truth) {
	in.T.Helper()
	for _, q := range in.release.Questions {
		row, ok := q.Row(in.units[group].ID)
		if !ok || row.Hidden {
			in.T.Errorf("%s is not shown for %s", q.ID, group)
			continue
		}
		got := map[string]int{}
		for _, bar := range row.Bars {
			if len(bar.Options) == 1 && !bar.NoAnswer {
				got[q.Options[bar.Options[0]].Label] = bar.Count
			}
		}
		for _, o := range q.Options {
			if n := want[group][q.ID][o.Label]; n >= 3 && got[o.Label] != n {
				in.T.Errorf("%s %s %q: published %d, in the file %d", group, q.ID, o.Label, got[o.Label], n)
			}
		}
	}
}

func (in *incoming) shown() (names []string) {
	for _, g := range in.release.Groups {
		if g.Shown {
			names = append(names, g.Name)
		} else if g.Answered != 0 || g.Asked != 0 {
			in.T.Errorf("the size of the hidden %s is published", g.Name)
		}
	}
	return names
}

// TestTurkiyeComesIn brings in 5,820 real evaluations of thirteen courses, which are kept in this repository under CC BY 4.0.
func TestTurkiyeComesIn(t *testing.T) {
	text, err := os.ReadFile("../surveyfile/testdata/turkiye.yaml")
	testkit.Must(t, err)
	data, err := os.ReadFile("../../rehearsal/testdata/turkiye/responses.csv")
	testkit.Must(t, err)
	plan, err := os.Open("../../rehearsal/testdata/turkiye/map.yaml") // the map of the replay over HTTP
	testkit.Must(t, err)
	defer plan.Close()
	m, err := responsefile.ReadMapping(plan)
	testkit.Must(t, err)
	m.Unit.Kind, m.Unit.Subject = round.UnitClass, "Statistics"

	in := newIncoming(t, string(text))
	in.bring(data, m)
	want := truth{}
	label := map[string]string{"1": "Strongly disagree", "2": "Disagree", "3": "Neither agree nor disagree", "4": "Agree", "5": "Strongly agree"}
	for _, row := range rowsOf(t, data) {
		for q := 1; q <= 28; q++ {
			for _, group := range []string{"Course " + row["class"], "Riverside School"} {
				want.add(group, fmt.Sprint("q", q), label[row[fmt.Sprint("Q", q)]])
			}
		}
	}
	bars, shares := in.hold(want, "Agree", "Strongly agree")
	in.whole("Riverside School", want)
	t.Logf("%d bars and %d shares; %+v", bars, shares, in.release.Report)
	if bars < 1000 || shares != 28*14 || len(in.shown()) != 14 || len(in.reading.Rows) != 5820 {
		t.Errorf("%d bars, %d shares, shown: %v", bars, shares, in.shown())
	}
	for _, g := range in.release.Groups {
		if g.Asked != 0 || g.Rate != "" {
			t.Errorf("a number asked was invented for %s: %+v", g.Name, g)
		}
	}

	// The guess comes to the same as the map, but for what a course is called.
	table, _ := responsefile.Read(data)
	guess := responsefile.Guess(table, []survey.Document{in.doc})
	if guess.Unit == nil || guess.Unit.Column != "class" || guess.Unit.Kind != round.UnitClass || len(guess.Unit.Years) != 0 {
		t.Errorf("guessed class: %+v", guess.Unit)
	}
	reading, problems := responsefile.Apply(table, guess, []survey.Document{in.doc}, "2025-10-05")
	if responsefile.Stops(problems) {
		t.Fatal(said(problems))
	}
	for i, n := range reading.Counts {
		if !slices.Equal(n.Options, in.reading.Counts[i].Options) {
			t.Errorf("%s: guessed %v, mapped %v", n.Question.ID, n.Options, in.reading.Counts[i].Options)
		}
	}
	if c, _ := table.Column("instr"); c.Kind != responsefile.Person || len(c.Values) > 0 {
		t.Errorf("the instructor is kept: %+v", c.Kind)
	}
}

// climate asks in words of our own what the columns of two PISA scales are about; the answers' words are the file's.
func climate(prefix string, kind string, labels, favourable []string, words string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "survey: {title: \"Lessons in English\", audience: pupil_11_16, language: en-GB, minutes: 3}\nscales:\n  - id: file_scale\n    kind: %s\n    options:\n", kind)
	for i, l := range labels {
		fmt.Fprintf(&b, "      - {id: o%d, value: %d, label: %q}\n", i+1, i+1, l)
	}
	fmt.Fprintf(&b, "    favourable: [%s]\n    favourable_words: %q\nitems:\n", strings.Join(favourable, ", "), words)
	for i := 1; i <= 5; i++ {
		fmt.Fprintf(&b, "  - {id: own_%sq%02d, scale: file_scale, about: lessons, short: \"%sQ%02d\", text: \"Part %d of the scale %s\"}\n", strings.ToLower(prefix), i, prefix, i, i, prefix)
	}
	b.WriteString("sections:\n  - title: \"English\"\n    items: [")
	for i := 1; i <= 5; i++ {
		fmt.Fprintf(&b, "own_%sq%02d, ", strings.ToLower(prefix), i)
	}
	return strings.TrimSuffix(b.String(), ", ") + "]\n"
}

// pisa brings in one scale, its columns and answers being guessed, and holds it against the file.
func pisa(t *testing.T, prefix, text string, same map[string]string, favourable ...string) {
	data, ok := shared(t, "pisa2009/pisa2009_us_ST24_ST34_ST36_labels.csv")
	if !ok {
		return
	}
	in := newIncoming(t, text)
	in.bring(data, responsefile.Mapping{})
	want, people, blank := truth{}, 0, 0
	for _, row := range rowsOf(t, data) {
		any := false
		for q := 1; q <= 5; q++ {
			any = any || row[fmt.Sprintf("%sQ%02d", prefix, q)] != ""
		}
		if !any {
			blank++
			continue
		}
		people++
		for q := 1; q <= 5; q++ {
			label := row[fmt.Sprintf("%sQ%02d", prefix, q)]
			if other, ok := same[label]; ok {
				label = other
			}
			want.add("Riverside School", fmt.Sprint("q", q), label)
		}
	}
	bars, shares := in.hold(want, favourable...)
	in.whole("Riverside School", want)
	t.Logf("%s: %d people, %d bars, %d shares", prefix, people, bars, shares)
	if bars < 5*4 || shares != 5 || len(in.reading.Rows) != people || in.reading.Blank != blank || people+blank != 5233 {
		t.Errorf("%d rows and %d blank ones, in the file %d and %d; %d bars", len(in.reading.Rows), in.reading.Blank, people, blank, bars)
	}
	if !slices.Equal(in.shown(), []string{"Riverside School"}) {
		t.Errorf("shown: %v", in.shown())
	}
}

func TestPISAClassroomClimateComesIn(t *testing.T) {
	labels := []string{"Never or hardly ever", "Some lessons", "Most lessons", "All lessons"}
	pisa(t, "ST36", climate("ST36", "unipolar", labels, []string{"o1", "o2"}, "in few lessons"), nil, "Never or hardly ever", "Some lessons")
}

// In ST34 the fourth label is spelt "Strong agree".
func TestPISATeachersComeIn(t *testing.T) {
	labels := []string{"Strongly disagree", "Disagree", "Agree", "Strongly agree"}
	pisa(t, "ST34", climate("ST34", "agreement", labels, []string{"o3", "o4"}, "agree"), map[string]string{"Strong agree": "Strongly agree"}, "Agree", "Strongly agree")
}

// TestScienceComesIn brings in 1,385 pupils of 66 classes, one of which has only three.
func TestScienceComesIn(t *testing.T) {
	data, ok := shared(t, "DAAG_science.csv")
	if !ok {
		return
	}
	var b strings.Builder
	b.WriteString("survey: {title: \"Science\", audience: pupil_11_16, language: en-GB, minutes: 1}\nscales:\n  - id: like\n    kind: agreement\n    options:\n")
	for i := 1; i <= 12; i++ {
		fmt.Fprintf(&b, "      - {id: p%d, value: %d, label: \"Place %d\"}\n", i, i, i)
	}
	b.WriteString("    favourable: [p7, p8, p9, p10, p11, p12]\n    favourable_words: \"like it\"\nitems:\n  - {id: own_like, scale: like, about: this_class, short: \"like\", text: \"How do you like science?\"}\nsections:\n  - {title: \"Science\", items: [own_like]}\n")
	in := newIncoming(t, b.String())
	in.bring(data, responsefile.Mapping{Unit: &responsefile.Unit{Column: "Class", Kind: round.UnitClass, Subject: "Science"}})

	want, size := truth{}, map[string]int{}
	for _, row := range rowsOf(t, data) {
		size[row["Class"]]++
		want.add("Riverside School", "q1", "Place "+row["like"])
		want.add(row["Class"], "q1", "Place "+row["like"])
	}
	var favourable []string
	for i := 7; i <= 12; i++ {
		favourable = append(favourable, "Place "+strconv.Itoa(i))
	}
	bars, shares := in.hold(want, favourable...)
	in.whole("Riverside School", want)
	shown := in.shown()
	t.Logf("%d of 67 groups shown, %d bars, %d shares; %+v", len(shown), bars, shares, in.release.Report)
	if len(size) != 66 || len(in.release.Groups) != 67 || want.people("Riverside School", "q1") != 1385 || len(shown) < 60 {
		t.Errorf("%d classes in the file, %d groups, %d shown", len(size), len(in.release.Groups), len(shown))
	}
	// The class of three cannot be shown, and neither can all others beside the school, which would give it away.
	rest := 1385
	for _, name := range shown {
		if name == "Riverside School" {
			continue
		}
		if rest -= size[name]; size[name] < 5 {
			t.Errorf("%s is shown with %d answers", name, size[name])
		}
	}
	if rest < 5 {
		t.Errorf("the school less its classes leaves %d people", rest)
	}
	for name, n := range size {
		if n >= 12 && !slices.Contains(shown, name) {
			t.Errorf("%s is not shown though %d answered", name, n)
		}
	}
	// Of what is not shown there is nothing: no row of any question, no number.
	for _, q := range in.release.Questions {
		for _, row := range q.Rows {
			if g, _ := in.release.Group(row.Unit); !g.Shown && (!row.Hidden || len(row.Bars) > 0 || row.Share != nil || row.Band != nil || row.N > 0) {
				t.Errorf("%s is hidden and has a row: %+v", g.Name, row)
			}
		}
	}
}
