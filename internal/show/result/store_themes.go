package result

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/show/theme"
)

// ThemeRule is what a school made of a theme in what people wrote.
type ThemeRule struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	Name     string
	Words    string // JSON: a list
	Pinned   bool
}

const (
	mostThemeRules = 60  // a school
	longestTheme   = 80  // letters of a name
	mostRuleWords  = 40  // of a rule; two themes that are merged have no more than both had
	longestWords   = 600 // letters of a rule's words
)

// Heard is what was written on one question in the groups that a reader may see figures of, sorted by theme.
type Heard struct {
	Question string // its id
	Text     string
	Language string // of the round
	Quotes   []Quote
	Reading  theme.Reading // Members and Other are ids of quotes
}

// Heard reads what people wrote in a round and adults let go, question by question, as far as this reader may see it. Themes
// are found in what they see and in nothing else.
func (s Store) Heard(ctx context.Context, v Viewed, r round.Round) ([]Heard, error) {
	quotes, err := s.Quotes(ctx, v, r.SchoolID, r.ID)
	if err != nil || len(quotes) == 0 {
		return nil, err
	}
	doc, err := round.NewStore(s.db, s.key, s.bank).Document(ctx, r)
	if err != nil {
		return nil, err
	}
	rules, err := s.ThemeRules(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	var list []Heard
	for _, q := range doc.Questions() {
		h := Heard{Question: q.ID, Text: q.Text, Language: doc.Language}
		for _, of := range quotes {
			h.Quotes = append(h.Quotes, of[q.ID]...)
		}
		if len(h.Quotes) == 0 {
			continue
		}
		slices.SortFunc(h.Quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
		comments := make([]theme.Comment, len(h.Quotes))
		for i, quote := range h.Quotes {
			comments[i] = theme.Comment{ID: quote.ID, Text: quote.Words, Question: q.ID}
		}
		h.Reading = sorted.find(comments, rules, h.Language)
		list = append(list, h)
	}
	return list, nil
}

// HasWords says whether anything that was written in a round may be read by this reader.
func (s Store) HasWords(ctx context.Context, v Viewed, school, roundID string) (bool, error) {
	var units []string
	if err := s.db.Query(ctx).Model(&Quote{}).Distinct("unit_id").Where("school_id = ? AND round_id = ?", school, roundID).Pluck("unit_id", &units).Error; err != nil {
		return false, err
	}
	return slices.ContainsFunc(units, func(id string) bool { g, ok := v.Group(id); return ok && g.Shown }), nil
}

// ThemeRules are a school's rules.
func (s Store) ThemeRules(ctx context.Context, school string) ([]theme.Rule, error) {
	var rows []ThemeRule
	if err := s.db.Query(ctx).Where("school_id = ?", school).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	rules := make([]theme.Rule, len(rows))
	for i, row := range rows {
		rules[i] = theme.Rule{ID: row.ID, Name: row.Name, Pinned: row.Pinned}
		if err := json.Unmarshal([]byte(row.Words), &rules[i].Words); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// ThemeChange is what a leader makes of a theme.
type ThemeChange struct {
	Question string
	Theme    string // its id
	Name     string // empty: by its first words
	Words    string // separated by commas; empty: as they are
	Pinned   bool
	With     string // the id of a theme to merge it with; empty: none
}

// ChangeTheme stores a rule by which the next surveys have the same theme. Invalid with what is wrong, Conflict when the
// theme is not there any more, which it may not be once more words have been let go.
func (s Store) ChangeTheme(ctx context.Context, who access.Actor, v Viewed, r round.Round, ch ThemeChange) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) || v.Empty() || r.SchoolID != who.School {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	heard, err := s.Heard(ctx, v, r)
	if err != nil {
		return err
	}
	find := func(id string) (theme.Theme, bool) {
		for _, h := range heard {
			if i := slices.IndexFunc(h.Reading.Themes, func(t theme.Theme) bool { return t.ID == id }); h.Question == ch.Question && i >= 0 {
				return h.Reading.Themes[i], true
			}
		}
		return theme.Theme{}, false
	}
	t, ok := find(ch.Theme)
	if !ok {
		return fault.New(fault.Conflict, "theme.gone")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		in := Store{tx, s.key, s.bank}
		rules, err := in.ThemeRules(ctx, who.School)
		if err != nil {
			return err
		}
		rule := ruleOf(t, rules)
		switch {
		case ch.With != "":
			other, ok := find(ch.With)
			if !ok || other.ID == t.ID {
				return fault.New(fault.Conflict, "theme.gone")
			}
			second := ruleOf(other, rules)
			rule.Words = append(rule.Words, slices.DeleteFunc(second.Words, func(w string) bool { return slices.Contains(rule.Words, w) })...)
			rule.Name, rule.Pinned = cmp.Or(rule.Name, second.Name), rule.Pinned || second.Pinned
			if err := in.dropRule(ctx, who.School, second.ID); err != nil {
				return err
			}
		default:
			if rule, err = ch.apply(rule, ruleWords(ch.Words)); err != nil {
				return err
			}
		}
		if len(rule.Words) > mostRuleWords {
			return fault.Field("words", "theme.many_words", fault.Values{"Count": mostRuleWords})
		}
		if !t.Ruled && len(rules) >= mostThemeRules {
			return fault.New(fault.Conflict, "theme.many", fault.Values{"Count": mostThemeRules})
		}
		words, err := json.Marshal(rule.Words)
		if err != nil {
			return err
		}
		row := ThemeRule{SchoolID: who.School, ID: cmp.Or(rule.ID, storage.NewID()), Name: rule.Name, Words: string(words), Pinned: rule.Pinned}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "themes.change", "round", r.ID, "")
	})
}

// ruleOf is the rule that made a theme, or the one that would make it again.
func ruleOf(t theme.Theme, rules []theme.Rule) theme.Rule {
	if i := slices.IndexFunc(rules, func(r theme.Rule) bool { return r.ID == t.ID }); i >= 0 {
		return rules[i]
	}
	return theme.Rule{Words: slices.Clone(t.Words)}
}

func (ch ThemeChange) apply(rule theme.Rule, words []string) (theme.Rule, error) {
	rule.Name, rule.Pinned = strings.TrimSpace(ch.Name), ch.Pinned
	switch {
	case utf8.RuneCountInString(rule.Name) > longestTheme:
		return rule, fault.Field("name", "theme.long", fault.Values{"Count": longestTheme})
	case utf8.RuneCountInString(ch.Words) > longestWords:
		return rule, fault.Field("words", "theme.many_words", fault.Values{"Count": mostRuleWords})
	}
	if len(words) > 0 {
		rule.Words = words
	}
	return rule, nil
}

// ruleWords takes a list apart that somebody typed.
func ruleWords(typed string) (list []string) {
	for w := range strings.SplitSeq(strings.ReplaceAll(typed, "\n", ","), ",") {
		if w = strings.Join(strings.Fields(w), " "); w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// ForgetTheme takes back what the school made of a theme.
func (s Store) ForgetTheme(ctx context.Context, who access.Actor, id string) error {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := (Store{tx, s.key, s.bank}).dropRule(ctx, who.School, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "themes.change", "school", who.School, "")
	})
}

func (s Store) dropRule(ctx context.Context, school, id string) error {
	if id == "" {
		return nil
	}
	return s.db.Write(ctx).Where("school_id = ? AND id = ?", school, id).Delete(&ThemeRule{}).Error
}
