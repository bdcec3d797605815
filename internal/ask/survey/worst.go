package survey

// Worst is the option of a sensitive question that may mean that somebody is in danger: of a scale, the end that lies away from
// the favourable one. It is empty where a question has no such end.
func (q Question) Worst() string {
	if q.Sensitive == "" || !q.HasOrder() {
		return ""
	}
	var order []string
	for _, o := range q.Options {
		if !q.IsMissing(o.ID) {
			order = append(order, o.ID)
		}
	}
	if len(order) < 2 {
		return ""
	}
	first, last := order[0], order[len(order)-1]
	switch {
	case q.IsFavourable(first) && !q.IsFavourable(last):
		return last
	case q.IsFavourable(last) && !q.IsFavourable(first):
		return first
	}
	return ""
}
