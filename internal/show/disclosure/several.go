package disclosure

// Choices is a question of which several options may be chosen.
type Choices struct {
	Groups   []Group // as in Question
	Chosen   [][]int // cells x options: how many chose it
	Answered []int   // by cell: how many chose anything, or said "none of these"
	NoAnswer []int   // by cell: how many gave no answer
	Least    int     // as in Question
	Fewest   int     // as in Question
	Within   [][]Row // as in Question, for each option
}

// WhatOfEach decides a question with several choices, each option as a question of
// its own: chosen, or not. The rows are options x groups, and "chosen" is the
// favourable option 1 of each (option 0 is not chosen), so that a row's Share or
// Band says how many chose it.
//
// Shares are of those who answered when no cell, and so no difference of groups,
// has a few who did not: NoAnswer is then known too. Else they are of everybody,
// OfAll is true, and how many gave no answer stays unknown in every row, because it
// is common to all options and would join what is decided apart.
// It returns ErrShape as What does, and where more chose an option than answered.
func WhatOfEach(c Choices) ([][]Row, Report, error) {
	cells := len(c.Chosen)
	if len(c.Answered) != cells || len(c.NoAnswer) != cells {
		return nil, Report{}, ErrShape
	}
	options := 0
	ofAll := false
	least := max(c.Least, LeastBar)
	small := func(n int) bool { return n > 0 && n < least }
	for cell, row := range c.Chosen {
		if cell == 0 {
			options = len(row)
		}
		if len(row) != options || c.Answered[cell] < 0 || c.NoAnswer[cell] < 0 {
			return nil, Report{}, ErrShape
		}
		for _, n := range row {
			if n < 0 || n > c.Answered[cell] {
				return nil, Report{}, ErrShape
			}
		}
		ofAll = ofAll || small(c.NoAnswer[cell]) || small(c.Answered[cell])
	}
	for _, rows := range c.Within {
		for _, row := range rows {
			// Two releases with different bases would tell how many kept silent.
			ofAll = ofAll || row.Share.OfAll
		}
	}
	if c.Within != nil && len(c.Within) != options {
		return nil, Report{}, ErrShape
	}
	var all [][]Row
	report := Report{}
	for option := range options {
		q := Question{Groups: c.Groups, Kind: Unordered, Favourable: []int{1}, Least: c.Least, Fewest: c.Fewest}
		if c.Within != nil {
			q.Within = c.Within[option]
		}
		for cell, row := range c.Chosen {
			base := c.Answered[cell]
			if ofAll {
				base += c.NoAnswer[cell]
			}
			q.Counts = append(q.Counts, []int{base - row[option], row[option], 0})
		}
		rows, r, err := What(q)
		if err != nil {
			return nil, Report{}, err
		}
		for g := range rows {
			c.readBack(&rows[g], c.Groups[g], ofAll)
		}
		all = append(all, rows)
		report.Groups += r.Groups
		report.GroupsKept += r.GroupsKept
		report.Headlines += r.Headlines
		report.HeadlinesKept += r.HeadlinesKept
		report.Bars += r.Headlines * 2 // the third column is empty by construction
	}
	for _, rows := range all {
		for _, row := range rows {
			report.BarsKept += len(row.Bars)
		}
	}
	return all, report, nil
}

// readBack puts those without an answer, whom the audit of an option did not see
// as such, back into its row.
func (c Choices) readBack(row *Row, g Group, ofAll bool) {
	var bars []Bar
	for _, bar := range row.Bars {
		if !bar.NoAnswer {
			bars = append(bars, bar)
		}
	}
	row.Bars = bars
	row.NoAnswerKnown, row.NoAnswer = false, 0
	if ofAll {
		row.Share.OfAll = row.Share.Known
		return
	}
	silent, seen := 0, map[int]bool{}
	for _, cell := range g.Atoms {
		if cell >= 0 && cell < len(c.NoAnswer) && !seen[cell] {
			seen[cell] = true
			silent += c.NoAnswer[cell]
		}
	}
	if row.N += silent; !row.Hidden {
		row.NoAnswerKnown, row.NoAnswer = true, silent
	}
}
