package exploring

import (
	"fmt"
	"strconv"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

type exhibit struct {
	name    string
	figures []figure.Figure
}

func exhibits() []exhibit {
	return []exhibit{
		{"One question, one group", oneGroup()},
		{"One question, many groups", manyGroups()},
		{"Plain bars", plainBars()},
		{"Heat maps", heatMaps()},
		{"Dots with intervals", dotted()},
		{"Over time", overTime()},
		{"What matters most", scattered()},
	}
}

// Labels in other scripts: how often, from never to always.
var (
	english = []string{"Never", "Not often", "Sometimes", "Often", "Almost always"}
	arabic  = []string{"أبدًا", "ليس كثيرًا", "أحيانًا", "غالبًا", "دائمًا تقريبًا"}
	urdu    = []string{"کبھی نہیں", "اکثر نہیں", "کبھی کبھی", "اکثر", "تقریباً ہمیشہ"}
	long    = []string{"I have never once been asked what I think about how we learn", "Not often, and then only about small things such as the colour of a poster", "Sometimes, when there is time", "Often, and I am told what came of it", "Almost always, by every teacher I have"}
)

const arabicQuestion, urduQuestion = "كم مرة يسألك معلمك عن رأيك في الدرس؟", "آپ کے استاد کتنی بار آپ سے سبق کے بارے میں رائے پوچھتے ہیں؟"

// oneGroup is one question for one class, in every state that disclosure may leave it in.
func oneGroup() (list []figure.Figure) {
	v := words.English()
	g := result.Group{Unit: "9b", Kind: "class", Name: "9B", Shown: true, Asked: 30, Answered: 27}
	add := func(id, text string, labels []string, change func(q *result.Question, r *result.Row)) {
		q := result.Question{ID: id, Text: text, Kind: bank.Unipolar, FavourableWords: "often or almost always"}
		for i, l := range labels {
			q.Options = append(q.Options, result.Option{Label: l, Favourable: i > 2})
		}
		none := 0
		r := result.Row{Unit: "9b", N: 27, NoAnswer: &none, Share: &result.Share{X: 12, N: 27, Low: .35, High: .54, Sampled: true},
			Bars: []result.Bar{{Options: []int{0}, Count: 3}, {Options: []int{1}, Count: 4}, {Options: []int{2}, Count: 8}, {Options: []int{3}, Count: 9}, {Options: []int{4}, Count: 3}}}
		if change != nil {
			change(&q, &r)
		}
		q.Rows = []result.Row{r}
		list = append(list, figure.Question(v, result.Release{Audience: bank.Pupils11to16}, q, g))
	}
	add("one", "How often are you asked?", english, nil)
	add("one-arabic", arabicQuestion, arabic, nil)
	add("one-urdu", urduQuestion, urdu, nil)
	add("one-long", "Long answers", long, nil)
	add("one-folded", "Neighbours counted together", english, func(_ *result.Question, r *result.Row) {
		r.Bars = []result.Bar{{Options: []int{0, 1}, Count: 7}, {Options: []int{2}, Count: 8}, {Options: []int{3, 4}, Count: 12}}
	})
	add("one-silence", "Silence counted with an answer", english, func(_ *result.Question, r *result.Row) {
		r.NoAnswer, r.Share = nil, &result.Share{X: 12, N: 27, OfAll: true, Low: .35, High: .54, Sampled: true}
		r.Bars = []result.Bar{{Options: []int{0}, NoAnswer: true, Count: 7}, {Options: []int{1}, Count: 4}, {Options: []int{2}, Count: 4}, {Options: []int{3, 4}, Count: 12}}
	})
	add("one-ideal", "Is the pace right?", []string{"Far too slow", "A bit too slow", "About right", "A bit too fast", "Far too fast"}, func(q *result.Question, r *result.Row) {
		q.Kind, q.FavourableWords = bank.Ideal, "about right"
		for i := range q.Options {
			q.Options[i].Favourable = i == 2
		}
		r.Share = &result.Share{X: 8, N: 27, Low: .2, High: .42, Sampled: true}
	})
	add("one-all", "All of them, and everybody answered", english, func(_ *result.Question, r *result.Row) {
		r.Share = &result.Share{X: 27, N: 27, Low: 1, High: 1, Census: true}
		r.Bars = []result.Bar{{Options: []int{0}}, {Options: []int{1}}, {Options: []int{2}}, {Options: []int{3}}, {Options: []int{4}, Count: 27}}
	})
	add("one-none", "None of them", english, func(_ *result.Question, r *result.Row) {
		r.Share = &result.Share{X: 0, N: 27, Low: 0, High: .04, Sampled: true}
		r.Bars = []result.Bar{{Options: []int{0}, Count: 27}, {Options: []int{1}}, {Options: []int{2}}, {Options: []int{3}}, {Options: []int{4}}}
	})
	add("one-band", "A band alone", english, func(_ *result.Question, r *result.Row) {
		r.Share, r.Bars, r.Band = nil, nil, &result.Band{Options: []int{3, 4}, Low: 90, High: 100, N: 27}
	})
	add("one-fold", "Folded over the line", english, func(_ *result.Question, r *result.Row) {
		r.Share, r.Bars = nil, []result.Bar{{Options: []int{0, 1}, Count: 10}, {Options: []int{2, 3, 4}, Count: 17}}
	})
	add("one-single", "One bar of everything", english, func(_ *result.Question, r *result.Row) {
		r.Share, r.Bars = nil, []result.Bar{{Options: []int{0, 1, 2, 3, 4}, Count: 27}}
	})
	add("one-hidden", "Hidden", english, func(_ *result.Question, r *result.Row) { *r = result.Row{Unit: "9b", Hidden: true} })
	return list
}

// tabled gives a figure a name, a sentence, and the table of what is drawn.
func tabled(id, title string, f figure.Figure) figure.Figure {
	f.ID, f.Title, f.Sentence = id, title, title+", in the words of a sentence."
	f.Table = figure.Table{Caption: title, Head: []string{"What", "Share"}}
	row := func(label string, cells ...string) {
		line := []figure.Cell{{Text: label, Heading: true}}
		for _, c := range cells {
			line = append(line, figure.Cell{Text: c, Number: true})
		}
		f.Table.Rows = append(f.Table.Rows, line)
	}
	percent := func(n int) string { return strconv.Itoa(n) + "%" }
	switch {
	case f.Likert != nil:
		for _, r := range f.Likert.Rows {
			for _, p := range r.Pieces {
				row(r.Label+": "+p.Label, percent(p.Percent))
			}
		}
	case f.Bars != nil:
		for _, r := range f.Bars.Rows {
			row(r.Label, percent(r.Percent))
		}
	case f.Dots != nil:
		f.Table.Head = append(f.Table.Head, "Range")
		for _, r := range f.Dots.Rows {
			row(r.Label, percent(r.Percent), fmt.Sprintf("%d%% to %d%%", r.Low, r.High))
		}
	case f.Slope != nil:
		f.Table.Head = append(f.Table.Head, "Range")
		for _, l := range f.Slope.Lines {
			for _, p := range l.Points {
				row(l.Label+", "+f.Slope.Times[p.Time], percent(p.Percent), fmt.Sprintf("%d%% to %d%%", p.Low, p.High))
			}
		}
	case f.Scatter != nil:
		f.Table.Head = append(f.Table.Head, "Goes with it")
		for _, p := range f.Scatter.Points {
			row(p.Label, percent(p.Percent), strconv.FormatFloat(p.X, 'f', 2, 64))
		}
	case f.Heat != nil:
		f.Table.Head = append([]string{"Group"}, f.Heat.Columns...)
		for i, label := range f.Heat.Rows {
			cells := []figure.Cell{{Text: label, Heading: true}}
			for range f.Heat.Columns {
				cells = append(cells, figure.Cell{Text: "hidden", Hidden: true})
			}
			for _, c := range f.Heat.Cells {
				if c.Row == i {
					cells[c.Column+1] = figure.Cell{Text: percent(c.Percent), Share: figure.Step(c.Percent)}
				}
			}
			f.Table.Rows = append(f.Table.Rows, cells)
		}
	}
	return f
}

// made gives numbers that look like a school's and are the same each time.
func made(i, from, to int) int { return from + (i*7919+3571)%(to-from+1) }

func forms(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("%d%c", 7+i/6, 'A'+i%6))
	}
	return list
}

func manyGroups() []figure.Figure {
	tones := []figure.Tone{figure.Disagree2, figure.Disagree1, figure.Neutral, figure.Agree1, figure.Agree2}
	sides := []int{-1, -1, 0, 1, 1}
	likert := func(groups, labels []string) figure.Figure {
		l := &figure.Likert{}
		for i, g := range groups {
			left := 100
			row := figure.LikertRow{Label: g}
			for j, label := range labels {
				p := min(left, made(5*i+j, 2, 34))
				if j == len(labels)-1 {
					p = left
				}
				left -= p
				row.Pieces = append(row.Pieces, figure.Piece{Label: label, Tone: tones[j], Side: sides[j], Percent: p, Text: fmt.Sprintf("%s, %s: %d%%", g, label, p)})
			}
			l.Rows = append(l.Rows, row)
		}
		return figure.Figure{Likert: l}
	}
	ends := likert([]string{"All at one end", "All at the other"}, english)
	for i, row := range ends.Likert.Rows {
		for j := range row.Pieces {
			row.Pieces[j].Percent = 0
		}
		row.Pieces[i*4].Percent = 100
	}
	return []figure.Figure{
		tabled("many", "Five forms", likert(forms(5), english)),
		tabled("many-ends", "0 and 100 per cent", ends),
		tabled("many-long", "Long names and long answers", likert([]string{"Personal, social, health and economic education with Mr Featherstonehaugh", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "7A"}, long)),
		tabled("many-arabic", arabicQuestion, likert([]string{"الصف السابع أ", "الصف السابع ب", "الصف الثامن"}, arabic)),
		tabled("many-30", "Thirty forms", likert(forms(30), english)),
	}
}

func plainBars() []figure.Figure {
	bars := func(labels ...string) figure.Figure {
		b := &figure.Bars{}
		for i, l := range labels {
			p := made(i, 0, 100)
			b.Rows = append(b.Rows, figure.BarRow{Label: l, Percent: p, Text: fmt.Sprintf("%s: %d%%", l, p)})
		}
		return figure.Figure{Bars: b}
	}
	ends := bars("Nobody", "Everybody")
	ends.Bars.Rows[0].Percent, ends.Bars.Rows[1].Percent = 0, 100
	return []figure.Figure{
		tabled("bars", "Sections", bars("Deep learning", "Deep experience", "Deep support", "Deep leadership", "Foundations")),
		tabled("bars-one", "One bar", bars("Football")),
		tabled("bars-ends", "0 and 100 per cent", ends),
		tabled("bars-long", "Long labels", bars(long...)),
		tabled("bars-urdu", urduQuestion, bars(urdu...)),
		tabled("bars-none", "No data", figure.Figure{Bars: &figure.Bars{}}),
	}
}

func heatMaps() []figure.Figure {
	heat := func(rows, columns []string, hide int) figure.Figure {
		h := &figure.Heat{Rows: rows, Columns: columns}
		for i := range rows {
			for j := range columns {
				if n := i*len(columns) + j; hide == 0 || n%hide != 1 {
					p := made(n, 0, 100)
					h.Cells = append(h.Cells, figure.HeatCell{Row: i, Column: j, Percent: p, Text: fmt.Sprintf("%s, %s: %d%%", rows[i], columns[j], p)})
				}
			}
		}
		return figure.Figure{Heat: h}
	}
	nine := []string{"Assessment for learning", "Learning to learn", "Student voice", "Curriculum", "New technologies", "School design and organisation", "Advice and guidance", "Mentoring and coaching", "Workforce development"}
	return []figure.Figure{
		tabled("heat", "Forms by section", heat(forms(6), []string{"Deep learning", "Deep experience", "Deep support", "Foundations"}, 0)),
		tabled("heat-hidden", "With hidden cells", heat(forms(6), []string{"Deep learning", "Deep experience", "Deep support", "Foundations"}, 5)),
		tabled("heat-arabic", "خريطة المجموعات", heat([]string{"الصف السابع أ", "الصف السابع ب"}, []string{"صوت الطالب", "التقييم من أجل التعلم"}, 0)),
		tabled("heat-30", "Thirty forms by gateway", heat(forms(30), nine, 7)),
	}
}

func dotted() []figure.Figure {
	dots := func(labels []string, line int, lineLabel string, change func(i int, d *figure.Dot)) figure.Figure {
		f := &figure.Dots{Line: line, LineLabel: lineLabel}
		for i, l := range labels {
			p := made(i, 22, 88)
			d := figure.Dot{Label: l, Percent: p, Low: max(0, p-made(i, 4, 18)), High: min(100, p+made(i+3, 4, 18)), Text: fmt.Sprintf("%s: %d%%", l, p)}
			if change != nil {
				change(i, &d)
			}
			f.Rows = append(f.Rows, d)
		}
		return figure.Figure{Dots: f}
	}
	return []figure.Figure{
		tabled("dots", "Classes of a year, one best guess, one the page is about", dots(forms(5), 61, "Year 7: 61%", func(i int, d *figure.Dot) { d.Guess, d.Strong = i == 3, i == 1 })),
		tabled("dots-one", "One group", dots(forms(1), -1, "", nil)),
		tabled("dots-census", "Everybody answered: no interval", dots(forms(3), 40, "School", func(_ int, d *figure.Dot) { d.Low, d.High = d.Percent, d.Percent })),
		tabled("dots-ends", "0 and 100 per cent, the line at an end", dots([]string{"Nobody", "Everybody"}, 99, "The school: 99%", func(i int, d *figure.Dot) { d.Percent, d.Low, d.High = 100*i, 88*i, 12+88*i })),
		tabled("dots-long", "Long labels", dots(long, 3, "Whole school: 3%", nil)),
		tabled("dots-arabic", arabicQuestion, dots([]string{"الصف السابع أ", "الصف السابع ب", "الصف الثامن"}, 50, "المدرسة: ٥٠٪", nil)),
		tabled("dots-urdu", urduQuestion, dots(urdu, 50, "پورا اسکول", nil)),
		tabled("dots-30", "Thirty forms", dots(forms(30), 55, "School: 55%", func(i int, d *figure.Dot) { d.Guess = i%4 == 0 })),
	}
}

func overTime() []figure.Figure {
	times := []string{"November 2024", "March 2025", "June 2025", "November 2025", "March 2026", "June 2026", "November 2026", "March 2027"}
	slope := func(n int, labels []string, change func(line int, p *figure.SlopePoint) bool) figure.Figure {
		s := &figure.Slope{Times: times[:n], BreakLabel: "words changed"}
		for i, l := range labels {
			line := figure.SlopeLine{Label: l}
			for t := range n {
				p := 45 + 9*i + made(3*i+t, -8, 8)
				point := figure.SlopePoint{Time: t, Percent: p, Low: max(0, p-6-2*i), High: min(100, p+6+i), Text: fmt.Sprintf("%s, %s: %d%%", l, times[t], p)}
				if change == nil || change(i, &point) {
					line.Points = append(line.Points, point)
				}
			}
			s.Lines = append(s.Lines, line)
		}
		return figure.Figure{Slope: s}
	}
	voices := []string{"Pupils", "Parents and carers", "Staff"}
	return []figure.Figure{
		tabled("time", "One line, two times", slope(2, []string{"9B"}, nil)),
		tabled("time-two", "A class and its school", slope(4, []string{"9B", "Riverside School"}, nil)),
		tabled("time-voices", "Three voices", slope(4, voices, nil)),
		tabled("time-broken", "Broken once, and not asked once", slope(6, voices[:2], func(line int, p *figure.SlopePoint) bool {
			p.Break = p.Time == 3
			return line != 1 || p.Time != 1
		})),
		tabled("time-missing", "Missing at the end and in the middle", slope(5, voices, func(line int, p *figure.SlopePoint) bool { return line != 0 || p.Time < 3 })),
		tabled("time-close", "Six lines close together", slope(3, []string{"7A", "7B", "7C", "8A", "8B", "A form with a rather long name"}, func(line int, p *figure.SlopePoint) bool {
			p.Percent = 50 + line + p.Time
			p.Low, p.High = p.Percent-5, p.Percent+5
			return true
		})),
		tabled("time-ends", "0 and 100 per cent, and everybody answered", slope(3, []string{"None", "All"}, func(line int, p *figure.SlopePoint) bool {
			p.Percent = 100 * line
			p.Low, p.High = p.Percent, p.Percent
			return true
		})),
		tabled("time-one", "One time", slope(1, []string{"9B"}, nil)),
		tabled("time-eight", "Eight times", slope(8, voices, nil)),
		tabled("time-arabic", arabicQuestion, slope(3, []string{"الطلاب", "أولياء الأمور"}, nil)),
		tabled("time-none", "No data", figure.Figure{Slope: &figure.Slope{Times: times[:2]}}),
	}
}

func scattered() []figure.Figure {
	questions := []string{"Feels safe here", "Asked what they think", "Told what changed", "Gets help when stuck", "Knows what to do next", "Work is about right", "Feedback helps", "Chooses how to learn", "Time to think", "Lessons are calm",
		"Teachers listen", "Somebody to talk to", "Belongs here", "Learns with others", "Uses computers well", "Clubs for everybody", "Advice about the future", "Feels stretched", "Can make mistakes", "Is treated fairly", "Parents are heard", "Enjoys reading"}
	scatter := func(labels []string, tight bool) figure.Figure {
		s := &figure.Scatter{Across: "How closely answers go with “I look forward to coming to school”", Upwards: "Favourable answers", MiddleLabel: "middle share"}
		for i, l := range labels {
			x, p := float64(made(i, -10, 70))/100, made(i+11, 34, 86)
			if tight {
				x, p = .4+float64(i%4)*.02, 60+i/4
			}
			s.Points = append(s.Points, figure.ScatterPoint{Label: l, X: x, Low: x - .12, High: x + .11, Percent: p, Text: fmt.Sprintf("%s: %d%%", l, p)})
		}
		return figure.Figure{Scatter: s}
	}
	arabicOnes := scatter([]string{"أشعر بالأمان هنا", "يسألونني عن رأيي", "يخبرونني بما تغير"}, false)
	arabicOnes.Scatter.Across, arabicOnes.Scatter.Upwards = "مدى الارتباط", "إجابات إيجابية"
	return []figure.Figure{
		tabled("matters", "Twenty-two questions", scatter(questions, false)),
		tabled("matters-few", "Three questions", scatter(questions[:3], false)),
		tabled("matters-one", "One question", scatter(questions[:1], false)),
		tabled("matters-tight", "Close together", scatter(questions[:12], true)),
		tabled("matters-long", "Long labels", scatter(long, false)),
		tabled("matters-arabic", arabicQuestion, arabicOnes),
		tabled("matters-none", "No data", figure.Figure{Scatter: &figure.Scatter{}}),
	}
}
