package testkit

import (
	"context"
	"fmt"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/school/roster"
)

// Families puts pupils and their parents on the roll: "Ann Bell <ann@home.example>: Bo Bell 7A, Cy Bell 9B". A pupil who is
// named again is the same. An address may be left out: "Ann Bell: Bo Bell 7A".
func (s *School) Families(specs ...string) []roster.Group {
	s.T.Helper()
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	var pupils roster.List
	var parents roster.ParentList
	seen := map[string]bool{}
	for n, spec := range specs {
		who, of, ok := strings.Cut(spec, ": ")
		if !ok {
			s.T.Fatalf("no family: %s", spec)
		}
		name, address, _ := strings.Cut(strings.TrimSuffix(who, ">"), " <")
		given, family, _ := strings.Cut(name, " ")
		for child := range strings.SplitSeq(of, ", ") {
			part := strings.Fields(child)
			id := "p " + part[0] + " " + part[1]
			if !seen[id] {
				seen[id] = true
				pupils.Rows = append(pupils.Rows, roster.ListRow{ID: id, Given: part[0], Family: part[1], Year: roster.YearOf(part[2]), Form: part[2]})
			}
			parents.Rows = append(parents.Rows, roster.ParentRow{Key: fmt.Sprint(n), Given: given, Family: family, Email: address, Pupil: id, MayAsk: true})
		}
	}
	_, err := ro.Apply(ctx, s.Head, pupils, nil, roster.Confirm{})
	Must(s.T, err)
	_, err = ro.ApplyParents(ctx, s.Head, parents, roster.Confirm{})
	Must(s.T, err)
	groups, err := ro.Groups(ctx, s.School.SchoolID, roster.Form)
	Must(s.T, err)
	return groups
}

// ManyFamilies is n parents with addresses, each with one child, spread over the years 7 to 11 in forms of 30.
func ManyFamilies(n int) []string {
	specs := make([]string, n)
	for i := range specs {
		specs[i] = fmt.Sprintf("Parent P%d <p%d@home.example>: Child C%d %d%c", i, i, i, 7+i%5, 'A'+rune(i/150))
	}
	return specs
}

// MailForm is the form of a round for parents or staff by e-mail.
func (s *School) MailForm(template string, groups []roster.Group) round.Form {
	f := s.Form(s.Survey(template), groups)
	f.Plan.Mail = true
	return f
}
