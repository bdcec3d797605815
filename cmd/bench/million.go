package main

import (
	"context"
	"fmt"

	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
)

// A school of a million answers: so many in each of fifty rounds before, and so many in every round that is measured.
const (
	roundsBefore = 50
	inEach       = 20_000
	inTheRound   = 5_000
	turns        = 5    // of which the median counts; one more before them warms up and does not
	atOnce       = 6000 // answers in one measurement
)

// million compares the rates with a million responses stored with the rates without. Two databases are measured in
// turns, so that a machine that grows slower by the minute slows both alike.
func million(ctx context.Context, s *sheet, p *place, base *baseline) error {
	full, end, err := newPlace(ctx, p.name, p.dir, p.server.Program, p.address)
	if err != nil {
		return err
	}
	defer end()
	if err := full.fill(ctx); err != nil {
		return err
	}
	none, million := map[string][]float64{}, map[string][]float64{}
	for i := range turns + 1 {
		before, err := p.turn(ctx, 0)
		if err != nil {
			return err
		}
		after, err := full.turn(ctx, inTheRound)
		if err != nil {
			return err
		}
		for what := range before {
			if i > 0 {
				none[what], million[what] = append(none[what], before[what]), append(million[what], after[what])
			}
		}
	}
	for _, what := range []string{"committer", "http"} {
		s.add(fmt.Sprintf("%s_%s_64_with_a_million", p.name, what), median(million[what]), "responses/s")
		s.add(fmt.Sprintf("%s_%s_64_million_to_none", p.name, what), median(ratios(million[what], none[what])), "ratio", atLeast(0.9))
	}
	used, err := full.server.Usage()
	if err != nil {
		return err
	}
	s.add(p.name+"_server_memory_with_a_million", used.Megabytes(), "MB", atMost(150))
	return full.server.Stop()
}

// turn opens a round in which so many have answered before, and measures both rates in it.
func (p *place) turn(ctx context.Context, before int) (map[string]float64, error) {
	pupils, err := p.asked(ctx, 2*atOnce)
	if err != nil {
		return nil, err
	}
	if before > 0 {
		if err := p.answered(ctx, "inbox", before); err != nil {
			return nil, err
		}
	}
	if p.school.DB.Kind() == storage.SQLite {
		// What opening the round has left in the log is not the answers' to carry away.
		if err := p.school.DB.Write(ctx).Exec("PRAGMA wal_checkpoint(RESTART)").Error; err != nil {
			return nil, err
		}
	}
	committed, err := p.submit(ctx, many, pupils[:atOnce])
	if err != nil {
		return nil, err
	}
	r, err := p.load(ctx, pupils[atOnce:], rehearsal.LoadOptions{Clients: many, JustSend: true, Warm: true})
	return map[string]float64{"committer": committed, "http": r.Throughput}, err
}

// fill stores a million answers, with their slips and receipts.
func (p *place) fill(ctx context.Context) error {
	for range roundsBefore {
		if err := p.school.Ask(ctx, 300); err != nil {
			return err
		}
		if err := p.answered(ctx, "responses", inEach); err != nil {
			return err
		}
	}
	return rest(ctx, p.school.DB)
}

// answered writes rows as so many answers leave them, spread over the forms of the round.
func (p *place) answered(ctx context.Context, table string, answers int) error {
	sc := p.school
	pupils, err := rehearsal.Pupils(sc.Doc, sc.Codes[:100], 1)
	if err != nil {
		return err
	}
	// Random texts as long as the real ids and hashes. Rounds before are written in order, since that is quickest; in a
	// round that is being answered they come as they come, or every page would be full to the brim.
	rows := "SELECT lower(hex(randomblob(13))) AS id, lower(hex(randomblob(26))) AS hash FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n)"
	if sc.DB.Kind() == storage.Postgres {
		rows = "SELECT substr(md5(random()::text), 1, 26) AS id, md5(random()::text) || substr(md5(random()::text), 1, 20) AS hash FROM generate_series(1, ?)"
	}
	by := func(key string) string {
		if table == "inbox" {
			return ""
		}
		return " ORDER BY " + key
	}
	var leaves []string
	for _, u := range sc.Units {
		if u.IsLeaf() && len(leaves) < 50 {
			leaves = append(leaves, u.ID)
		}
	}
	for i, unit := range leaves {
		n := answers / len(leaves)
		for _, q := range []struct {
			statement string
			values    []any
		}{
			{"INSERT INTO slips (school_id, round_id, hash, unit_id, kind, spent) SELECT ?, ?, hash, ?, 'pupil', true FROM (" + rows + ") AS r" + by("hash"), []any{unit, n}},
			{"INSERT INTO receipts (school_id, round_id, hash) SELECT ?, ?, hash FROM (" + rows + ") AS r" + by("hash"), []any{n}},
			{"INSERT INTO " + table + " (school_id, round_id, id, cell_id, answers, pace) SELECT ?, ?, id, ?, ?, 'usual' FROM (" + rows + ") AS r" + by("id"), []any{unit, pupils[i].Answers, n}},
		} {
			if err := sc.DB.Write(ctx).Exec(q.statement, append([]any{sc.Round.SchoolID, sc.Round.ID}, q.values...)...).Error; err != nil {
				return err
			}
		}
	}
	return nil
}
