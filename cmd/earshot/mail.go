package main

import (
	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
)

// post is how mail to parents and staff leaves. Without it nothing is mailed, and pages say so.
type post struct {
	SMTPURL    string `help:"Mail server for invitations to parents and staff, as smtp://user:password@mail.school.example:587, or smtps:// on port 465. Add ?tls=none for a server on this machine." env:"EARSHOT_SMTP_URL" name:"smtp-url"`
	MailFrom   string `help:"Address that mail comes from, such as voice@school.example. Answers to it, and mail that cannot be delivered, go there." env:"EARSHOT_MAIL_FROM"`
	MailFolder string `help:"For a trial: write mail into this folder as .eml files and send nothing. The files hold personal links." env:"EARSHOT_MAIL_FOLDER" type:"path"`
}

// open is nil where mail is not set up. Faults: Invalid mail.url, mail.from, mail.from_missing.
func (p post) open() (mail.Sender, error) {
	typed := p.MailFrom
	switch {
	case p.SMTPURL == "" && p.MailFolder == "":
		return nil, nil
	case typed == "" && p.SMTPURL == "":
		typed = "earshot@school.example"
	case typed == "":
		return nil, fault.New(fault.Invalid, "mail.from_missing")
	}
	from, err := mail.From(typed)
	if err != nil {
		return nil, err
	}
	if p.SMTPURL == "" {
		return mail.Folder(p.MailFolder, from), nil
	}
	return mail.SMTP(p.SMTPURL, from)
}
