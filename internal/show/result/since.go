package result

// SinceRound is Since for one earlier round, whatever was asked in between: how a group's answers compare with what it said
// then, for the questions that were asked in the same words.
func (v Viewed) SinceRound(unit, round string) map[string]Comparison {
	if !v.Sees(unit) {
		return nil
	}
	all := map[string]*Comparison{}
	var family []*Comparison
	for _, q := range v.Questions {
		row, ok := q.Row(unit)
		if !ok || row.Share == nil {
			continue
		}
		for _, b := range q.Before {
			if b.Round != round || b.Changed {
				continue
			}
			for _, then := range b.Rows {
				if then.Unit != unit {
					continue
				}
				if c, ok := between(plainly(*row.Share), plainly(then.Share)); ok {
					all[q.ID] = &c
					family = append(family, &c)
				}
			}
		}
	}
	judge(family)
	return values(all)
}
