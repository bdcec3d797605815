package result

import (
	"slices"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
)

// flagged counts favourable answers by what the school's lists say of those who answered, in each cell of a confidential
// round. As with alike, only one number a question is shown for each flag: how many of all who have it gave a favourable
// answer.
//
// Whoever keeps the lists knows who has which flags, so the numbers of each class by sets of flags (K) are known. What is shown
// is safe where it leaves every table of classes by answers open that disclosure leaves open. For given favourable answers by
// class, F, the numbers of favourable answers by flag that people can be put into are the sum over classes of polytopes, each
// the image of all ways to choose F of the class's people. Its edges are differences of two sets of flags, whose entries are
// -1, 0 and 1; so the normals of its faces, with at most three flags, have whole entries from -2 to 2, and the numbers lie
// inside it exactly if for each such direction w, w·G is at most the sum over classes of the most that w can give there. Where
// that holds with slackMoves people to spare it holds for every table that alibis lead to.
type flagged struct {
	flags []round.Flag
	sizes [][]int            // cells x sets of flags, a set as the bits of a number
	good  map[string][][]int // question -> the same
	ask   []survey.Question
}

func newFlagged(t *tally, flags []round.Flag) *flagged {
	s := &flagged{flags: flags[:min(len(flags), round.MostFlags)], good: map[string][][]int{}}
	if len(s.flags) == 0 {
		return s
	}
	table := func() [][]int {
		rows := make([][]int, len(t.cells))
		for i := range rows {
			rows[i] = make([]int, 1<<len(s.flags))
		}
		return rows
	}
	s.sizes = table()
	for _, tb := range t.tables {
		if splits(tb) {
			s.ask = append(s.ask, tb.question)
			s.good[tb.question.ID] = table()
		}
	}
	return s
}

// set reads which flags stand beside a response.
func (s *flagged) set(flags string) (set int) {
	for _, id := range strings.Fields(flags) {
		if i := slices.IndexFunc(s.flags, func(f round.Flag) bool { return f.ID == id }); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

func (s *flagged) add(cell, set int, a survey.Answers) {
	if len(s.flags) == 0 {
		return
	}
	s.sizes[cell][set]++
	for _, q := range s.ask {
		for _, id := range q.Counted(a[q.ID]) {
			if q.IsFavourable(id) {
				s.good[q.ID][cell][set]++
			}
		}
	}
}

// splits shows the flags with enough people, and of each the questions that can be shown beside all others.
func (s *flagged) splits(decided map[string]told, school string) []Split {
	if len(s.flags) == 0 {
		return nil
	}
	var ask []survey.Question
	for _, q := range s.ask {
		if row, ok := decided[q.ID].rows[school]; ok && !row.Hidden && row.Share.Known {
			ask = append(ask, q)
		}
	}
	people := sum(s.sizes)
	shown, ask := s.best(people, ask)
	var list []Split
	for _, f := range shown {
		split := Split{Kind: SplitFlag, By: s.flags[f].ID, Parts: []Part{{ID: s.flags[f].ID, Label: s.flags[f].Name, N: with(people, f)}, {ID: PartOther, N: total(people) - with(people, f)}}}
		for _, q := range ask {
			good := sum(s.good[q.ID])
			has, n := with(good, f), with(people, f)
			split.Rows = append(split.Rows, SplitRow{Question: q.ID, Shares: []*PartShare{partShare(has, n), partShare(total(good)-has, total(people)-n)}})
		}
		list = append(list, split)
	}
	return list
}

// best leaves out the flags that fewest have until at least half of the questions can be shown; failing that it takes what
// shows most.
func (s *flagged) best(people []int, ask []survey.Question) (kept []int, fit []survey.Question) {
	var flags []int
	for f := range s.flags {
		flags = append(flags, f)
	}
	for ; len(flags) > 0; flags = slices.DeleteFunc(flags, func(f int) bool {
		return f == slices.MinFunc(flags, func(a, b int) int { return with(people, a) - with(people, b) })
	}) {
		if !s.apart(people, people, flags, false) {
			continue
		}
		var now []survey.Question
		for _, q := range ask {
			if s.fits(q.ID, people, flags) {
				now = append(now, q)
			}
		}
		if len(now)*len(flags) > len(fit)*len(kept) {
			kept, fit = slices.Clone(flags), now
		}
		if 2*len(now) >= len(ask) {
			break
		}
	}
	return kept, fit
}

// weights calls f with every direction for so many flags; all but nought.
func weights(flags int, f func(w []int) bool) bool {
	n := 1
	for range flags {
		n *= 5
	}
	w := make([]int, flags)
	for i := range n {
		zero := true
		for k, rest := 0, i; k < flags; k, rest = k+1, rest/5 {
			w[k] = rest%5 - 2
			zero = zero && w[k] == 0
		}
		if !zero && !f(w) {
			return false
		}
	}
	return true
}

// apart says whether every group of people that sums and differences of what is shown give by themselves has enough people; with
// both, also enough on either side of a question. What gives the same number but nought for each of a group, and nought for all
// others, gives the group: with three flags there are groups that only come out twice over, such as those of whom all three are
// so, where otherwise exactly one is.
func (s *flagged) apart(people, good []int, flags []int, both bool) bool {
	return weights(len(flags), func(w []int) bool {
		for base := -3; base <= 3; base++ {
			n, x, times, isGroup := 0, 0, 0, true
			for set, in := range people {
				if in == 0 {
					continue
				}
				switch gives := base + weigh(w, flags, set); {
				case gives == 0:
				case times == 0 || gives == times:
					n, x, times = n+in, x+good[set], gives
				default:
					isGroup = false
				}
			}
			if isGroup && n > 0 && n < total(people) && (n < careful || both && (x < careful || n-x < careful)) {
				return false
			}
		}
		return true
	})
}

// fits says whether a question may be shown for these flags together.
func (s *flagged) fits(question string, people []int, flags []int) bool {
	good := s.good[question]
	if !s.apart(people, sum(good), flags, true) {
		return false
	}
	sets := make([]int, 1<<len(s.flags))
	return weights(len(flags), func(w []int) bool {
		is, room, widest := 0, 0, 0
		for set := range sets {
			sets[set] = set
			if sum := weigh(w, flags, set); people[set] > 0 {
				widest = max(widest, sum, -sum)
			}
		}
		if widest == 0 {
			return true
		}
		// The most that a choice of the class's favourable answers can give takes the heaviest people first.
		slices.SortFunc(sets, func(a, b int) int { return weigh(w, flags, b) - weigh(w, flags, a) })
		for c, sizes := range s.sizes {
			left := total(good[c])
			for _, set := range sets {
				n := min(left, sizes[set])
				room += n * weigh(w, flags, set)
				left -= n
				is += good[c][set] * weigh(w, flags, set)
			}
		}
		return is+slackMoves*widest <= room
	})
}

// weigh is what a set of flags gives in a direction.
func weigh(w, flags []int, set int) (sum int) {
	for k, f := range flags {
		if set>>f&1 == 1 {
			sum += w[k]
		}
	}
	return sum
}

// with counts those who have a flag.
func with(by []int, flag int) (n int) {
	for set, in := range by {
		if set>>flag&1 == 1 {
			n += in
		}
	}
	return n
}

func total(list []int) (n int) {
	for _, x := range list {
		n += x
	}
	return n
}
