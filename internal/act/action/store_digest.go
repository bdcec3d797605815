package action

import (
	"context"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Digest is what is known of somebody's mail a week. It says neither what was in it nor whether there was one.
type Digest struct {
	SchoolID string `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
	Choice   string // on, off, or empty while they have not chosen
	Week     string // the Monday of the week that was last looked at
}

// What somebody may choose.
const (
	DigestOn  = "on"
	DigestOff = "off"
)

// Wanted says whether somebody gets a mail a week: as they chose, and otherwise whoever has to see to what was said.
func (d Digest) Wanted(who access.Actor) bool {
	if d.Choice == "" {
		return who.Is(access.Head, access.Leader, access.Governor)
	}
	return d.Choice == DigestOn
}

// Digest reads a person's choice; the zero value where they have made none.
func (s Store) Digest(ctx context.Context, school, person string) (Digest, error) {
	d := Digest{SchoolID: school, PersonID: person}
	var rows []Digest
	err := s.db.Query(ctx).Where("school_id = ? AND person_id = ?", school, person).Find(&rows).Error
	if len(rows) == 1 {
		d = rows[0]
	}
	return d, err
}

// ChooseDigest keeps what somebody chose for themselves. Nobody else can, and it leaves no trace in the audit.
func (s Store) ChooseDigest(ctx context.Context, school, person, choice string) error {
	if choice != DigestOn && choice != DigestOff {
		return fault.Field("choice", "digest.choose")
	}
	d := Digest{SchoolID: school, PersonID: person, Choice: choice}
	return s.db.Write(ctx).Clauses(clause.OnConflict{Columns: digestKey, DoUpdates: clause.AssignmentColumns([]string{"choice"})}).Create(&d).Error
}

var digestKey = []clause.Column{{Name: "school_id"}, {Name: "person_id"}}

// ClaimDigest marks a week as looked at for somebody; ok is false where it was before. So there is one mail a week at most,
// whatever goes wrong on the way.
func (s Store) ClaimDigest(ctx context.Context, school, person, week string) (ok bool, err error) {
	d := Digest{SchoolID: school, PersonID: person, Week: week}
	made := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: digestKey, DoUpdates: clause.AssignmentColumns([]string{"week"}),
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "digests.week < ?", Vars: []any{week}}}}}).Create(&d)
	return made.RowsAffected == 1, made.Error
}

// ReturnDigest takes a mark back: the mail could not be handed over.
func (s Store) ReturnDigest(ctx context.Context, school, person string) error {
	return s.db.Write(ctx).Model(&Digest{}).Where("school_id = ? AND person_id = ?", school, person).Update("week", "").Error
}

const (
	idLength = 26 // of storage.NewID
	stopCode = 20
)

// StopDigestURL is where somebody ends their mail a week, without signing in.
func (s Store) StopDigestURL(baseURL, school, person string) string {
	return baseURL + "/digest/" + school + person + s.key.Code(stopCode, "no mail a week", school, person)
}

// DigestOf finds whose link of StopDigestURL this is. NotFound for any other text.
func (s Store) DigestOf(ctx context.Context, token string) (roster.Person, error) {
	none := fault.New(fault.NotFound, "mail.no_token")
	if len(token) != 2*idLength+stopCode {
		return roster.Person{}, none
	}
	school, person := token[:idLength], token[idLength:2*idLength]
	if !seal.Same(token[2*idLength:], s.key.Code(stopCode, "no mail a week", school, person)) {
		return roster.Person{}, none
	}
	p, err := roster.NewStore(s.db).Person(ctx, school, person)
	if err != nil {
		return roster.Person{}, storage.Fault(err, "mail.no_token")
	}
	return p, nil
}

// DigestLetter writes to somebody what waits for them.
func (s Store) DigestLetter(school roster.School, m roster.StaffMember, waits []Waiting, baseURL string) mail.Letter {
	v := words.English()
	l := mail.Letter{School: school.Name, Name: m.Name(), Address: m.Email, Lang: v.Lang, Dir: v.Dir, Subject: v.Say("digest.subject", words.V{"School": school.Name}),
		Hello: v.Say("letter.hello", words.V{"Name": m.Name()}), Before: []string{v.Say("digest.lead")}, After: []string{v.Say("digest.last")},
		Stop: mail.Link{Text: v.Say("digest.stop"), URL: s.StopDigestURL(baseURL, m.SchoolID, m.ID)}}
	for _, w := range waits {
		l.Links = append(l.Links, mail.Link{Text: w.Text, URL: baseURL + w.Path})
	}
	return l
}
