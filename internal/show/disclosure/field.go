package disclosure

import "math/bits"

// Arithmetic modulo the prime 2^61-1. Over a field this large a set of zeros and
// ones lies in the span of others exactly when it does over the rationals, but
// for primes that happen to divide one of the determinants involved; and a random
// test is wrong with a chance below 2^-60.
const prime = 1<<61 - 1

func add(a, b uint64) uint64 {
	s := a + b
	if s >= prime {
		s -= prime
	}
	return s
}

func sub(a, b uint64) uint64 { return add(a, prime-b) }

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return add(lo&prime, lo>>61|hi<<3)
}

func inverse(a uint64) uint64 {
	result, power := uint64(1), a
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			result = mul(result, power)
		}
		power = mul(power, power)
	}
	return result
}

// scramble is a step of splitmix64: fixed numbers that look random, so that the
// same input always gives the same verdict.
func scramble(n uint64) uint64 {
	n = (n + 1) * 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// span holds everything that can be computed from the published sums, as the
// reduced row echelon form of their vectors.
type span struct {
	width  int
	rows   [][]uint64
	pivots []int
}

func (s *span) clone() *span {
	c := &span{width: s.width, pivots: append([]int(nil), s.pivots...)}
	for _, row := range s.rows {
		c.rows = append(c.rows, append([]uint64(nil), row...))
	}
	return c
}

// reduce takes from v what the span explains; nothing is left of a vector in it.
func (s *span) reduce(v []uint64) (rest []uint64, pivot int) {
	rest = append([]uint64(nil), v...)
	for i, row := range s.rows {
		if factor := rest[s.pivots[i]]; factor != 0 {
			eliminate(rest, row, factor)
		}
	}
	for j, x := range rest {
		if x != 0 {
			return rest, j
		}
	}
	return rest, -1
}

// insert adds a vector that reduce left as rest with this pivot.
func (s *span) insert(rest []uint64, pivot int) {
	scale := inverse(rest[pivot])
	for j := range rest {
		rest[j] = mul(rest[j], scale)
	}
	for _, row := range s.rows {
		if factor := row[pivot]; factor != 0 {
			eliminate(row, rest, factor)
		}
	}
	s.rows, s.pivots = append(s.rows, rest), append(s.pivots, pivot)
}

func eliminate(from, row []uint64, factor uint64) {
	for j, x := range row {
		if x != 0 {
			from[j] = sub(from[j], mul(x, factor))
		}
	}
}

// values gives each column a number such that a set of columns lies in the span
// when, and but for a chance of 2^-60 only when, its numbers add up to zero: a
// random vector at right angles to everything in the span.
func (s *span) values() []uint64 {
	v := make([]uint64, s.width)
	for j := range v {
		v[j] = scramble(uint64(j)) % prime
	}
	for _, p := range s.pivots {
		v[p] = 0
	}
	sums := make([]uint64, len(s.rows))
	for i, row := range s.rows {
		for j, x := range row {
			if x != 0 && v[j] != 0 {
				sums[i] = add(sums[i], mul(x, v[j]))
			}
		}
	}
	for i, p := range s.pivots {
		v[p] = sub(0, sums[i])
	}
	return v
}
