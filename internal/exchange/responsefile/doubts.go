package responsefile

import "earshot/internal/base/fault"

// Doubts are what a person should look at in what was guessed.
func Doubts(list []Scale) []Problem {
	var p problems
	for _, s := range list {
		label := map[string]string{}
		for _, o := range s.Options {
			label[o.ID] = o.Label
		}
		numbers, unsure := false, 0
		for _, v := range s.Values {
			switch {
			case !v.Known:
				unsure++
			case v.How == "spelling":
				p.add(Warn, 0, "", "spelling", fault.Values{"Value": shorten(v.Text), "Option": label[v.Option]})
			case v.How == "number":
				numbers = true
			}
		}
		if numbers && len(s.Options) > 0 {
			p.add(Warn, 0, "", "numbers", fault.Values{"First": s.Options[0].Label})
		}
		if unsure > 0 {
			p.add(Stop, 0, "", "unsaid", fault.Values{"Count": unsure})
		}
	}
	return p.take()
}
