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
			c.lift(year, children[year], children[year])
		}
		c.lift(root, children[root], c.order)
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

// lift takes the cells of children that are too small into the parent's, and then the smallest of others until that
// holds enough.
func (c cells) lift(parent string, children, others []string) {
	for _, child := range children {
		if n := c.holds(child); n > 0 && n < JoinLeast {
			c.into(child, parent)
		}
	}
	for {
		have := c.holds(parent)
		others = slices.DeleteFunc(slices.Clone(others), func(id string) bool {
			return id == parent || c.cell[id] == parent || c.holds(id) == 0
		})
		if have == 0 || have >= JoinLeast || len(others) == 0 {
			return
		}
		c.into(slices.MinFunc(others, func(a, b string) int { return cmp.Compare(c.holds(a), c.holds(b)) }), parent)
	}
}
