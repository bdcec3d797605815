package managing

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// parentsPage lists parents and carers, first those whom no mail reaches.
type parentsPage struct {
	page.Base
	Facts []string
	Mend  []parentLine
	All   []parentLine
}

// parentLine is a parent with their children and what stands in the way of a mail.
type parentLine struct {
	Name     string
	URL      string
	Children string
	Email    string
	State    string
}

var parentsTemplate = page.New("managing/parents", "base", parentsPage{})

func (p Pages) participation() participation.Store { return participation.NewStore(p.DB, p.Key) }

func (p Pages) parents(c echo.Context, who access.Actor) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	families, err := p.Roster().Families(ctx, who.School)
	if err != nil {
		return err
	}
	addresses, err := p.participation().Addresses(ctx, who.School)
	if err != nil {
		return err
	}
	d := parentsPage{Base: p.NewBase(c, "Parents and carers")}
	d.Main = "wide"
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Parents and carers", Here: true}}
	none, failed, stopped := 0, 0, 0
	for _, f := range families {
		line := parentLine{Name: parentName(v, f.Parent), URL: "/people/parents/" + f.Parent.ID, Children: childrenOf(v, f.Children), Email: f.Parent.Email}
		a := addresses[f.Parent.Email]
		switch {
		case f.Parent.Email == "":
			none++
			line.State = v.Say("parents.state.none")
		case a.FailedOn != "":
			failed++
			line.State = v.Say("parents.state.failed", words.V{"Said": a.Failure})
		case a.StoppedOn != "":
			stopped++
			line.State = v.Say("parents.state.stopped")
		}
		if f.Parent.Email == "" || a.FailedOn != "" {
			d.Mend = append(d.Mend, line)
		}
		d.All = append(d.All, line)
	}
	if len(families) > 0 {
		d.Facts = append(d.Facts, v.Say("parents.count", words.V{"Count": len(families)}))
	}
	for _, f := range []struct {
		key string
		n   int
	}{{"parents.none", none}, {"parents.failed", failed}, {"parents.stopped", stopped}} {
		if f.n > 0 {
			d.Facts = append(d.Facts, v.Say(f.key, words.V{"Count": f.n}))
		}
	}
	return parentsTemplate.Send(c, http.StatusOK, d)
}

// parentName is a parent's name; lists that bring addresses alone leave it empty.
func parentName(v words.Voice, p roster.Person) string {
	switch {
	case p.Name() != "":
		return p.Name()
	case p.Email != "":
		return p.Email
	}
	return v.Say("parents.nameless")
}

func childrenOf(v words.Voice, children []roster.Child) string {
	text := ""
	for i, child := range children {
		one := child.Name()
		if child.Form != "" {
			one = v.Say("parents.child", words.V{"Name": child.Name(), "Form": child.Form})
		}
		if i > 0 {
			text += ", "
		}
		text += one
	}
	return text
}

type parentPage struct {
	page.Base
	ID       string
	Children string
	State    string
	Form     page.Form
}

var parentTemplate = page.New("managing/parent", "base", parentPage{})

func (p Pages) parent(c echo.Context, who access.Actor) error {
	return p.drawParent(c, who, http.StatusOK, page.Errors{})
}

func (p Pages) drawParent(c echo.Context, who access.Actor, status int, errs page.Errors) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	person, err := p.Roster().Person(ctx, who.School, c.Param("id"))
	if err != nil {
		return err
	}
	if person.Kind != roster.Parent {
		return notFound()
	}
	families, err := p.Roster().Families(ctx, who.School)
	if err != nil {
		return err
	}
	d := parentPage{Base: p.NewBase(c, parentName(v, person)), ID: person.ID}
	d.Crumbs = []page.Link{{Text: "People", URL: "/people"}, {Text: "Parents and carers", URL: "/people/parents"}, {Text: d.Title, Here: true}}
	for _, f := range families {
		if f.Parent.ID == person.ID {
			d.Children = childrenOf(v, f.Children)
		}
	}
	addresses, err := p.participation().Addresses(ctx, who.School)
	if err != nil {
		return err
	}
	if a := addresses[person.Email]; person.Email != "" && a.FailedOn != "" {
		d.State = v.Say("parents.state.failed", words.V{"Said": a.Failure})
	} else if person.Email != "" && a.StoppedOn != "" {
		d.State = v.Say("parents.state.stopped")
	}
	typed := person.Email
	if c.Request().Method == http.MethodPost {
		typed = c.FormValue("email")
	}
	d.Form = page.NewForm(errs, page.Field{Name: "email", Label: "E-mail address", Type: "email", Value: typed, Hint: "Mend it in your school's system as well: the next list brings back what stands there."})
	return parentTemplate.Send(c, status, d)
}

// saveParent mends an address. One that is saved again unchanged has been looked into, and is tried again.
func (p Pages) saveParent(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	person, err := p.Roster().ChangeParentEmail(ctx, who, c.Param("id"), c.FormValue("email"))
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawParent(c, who, status, errs)
	} else if err != nil {
		return err
	}
	if err := p.participation().Heal(ctx, who.School, person.Email); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return p.Done(c, "/people/parents", page.Voice(c).Say("parents.saved", words.V{"Name": parentName(page.Voice(c), person)}))
}
