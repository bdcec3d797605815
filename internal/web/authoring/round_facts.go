package authoring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

func (p Pages) facts(c echo.Context, r round.Round) []fact {
	v := page.Voice(c)
	facts := []fact{
		{"Why we ask", r.Why}, {"What may change", r.MayChange},
		{"Purpose", v.Say("purpose." + string(r.Purpose))}, {"How people answer", v.Say("mode." + modeOf(r.Mode, r.Choices()))},
		{"Last day", day(c, r.ClosesAt)}, {"Reply by", round.SayDate(r.ReplyBy)},
	}
	if snap := r.AtOpening(); len(snap.Readers) > 0 {
		var names, helpers []string
		for _, reader := range snap.Readers {
			names = append(names, reader.Name)
		}
		for _, h := range append([]round.Helper{snap.Lead}, snap.Deputies...) {
			helpers = append(helpers, h.Name)
		}
		facts = append(facts, fact{"Who reads it", strings.Join(names, ", ")}, fact{"Somebody to talk to", strings.Join(helpers, ", ")})
	}
	if r.State == round.Cancelled {
		facts = append(facts, fact{"Cancelled because", r.CancelReason})
	}
	return facts
}

// whom says who is asked, who reads first and where the reply will be: of a draft as it would be opened now, of a round
// that has been opened as it was then.
func (p Pages) whom(c echo.Context, r round.Round) ([]fact, error) {
	ctx := c.Request().Context()
	v := page.Voice(c)
	var facts []fact
	var asked, teachers, out []string
	add := func(list []string, names ...string) []string {
		for _, n := range names {
			if !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
		return list
	}
	if r.State == round.Draft {
		plan := r.Choices()
		groups, err := p.Roster().Groups(ctx, r.SchoolID, "")
		if err != nil {
			return nil, err
		}
		sizes, err := p.Roster().Sizes(ctx, r.SchoolID)
		if err != nil {
			return nil, err
		}
		taught, err := p.Roster().Teachers(ctx, r.SchoolID)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			if !slices.Contains(plan.Groups, g.ID) {
				continue
			}
			asked = append(asked, v.Say("whom.group", words.V{"Name": g.Name, "Size": sizes[g.ID]}))
			if n := plan.Reading[g.ID]; n > 0 {
				out = append(out, v.Say("whom.group", words.V{"Name": g.Name, "Size": n}))
			}
			for _, t := range taught[g.ID] {
				teachers = add(teachers, t.Name())
			}
		}
		staff, err := p.Roster().StaffList(ctx, r.SchoolID)
		if err != nil {
			return nil, err
		}
		var readers, helpers []string
		for _, m := range staff {
			if slices.Contains(plan.Readers, m.ID) {
				readers = append(readers, m.Name())
			}
			if m.Is(access.SafeguardingLead) || m.Is(access.SafeguardingDeputy) {
				helpers = append(helpers, strings.TrimSuffix(m.Name()+", "+m.Place(), ", "))
			}
		}
		facts = append(facts, fact{"Who reads it", strings.Join(readers, ", ")}, fact{"Somebody to talk to", strings.Join(helpers, "; ")})
	} else {
		units, err := p.Rounds().Units(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if u.IsLeaf() {
				asked = append(asked, v.Say("whom.group", words.V{"Name": u.Name, "Size": u.Size}))
			}
		}
		if teachers, err = p.Rounds().UnitReaderNames(ctx, r); err != nil {
			return nil, err
		}
	}
	if !bank.IsPupils(r.Audience) {
		var err error
		if asked, err = p.adultsAsked(c, r, asked); err != nil {
			return nil, err
		}
		if r.Mode == round.OpenLink {
			facts = append(facts, fact{"What is shown", v.Say("shown.link", words.V{"Least": r.Least})})
		} else {
			facts = append(facts, fact{"What is shown", v.Say(map[bool]string{true: "shown.staff", false: "shown.parents"}[r.Audience == bank.Staff], words.V{"Least": r.Least})})
		}
	}
	if r.Mode == round.OpenLink {
		asked = []string{v.Say("whom.anybody")}
	}
	facts = append(facts, fact{"Whom we ask", strings.Join(asked, ", ")})
	if r.About == round.AboutClasses && len(teachers) > 0 {
		facts = append(facts, fact{"Who sees their own class first", strings.Join(teachers, ", ")})
	}
	if len(out) > 0 {
		facts = append(facts, fact{"Opted out", strings.Join(out, ", ")})
	}
	if r.ReplyPlace != "" {
		facts = append(facts, fact{"Where the reply will be", r.ReplyPlace})
	}
	return facts, nil
}

// wordsToRead says how much reading a draft with boxes would bring, so that nobody opens it without those who read.
func (p Pages) wordsToRead(c echo.Context, r round.Round, doc survey.Document) (fact, error) {
	pupils, err := p.Roster().SizeOf(c.Request().Context(), r.SchoolID, r.Choices().Groups)
	n := safeguard.Expected(pupils+len(r.Choices().People), doc.Boxes())
	return fact{"Words to read", fmt.Sprintf("About %d comments if one in two writes: about %d minutes for the safeguarding team.", n, safeguard.Minutes(n))}, err
}
