package theme

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"earshot/internal/show/disclosure"
)

const (
	// WritersLeast is how many people must have written about a theme before it is shown as one.
	WritersLeast = disclosure.WordsLeast
	// AidBelow is the number of comments under which themes are no more than a help for reading.
	AidBelow = 100

	fewest    = 3    // themes that are looked for
	most      = 12   //
	perTheme  = 15   // comments there must be for each theme that is looked for
	shareOfIt = 0.35 // of a comment that must lie in a theme for it to join
	mostWords = 12   // of a theme
	inName    = 3    // words that make up the name of a theme that nobody has named
	wordLeast = 3    // comments that must have a word for it to be one of a theme's
)

// Comment is what one person wrote on one question.
type Comment struct {
	ID       string
	Text     string
	Question string
}

// Rule is what a school made of a theme: its name, and the words by which it is known again. A theme that is found and has at
// least a third of its words in common with a rule is the rule's; several that are the same rule's are one.
type Rule struct {
	ID     string
	Name   string
	Words  []string // as they are written; the first is the strongest
	Pinned bool     // it is there in every survey: whoever writes the first of its words, or two of the others, is taken in
}

// Theme is what several people wrote about.
type Theme struct {
	ID      string   // the rule's, or one made of its words
	Name    string   // the rule's, or its first words
	Words   []string // that mark it off from the others, the strongest first; of a rule's, those that its members wrote
	Members []string // comments
	Writers int      // people, at least: nobody writes twice on one question
	Ruled   bool     // a rule of the school made it
	Pinned  bool
}

// Reading is a set of comments, sorted.
type Reading struct {
	Themes   []Theme  // with WritersLeast writers or more: pinned ones first, then the largest
	Other    []string // comments in no theme that is shown
	Comments int
}

// IsAid says that there are too few comments for themes to be more than a help for reading.
func (r Reading) IsAid() bool { return r.Comments < AidBelow }

// Find sorts comments by theme. What it finds depends on the comments and the rules alone, in whatever order they come.
func Find(comments []Comment, rules []Rule, language string) Reading {
	comments, rules = slices.Clone(comments), slices.Clone(rules)
	slices.SortFunc(comments, func(a, b Comment) int {
		return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Question, b.Question))
	})
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	texts := make([]string, len(comments))
	for i, c := range comments {
		texts[i] = c.Text
	}
	c := weigh(texts, language)
	class, classes := c.part()
	marks := c.marks(class, classes)
	kept := make([][]string, len(rules))
	for i, r := range rules {
		kept[i] = termsOf(r.Words, language)
	}

	// What is found comes first, then what rules make of it: a rule of the school never changes what else is found.
	themes := make([]Theme, len(rules)+classes)
	for i, r := range rules {
		themes[i] = Theme{ID: r.ID, Words: r.Words, Ruled: true, Pinned: r.Pinned}
	}
	place := make([]int, classes)
	for k := range classes {
		place[k] = len(rules) + k
		words := c.shown(marks[k])
		themes[place[k]] = Theme{ID: idOf(marks[k]), Name: nameOf(words), Words: words}
		if r := claims(kept, marks[k]); r >= 0 {
			place[k] = r
		}
	}
	out := Reading{Comments: len(comments)}
	of := make([][]Comment, len(themes))
	for i, comment := range comments {
		at := -1
		if class[i] >= 0 {
			at = place[class[i]]
		}
		if r := takes(rules, kept, c.all[i]); r >= 0 {
			at = r
		}
		if at < 0 {
			out.Other = append(out.Other, comment.ID)
			continue
		}
		of[at] = append(of[at], comment)
	}
	for i, t := range themes {
		t.Writers = writers(of[i])
		for _, comment := range of[i] {
			t.Members = append(t.Members, comment.ID)
		}
		slices.Sort(t.Members)
		if t.Writers < WritersLeast {
			out.Other = append(out.Other, t.Members...)
			continue
		}
		if t.Ruled {
			// What defines a rule was written by other people; of that only what these wrote too is theirs to see.
			t.Words = used(t.Words, of[i], language)
			t.Name = cmp.Or(rules[i].Name, nameOf(t.Words))
		}
		out.Themes = append(out.Themes, t)
	}
	slices.Sort(out.Other)
	slices.SortFunc(out.Themes, func(a, b Theme) int {
		return cmp.Or(pinnedFirst(a, b), cmp.Compare(b.Writers, a.Writers), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func pinnedFirst(a, b Theme) int {
	switch {
	case a.Pinned == b.Pinned:
		return 0
	case a.Pinned:
		return -1
	}
	return 1
}

// writers counts people: nobody writes twice on one question, but perhaps once on each.
func writers(list []Comment) (most int) {
	on := map[string]int{}
	for _, c := range list {
		on[c.Question]++
		most = max(most, on[c.Question])
	}
	return most
}

// used are those of a rule's words that somebody wrote.
func used(written []string, list []Comment, language string) []string {
	all := map[string]bool{}
	for _, c := range list {
		words, pairs := terms(c.Text, language, nil)
		for _, t := range slices.Concat(words, pairs) {
			all[t] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(written), func(w string) bool {
		return !slices.ContainsFunc(termsOf([]string{w}, language), func(t string) bool { return all[t] })
	})
}

// marks are the terms of each class, as far as enough of its comments have them.
func (c corpus) marks(class []int, classes int) [][]string {
	in := make([]map[string]int, classes)
	for i, list := range c.all {
		if k := class[i]; k >= 0 {
			if in[k] == nil {
				in[k] = map[string]int{}
			}
			list = slices.Clone(list)
			slices.Sort(list)
			for _, t := range slices.Compact(list) {
				in[k][t]++
			}
		}
	}
	out := make([][]string, classes)
	for k, list := range label(c.all, class, classes) {
		for _, w := range list {
			// A pair of words says no more where both stand for themselves already.
			a, b, pair := strings.Cut(w.term, " ")
			if in[k][w.term] >= wordLeast && len(out[k]) < mostWords && !(pair && slices.Contains(out[k], a) && slices.Contains(out[k], b)) {
				out[k] = append(out[k], w.term)
			}
		}
	}
	return out
}

// shown are terms as people wrote them most often.
func (c corpus) shown(terms []string) []string {
	list := make([]string, len(terms))
	for i, t := range terms {
		words := strings.Fields(t)
		for j, w := range words {
			words[j] = c.usual(w)
		}
		list[i] = strings.Join(words, " ")
	}
	return list
}

// usual is the form in which a term was written most often.
func (c corpus) usual(term string) string {
	best, most := term, 0
	for form, n := range c.forms[term] {
		if n > most || n == most && form < best {
			best, most = form, n
		}
	}
	return best
}

// Single are those of a theme's words that are no pairs, the strongest first: two words that happen to stand side by side help
// to tell comments apart and read badly. Where there is none, the pairs are.
func Single(words []string) []string {
	list := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(w, " ") })
	if len(list) == 0 {
		return words
	}
	return list
}

// nameOf is the first words of a theme.
func nameOf(words []string) string {
	words = Single(words)
	name := []rune(strings.Join(words[:min(inName, len(words))], ", "))
	if len(name) > 0 {
		name[0] = unicode.ToUpper(name[0])
	}
	return string(name)
}

func idOf(terms []string) string {
	sum := sha256.Sum256([]byte(strings.Join(terms, "\n")))
	return "found-" + hex.EncodeToString(sum[:8])
}

// termsOf are the terms that a rule's words count as.
func termsOf(written []string, language string) (list []string) {
	for _, w := range written {
		words, pairs := terms(w, language, nil)
		switch {
		case len(words) == 2 && len(pairs) == 1:
			list = append(list, pairs[0])
		case len(words) > 0:
			list = append(list, words...)
		}
	}
	return list
}

// claims says which rule a theme that was found is: the one with most words in common, a third of the fewer at least and no
// fewer than two, unless it has but one; -1 is none.
func claims(kept [][]string, marks []string) int {
	at, most := -1, 0.0
	for r, words := range kept {
		fewer, n := min(len(words), len(marks)), common(words, marks)
		if n == 0 || 3*n < fewer || n < min(2, len(words)) {
			continue
		}
		if share := float64(n) / float64(fewer); share > most {
			at, most = r, share
		}
	}
	return at
}

// takes says which pinned rule takes a comment: one whose first word it has, or two of the others; the one of which it has
// most; -1 is none.
func takes(rules []Rule, kept [][]string, terms []string) int {
	at, most := -1, 0
	for r, words := range kept {
		if !rules[r].Pinned || len(words) == 0 {
			continue
		}
		n := common(words, terms)
		if n > most && (n >= 2 || slices.Contains(terms, words[0])) {
			at, most = r, n
		}
	}
	return at
}

func common(a, b []string) (n int) {
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return n
}
