package roster_test

import (
	"context"
	"strings"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func TestWhomToCallOutsideSchool(t *testing.T) {
	s := testkit.NewSchool(t)
	st, ctx := roster.NewStore(s.DB), context.Background()
	for text, key := range map[string]string{"": "school.escalation_local", "Police: 999\nPolice: 101": "school.escalation_local", "Social care: \nPolice: 01632 960003": "school.escalation",
		"01632 960001": "school.escalation", strings.Repeat("Social care: 01632 960001\n", 100): "school.escalation_long"} {
		err := st.SaveEscalation(ctx, s.Head, text)
		if f, ok := fault.Of(err); !ok || f.Fields["escalation"].Key != key {
			t.Errorf("%.40q: %v, want %s", text, err, key)
		}
	}
	if err := st.SaveEscalation(ctx, s.Staff("Tia Cole", access.Teacher), "Social care: 01632 960001"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher changed it: %v", err)
	}
	testkit.Must(t, st.SaveEscalation(ctx, s.Staff("Ruth Moss", access.SafeguardingLead), "Social care: day and night: 01632 960001\r\n\r\nPolice: 101\r\n"))
	school, err := st.School(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	if got := school.WhoToCall(); len(got) != 2 || got[0] != (roster.Contact{Name: "Social care: day and night", Phone: "01632 960001"}) || !school.CanEscalate() {
		t.Errorf("%+v", got)
	}
	for _, nation := range roster.Nations {
		if (roster.School{Escalation: roster.SuggestedEscalation(nation)}).CanEscalate() {
			t.Errorf("what %s begins with is complete before anybody has filled it in", nation)
		}
	}
}
