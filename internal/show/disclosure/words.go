package disclosure

// WordsLeast is how many people must have written in a group before what they wrote is shown there.
const WordsLeast = 10

// Gather says in which group the words of each place are shown: the smallest that holds at least WordsLeast writers, counting
// only those whose words are not shown in a smaller group already, so that no page has the words of fewer. wrote is how many
// wrote at each place, each person once; parent is the next larger group of each, empty for the whole; may says whether the
// words of some places may be shown together in a group. A place whose words must wait has no group.
func Gather(wrote map[string]int, parent map[string]string, may func(group string, places []string) bool) map[string]string {
	where := map[string]string{} // the group that the words of a place have come to
	shown := map[string]string{}
	for place, n := range wrote {
		if n > 0 {
			where[place] = place
		}
	}
	for len(where) > 0 {
		// The deepest groups decide first: what they cannot show goes up to their parents.
		deepest, depth := map[string][]string{}, -1
		for place, group := range where {
			d := 0
			for up := parent[group]; up != ""; up = parent[up] {
				d++
			}
			if d > depth {
				deepest, depth = map[string][]string{}, d
			}
			if d == depth {
				deepest[group] = append(deepest[group], place)
			}
		}
		for group, places := range deepest {
			n := 0
			for _, place := range places {
				n += wrote[place]
			}
			for _, place := range places {
				switch {
				case n >= WordsLeast && may(group, places):
					shown[place] = group
					delete(where, place)
				case parent[group] == "":
					delete(where, place)
				default:
					where[place] = parent[group]
				}
			}
		}
	}
	return shown
}
