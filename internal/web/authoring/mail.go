package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/web/page"
)

// mailPage is where a leader sends a round's invitations and sees what became of them. It counts mails, never answers, and
// names only those whom no mail reaches.
type mailPage struct {
	page.Base
	Errors    page.Errors
	ID        string
	Open      bool
	None      string // mail is not set up
	Trial     string // mails go into a folder
	Facts     []string
	Trouble   string
	Send      string // what the button says; empty if there is nobody to send to
	Reminders page.Field
	When      string
	Letter    mail.Letter
	Example   string
	Unreached []unreached
	Personal  bool   // names are sealed, and nobody answers on paper
	Paper     string // what the button says
	Printed   bool   // paper was printed already
	Retry     string // what the button for addresses that did not work says
	Mend      string // where addresses are mended, for those who may
}

type unreached struct{ Name, Children, Why string }

var mailTemplate = page.New("authoring/mail", "base", mailPage{})

func (p Pages) participation() participation.Store { return participation.NewStore(p.DB, p.Key) }

// mailedRound finds a round by e-mail; NotFound for any other.
func (p Pages) mailedRound(c echo.Context, who access.Actor) (round.Round, error) {
	r, err := p.Rounds().Find(c.Request().Context(), who, c.Param("id"))
	if err == nil && (!r.Mailed() || r.State != round.Open && r.State != round.Closed) {
		err = notFound()
	}
	return r, err
}

func (p Pages) mail(c echo.Context, who access.Actor) error {
	r, err := p.mailedRound(c, who)
	if err != nil {
		return err
	}
	return p.drawMail(c, who, http.StatusOK, r, page.Errors{})
}

func (p Pages) drawMail(c echo.Context, who access.Actor, status int, r round.Round, errs page.Errors) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	st := p.participation()
	post, err := st.Post(ctx, r)
	if err != nil {
		return err
	}
	d := mailPage{Base: p.NewBase(c, "Invitations"), Errors: errs, ID: r.ID, Open: r.State == round.Open, Personal: r.Personal(), Example: v.Say("mail.example")}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: "Invitations", Here: true}}
	if p.Mail == nil {
		d.None = v.Say("mail.none")
	} else if name, sends := p.Mail.Where(); !sends {
		d.Trial = v.Say("mail.trial", words.V{"Folder": name})
	}
	if n := len(post.Sent); n > 0 {
		d.Facts = append(d.Facts, v.Say("mail.count.sent", words.V{"Count": n}))
	}
	if n := len(post.Waiting); n > 0 {
		d.Facts = append(d.Facts, v.Say("mail.count.waiting", words.V{"Count": n}))
	}
	d.Trouble = trouble(v, post.Waiting)
	if hours, now := participation.MailHoursOf(page.School(c)), p.DB.Now(); !hours.In(now) && len(post.Ready)+len(post.Waiting) > 0 && hours.Next(now).Before(r.ClosesAt) {
		d.Facts = append(d.Facts, v.Say("mail.goes", words.V{"Date": dayAndHour(c, hours.Next(now))}))
	}
	if n := len(post.Ready); n > 0 && d.Open && p.Mail != nil {
		d.Send = v.Say("mail.invite", words.V{"Count": n})
	}
	d.Reminders = page.Field{Name: "reminders", Label: "Remind those who have not answered?"}
	for n := range participation.RemindersMost + 1 {
		d.Reminders.Options = append(d.Reminders.Options, page.Option{Value: itoa(n), Label: v.Say("mail.remind.how." + itoa(n)), Chosen: n == post.Reminders})
	}
	d.When = p.reminding(c, r, post)
	w, err := st.Writer(ctx, v, r, p.BaseURL, p.Bank)
	if err != nil {
		return err
	}
	example := participation.Personal{Code: v.Say("mail.example_code")}
	if r.Choices().PerChild {
		example.Child = v.Say("mail.example_child")
	}
	d.Letter = w.Letter(roster.Person{Family: v.Say("mail.example_name")}, participation.InvitationMail, []participation.Personal{example}, p.BaseURL+"/u/…")
	for _, list := range []struct {
		why string
		of  []participation.Recipient
	}{{"mail.why.none", post.NoAddress}, {"mail.why.failed", post.Failed}, {"mail.why.stopped", post.Stopped}} {
		for _, rec := range list.of {
			d.Unreached = append(d.Unreached, unreached{Name: nameOf(v, rec.Person), Children: childrenOf(v, rec), Why: v.Say(list.why, words.V{"Said": rec.Failure})})
		}
	}
	if n := len(post.Failed); n > 0 && d.Open && p.Mail != nil {
		d.Retry = v.Say("mail.retry", words.V{"Count": n})
	}
	if n := len(d.Unreached); n > 0 && d.Open {
		if !d.Personal {
			d.Paper = v.Say("mail.paper", words.V{"Count": n})
			if d.Printed, err = st.PaperPrinted(ctx, r); err != nil {
				return err
			}
		}
		if access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
			d.Mend = map[bool]string{true: "/people", false: "/people/parents"}[r.Audience == bank.Staff]
		}
	}
	return mailTemplate.Send(c, status, d)
}

// trouble says what keeps mails waiting, if anything does.
func trouble(v words.Voice, waiting []participation.Recipient) string {
	for _, rec := range waiting {
		if rec.Problem == participation.AwayProblem {
			return v.Say("mail.away")
		}
	}
	for _, rec := range waiting {
		if rec.Problem != "" {
			return v.Say("mail.slow", words.V{"Said": rec.Problem})
		}
	}
	return ""
}

// reminding says on which days reminders go out.
func (p Pages) reminding(c echo.Context, r round.Round, post participation.Post) string {
	v := page.Voice(c)
	from, most := participation.MailHoursOf(page.School(c)).Next(p.DB.Now()), participation.RemindersMost
	if post.Begun {
		from, most = post.InvitedAt, post.Reminders
	}
	if most == 0 {
		return v.Say("mail.remind.off")
	}
	var dates []string
	for _, t := range participation.Reminders(from, r.ClosesAt, most, participation.MailHoursOf(page.School(c))) {
		dates = append(dates, day(c, t))
	}
	switch len(dates) {
	case 0:
		return v.Say("mail.remind.never")
	case 1:
		return v.Say("mail.remind.when", words.V{"Dates": dates[0]})
	}
	return v.Say("mail.remind.when", words.V{"Dates": v.Say("mail.remind.and", words.V{"First": dates[0], "Last": dates[1]})})
}

func nameOf(v words.Voice, p roster.Person) string {
	if p.Name() == "" {
		return v.Say("parents.nameless")
	}
	return p.Name()
}

// childrenOf names the children somebody is asked about, so that a slip of paper finds its way home.
func childrenOf(v words.Voice, rec participation.Recipient) string {
	var names []string
	for _, a := range rec.Asked {
		for _, child := range a.Children {
			name := child.Name()
			if child.Form != "" {
				name = v.Say("parents.child", words.V{"Name": name, "Form": child.Form})
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

func (p Pages) sendMail(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.mailedRound(c, who)
	if err != nil {
		return err
	}
	st := p.participation()
	reminders := atoi(c.FormValue("reminders"), participation.RemindersMost)
	if m, err := st.Mailing(ctx, r.SchoolID, r.ID); err != nil {
		return err
	} else if m != nil && c.FormValue("reminders") == "" {
		reminders = m.Reminders
	}
	if c.FormValue("retry") == "yes" {
		post, err := st.Post(ctx, r)
		if err != nil {
			return err
		}
		for _, rec := range post.Failed {
			if err := st.Heal(ctx, r.SchoolID, rec.Person.Email); err != nil {
				return err
			}
		}
	}
	n, err := st.Invite(ctx, who, r, reminders)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawMail(c, who, status, r, errs)
	} else if err != nil {
		return err
	}
	return p.Done(c, "/rounds/"+r.ID+"/mail", page.Voice(c).Say("mail.invited", words.V{"Count": n}))
}

// printPaper prints slips, or whole questionnaires with a slip's code on each, for those whom no mail reaches.
func (p Pages) printPaper(c echo.Context, who access.Actor) error {
	r, err := p.mailedRound(c, who)
	if err != nil {
		return err
	}
	sheets, err := p.participation().PrintForPaper(c.Request().Context(), who, r)
	if errs, status, ok := page.Explain(c, err); ok {
		return p.drawMail(c, who, status, r, errs)
	} else if err != nil {
		return err
	}
	if c.FormValue("format") == "paper" {
		return p.drawPaper(c, r, sheets)
	}
	return p.drawSlips(c, r, sheets)
}
