package backup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/exchange/backup"
	"earshot/internal/listen/collecting"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

var ctx = context.Background()

// lite opens an empty SQLite database whatever the tests run on.
func lite(t *testing.T, now func() time.Time) *storage.DB {
	t.Helper()
	db, err := storage.Open(ctx, storage.Options{File: filepath.Join(t.TempDir(), "earshot.db"), Now: now})
	testkit.Must(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.Migrate(ctx)
	testkit.Must(t, err)
	return db
}

// fill makes a school with everything in it: names, a settled round, an open one with answers, a session, odd text.
func fill(t *testing.T, db *storage.DB, clock *testkit.Clock) *testkit.School {
	t.Helper()
	s := testkit.FoundSchool(t, db, testkit.Key(t), clock, "Riverside “School” \\ \u2028 <Zoë> 'x' {\"a\":1}")
	list := roster.List{Rows: []roster.ListRow{{ID: "1", Given: "Zoë", Family: "O'Neil", Year: "9", Form: "9A"}, {ID: "2", Given: "Bo", Family: "Carr", Year: "9", Form: "9A", Left: true}}}
	_, err := roster.NewStore(db).Apply(ctx, s.Head, list, nil, roster.Confirm{})
	testkit.Must(t, err)
	c := collecting.NewCollector(db, s.Key)
	defer c.Stop()
	rng := rand.New(rand.NewPCG(1, 2))
	forms := s.Forms("9B 24, 9C 22")
	classes := s.Classes("Maths", "9x/Ma1 20, 9x/Ma2 21", s.Staff("Tom Reed", access.Teacher))
	for i, groups := range [][]roster.Group{forms, classes, forms} {
		r := s.Open(s.Form(s.Survey("first_say"), groups))
		for _, codes := range s.Slips(r) {
			s.Answer(c, r, codes, 12, rng)
		}
		if i == 0 {
			s.CloseAndSettle(r)
		}
	}
	_, err = identity.NewStore(db, s.Key).StartSession(ctx, s.Head.Account, s.School.SchoolID)
	testkit.Must(t, err)
	return s
}

// dump reads every table without the help of package backup: table -> rows in their order.
func dump(t *testing.T, db *storage.DB) map[string][]string {
	t.Helper()
	columns, err := db.Columns(ctx)
	testkit.Must(t, err)
	found := map[string][]string{}
	for table, list := range columns {
		if table == "sessions" {
			continue
		}
		var rows []map[string]any
		testkit.Must(t, db.Query(ctx).Table(table).Find(&rows).Error)
		for _, row := range rows {
			var b strings.Builder
			for _, c := range list {
				v := row[c.Name]
				switch x := v.(type) {
				case time.Time:
					v = x.UTC().Format(time.RFC3339Nano)
				case int32:
					v = int64(x)
				}
				fmt.Fprintf(&b, "%s=%v|", c.Name, v)
			}
			found[table] = append(found[table], b.String())
		}
		slices.Sort(found[table])
	}
	return found
}

func same(t *testing.T, a, b map[string][]string) {
	t.Helper()
	for _, table := range slices.Sorted(maps.Keys(a)) {
		if !slices.Equal(a[table], b[table]) {
			t.Errorf("%s differs: %d rows, then %d", table, len(a[table]), len(b[table]))
			for i := range min(len(a[table]), len(b[table])) {
				if a[table][i] != b[table][i] {
					t.Errorf("  %s\n  %s", a[table][i], b[table][i])
					break
				}
			}
		}
	}
}

func write(t *testing.T, db *storage.DB) ([]byte, backup.Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := backup.Write(ctx, db, &b)
	testkit.Must(t, err)
	return b.Bytes(), s
}

func restore(db *storage.DB, data []byte) (backup.Summary, error) {
	return backup.Restore(ctx, db, bytes.NewReader(data), int64(len(data)))
}

// parts are the files of a backup.
func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	testkit.Must(t, err)
	found := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		testkit.Must(t, err)
		text, err := io.ReadAll(r)
		testkit.Must(t, err)
		found[f.Name] = string(text)
	}
	return found
}

func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		testkit.Must(t, err)
		_, err = io.WriteString(w, text)
		testkit.Must(t, err)
	}
	testkit.Must(t, z.Close())
	return b.Bytes()
}

// What is restored is what was backed up, row by row, over the same kind of database and, where a PostgreSQL server is
// there, from SQLite to PostgreSQL and back.
func TestBackUpAndRestore(t *testing.T) {
	clock := testkit.NewClock()
	db := lite(t, clock.Now)
	fill(t, db, clock)
	want := dump(t, db)
	for _, table := range []string{"people", "memberships", "audit", "slips", "receipts", "inbox", "responses", "tallies", "units", "unit_readers", "promises", "directory"} {
		if len(want[table]) == 0 {
			t.Errorf("the test has nothing in %s", table)
		}
	}
	path := []*storage.DB{lite(t, clock.Now)}
	if os.Getenv("TEST_DATABASE_URL") != "" {
		path = append(path, testkit.DBAt(t, clock.Now), testkit.DBAt(t, clock.Now), lite(t, clock.Now))
	}
	for _, next := range path {
		data, written := write(t, db)
		restored, err := restore(next, data)
		testkit.Must(t, err)
		if written != restored || restored.OpenRounds != 2 || restored.Kind != db.Kind() || !restored.MadeAt.Equal(clock.Now()) {
			t.Errorf("wrote %+v, restored %+v", written, restored)
		}
		same(t, want, dump(t, next))
		var n int64
		testkit.Must(t, next.Query(ctx).Table("sessions").Count(&n).Error)
		if n != 0 {
			t.Error("a session came along")
		}
		again, _ := write(t, next)
		a, b := parts(t, data), parts(t, again)
		for name := range a {
			if name != "manifest.json" && a[name] != b[name] {
				t.Errorf("%s: a backup of the restored database differs", name)
			}
		}
		db = next
	}
}

// Rows stand in the order of their keys, and secrets and sessions stay out.
func TestBackupSaysNothingMore(t *testing.T) {
	clock := testkit.NewClock()
	db := lite(t, clock.Now)
	s := fill(t, db, clock)
	data, _ := write(t, db)
	files := parts(t, data)
	if _, ok := files["tables/sessions.jsonl"]; ok {
		t.Error("sessions are in it")
	}
	for _, table := range []string{"inbox", "responses", "slips", "receipts"} {
		var keys []string
		for line := range strings.Lines(files["tables/"+table+".jsonl"]) {
			var row struct{ School_id, Round_id, ID, Hash string }
			testkit.Must(t, json.Unmarshal([]byte(line), &row))
			keys = append(keys, row.School_id+" "+row.Round_id+" "+row.ID+row.Hash)
		}
		if len(keys) < 20 || !slices.IsSorted(keys) {
			t.Errorf("%s: %d rows, not in the order of their keys", table, len(keys))
		}
	}
	if !strings.Contains(files["tables/schools.jsonl"], s.School.SchoolID) || !strings.Contains(files["manifest.json"], `"left_out"`) {
		t.Error("the parts are not readable")
	}
}

func TestEveryTableHasItsPlace(t *testing.T) {
	for _, db := range []*storage.DB{lite(t, time.Now), testkit.DB(t)} {
		data, s := write(t, db)
		columns, err := db.Columns(ctx)
		testkit.Must(t, err)
		if s.Tables != len(columns)-2 { // sessions and charts
			t.Errorf("%s: %d of %d tables are carried", db.Kind(), s.Tables, len(columns)-2)
		}
		if _, err := restore(testkit.DB(t), data); err != nil {
			t.Errorf("an empty backup: %v", err)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	clock := testkit.NewClock()
	db := lite(t, clock.Now)
	fill(t, db, clock)
	data, _ := write(t, db)
	files := parts(t, data)
	change := func(name string, f func(string) string) []byte {
		changed := maps.Clone(files)
		if text := f(changed[name]); text == "" {
			delete(changed, name)
		} else {
			changed[name] = text
		}
		return pack(t, changed)
	}
	people := "tables/people.jsonl"
	for name, c := range map[string]struct {
		data []byte
		key  string
	}{
		"no zip":          {[]byte("hello"), "backup.damaged"},
		"nothing":         {nil, "backup.damaged"},
		"half of it":      {data[:len(data)/2], "backup.damaged"},
		"another zip":     {pack(t, map[string]string{"a": "b"}), "backup.damaged"},
		"another program": {change("manifest.json", func(s string) string { return strings.Replace(s, `"earshot"`, `"other"`, 1) }), "backup.damaged"},
		"a changed row":   {change(people, func(s string) string { return strings.Replace(s, "Okafor", "Okofar", 1) }), "backup.damaged"},
		"a missing row":   {change(people, func(s string) string { _, rest, _ := strings.Cut(s, "\n"); return rest }), "backup.damaged"},
		"a missing table": {change(people, func(string) string { return "" }), "backup.damaged"},
		"a newer schema":  {change("manifest.json", func(s string) string { return strings.Replace(s, `"schema": `, `"schema": 9`, 1) }), "backup.newer"},
	} {
		fresh := lite(t, clock.Now)
		_, err := restore(fresh, c.data)
		if f, ok := fault.Of(err); !ok || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
		for table, rows := range dump(t, fresh) {
			if len(rows) > 0 {
				t.Errorf("%s: %d rows stay in %s", name, len(rows), table)
			}
		}
	}
	if _, err := restore(db, data); !fault.Is(err, fault.Conflict) {
		t.Errorf("a database with something in it: %v", err)
	}
	started := lite(t, clock.Now)
	id := identity.NewStore(started, testkit.Key(t))
	code, err := id.MintCode(ctx, "setup", "", "", time.Hour)
	testkit.Must(t, err)
	if _, err := restore(started, data); err != nil {
		t.Errorf("a database that only printed its set-up link: %v", err)
	}
	if _, err := id.LookUp(ctx, "setup", code); err == nil {
		t.Error("the set-up link would found a second school")
	}
}

// Others write on while a backup is made, and it stays whole.
func TestBackupIsOneMoment(t *testing.T) {
	clock := testkit.NewClock()
	db := testkit.DBAt(t, clock.Now)
	s := testkit.FoundSchool(t, db, testkit.Key(t), clock, "Riverside School")
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_, err := roster.NewStore(db).AddStaff(ctx, s.Head, roster.StaffForm{Name: fmt.Sprint("T ", i), Roles: []access.Role{access.Teacher}})
				if err != nil {
					return
				}
			}
		}
	}()
	for range 5 {
		data, _ := write(t, db)
		if _, err := restore(lite(t, clock.Now), data); err != nil {
			t.Error(err)
		}
		files := parts(t, data)
		if p, a := strings.Count(files["tables/people.jsonl"], "\n"), strings.Count(files["tables/appointments.jsonl"], "\n"); p != a {
			t.Errorf("%d people and %d appointments", p, a)
		}
	}
	close(stop)
	<-done
}
