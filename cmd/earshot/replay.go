package main

import (
	"context"
	"fmt"
	"os"

	"earshot/internal/rehearsal"
)

type replayCommand struct {
	Responses string `help:"CSV file of real responses, one a line." required:"" type:"existingfile"`
	Map       string `help:"YAML file that says which column is which question." required:"" type:"existingfile"`
	Codes     string `help:"CSV file of unspent slips: unit,code." required:"" type:"existingfile"`
	URL       string `help:"Address of the round, such as http://127.0.0.1:8080/a/ABC123." required:"" name:"url"`
	Clients   int    `help:"How many people answer at the same time." default:"32"`
	Limit     int    `help:"Stop after this many responses; 0 sends all."`
}

// Run replays and prints what it measured. Any failed response is an error.
func (r replayCommand) Run(ctx context.Context) error {
	responses, err := os.Open(r.Responses)
	if err != nil {
		return err
	}
	defer responses.Close()
	mapping, err := os.Open(r.Map)
	if err != nil {
		return err
	}
	defer mapping.Close()
	slips, err := os.Open(r.Codes)
	if err != nil {
		return err
	}
	defer slips.Close()
	codes, err := rehearsal.ReadCodes(slips)
	if err != nil {
		return err
	}
	report, err := rehearsal.Replay(ctx, rehearsal.ReplayOptions{Responses: responses, Map: mapping, Codes: codes, URL: r.URL, Clients: r.Clients, Limit: r.Limit})
	if err != nil {
		return err
	}
	fmt.Println(report)
	if report.Stored < report.People {
		return fmt.Errorf("%d of %d responses did not arrive", report.People-report.Stored, report.People)
	}
	return nil
}
