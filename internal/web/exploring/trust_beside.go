package exploring

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// beside compares the school's own shares of a round with its trust's, for those who may read both; nil in no trust. It takes two
// queries.
func (p Pages) beside(ctx context.Context, who access.Actor, r round.Round, view result.Viewed) (map[string]result.Beside, error) {
	if !access.Can(who, access.ReadTrust, access.Object{School: who.School}) || !view.Sees(view.School().Unit) {
		return nil, nil
	}
	trust, err := p.Roster().TrustOf(ctx, who.School)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at := r.ClosesAt
	if r.ClosedAt != nil {
		at = *r.ClosedAt
	}
	sums, err := result.NewStore(p.DB, p.Key, p.Bank).TrustLately(ctx, trust.ID, result.VoiceOf(view.Audience), result.SchoolYear(at.In(r.Zone())))
	if err != nil {
		return nil, err
	}
	return view.BesideTrust(sums), nil
}

// besideTrust adds to the figures of a page how the school lies beside its trust.
func (d *resultsPage) besideTrust(v words.Voice, all map[string]result.Beside) {
	d.Trust = figure.AllBesideTrust(v, all)
	for i := range d.Parts {
		for j := range d.Parts[i].Figures {
			f := &d.Parts[i].Figures[j]
			if b, ok := all[f.ID]; ok {
				f.Lines = append(f.Lines, figure.BesideTrust(v, b))
			}
		}
	}
}

// besideTrust adds it to a question's page.
func (d *questionPage) besideTrust(v words.Voice, b result.Beside) {
	d.First.Lines = append(d.First.Lines, figure.BesideTrust(v, b))
	d.Trust = page.Link{Text: "This question in the whole trust", URL: trustQuestionURL(b.Sum.Question.Wording)}
}
