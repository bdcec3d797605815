package protecting

import (
	"github.com/labstack/echo/v4"

	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// newChairs are the chairs of governors whom nobody has confirmed yet and the reader can confirm.
func (p Pages) newChairs(c echo.Context, who access.Actor) (list []newChair, err error) {
	ctx := c.Request().Context()
	all, err := p.Roster().Chairings(ctx, who.School)
	for _, k := range all {
		may, err := p.Roster().MayConfirm(ctx, who, k)
		if err != nil {
			return nil, err
		}
		if may {
			list = append(list, newChair{k.ID, k.Name, k.Made, k.Since.In(page.School(c).Zone()).Format("Monday 2 January 2006")})
		}
	}
	return list, err
}

func (p Pages) confirmChair(c echo.Context, who access.Actor) error {
	if err := p.Roster().ConfirmChair(c.Request().Context(), who, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, "/concerns", "Confirmed. They read what came for the chair before them, too.")
}
