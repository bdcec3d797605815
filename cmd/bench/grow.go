package main

import (
	"context"
	"fmt"

	"earshot/internal/ask/round"
	"earshot/internal/show/result"
)

// grow compares two schools that differ in the number of answers alone, in turns; and the school with ten rounds with one
// with three.
func (m *measured) grow(ctx context.Context) error {
	two, seen := make([]*school, 2), make([]sights, 2)
	for i, sz := range []size{fewAnswers, manyAnswers} {
		list, err := m.build(ctx, 1, sz)
		if err != nil {
			return err
		}
		two[i] = list[0]
		if seen[i], err = m.sightsOf(ctx, list[0]); err != nil {
			return err
		}
		if err := m.charts(ctx, list[0], false); err != nil {
			return err
		}
	}
	if err := rest(ctx, m.db); err != nil {
		return err
	}
	three, err := m.sightsOf(ctx, m.schools[1])
	if err != nil {
		return err
	}
	for _, name := range []string{"class", "school", "home", "question", "xlsx"} {
		n := inTurns
		if name == "xlsx" {
			n = workbooks
		}
		if err := m.compare(name, n, func(i int) (cost, error) { return seen[i][name][0].get(ctx, m.url()) }); err != nil {
			return err
		}
		ten, err := tour(ctx, m.url(), m.sights[name], 3)
		if err != nil {
			return err
		}
		few, err := tour(ctx, m.url(), three[name], 3)
		if err != nil {
			return err
		}
		m.add(fmt.Sprintf("%s_%s_statements_10_to_3_rounds", m.name, name), median(ten.of(statements))/median(few.of(statements)), "ratio", atMost(1))
	}
	// The heat map is a part of the school's page. Where fewer have answered, more of its squares are held back and cost
	// nothing, so what is compared is a square.
	var views [2]result.Viewed
	var squares [2]int
	for i, s := range two {
		if views[i], err = m.view(ctx, s.newest(round.AboutSchool), s.head); err != nil {
			return err
		}
		if _, squares[i], err = m.heat(views[i]); err != nil {
			return err
		}
	}
	m.add(m.name+"_heat_map_squares_10x_answers", float64(squares[1])/float64(squares[0]), "ratio")
	return m.compare("heat_map_square", inTurns, func(i int) (cost, error) {
		c, n, err := m.heat(views[i])
		return cost{ms: c.ms / float64(n), allocated: c.allocated / float64(n)}, err
	})
}

// compare gets something of two schools in turns, of which the second has ten times the answers.
func (m *measured) compare(name string, turns int, get func(school int) (cost, error)) error {
	lists := make([]costs, 2)
	for turn := range turns + 2 { // the first two warm up
		for i := range lists {
			c, err := get(i)
			if err != nil {
				return err
			}
			if turn >= 2 {
				lists[i] = append(lists[i], c)
			}
		}
	}
	title := m.name + "_" + name
	m.add(title+"_time_10x_answers", median(ratios(lists[1].of(times), lists[0].of(times))), "ratio", atMost(grows))
	m.add(title+"_memory_10x_answers", median(lists[1].of(memories))/median(lists[0].of(memories)), "ratio", atMost(grows))
	if median(lists[0].of(statements)) > 0 {
		m.add(title+"_statements_10x_answers", median(lists[1].of(statements))/median(lists[0].of(statements)), "ratio", atMost(1))
	}
	return nil
}
