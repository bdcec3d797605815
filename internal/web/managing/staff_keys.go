package managing

import (
	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// sure refuses, once, what would cost the school keys to sealed names: whoever does it says that they know. Fault: Invalid
// people.sure.
func (p Pages) sure(c echo.Context, who access.Actor, person string, f roster.StaffForm) error {
	losses, err := envelope.NewStore(p.DB, p.Key).Losses(c.Request().Context(), who.School, person, f)
	if err == nil && len(losses) > 0 && c.FormValue("sure") == "" {
		err = fault.Field("sure", "people.sure")
	}
	return err
}

// drawLosses says what saving f would cost, and what it would cost if they went.
func (p Pages) drawLosses(c echo.Context, who access.Actor, d *staffPage, f roster.StaffForm, errs page.Errors) error {
	if d.ID == "" {
		return nil
	}
	st, v := envelope.NewStore(p.DB, p.Key), page.Voice(c)
	say := func(f roster.StaffForm) (list []string, err error) {
		losses, err := st.Losses(c.Request().Context(), who.School, d.ID, f)
		for _, l := range losses {
			list = append(list, v.Say("people.loses."+string(l), words.V{"Name": d.Title}))
		}
		return list, err
	}
	var err error
	if d.Losses, err = say(f); err != nil {
		return err
	}
	if d.Ending, err = say(roster.StaffForm{}); err != nil {
		return err
	}
	d.Sure = page.Field{Name: "sure", Label: "Are you sure?", Several: true, Error: errs.Of("sure"), Options: []page.Option{{Value: "yes", Label: v.Say("people.sure_yes")}}}
	return nil
}
