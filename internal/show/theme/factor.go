package theme

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	mostRounds = 200  // of coordinate descent
	enough     = 1e-4 // of the first round's movement: less is as good as none
	powers     = 12   // of the iteration that finds the start
	spare      = 8    // columns it carries besides, so that the ones it is after come out clean
)

// singulars are the leading singular vectors of weights, the largest first: columns of u by comment, of v by term.
type singulars struct {
	u, v *mat.Dense
	s    []float64
}

// decompose finds the leading k singular vectors by powers of a block that is the same every time.
func decompose(rows [][]entry, width, k int) singulars {
	n := len(rows)
	wide := min(k+spare, n, width)
	block := mat.NewDense(width, wide, nil)
	for j := range width {
		for c := range wide {
			block.Set(j, c, scatter(uint64(j), uint64(c)))
		}
	}
	var left *mat.Dense
	for range powers {
		left = orthonormal(times(rows, block))
		block = orthonormal(timesT(rows, left, width))
	}
	// With rows = left (left' rows), the small matrix left' rows has the singular values.
	left = orthonormal(times(rows, block))
	small := timesT(rows, left, width) // the transpose of left' rows
	var svd mat.SVD
	svd.Factorize(small, mat.SVDThin)
	var turn, v, u mat.Dense
	svd.UTo(&v)
	svd.VTo(&turn)
	u.Mul(left, &turn)
	return singulars{u: &u, v: &v, s: svd.Values(nil)}
}

// scatter is a number between -1 and 1 that looks as if it were random and is always the same (splitmix64).
func scatter(row, column uint64) float64 {
	z := (row+1)*0x9e3779b97f4a7c15 ^ (column+1)*0xd1b54a32d192ed03
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11)/(1<<52) - 1
}

// orthonormal turns the columns into ones of length 1 that stand at right angles to each other (Gram-Schmidt, twice, since once
// leaves rounding behind). A column that the ones before it can make up becomes nothing.
func orthonormal(m *mat.Dense) *mat.Dense {
	_, k := m.Dims()
	for c := range k {
		column := m.ColView(c).(*mat.VecDense)
		before := mat.Norm(column, 2)
		for range 2 {
			for b := range c {
				other := m.ColView(b)
				column.AddScaledVec(column, -mat.Dot(column, other), other)
			}
		}
		if size := mat.Norm(column, 2); size > 1e-10*before {
			column.ScaleVec(1/size, column)
		} else {
			column.Zero()
		}
	}
	return m
}

// times is the weights times a matrix.
func times(rows [][]entry, m *mat.Dense) *mat.Dense {
	_, k := m.Dims()
	out := mat.NewDense(len(rows), k, nil)
	for i, row := range rows {
		to := out.RawRowView(i)
		for _, e := range row {
			for c, x := range m.RawRowView(e.term) {
				to[c] += e.x * x
			}
		}
	}
	return out
}

// timesT is the transposed weights times a matrix.
func timesT(rows [][]entry, m *mat.Dense, width int) *mat.Dense {
	_, k := m.Dims()
	out := mat.NewDense(width, k, nil)
	for i, row := range rows {
		from := m.RawRowView(i)
		for _, e := range row {
			to := out.RawRowView(e.term)
			for c, x := range from {
				to[c] += e.x * x
			}
		}
	}
	return out
}

// begin is the start of a factorisation into k parts from the singular vectors (NNDSVD): of each pair the positive sides or
// the negative ones, whichever weigh more.
func (s singulars) begin(k int) (w, h *mat.Dense) {
	n, _ := s.u.Dims()
	width, _ := s.v.Dims()
	w, h = mat.NewDense(n, k, nil), mat.NewDense(width, k, nil)
	for c := range k {
		up, un := lengths(s.u, c)
		vp, vn := lengths(s.v, c)
		sign, a, b := 1.0, up, vp
		if un*vn > up*vp {
			sign, a, b = -1, un, vn
		}
		if c == 0 { // all of one sign
			sign, a, b = 1, math.Hypot(up, un), math.Hypot(vp, vn)
		}
		if a*b == 0 {
			continue
		}
		size := math.Sqrt(s.s[c] * a * b)
		side := func(x float64) float64 {
			if c == 0 {
				return math.Abs(x)
			}
			return max(sign*x, 0)
		}
		for i := range n {
			w.Set(i, c, size*side(s.u.At(i, c))/a)
		}
		for j := range width {
			h.Set(j, c, size*side(s.v.At(j, c))/b)
		}
	}
	return w, h
}

// lengths are those of a column's positive and negative sides.
func lengths(m *mat.Dense, c int) (positive, negative float64) {
	n, _ := m.Dims()
	for i := range n {
		if x := m.At(i, c); x > 0 {
			positive += x * x
		} else {
			negative += x * x
		}
	}
	return math.Sqrt(positive), math.Sqrt(negative)
}

// factor parts the weights into w (by comment) and h (by term), both without negative numbers, such that w h' comes as near to
// them as it can: coordinate descent from the start.
func factor(rows [][]entry, width int, w, h *mat.Dense) {
	first := 0.0
	for round := range mostRounds {
		moved := descend(w, h, times(rows, h))
		moved += descend(h, w, timesT(rows, w, width))
		if round == 0 {
			first = moved
		}
		if moved <= enough*first {
			return
		}
	}
}

// descend makes every number of m the best one in turn, given the other matrix, and says how far they wanted to move.
// product is the weights times the other.
func descend(m, other, product *mat.Dense) (moved float64) {
	var gram mat.Dense
	gram.Mul(other.T(), other)
	n, k := m.Dims()
	for c := range k {
		steep := gram.At(c, c)
		with := gram.RawRowView(c)
		for i := range n {
			row := m.RawRowView(i)
			slope := -product.At(i, c)
			for r, x := range row {
				slope += with[r] * x
			}
			wants := slope
			if row[c] == 0 {
				wants = min(0, slope)
			}
			moved += math.Abs(wants)
			if steep != 0 {
				row[c] = max(row[c]-slope/steep, 0)
			}
		}
	}
	return moved
}

// largest is the largest number of a row and its share of all; -1 where all are nothing.
func largest(row []float64) (at int, share float64) {
	at, sum := -1, 0.0
	for c, x := range row {
		sum += x
		if x > 0 && (at < 0 || x > row[at]) {
			at = c
		}
	}
	if at < 0 {
		return -1, 0
	}
	return at, row[at] / sum
}
