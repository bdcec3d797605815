package responsefile

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"earshot/internal/ask/survey"
)

// fold makes two spellings of the same words the same: without capitals, signs and double spaces.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKC.String(strings.ToLower(s)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == '‘': // don't, don’t and dont
		default:
			space = true
		}
	}
	return b.String()
}

// missing are values that other programs write for no answer, folded; an option of the survey by that name comes first.
var missing = []string{"", "na", "n a", "nan", "null", "nil", "missing", "blank", "no answer", "no response", "not answered", "unanswered", "skipped", "skip",
	"invalid", "refused", "system missing", "sysmis"}

// missingNumbers are the numbers that other programs write for it.
var missingNumbers = []int{0, -1, -2, -8, -9, -88, -99, -999, 77, 88, 96, 97, 98, 99, 996, 997, 998, 999, 9996, 9997, 9998, 9999}

func usuallyMissing(value string) bool {
	if n, ok := number(value); ok {
		return slices.Contains(missingNumbers, n)
	}
	return slices.Contains(missing, fold(value))
}

// number reads a whole number, also as 3.0 or 3,0.
func number(value string) (int, bool) {
	x, err := strconv.ParseFloat(strings.ReplaceAll(value, ",", "."), 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1e9 {
		return 0, false
	}
	return int(x), true
}

// how says by what a value was taken for an option.
type how int

const (
	notAtAll   how = iota
	exactly        // the option's id or its words
	byNumber       // its place on the scale
	bySpelling     // nearly its words
)

// scale is the options that some questions share, in all languages of the survey.
type scale struct {
	options []survey.Option
	labels  map[string]string // folded words -> option
	several bool
	number  bool // a whole number is asked for
	min     int
	max     int
}

// scaleOf gathers a question's options from all languages: docs are the same survey in each.
func scaleOf(id string, docs []survey.Document) scale {
	q, _ := docs[0].Question(id)
	s := scale{options: q.Options, labels: map[string]string{}, several: q.IsSeveral(), number: q.Type == survey.TypeNumber, min: q.Min, max: q.Max}
	if s.number {
		s.options = nil
		return s
	}
	for _, d := range docs {
		same, _ := d.Question(id)
		for _, o := range same.Options {
			if label := fold(o.Label); label != "" && s.labels[label] == "" {
				s.labels[label] = o.ID
			}
		}
	}
	return s
}

// key is the same for questions that are answered in the same words.
func (s scale) key() string {
	var b strings.Builder
	for _, o := range s.options {
		b.WriteString(o.ID + "\x00" + o.Label + "\x00")
	}
	if s.number {
		return "number " + strconv.Itoa(s.min) + " " + strconv.Itoa(s.max)
	}
	if s.several {
		b.WriteString("several")
	}
	return b.String()
}

var (
	numbered = regexp.MustCompile(`^\(?(-?\d{1,2})\)?\s*[-–—.:=)]*\s*(\D.*)$`) // "5 - Strongly agree"
	trailing = regexp.MustCompile(`^(\D.*?)\s*\((-?\d{1,2})\)$`)               // "Strongly agree (5)"
)

// option finds the option that a value stands for.
func (s scale) option(value string) (string, how) {
	for _, o := range s.options {
		if o.ID == value {
			return o.ID, exactly
		}
	}
	if id, ok := s.labels[fold(value)]; ok {
		return id, exactly
	}
	if n, ok := number(value); ok {
		for _, o := range s.options {
			if o.Value != 0 && o.Value == n {
				return o.ID, byNumber
			}
		}
		return "", notAtAll
	}
	if m := numbered.FindStringSubmatch(value); m != nil {
		if id, ok := s.labels[fold(m[2])]; ok {
			return id, exactly
		}
	}
	if m := trailing.FindStringSubmatch(value); m != nil {
		if id, ok := s.labels[fold(m[1])]; ok {
			return id, exactly
		}
	}
	if id := s.nearly(fold(value)); id != "" {
		return id, bySpelling
	}
	return "", notAtAll
}

// nearly finds the one option whose words are nearly these. It would rather find none than the opposite: each word has to
// begin alike, so that "unlikely" is never taken for "likely", and numbers have to be the same.
func (s scale) nearly(value string) string {
	if len([]rune(value)) < 4 {
		return ""
	}
	best, found := math.MaxInt, ""
	tie := false
	for label, id := range s.labels {
		d, ok := apart(value, label)
		switch {
		case !ok:
		case d < best:
			best, found, tie = d, id, false
		case d == best && id != found:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return found
}

// apart counts the letters in which two phrases of the same words differ; ok is false where they are not the same words.
func apart(a, b string) (total int, ok bool) {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) {
		return 0, false
	}
	for i := range x {
		d, fits := spelling(x[i], y[i])
		if !fits {
			return 0, false
		}
		total += d
	}
	return total, true
}

func spelling(a, b string) (int, bool) {
	if a == b {
		return 0, true
	}
	x, y := []rune(a), []rune(b)
	if len(x) < 4 || len(y) < 4 || x[0] != y[0] || x[1] != y[1] || strings.ContainsFunc(a+b, unicode.IsDigit) {
		return 0, false
	}
	d := distance(x, y)
	return d, d <= 1+max(len(x), len(y))/5
}

// distance is how many letters have to be changed, added or taken away.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before := row[0]
		row[0] = i + 1
		for j := range b {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// cut takes a cell with several choices apart. A choice whose own words hold the sign between choices stays whole.
func (s scale) cut(value, sign string) (parts []string) {
	for value != "" {
		whole := ""
		for _, o := range s.options {
			if rest, ok := strings.CutPrefix(value, o.Label); ok && len(o.Label) > len(whole) && (strings.TrimSpace(rest) == "" || strings.HasPrefix(strings.TrimSpace(rest), sign)) {
				whole = o.Label
			}
		}
		if whole == "" {
			whole, _, _ = strings.Cut(value, sign)
		}
		value = strings.TrimSpace(strings.TrimPrefix(value, whole))
		value = strings.TrimSpace(strings.TrimPrefix(value, sign))
		if whole = strings.TrimSpace(whole); whole != "" {
			parts = append(parts, whole)
		}
	}
	return parts
}
