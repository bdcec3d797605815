package survey

// CanFollow says whether answers to a question can be compared with those of the same people in another round: everybody is
// asked, one answer counts, some answers are favourable, and it is not about who somebody is.
func (q Question) CanFollow(d Document) bool {
	return !q.Type.IsText() && d.Part(q) == AskedAll && !q.IsSeveral() && !q.DescribesOneself && q.Guesses == "" && len(q.Favourable) > 0
}

// Favours says whether an answer is a favourable one; said is false where it is none that counts.
func (q Question) Favours(a Answer) (good, said bool) {
	for _, id := range q.Counted(a) {
		if !q.IsMissing(id) {
			good, said = good || q.IsFavourable(id), true
		}
	}
	return good, said
}
