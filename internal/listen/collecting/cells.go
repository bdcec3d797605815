package collecting

import (
	"cmp"
	"slices"

	"earshot/internal/ask/round"
)

// JoinLeast is the fewest responses a cell may hold: with fewer, the slips a class has spent and the responses in its
// cell would point at each other.
const JoinLeast = 5

// Cells decides in which unit each unit's answers are counted, so that no cell holds one to four. A unit with fewer
// than five answers goes to its parent's cell. Where the parent's cell would then itself hold fewer than five, the next
// smallest sibling joins it whole, so that every number that is shown still counts everybody. What is too small for a
// whole year goes up to the school in the same way. Only a round with fewer than five answers altogether leaves a
// smaller cell.
func Cells(units []round.Unit, answered map[string]int) map[string]string {
	c := cells{cell: map[string]string{}, answered: answered}
	children := map[string][]string{}
	for _, u := range units {
		c.order = append(c.order, u.ID)
		c.cell[u.ID] = u.ID
		children[u.ParentID] = append(children[u.ParentID], u.ID)
	}
	for _, root := range children[""] {
		for _, year := range children[root] {
			c.lift(year, children[year])
		}
		c.liftYears(root, children)
	}
	return c.cell
}

type cells struct {
	order    []string
	cell     map[string]string
	answered map[string]int
}

// holds counts the answers in a cell.
func (c cells) holds(id string) int {
	n := 0
	for _, unit := range c.order {
		if c.cell[unit] == id {
			n += c.answered[unit]
		}
	}
	return n
}

// into moves a whole cell into another.
func (c cells) into(from, to string) {
	for _, unit := range c.order {
		if c.cell[unit] == from {
			c.cell[unit] = to
		}
	}
}

// lift takes the cells of children that are too small into the parent's, and then the smallest of the other children
// until that holds enough.
func (c cells) lift(parent string, children []string) {
	for _, child := range children {
		if n := c.holds(child); n > 0 && n < JoinLeast {
			c.into(child, parent)
		}
	}
	for {
		have := c.holds(parent)
		others := slices.DeleteFunc(slices.Clone(children), func(id string) bool { return c.holds(id) == 0 })
		if have == 0 || have >= JoinLeast || len(others) == 0 {
			return
		}
		c.into(slices.MinFunc(others, func(a, b string) int { return cmp.Compare(c.holds(a), c.holds(b)) }), parent)
	}
}

// liftYears does the same one step up, with whole years: a year whose answers are counted with the school's has none of
// its own, so that every year that is shown counts all of its classes.
func (c cells) liftYears(root string, children map[string][]string) {
	whole := func(year string) int {
		n := c.holds(year)
		for _, unit := range children[year] {
			if c.cell[unit] == unit {
				n += c.holds(unit)
			}
		}
		return n
	}
	lift := func(year string) {
		for _, unit := range children[year] {
			c.into(unit, root)
		}
		c.into(year, root)
	}
	var years []string
	for _, year := range children[root] {
		switch n := whole(year); {
		case n > 0 && n < JoinLeast:
			lift(year)
		case n > 0:
			years = append(years, year)
		}
	}
	for {
		have := c.holds(root)
		if have == 0 || have >= JoinLeast || len(years) == 0 {
			return
		}
		least := slices.MinFunc(years, func(a, b string) int { return cmp.Compare(whole(a), whole(b)) })
		lift(least)
		years = slices.DeleteFunc(years, func(id string) bool { return id == least })
	}
}
