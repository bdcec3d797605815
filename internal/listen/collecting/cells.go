package collecting

import (
	"cmp"
	"slices"

	"earshot/internal/ask/round"
)

// JoinLeast is the fewest responses a cell may hold: with fewer, the slips a class has spent and the responses in its
// cell would point at each other.
const JoinLeast = 5

// Loan is how many answers of a unit, taken by chance, are counted in another unit's cell.
type Loan struct {
	To    string
	Count int
}

// Cells decides in which unit each unit's answers are counted, so that no cell holds one to four. A unit with fewer
// than five answers goes to its parent's cell. Where the parent's cell would then itself hold fewer than five, the
// sibling with the most answers lends it what is missing: a few of its answers, taken by chance, are counted with the
// year instead of with the class. Only where nobody can lend does a whole sibling join. What is still too small in a
// year goes up to the school in the same way. Only a round with fewer than five answers altogether leaves a smaller
// cell.
func Cells(units []round.Unit, answered map[string]int) (cell map[string]string, loans map[string]Loan) {
	c := cells{cell: map[string]string{}, loans: map[string]Loan{}, answered: answered}
	children := map[string][]string{}
	for _, u := range units {
		c.order = append(c.order, u.ID)
		c.cell[u.ID] = u.ID
		children[u.ParentID] = append(children[u.ParentID], u.ID)
	}
	for _, root := range children[""] {
		for _, year := range children[root] {
			if len(children[year]) > 0 {
				c.lift(year, children[year])
			}
		}
		// A year's own cell that is still too small goes up with what it holds.
		c.lift(root, children[root])
		c.fill(root, c.order)
	}
	return c.cell, c.loans
}

type cells struct {
	order    []string
	cell     map[string]string
	loans    map[string]Loan
	answered map[string]int
}

// holds counts the answers in a cell.
func (c cells) holds(id string) int {
	n := 0
	for _, unit := range c.order {
		if c.cell[unit] == id {
			n += c.answered[unit] - c.loans[unit].Count
		}
		if l := c.loans[unit]; l.To == id {
			n += l.Count
		}
	}
	return n
}

// into moves a whole cell, with what was lent to it, into another.
func (c cells) into(from, to string) {
	for _, unit := range c.order {
		if c.cell[unit] == from {
			c.cell[unit] = to
		}
		if l := c.loans[unit]; l.To == from {
			c.loans[unit] = Loan{to, l.Count}
			if c.cell[unit] == to {
				delete(c.loans, unit)
			}
		}
	}
}

// lift takes the cells of children that are too small into the parent's, and fills that up.
func (c cells) lift(parent string, children []string) {
	for _, child := range children {
		if n := c.holds(child); n > 0 && n < JoinLeast {
			c.into(child, parent)
		}
	}
	c.fill(parent, children)
}

// fill brings a cell that holds one to four up to five: by a loan if some cell can spare it, else by taking in the
// smallest cells whole.
func (c cells) fill(to string, from []string) {
	for {
		have := c.holds(to)
		if have == 0 || have >= JoinLeast {
			return
		}
		need := JoinLeast - have
		var others []string
		for _, unit := range from {
			if unit != to && c.cell[unit] == unit && c.holds(unit) > 0 {
				others = append(others, unit)
			}
		}
		if len(others) == 0 {
			return
		}
		slices.SortStableFunc(others, func(a, b string) int { return cmp.Compare(c.holds(a), c.holds(b)) })
		lender := others[len(others)-1]
		// A unit lends once, of its own answers, and keeps a cell of its own that is large enough.
		if c.loans[lender].Count == 0 && c.answered[lender] >= need+JoinLeast && c.holds(lender) >= need+JoinLeast {
			c.loans[lender] = Loan{to, need}
			return
		}
		c.into(others[0], to)
	}
}
