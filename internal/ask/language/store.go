package language

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/bank"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// State is whether a reading is finished.
type State string

// A draft waits beside what is approved and changes nothing that anybody reads.
const (
	Draft    State = "draft"
	Approved State = "approved"
)

// Reading is one person's reading of all texts about safety in a language.
type Reading struct {
	SchoolID    string `gorm:"primaryKey"`
	Language    string `gorm:"primaryKey"`
	State       State  `gorm:"primaryKey"`
	Reader      string // the person's name
	Role        string // how they know the language: speaks Urdu at home, teaching assistant
	Named       bool   // the school has named them to read
	Hash        string // of all texts as they were shipped when they were read
	Texts       string // JSON: name -> fingerprint
	Corrections string // JSON: name -> sentence
	AccountID   string
	SavedAt     time.Time
}

// TableName is the table readings live in.
func (Reading) TableName() string { return "language_readings" }

// Corrected reads the sentences the reader changed, by name.
func (r Reading) Corrected() map[string]string { return decode(r.Corrections) }

// Since says what has changed in the texts since they were read.
func (r Reading) Since(texts []Text) Changes { return Since(decode(r.Texts), texts) }

// Holds says whether the reading is finished and the texts are still those that were read.
func (r Reading) Holds(texts []Text) bool { return r.State == Approved && r.Hash == Hash(texts) }

func decode(text string) map[string]string {
	m := map[string]string{}
	_ = json.Unmarshal([]byte(text), &m) // written by this package
	return m
}

// Store keeps readings.
type Store struct {
	db   *storage.DB
	bank *bank.Bank
}

// NewStore keeps readings in db, of the texts of b.
func NewStore(db *storage.DB, b *bank.Bank) Store { return Store{db, b} }

// May says who may look at readings: leaders, and those who keep the school's settings.
func May(who access.Actor) bool {
	school := access.Object{School: who.School}
	return access.Can(who, access.RunRounds, school) || access.Can(who, access.ManageSchool, school)
}

// Readings lists the readings of a school, drafts among them, by language.
func (s Store) Readings(ctx context.Context, school string) ([]Reading, error) {
	var all []Reading
	err := s.db.Query(ctx).Where("school_id = ?", school).Order("language, state").Find(&all).Error
	return all, err
}

// Spoken is a language in which a school may ask, with the school's corrections laid over what is shipped.
type Spoken struct {
	words.Language
	Voice words.Voice
	Texts bank.Tongue
}

// Spoken lists the languages beside English in which a school may ask now, in the order of words.Languages: those whose
// texts about safety somebody has read and approved, and that have not changed since.
func (s Store) Spoken(ctx context.Context, school string) ([]Spoken, error) {
	readings, err := s.Readings(ctx, school)
	if err != nil {
		return nil, err
	}
	var out []Spoken
	for _, l := range words.Languages()[1:] {
		for _, r := range readings {
			if r.Language == l.Code && r.Holds(Texts(s.bank, l.Code)) {
				tongue, _ := s.bank.In(l.Code)
				out = append(out, Spoken{l, words.In(l.Code).With(r.Corrected()), tongue.With(r.Corrected())})
			}
		}
	}
	return out, nil
}

// Approved lists the codes of the languages of Spoken.
func (s Store) Approved(ctx context.Context, school string) ([]string, error) {
	spoken, err := s.Spoken(ctx, school)
	var codes []string
	for _, l := range spoken {
		codes = append(codes, l.Code)
	}
	return codes, err
}

// Form is what a reader, or somebody for them, fills in.
type Form struct {
	Reader  string
	Role    string
	Named   bool
	ReadAll bool              // the reader says that all texts mean the same as the English
	Hash    string            // of the texts that the page showed
	Written map[string]string // a text's first name -> the sentence as it is in the box
}

// The longest that parts of a form may be, in characters.
const (
	maxName     = 120
	maxSentence = 1500
)

// Save keeps a reading as a draft, or approves it, which asks for a name, for how the person knows the language, and for
// their word that all texts mean the same. Approving takes the place of an earlier reading and of the draft. A fault names
// the fields that need another look: reader, role, named, read_all, and texts by their first name.
func (s Store) Save(ctx context.Context, who access.Actor, code string, state State, f Form) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	texts := Texts(s.bank, code)
	if len(texts) == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	f.Reader, f.Role = strings.TrimSpace(f.Reader), strings.TrimSpace(f.Role)
	if err := fault.Fields(f.problems(state, texts)); err != nil {
		return err
	}
	if f.Hash != Hash(texts) {
		return fault.New(fault.Conflict, "language.other_texts")
	}
	prints, err := json.Marshal(Prints(texts))
	if err != nil {
		return err
	}
	corrected, err := json.Marshal(corrections(texts, f.Written))
	if err != nil {
		return err
	}
	r := Reading{SchoolID: who.School, Language: code, State: state, Reader: f.Reader, Role: f.Role, Named: f.Named, Hash: Hash(texts),
		Texts: string(prints), Corrections: string(corrected), AccountID: who.Account, SavedAt: s.db.Now()}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if state == Approved {
			// The draft has become what is approved.
			if err := tx.Write(ctx).Where("school_id = ? AND language = ?", who.School, code).Delete(&Reading{}).Error; err != nil {
				return err
			}
		}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "language."+string(state), "school", code, note(code, f.Reader))
	})
}

func (f Form) problems(state State, texts []Text) map[string]fault.Problem {
	fields := map[string]fault.Problem{}
	for name, value := range map[string]string{"reader": f.Reader, "role": f.Role} {
		switch {
		case len([]rune(value)) > maxName:
			fields[name] = fault.Problem{Key: "language.long", Values: fault.Values{"Most": maxName}}
		case value == "" && state == Approved:
			fields[name] = fault.Problem{Key: "language.no_" + name}
		}
	}
	if state == Approved && !f.Named {
		fields["named"] = fault.Problem{Key: "language.no_named"}
	}
	if state == Approved && !f.ReadAll {
		fields["read_all"] = fault.Problem{Key: "language.no_read_all"}
	}
	for _, t := range texts {
		sentence, ok := f.Written[t.Name()]
		switch {
		case !ok:
		case sentence == "":
			fields[t.Name()] = fault.Problem{Key: "language.empty"}
		case len([]rune(sentence)) > maxSentence:
			fields[t.Name()] = fault.Problem{Key: "language.long", Values: fault.Values{"Most": maxSentence}}
		case !t.Fits(sentence):
			fields[t.Name()] = fault.Problem{Key: "language.gaps", Values: fault.Values{"Gaps": strings.Join(words.GapsOf(t.English), " ")}}
		}
	}
	return fields
}

// TakeBack ends a reading: from here on the language is not offered any more.
func (s Store) TakeBack(ctx context.Context, who access.Actor, code string) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		// What was approved stays as a draft, so that no correction is lost.
		var have []Reading
		err := tx.Query(ctx).Where("school_id = ? AND language = ? AND state = ?", who.School, code, Approved).Find(&have).Error
		if err != nil || len(have) == 0 {
			return err
		}
		if err := tx.Write(ctx).Delete(&have[0]).Error; err != nil {
			return err
		}
		have[0].State = Draft
		if err := tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&have[0]).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "language.take_back", "school", code, note(code, ""))
	})
}

// note is what the trail says of a language: its name, and who read it.
func note(code, reader string) string {
	l, _ := words.Find(code)
	if reader == "" {
		return l.English
	}
	return l.English + ", " + reader
}
