package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/responsefile"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

type importCommand struct {
	place
	keyed
	Responses  string `required:"" help:"Answers that were collected elsewhere: CSV, or an Excel workbook (.xlsx)." type:"existingfile"`
	Survey     string `required:"" help:"The survey they answer: its id or title, or a survey file, which is added to the school unless it is there."`
	By         string `required:"" help:"Address that a head or leader signs in with, who brings the answers in."`
	School     string `help:"Name of the school, for somebody who belongs to several."`
	Map        string `help:"YAML that says which column is which question, and what its values stand for." type:"existingfile"`
	WriteMap   string `help:"Write down what is guessed as such a map, and end." type:"path"`
	DryRun     bool   `help:"Show what would be brought in, and end."`
	Asked      string `help:"The last day on which people answered, like 2025-06-20."`
	Title      string `help:"Title of the round. Default: the survey's."`
	Purpose    string `help:"What the answers were collected for." enum:"school,learning" default:"school"`
	Why        string `help:"Why people were asked."`
	MayChange  string `help:"What may change because of the answers."`
	ReplyBy    string `help:"The day by which the school will reply. Default: in two weeks."`
	ReplyPlace string `help:"Where the reply will be."`
	Told       bool   `help:"Say that those who answered were told that their answers may be used like this."`
	Taught     bool   `help:"Say that the classes are the present ones, with their present teachers."`
}

// Run brings answers in as the pages do, by the same rules.
func (i importCommand) Run(ctx context.Context) error {
	db, err := i.place.open(ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Known(ctx); err != nil {
		return err
	}
	key, err := i.keyed.open(i.place)
	if err != nil {
		return err
	}
	b, err := bank.Load()
	if err != nil {
		return err
	}
	who, err := i.actor(ctx, db, identity.NewStore(db, key))
	if err != nil {
		return err
	}
	docs, id, err := i.documents(ctx, db, b, who)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(i.Responses)
	if err != nil {
		return err
	}
	table, found := responsefile.Read(data)
	if err := tell(os.Stderr, found); err != nil {
		return err
	}
	if i.Map == "" {
		return i.guess(table, docs)
	}
	m, err := readMap(i.Map)
	if err != nil {
		return err
	}
	reading, found := responsefile.Apply(table, m, docs, i.Asked)
	if err := tell(os.Stderr, found); err != nil {
		return err
	}
	show(os.Stdout, reading)
	if i.DryRun {
		return nil
	}
	if id == "" {
		sv, err := survey.NewStore(db).Add(ctx, who, docs[0], "")
		if err != nil {
			return err
		}
		id = sv.ID
	}
	f, given := reading.Round(m)
	f.SurveyID, f.Title, f.Why, f.MayChange, f.Purpose = id, i.Title, i.Why, i.MayChange, access.Purpose(i.Purpose)
	if f.Title == "" {
		f.Title = docs[0].Title
	}
	f.Asked, f.ReplyBy, f.ReplyPlace = storage.Date(i.Asked), storage.Date(i.ReplyBy), i.ReplyPlace
	if f.ReplyBy == "" {
		f.ReplyBy = storage.DateOf(db.Now().AddDate(0, 0, 14), time.UTC)
	}
	f.Told, f.Taught, f.Readers = i.Told, i.Taught, []string{who.Person}
	r, err := schedule.BringIn(ctx, db, key, b, who, f, given)
	if err != nil {
		return fieldByField(err)
	}
	fmt.Printf("Brought in as %q, round %s. Teachers may look at their own classes now, leaders from %s.\n", r.Title, r.Code, r.LeadersFrom().In(r.Zone()).Format("Monday 2 January"))
	return nil
}

// actor is the head or leader who brings in.
func (i importCommand) actor(ctx context.Context, db *storage.DB, ids identity.Store) (access.Actor, error) {
	nobody := fault.New(fault.NotFound, "import.by_nobody", fault.Values{"Email": i.By})
	account, err := ids.ByEmail(ctx, i.By)
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, nobody
	} else if err != nil {
		return access.Actor{}, err
	}
	ro := roster.NewStore(db)
	schools, err := ro.Schools(ctx, account.ID)
	if err != nil {
		return access.Actor{}, err
	}
	var names []string
	var mine []roster.School
	for _, s := range schools {
		names = append(names, s.Name)
		if i.School == "" || strings.EqualFold(s.Name, i.School) {
			mine = append(mine, s)
		}
	}
	if len(mine) > 1 {
		return access.Actor{}, fault.New(fault.Invalid, "import.schools", fault.Values{"Email": i.By, "Schools": strings.Join(names, ", ")})
	}
	if len(mine) == 0 {
		return access.Actor{}, nobody
	}
	who, err := ro.Actor(ctx, account.ID, mine[0].SchoolID)
	if err == nil && !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return who, nobody
	}
	return who, err
}

// documents is the survey in all its languages; id is empty for a file that the school does not have yet.
func (i importCommand) documents(ctx context.Context, db *storage.DB, b *bank.Bank, who access.Actor) (docs []survey.Document, id string, err error) {
	st := survey.NewStore(db)
	all, err := st.List(ctx, who)
	if err != nil {
		return nil, "", err
	}
	data, err := os.ReadFile(i.Survey)
	hash := ""
	if err == nil {
		doc, problems := surveyfile.Read(data, b)
		if len(problems) > 0 {
			for _, p := range problems {
				fmt.Fprintln(os.Stderr, p)
			}
			return nil, "", fmt.Errorf("%s is no survey file that can be used", i.Survey)
		}
		docs, hash = []survey.Document{doc}, doc.Hash()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	for _, head := range all {
		if hash == "" && head.ID != i.Survey && head.Title != i.Survey {
			continue
		}
		sv, err := st.Find(ctx, who, head.ID)
		if err != nil {
			return nil, "", err
		}
		have, err := st.InAllLanguages(ctx, sv)
		if err != nil {
			return nil, "", err
		}
		if hash == "" || have[0].Hash() == hash {
			return have, sv.ID, nil
		}
	}
	if hash == "" {
		return nil, "", fault.New(fault.NotFound, "import.survey", fault.Values{"Name": i.Survey})
	}
	return docs, "", nil
}

// guess shows what the columns are taken for, and writes it down.
func (i importCommand) guess(table responsefile.Table, docs []survey.Document) error {
	m := responsefile.Guess(table, docs)
	text, err := m.Write()
	if err != nil {
		return err
	}
	for _, p := range responsefile.Doubts(m.Scales(table, docs, nil)) {
		fmt.Fprintln(os.Stderr, line(p))
	}
	if i.WriteMap != "" {
		return os.WriteFile(i.WriteMap, text, 0o600)
	}
	if _, err := os.Stdout.Write(text); err != nil || i.DryRun {
		return err
	}
	return fault.New(fault.Invalid, "import.no_map")
}

func readMap(file string) (responsefile.Mapping, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return responsefile.Mapping{}, err
	}
	return responsefile.ReadMapping(bytes.NewReader(data))
}

func line(p responsefile.Problem) string {
	v := words.English()
	return v.Say("bring_in.severity."+string(p.Severity)) + ": " + p.Where(v) + ": " + p.Say(v)
}

// tell says what is to be known of a file; the error is that something stops it.
func tell(to io.Writer, found []responsefile.Problem) error {
	for _, p := range found {
		fmt.Fprintln(to, line(p))
	}
	if responsefile.Stops(found) {
		return fault.New(fault.Invalid, "bring_in.stopped")
	}
	return nil
}

// show counts what would be brought in.
func show(to io.Writer, r responsefile.Reading) {
	fmt.Fprintf(to, "%d answers\n", len(r.Rows))
	for _, n := range r.Counts {
		fmt.Fprintf(to, "%s (%s):", n.Question.Short, n.Column)
		for k, o := range n.Question.Options {
			fmt.Fprintf(to, " %s %d;", o.Label, n.Options[k])
		}
		fmt.Fprintf(to, " no answer %d\n", n.None)
	}
	for _, g := range r.Groups {
		size := "number asked unknown"
		if g.Size > 0 {
			size = fmt.Sprintf("of %d asked", g.Size)
		}
		fmt.Fprintf(to, "%s %s: %d answers, %s\n", g.Year, g.Name, g.Answers, size)
	}
}

// fieldByField names everything that is missing, a line each.
func fieldByField(err error) error {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	v := words.English()
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		p := f.Fields[name]
		fmt.Fprintf(os.Stderr, "--%s: %s\n", strings.ReplaceAll(name, "_", "-"), v.Say(p.Key, words.V(p.Values)))
	}
	return fault.New(fault.Invalid, "bring_in.stopped")
}
