package storage

// Databases prepare a statement once for each text it has, and a list of 37 values has another text than one of 38.
// Lists that come in any length are therefore brought into a few shapes.

// Padded lengthens a list for IN (...) to the next power of two by repeating its last value, which changes nothing.
func Padded(list []string) []string {
	n := 1
	for n < len(list) {
		n *= 2
	}
	out := make([]string, len(list), n)
	copy(out, list)
	for len(list) > 0 && len(out) < n {
		out = append(out, list[len(list)-1])
	}
	return out
}
