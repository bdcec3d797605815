package result

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/show/stat"
)

// The least of a trust's sums. Every reader may know one school already, their own, so one more school is in each step than
// the three that have to be left when it is taken away.
const (
	TrustSchools   = 4  // schools that come into a sum together
	TrustPeople    = 20 // people in them, without the two largest schools
	trustDominance = 4  // the largest school has at most so many times the people of all but the two largest
	SpreadSchools  = 5  // schools of which a spread is told
	spreadPoints   = 5  // to which its ends are rounded, outwards
)

// TrustSum is one question summed over schools of a trust. It names no school; its Question has one row, which is the sum's.
type TrustSum struct {
	Question Question  `json:"question"` // its row has whole per cents for its interval
	Voice    string    `json:"voice"`
	Year     int       `json:"year"` // in which the school year began
	Edition  int       `json:"edition"`
	MadeAt   time.Time `json:"made_at"`
	Schools  int       `json:"schools"`
	// Middle is between which shares at least half of the schools lie; nil where too few schools asked.
	Middle *Middle `json:"middle,omitempty"`
}

// Middle is the middle half of the schools' shares, in whole per cent, rounded outwards to steps of five.
type Middle struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// Row is the sum's one row.
func (s TrustSum) Row() Row {
	row, _ := s.Question.Row(trustUnit)
	return row
}

// TrustGroup is the trust as a group of its sums.
func (s TrustSum) TrustGroup(name string) Group {
	return Group{Unit: trustUnit, Kind: trustUnit, Name: name, Shown: true, Answered: s.Row().N}
}

// enough says whether schools may come into a sum together. What they add is a sum of its own, since whoever saw the sum before
// can take that away: it needs enough schools, and enough people beside the two largest of them, of whom one may be the reader's
// own. And it must not be nearly the same as its largest school's (the p% rule of statistical disclosure control).
func enough(block []Total) bool {
	if len(block) < TrustSchools {
		return false
	}
	var sizes []int
	rest := 0
	for _, t := range block {
		sizes = append(sizes, t.Answered)
		rest += t.Answered
	}
	slices.Sort(sizes)
	largest := sizes[len(sizes)-1]
	rest -= largest + sizes[len(sizes)-2]
	return rest >= TrustPeople && largest <= trustDominance*rest
}

// sumUp adds up the lines of several schools about the same wording.
func sumUp(list []Total, b *bank.Bank) TrustSum {
	first := list[0]
	sum := TrustSum{Voice: first.Voice, Year: first.Year, Schools: len(list)}
	row := Row{Unit: trustUnit, Share: &Share{}}
	var groups []stat.Group
	var shares []float64
	var rows []Row
	for _, t := range list {
		q := decodedQuestion(t.Body)
		if part, ok := q.Row(trustUnit); ok {
			rows = append(rows, part)
		}
		if sum.Question.Item == "" || sum.Question.Text == "" && q.Text != "" {
			sum.Question = q
		}
		row.N += t.Asked
		row.Share.X, row.Share.N = row.Share.X+t.Favourable, row.Share.N+t.Answered
		if t.Answered > 0 {
			groups = append(groups, stat.Shares(t.Favourable, t.Answered))
			shares = append(shares, float64(t.Favourable)/float64(t.Answered))
		}
	}
	if item, ok := b.Item(first.Item); ok && sum.Question.Text == "" {
		sum.Question.Text, sum.Question.Short = item.Text, item.Short
	}
	if first.Wording != "" {
		row.Share.Low, row.Share.High = interval(*row.Share, groups)
		sum.Middle = middle(shares)
		if len(rows) == len(list) {
			row.Bars, row.NoAnswer = barsOf(rows)
		}
	}
	sum.Question.Rows = []Row{row}
	return sum
}

// interval is the 95% interval of a share over several schools, in whole per cent: those of one school answer more alike than
// those of different ones, so they are worth fewer answers than they are (the design effect of clusters).
func interval(s Share, groups []stat.Group) (low, high float64) {
	n := float64(s.N)
	if l, err := stat.LevelsOf(groups); err == nil {
		n = math.Min(n, l.EffectiveSize)
	}
	i := stat.Wilson(n*float64(s.X)/float64(s.N), n)
	return math.Floor(100*i.Low) / 100, math.Ceil(100*i.High) / 100
}

// middle is the middle half of shares, rounded outwards; nil for too few.
func middle(shares []float64) *Middle {
	if len(shares) < SpreadSchools {
		return nil
	}
	slices.Sort(shares)
	skip := (len(shares) - 1) / 4 // so that at least half of them lie between, or on, the two ends
	low, high := shares[skip], shares[len(shares)-1-skip]
	down := math.Floor(100*low/spreadPoints+1e-9) * spreadPoints
	up := math.Ceil(100*high/spreadPoints-1e-9) * spreadPoints
	return &Middle{int(down), int(up)}
}

// barsOf adds bars up. Where one school's answers are counted together, so are everybody's; none where a school's do not add up
// to all it asked, or where nothing is left to tell apart.
func barsOf(rows []Row) (bars []Bar, silent *int) {
	const silence = -1
	joined := map[int]int{} // answer -> another in the same bar
	var root func(o int) int
	root = func(o int) int {
		if up, ok := joined[o]; ok && up != o {
			return root(up)
		}
		return o
	}
	members := func(b Bar) []int {
		if b.NoAnswer {
			return append(slices.Clone(b.Options), silence)
		}
		return b.Options
	}
	counts := map[int]int{}
	for _, row := range rows {
		all := 0
		for _, b := range row.Bars {
			all += b.Count
			list := members(b)
			for _, o := range list {
				if _, ok := joined[o]; !ok {
					joined[o] = o
				}
				joined[root(o)] = root(list[0])
			}
		}
		if all != row.N {
			return nil, nil
		}
	}
	for _, row := range rows {
		for _, b := range row.Bars {
			if list := members(b); len(list) > 0 {
				counts[root(list[0])] += b.Count
			}
		}
	}
	of := map[int]*Bar{}
	for o := range joined {
		r := root(o)
		if of[r] == nil {
			of[r] = &Bar{Count: counts[r]}
		}
		if o == silence {
			of[r].NoAnswer = true
		} else {
			of[r].Options = append(of[r].Options, o)
		}
	}
	for _, b := range of {
		slices.Sort(b.Options)
		if b.NoAnswer && len(b.Options) == 0 {
			n := b.Count
			silent = &n
		}
		bars = append(bars, *b)
	}
	if len(bars) < 2 {
		return nil, nil
	}
	slices.SortFunc(bars, func(a, b Bar) int { return cmp.Compare(a.first(), b.first()) })
	return bars, silent
}

// first is the first option in a bar; silence comes last.
func (b Bar) first() int {
	if len(b.Options) == 0 {
		return math.MaxInt
	}
	return b.Options[0]
}

// BesideTrust compares the school's own shares with the middle half of the schools of its trust, by question: higher than it,
// lower, in it (Same), or it cannot be told. sums are by wording.
func (v Viewed) BesideTrust(sums map[string]TrustSum) map[string]Beside {
	school := v.School()
	if !v.Sees(school.Unit) || v.Open {
		return nil
	}
	all := map[string]*Beside{}
	var family []*Beside
	var p []float64
	for _, q := range v.Questions {
		row, ok := q.Row(school.Unit)
		sum, asked := sums[q.trend()]
		if !ok || !asked || q.Several || row.Share == nil || row.Share.OfAll || sum.Middle == nil {
			continue
		}
		b := &Beside{Sum: sum, Share: *row.Share}
		b.judge(beside{*row.Share, q.population(school)})
		all[q.ID] = b
		family, p = append(family, b), append(p, b.p)
	}
	for i, adjusted := range stat.BenjaminiHochberg(p) {
		if b := family[i]; (b.Verdict == Higher || b.Verdict == Lower) && adjusted >= certain {
			b.Verdict = CannotTell
		}
	}
	plain := map[string]Beside{}
	for id, b := range all {
		plain[id] = *b
	}
	return plain
}

// Beside is a school's own share beside its trust's.
type Beside struct {
	Verdict Verdict
	Share   Share // the school's own
	Sum     TrustSum
	p       float64 // how likely chance alone puts a school at the end of the middle half so far out
}

// judge asks whether the share lies outside the middle half by more than chance, and inside whatever chance did.
func (b *Beside) judge(own beside) {
	share, low, high := float64(own.X)/float64(own.N), float64(b.Sum.Middle.Low)/100, float64(b.Sum.Middle.High)/100
	b.Verdict, b.p = CannotTell, 1
	beyond := func(end float64) float64 {
		error := math.Sqrt(end * (1 - end) / math.Min(own.effective(), 1e12))
		if error == 0 {
			return 0
		}
		return math.Erfc(math.Abs(share-end) / error / math.Sqrt2)
	}
	switch {
	case own.Low > high:
		b.Verdict, b.p = Higher, beyond(high)
	case own.High < low:
		b.Verdict, b.p = Lower, beyond(low)
	case own.Low >= low && own.High <= high:
		b.Verdict = Same
	}
}

func encoded(v any) string {
	text, _ := json.Marshal(v) // strings, numbers and booleans always encode
	return string(text)
}

func decodedQuestion(body string) (q Question) {
	_ = json.Unmarshal([]byte(body), &q) // written by this package; empty for how many answered
	return q
}
