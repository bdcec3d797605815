package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/internal/ask/bank"
)

// What a document may hold at most.
const (
	MaxQuestions = 100
	MaxOptions   = 20
	MaxOneself   = 2 // questions that describe oneself: more would make a fingerprint
	MaxMinutes   = 60
	maxTitle     = 120
	maxIntro     = 1000
	maxText      = 500
	maxShort     = 80
	maxNote      = 1000
	maxLabel     = 120
)

// The keys of what can be wrong while a document is put together.
const (
	UnknownTemplate = "survey_unknown_template"
	UnknownItem     = "survey_unknown_item"
	RetiredItem     = "survey_retired_item"
	OtherAudience   = "survey_other_audience"
	UnknownSection  = "survey_unknown_section"
	ItemTwice       = "survey_item_twice"
)

// The keys of what can be wrong with a whole document.
const (
	TitleEmpty        = "survey_title_empty"
	TooLong           = "survey_too_long"
	StrangeCharacters = "survey_strange_characters"
	AudienceUnknown   = "survey_audience_unknown"
	LanguageUnknown   = "survey_language_unknown"
	MinutesOut        = "survey_minutes_out"
	NoQuestions       = "survey_no_questions"
	ManyQuestions     = "survey_many_questions"
	ManyOneself       = "survey_many_oneself"
	SectionID         = "survey_section_id"
	SectionTitle      = "survey_section_title"
	SectionEmpty      = "survey_section_empty"
)

// The keys of what can be wrong with one question.
const (
	QuestionID        = "question_id"
	QuestionItem      = "question_item"
	QuestionWording   = "question_wording"
	QuestionType      = "question_type"
	QuestionText      = "question_text"
	QuestionShort     = "question_short"
	QuestionAbout     = "question_about"
	QuestionSensitive = "question_sensitive"
	QuestionOrigin    = "question_origin"
	QuestionOneself   = "question_oneself"
	QuestionKind      = "question_kind"
	FewOptions        = "question_few_options"
	ManyOptions       = "question_many_options"
	OptionID          = "question_option_id"
	OptionLabel       = "question_option_label"
	OptionValue       = "question_option_value"
	FavourableNone    = "question_favourable_none"
	FavourableWords   = "question_favourable_words"
	FavourableUnknown = "question_favourable_unknown"
	MissingUnknown    = "question_missing_unknown"
	AtMostOut         = "question_at_most"
	SeveralFew        = "question_several_few"
	QuestionAloud     = "question_aloud"
	QuestionDecides   = "question_decides" // others are asked by its answers, so it cannot be taken out
)

// The keys of what can keep a good document from being opened.
const (
	OpeningAudience = "opening_audience"
	OpeningOther    = "opening_other_audience"
	OpeningHandsUp  = "opening_hands_up_sensitive"
	OpeningText     = "opening_text" // nobody writes with a raised hand
)

var (
	questionID = regexp.MustCompile(`^q[1-9][0-9]{0,3}$`)
	sectionID  = regexp.MustCompile(`^s[1-9][0-9]{0,3}$`)
	choiceID   = regexp.MustCompile(`^c[1-9][0-9]{0,3}$`)
	language   = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Problems says everything that is wrong with a document; none means that it could be asked.
func (d Document) Problems() []Problem {
	var c check
	if strings.TrimSpace(d.Title) == "" {
		c.add(TitleEmpty)
	}
	c.words("title", d.Title, maxTitle)
	c.words("intro", d.Intro, maxIntro)
	if !bank.CanAnswer(d.Audience) {
		c.add(AudienceUnknown, "audience", d.Audience)
	}
	if !language.MatchString(d.Language) {
		c.add(LanguageUnknown, "language", d.Language)
	}
	if d.Minutes < 1 || d.Minutes > MaxMinutes {
		c.add(MinutesOut, "minutes", strconv.Itoa(d.Minutes), "most", strconv.Itoa(MaxMinutes))
	}
	questions := d.Questions()
	if len(questions) == 0 {
		c.add(NoQuestions)
	}
	if len(questions) > MaxQuestions {
		c.add(ManyQuestions, "have", strconv.Itoa(len(questions)), "most", strconv.Itoa(MaxQuestions))
	}
	d.sections(&c, len(questions))
	d.routing(&c)
	d.guesses(&c)
	oneself := 0
	ids, items := map[string]bool{}, map[string]bool{}
	n := -1
	for _, q := range d.all() {
		if q.Type != TypeNote {
			n++
		}
		c.place = place(n, q)
		if !questionID.MatchString(q.ID) || ids[q.ID] {
			c.add(QuestionID)
		}
		if items[q.Item] && q.Item != "" {
			c.add(ItemTwice, "item", q.Item)
		}
		ids[q.ID], items[q.Item] = true, true
		c.question(q)
		if q.DescribesOneself {
			oneself++
		}
	}
	c.place = nil
	if oneself > MaxOneself {
		c.add(ManyOneself, "have", strconv.Itoa(oneself), "most", strconv.Itoa(MaxOneself))
	}
	return c.found
}

func (d Document) sections(c *check, questions int) {
	ids := map[string]bool{}
	for n, s := range d.Sections {
		c.place = s.place(n)
		if !sectionID.MatchString(s.ID) || ids[s.ID] {
			c.add(SectionID)
		}
		ids[s.ID] = true
		if strings.TrimSpace(s.Title) == "" && len(d.Sections) > 1 {
			c.add(SectionTitle)
		}
		c.words("section", s.Title, maxTitle)
		if s.asks() == 0 && questions > 0 {
			c.add(SectionEmpty)
		}
	}
	c.place = nil
}

// CanOpenWith says why a document cannot be opened for an audience by these routes; none means that it can.
func (d Document) CanOpenWith(audience string, routes ...bank.Route) []Problem {
	c := check{found: d.Problems()}
	switch {
	case !bank.CanAnswer(audience):
		c.add(OpeningAudience, "audience", audience)
	case audience != d.Audience:
		c.add(OpeningOther, "audience", audience, "for", d.Audience)
	}
	for n, q := range d.Questions() {
		if q.Type.IsText() && slices.Contains(routes, bank.HandsUp) {
			c.add(OpeningText, "question", q.ID, "number", strconv.Itoa(n+1), "short", q.Short)
		}
		// The whole room sees a raised hand.
		if q.Sensitive != "" && slices.Contains(routes, bank.HandsUp) {
			c.add(OpeningHandsUp, "question", q.ID, "number", strconv.Itoa(n+1), "short", q.Short)
		}
	}
	return c.found
}

type check struct {
	found []Problem
	place []string // names and values in turn, added to every problem of one question or section
}

func (c *check) add(key string, pairs ...string) {
	values := map[string]string{}
	for _, list := range [][]string{c.place, pairs} {
		for i := 0; i+1 < len(list); i += 2 {
			values[list[i]] = list[i+1]
		}
	}
	c.found = append(c.found, Problem{Key: key, Values: values})
}

// words reports words that are too long or hold characters that no page can show.
func (c *check) words(what, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		c.add(TooLong, "what", what, "most", strconv.Itoa(most))
	}
	if IsStrange(s) {
		c.add(StrangeCharacters, "what", what)
	}
}

// IsStrange says whether a text has characters that no page can show: control characters other than the end of a line,
// broken ones, and those that turn the direction of the text around them, which could make words read as others.
func IsStrange(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		turns := r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
		return unicode.IsControl(r) && r != '\n' || r == utf8.RuneError || turns
	})
}

// all lists everything with a number, notes as well.
func (d Document) all() []Question {
	var out []Question
	for _, s := range d.Sections {
		out = append(out, s.Questions...)
	}
	return out
}

func (c *check) question(q Question) {
	if q.Type == TypeNote {
		c.note(q)
		return
	}
	if !bank.IsID(q.Item) || strings.HasPrefix(q.Item, OwnPrefix) == (q.Origin == FromBank) {
		c.add(QuestionItem, "item", q.Item)
	}
	if q.Wording != q.MakeWording() {
		c.add(QuestionWording)
	}
	if strings.TrimSpace(q.Text) == "" {
		c.add(QuestionText)
	}
	if strings.TrimSpace(q.Short) == "" {
		c.add(QuestionShort)
	}
	c.words("text", q.Text, maxText)
	c.words("short", q.Short, maxShort)
	c.words("note", q.Note, maxNote)
	c.words("favourable_words", q.FavourableWords, maxLabel)
	if !slices.Contains(bank.Abouts(), q.About) {
		c.add(QuestionAbout, "about", string(q.About))
	}
	if q.Sensitive != "" && !slices.Contains(bank.Sensitivities(), q.Sensitive) {
		c.add(QuestionSensitive, "sensitive", q.Sensitive)
	}
	if q.Origin != FromBank && q.Origin != FromSchool && q.Origin != FromFile {
		c.add(QuestionOrigin, "origin", string(q.Origin))
	}
	if q.DescribesOneself && q.About != bank.AboutMe {
		c.add(QuestionOneself)
	}
	if q.Aloud && (q.Sensitive != "" || q.DescribesOneself || q.About != bank.AboutSchool && q.About != bank.AboutMe) {
		c.add(QuestionAloud)
	}
	c.kind(q)
	if q.Type.IsText() {
		if len(q.Options)+len(q.Favourable)+len(q.Missing) > 0 || q.Grid != "" {
			c.add(QuestionType, "type", string(q.Type))
		}
		return
	}
	if q.Type == TypeNumber && !c.number(q) {
		return // there are no steps to look at
	}
	c.options(q)
	c.favourable(q)
}

// note checks words that ask nothing: they have no scale, no item of the bank and no place in results.
func (c *check) note(q Question) {
	if strings.TrimSpace(q.Text) == "" {
		c.add(QuestionText)
	}
	c.words("text", q.Text, maxIntro)
	if len(q.Options)+len(q.Favourable)+len(q.Missing) > 0 || q.Grid != "" || q.Sensitive != "" || q.DescribesOneself || q.Aloud {
		c.add(NoteFields)
	}
}

func (c *check) kind(q Question) {
	fits := false
	switch q.Type {
	case TypeScale:
		fits = slices.Contains(bank.Kinds(), q.Kind) && q.Kind != bank.Choice && q.Kind != bank.Binary
	case TypeSingle:
		fits = q.Kind == bank.Choice || q.Kind == bank.Binary
	case TypeSeveral, TypeRanking, TypeText, TypeLongText:
		fits = q.Kind == bank.Choice
	case TypeNumber:
		fits = q.Kind == bank.Unipolar || q.Kind == bank.Choice
	default:
		c.add(QuestionType, "type", string(q.Type))
		return
	}
	if !fits {
		c.add(QuestionKind, "kind", string(q.Kind), "type", string(q.Type))
	}
	least, most := 0, 0
	if q.IsSeveral() {
		// With one choice, or between two, the answers to the options would give each other away.
		least, most = 2, len(q.Options)
		if len(q.Options) < 3 {
			c.add(SeveralFew)
			return
		}
		if q.Type == TypeRanking { // with every place taken, everything would be among the first
			most--
		}
	}
	if q.AtMost < least || q.AtMost > most {
		c.add(AtMostOut, "at_most", strconv.Itoa(q.AtMost), "least", strconv.Itoa(least), "most", strconv.Itoa(most))
	}
}

func (c *check) options(q Question) {
	if len(q.Options)-len(q.Missing) < 2 {
		c.add(FewOptions)
	}
	if len(q.Options) > MaxOptions {
		c.add(ManyOptions, "have", strconv.Itoa(len(q.Options)), "most", strconv.Itoa(MaxOptions))
	}
	ids, labels := map[string]bool{}, map[string]bool{}
	want := 0
	for n, o := range q.Options {
		at := fmt.Sprint(n + 1)
		if !bank.IsID(o.ID) || ids[o.ID] {
			c.add(OptionID, "option", o.ID, "place", at)
		}
		label := strings.ToLower(strings.TrimSpace(o.Label))
		if label == "" || labels[label] {
			c.add(OptionLabel, "label", o.Label, "place", at)
		}
		c.words("label", o.Label, maxLabel)
		ids[o.ID], labels[label] = true, true
		value := 0
		if q.Kind != bank.Choice && !q.IsMissing(o.ID) {
			want++
			value = want
		}
		if o.Value != value {
			c.add(OptionValue, "option", o.ID, "place", at)
		}
	}
}

func (c *check) favourable(q Question) {
	// A list of things to choose from may have no good end, but then nothing can be turned round either.
	if len(q.Favourable) == 0 && (q.Kind != bank.Choice || q.Reverse) {
		c.add(FavourableNone)
	}
	if len(q.Favourable) > 0 && strings.TrimSpace(q.FavourableWords) == "" {
		c.add(FavourableWords)
	}
	for _, id := range q.Favourable {
		if _, ok := q.Option(id); !ok || q.IsMissing(id) {
			c.add(FavourableUnknown, "option", id)
		}
	}
	for _, id := range q.Missing {
		if _, ok := q.Option(id); !ok {
			c.add(MissingUnknown, "option", id)
		}
	}
}

// Keys lists the keys of everything that can be wrong with a document, so that a test can ask for a sentence for each.
func Keys() []string {
	return []string{
		UnknownTemplate, UnknownItem, RetiredItem, OtherAudience, UnknownSection, ItemTwice, LeftOutText,
		TitleEmpty, TooLong, StrangeCharacters, AudienceUnknown, LanguageUnknown, MinutesOut, NoQuestions, ManyQuestions, ManyOneself,
		SectionID, SectionTitle, SectionEmpty,
		QuestionID, QuestionItem, QuestionWording, QuestionType, QuestionText, QuestionShort, QuestionAbout, QuestionSensitive,
		QuestionOrigin, QuestionOneself, QuestionKind, FewOptions, ManyOptions, OptionID, OptionLabel, OptionValue,
		FavourableNone, FavourableWords, FavourableUnknown, MissingUnknown, AtMostOut, SeveralFew, QuestionAloud, QuestionDecides,
		RouteBroken, RouteUnknown, RouteLater, RouteWords, RouteOption, RouteCurrent, RouteFunction, RouteNever,
		GuessMany, GuessWho, GuessNothing, GuessOf, GuessPlace, GuessAsked, GuessAnswers,
		ChoiceID, ChoiceText, ChoiceFew, ChoiceApart, ChoiceUnknown, ChoiceShowIf, AskOut, GridApart, NumberRange, NumberBands, NoteFields,
	}
}

// OpeningKeys lists the keys of what can keep a good document from being opened.
func OpeningKeys() []string {
	return []string{OpeningAudience, OpeningOther, OpeningHandsUp, OpeningText}
}
