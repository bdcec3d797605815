package authoring

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// flagsField asks by what of the school's lists results of a confidential round may be told apart.
func (p Pages) flagsField(c echo.Context, who access.Actor, f round.Form) (page.Field, error) {
	field := page.Field{Name: "flags", Label: "Tell results apart by", Several: true,
		Hint: "Three at most, and only for groups of ten or more. Those who answer are told which."}
	list, err := p.Roster().Flags(c.Request().Context(), who.School)
	for _, flag := range list {
		field.Options = append(field.Options, page.Option{Value: flag.ID, Label: flag.Name,
			Hint: page.Voice(c).Say("pupils.count", words.V{"Count": flag.People}), Chosen: slices.Contains(f.Plan.Flags, flag.ID)})
	}
	return field, err
}

// needed is something that a draft of a confidential or named round needs before it can open, or its pupils to come in.
type needed struct {
	Text string
	Link page.Link
}

// personalNeeds lists it; nothing where all is there, or where the round is neither.
func (p Pages) personalNeeds(c echo.Context, r round.Round) (list []needed, err error) {
	if !r.Personal() || r.State != round.Draft && r.State != round.Open {
		return nil, nil
	}
	ctx := c.Request().Context()
	if r.State == round.Draft && r.Mode == round.Confidential {
		if p.Mail == nil {
			list = append(list, needed{Text: page.Voice(c).Say("round.no_mail")})
		}
		lacks, err := p.keysLacking(ctx, page.Voice(c), r)
		if err != nil {
			return nil, err
		}
		list = append(list, lacks...)
	}
	if !bank.IsPupils(r.Audience) {
		return list, nil
	}
	come, err := participation.NewStore(p.DB, p.Key).Newcomers(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(come) > 0 {
		list = append(list, needed{page.Voice(c).Say("cards.newcomers", words.V{"Count": len(come)}), page.Link{Text: "Invite them", URL: "/rounds/" + r.ID + "/cards"}})
	}
	without, err := participation.NewStore(p.DB, p.Key).WithoutCard(ctx, r)
	if len(without) > 0 {
		list = append(list, needed{page.Voice(c).Say("cards.without", words.V{"Count": len(without)}), page.Link{Text: "Print cards", URL: "/rounds/" + r.ID + "/cards"}})
	}
	return list, err
}

// personalFacts say what of a confidential round can never change once it is open.
func (p Pages) personalFacts(c echo.Context, r round.Round) (facts []fact, err error) {
	v, plan := page.Voice(c), r.Choices()
	if r.Personal() && bank.IsPupils(r.Audience) && (r.State == round.Draft || r.State == round.Open) {
		holders, err := participation.NewStore(p.DB, p.Key).Holders(c.Request().Context(), r)
		if err != nil {
			return nil, err
		}
		if out := len(slices.DeleteFunc(holders, func(h participation.Holder) bool { return !h.Out })); out > 0 {
			facts = append(facts, fact{"Opted out", v.Say("cards.out", words.V{"Count": out})})
		}
	}
	if r.Mode != round.Confidential {
		return facts, nil
	}
	apart, err := p.Rounds().Apart(c.Request().Context(), r)
	if err != nil {
		return nil, err
	}
	if len(apart) > 0 {
		var names []string
		for _, a := range apart {
			names = append(names, nameOf(v, a))
		}
		facts = append(facts, fact{"Not asked, since they can open names", strings.Join(names, ", ")})
	}
	facts = append(facts, fact{"Who may find out a name", v.Say("policy." + string(envelope.PolicyOf(r)))})
	if r.State == round.Draft && envelope.PolicyOf(r) == envelope.One {
		facts = append(facts, fact{"The chair’s key", v.Say("key.chair_ahead")})
	}
	if len(plan.Flags) > 0 {
		var names []string
		if r.State == round.Draft {
			all, err := p.Roster().Flags(c.Request().Context(), r.SchoolID)
			if err != nil {
				return nil, err
			}
			for _, f := range all {
				if slices.Contains(plan.Flags, f.ID) {
					names = append(names, f.Name)
				}
			}
		}
		for _, f := range r.AtOpening().Flags {
			names = append(names, f.Name)
		}
		facts = append(facts, fact{"Told apart by", strings.Join(names, ", ")})
	}
	if plan.Linked {
		facts = append(facts, fact{"Change", v.Say("linked.yes")})
	}
	return append(facts, fact{"Names are deleted on", round.SayDate(r.UnsealOn())}), nil
}
