package protecting

import (
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// tryOut sends a test message.
func (p Pages) tryOut(c echo.Context, who access.Actor) error {
	_, err := p.store().TryOut(c.Request().Context(), who)
	if errs, _, ok := page.Explain(c, err); ok {
		return p.Done(c, "/concerns", errs.Summary)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/concerns", "A test message is on its way. Wait for the alert, then read it here as you would any other.")
}

// lastDrill says what came of the last test message, and whether one is due: none was sent in this term.
func (p Pages) lastDrill(c echo.Context, who access.Actor) (text string, due bool, err error) {
	d, ok, err := p.store().LastDrill(c.Request().Context(), who.School)
	if err != nil {
		return "", false, err
	}
	if !ok {
		return "Nobody has ever sent a test message.", true, nil
	}
	school := page.School(c)
	on := storage.DateOf(d.StartedAt, school.Zone())
	term, _ := school.Days().Term(storage.DateOf(p.DB.Now(), school.Zone()))
	return "Last test: " + round.SayDate(on) + ". " + cameOf(d), on < term.First, nil
}

// cameOf says what came of a test message so far.
func cameOf(d safeguard.Drill) string {
	if d.ReadAt == nil && d.AlertedAt == nil {
		return "Nobody has been alerted yet."
	}
	if d.ReadAt == nil {
		return fmt.Sprintf("Alerted %s; nobody has read it yet.", after(d.StartedAt, *d.AlertedAt))
	}
	text := "Read " + after(d.StartedAt, *d.ReadAt)
	if d.AlertedAt != nil {
		text = "Alerted " + after(d.StartedAt, *d.AlertedAt) + ", read " + after(d.StartedAt, *d.ReadAt)
	}
	if d.HandledAt == nil {
		return text + "; nobody has said yet what was done."
	}
	return text + ", dealt with " + after(d.StartedAt, *d.HandledAt) + "."
}

// after is how long something took, in minutes or, where it took longer, in hours.
func after(from, to time.Time) string {
	switch n := int(to.Sub(from).Round(time.Minute) / time.Minute); {
	case n < 1:
		return "within a minute"
	case n == 1:
		return "after a minute"
	case n < 120:
		return fmt.Sprintf("after %d minutes", n)
	default:
		return fmt.Sprintf("after %d hours", n/60)
	}
}
