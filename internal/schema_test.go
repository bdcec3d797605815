package internal_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"

	"earshot/internal/act/action"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/schedule"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// structs are all types that are stored.
var structs = []any{
	&roster.School{}, &roster.Person{}, &roster.Group{}, &roster.Membership{}, &roster.Appointment{}, &roster.Link{},
	&identity.Account{}, &identity.Session{}, &identity.Directory{}, &audit.Entry{}, &schedule.Job{},
	&survey.Survey{}, &survey.Version{}, &survey.Translation{}, &language.Reading{}, &round.Round{}, &round.Unit{}, &round.UnitReader{}, &round.Promise{},
	&participation.Slip{}, &participation.Mailing{}, &participation.Invitation{}, &participation.Mail{}, &participation.Address{},
	&response.Response{}, &response.Mark{}, &response.Followed{}, &envelope.Envelope{}, &envelope.Name{}, &envelope.Holder{}, &envelope.Opening{}, &participation.Card{}, &roster.Flag{}, &roster.Flagged{}, &response.Hand{}, &response.Waiting{}, &response.Receipt{}, &response.Tally{},
	&result.Stored{}, &result.Total{}, &result.StoredSum{}, &result.Quote{}, &result.ThemeRule{}, &chart.Drawn{}, &action.Reply{}, &action.Action{}, &action.ReplyLanguage{}, &action.StoredNote{}, &action.StaffGuess{}, &action.Pack{}, &action.Share{}, &action.Agreement{}, &action.Digest{}, &safeguard.Concern{}, &safeguard.Thread{}, &safeguard.ThreadReply{}, &safeguard.Told{}, &safeguard.Drill{}, &safeguard.Comment{}, &roster.Absence{}, &roster.Chairing{}, &roster.Trust{}, &roster.TrustSchool{},
}

// withoutSchool are the tables that serve several schools: the whole list of exceptions.
var withoutSchool = []string{"accounts", "directory", "sessions", "trusts", "trust_schools", "trust_sums"}

// TestStructsAndTablesAgree holds every struct against the table that the migrations made, on the database of this run.
func TestStructsAndTablesAgree(t *testing.T) {
	tables, err := testkit.DB(t).Columns(context.Background())
	testkit.Must(t, err)
	seen := map[string]bool{}
	for _, model := range structs {
		s, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		testkit.Must(t, err)
		seen[s.Table] = true
		var inTable, inStruct []string
		key := map[int]string{}
		for _, c := range tables[s.Table] {
			inTable = append(inTable, c.Name)
			if c.KeyPart > 0 {
				key[c.KeyPart] = c.Name
			}
		}
		for _, f := range s.Fields {
			if f.DBName == "" {
				continue // filled in for pages
			}
			inStruct = append(inStruct, f.DBName)
		}
		slices.Sort(inTable)
		slices.Sort(inStruct)
		if !slices.Equal(inTable, inStruct) {
			t.Errorf("table %s has %v, its struct %v", s.Table, inTable, inStruct)
		}
		var keyed []string
		for _, part := range slices.Sorted(maps.Keys(key)) {
			keyed = append(keyed, key[part])
		}
		primary := slices.Clone(s.PrimaryFieldDBNames)
		slices.Sort(primary)
		sorted := slices.Clone(keyed)
		slices.Sort(sorted)
		if !slices.Equal(primary, sorted) {
			t.Errorf("table %s: key %v, struct says %v", s.Table, keyed, s.PrimaryFieldDBNames)
		}
	}
	for table, columns := range tables {
		if strings.HasPrefix(table, "goose") {
			continue
		}
		if !seen[table] {
			t.Errorf("no struct stores %s", table)
		}
		if slices.Contains(withoutSchool, table) {
			continue
		}
		for _, c := range columns {
			if c.KeyPart == 1 && c.Name != "school_id" {
				t.Errorf("the key of %s begins with %s, not with school_id", table, c.Name)
			}
		}
	}
}
