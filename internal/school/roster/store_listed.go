package roster

import (
	"context"

	"earshot/internal/base/fault"
)

// Listed finds the pupils that lines name, each by the id in the school's own list or by the whole name; field is where a page tells
// of lines that are wrong. Faults: Invalid flag.unknown, flag.two, flag.unknown_two, each with all lines that are wrong.
func (s Store) Listed(ctx context.Context, school, field, lines string) ([]string, error) {
	found, err := s.flagged(ctx, school, lines)
	if f, ok := fault.Of(err); ok {
		if problem, wrong := f.Fields["people"]; wrong {
			return nil, fault.Field(field, problem.Key, problem.Values)
		}
	}
	return found, err
}
