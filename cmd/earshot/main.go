// Earshot asks pupils and parents what learning is like for them, shows staff what was said without showing who said
// it, and holds the school to an answer.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"earshot/internal/base/fault"
	"earshot/internal/base/words"
)

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run Earshot for a school."`
	Demo     demoCommand     `cmd:"" help:"Run an invented school full of answers, to look around in."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database up to this program's version and end."`
	Backup   backupCommand   `cmd:"" help:"Write the whole database into one file."`
	Restore  restoreCommand  `cmd:"" help:"Fill an empty database from a backup."`
	Import   importCommand   `cmd:"" help:"Bring in answers that were collected elsewhere."`
	Report   reportCommand   `cmd:"" help:"Write the report of a round as HTML or PDF."`
	Token    tokenCommand    `cmd:"" help:"Make a token with which a program reads results as a person may, or take tokens away."`
	Trust    trustCommand    `cmd:"" help:"Make a trust, in which schools read sums over all of them, or list the trusts."`
	Drill    drillCommand    `cmd:"" help:"Send a test message to the safeguarding team and say how many minutes it takes until somebody reads it."`
	Replay   replayCommand   `cmd:"" help:"Answer a round over HTTP with real responses from a file, as many people would."`
	Intruder intruderCommand `cmd:"" help:"Try to find out what single pupils of an invented school said, with all that its staff may see."`
	Load     loadCommand     `cmd:"" help:"Let many made-up pupils answer a round of their own, and check that nothing acknowledged is lost or doubled."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "earshot: "+sentence(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var cli commands
	var ended bool
	parser, err := kong.New(&cli, kong.Name("earshot"), kong.Description("Student voice for schools. Every pupil within earshot."),
		kong.UsageOnError(), kong.Exit(func(int) { ended = true }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if ended { // --help
		return nil
	}
	if err != nil {
		return err
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run()
}

// sentence is what went wrong, in one line that a person can act on.
func sentence(err error) string {
	if f, ok := fault.Of(err); ok {
		s := words.English().Say(f.Key, words.V(f.Values))
		if f.Cause != nil {
			s += " (" + firstLine(f.Cause) + ")"
		}
		return s
	}
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		return firstLine(err) + ". See earshot --help."
	}
	return firstLine(err)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
