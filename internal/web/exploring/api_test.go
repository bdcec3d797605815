package exploring_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/testkit"
)

// bearer asks for an address with a token.
func (s *site) bearer(token, url string) (int, string) {
	req := httptest.NewRequest("GET", url, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestProgramsReadWhatAPersonMay(t *testing.T) {
	ctx := context.Background()
	s := newSite(t)
	teacher := s.Staff("Theo Brandt", access.Teacher)
	r := s.settled(s.Form(s.Survey("first_say"), s.Forms("7A 26, 7B 25, 8A 24")), map[string]int{"7A": 24, "7B": 22, "8A": 22})
	s.Clock.Forward(4 * 24 * time.Hour)
	ids := s.kit.Identity()
	token := func(who access.Actor, good time.Duration) string {
		t.Helper()
		code, err := ids.NewToken(ctx, who.Account, who.School, good)
		testkit.Must(t, err)
		return code
	}
	head := token(s.Head, time.Hour)
	if status, body := s.bearer(head, "/api/v1/rounds"); status != http.StatusOK || !strings.Contains(body, r.ID) {
		t.Fatalf("%d %s", status, body)
	}
	results := "/api/v1/rounds/" + r.ID + "/results"
	status, body := s.bearer(head, results)
	if status != http.StatusOK || strings.Contains(body, `"public"`) {
		t.Fatalf("%d %.300s", status, body)
	}
	matches(t, s, "Results", body)
	_, list := s.bearer(head, "/api/v1/rounds")
	matches(t, s, "Rounds", list)
	for name, c := range map[string]struct {
		token, url string
		want       int
	}{
		"a teacher of no class":     {token(teacher, time.Hour), results, http.StatusNotFound},
		"an unknown token":          {"abcdefghijklmnopqrstuvwx", results, http.StatusUnauthorized},
		"no token":                  {"", results, http.StatusUnauthorized},
		"a token for pages":         {head, "/rounds/" + r.ID + "/results", http.StatusUnauthorized},
		"what is not yet published": {"", "/api/v1/public/" + r.Code + "/results", http.StatusNotFound},
	} {
		if status, body := s.bearer(c.token, c.url); status != c.want {
			t.Errorf("%s: %d %.200s", name, status, body)
		}
	}
	_, err := s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	status, body = s.bearer("", "/api/v1/public/"+r.Code+"/results")
	if status != http.StatusOK || strings.Contains(body, `"name":"7A"`) {
		t.Errorf("the public reads %d %.300s", status, body)
	}
	matches(t, s, "Results", body)

	s.Clock.Forward(2 * time.Hour)
	if status, _ := s.bearer(head, results); status != http.StatusUnauthorized {
		t.Errorf("a token that has run out: %d", status)
	}
	again := token(s.Head, time.Hour)
	testkit.Must(t, ids.Disable(ctx, s.Head.Account))
	if status, _ := s.bearer(again, results); status != http.StatusUnauthorized {
		t.Errorf("a token of somebody who may not sign in any more: %d", status)
	}
	testkit.Must(t, ids.Enable(ctx, s.Head.Account))
	testkit.Must(t, ids.DropTokens(ctx, s.Head.Account))
	if status, _ := s.bearer(again, results); status != http.StatusUnauthorized {
		t.Errorf("a token that was taken away: %d", status)
	}
	if r.State != round.Settled {
		t.Errorf("the round is %s", r.State)
	}
}

// matches holds an answer to its description: nothing is missing, nothing is undescribed, and every kind is right.
func matches(t *testing.T, s *site, name, body string) {
	t.Helper()
	_, text := s.bearer("", "/api/openapi.json")
	var doc struct {
		Components struct {
			Schemas map[string]map[string]any
		}
	}
	testkit.Must(t, json.Unmarshal([]byte(text), &doc))
	var value any
	testkit.Must(t, json.Unmarshal([]byte(body), &value))
	var check func(at string, schema map[string]any, v any)
	check = func(at string, schema map[string]any, v any) {
		if ref, ok := schema["$ref"].(string); ok {
			schema = doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		}
		kinds := map[string]string{"map[string]interface {}": "object", "[]interface {}": "array", "string": "string", "bool": "boolean", "float64": "number"}
		want := fmt.Sprint(schema["type"])
		if n, ok := v.(float64); ok && want == "integer" && n == float64(int(n)) {
			return
		}
		if got := kinds[fmt.Sprintf("%T", v)]; got != want {
			t.Errorf("%s is of the kind %s, described as %s", at, got, want)
			return
		}
		switch v := v.(type) {
		case []any:
			for i, one := range v {
				check(fmt.Sprint(at, "[", i, "]"), schema["items"].(map[string]any), one)
			}
		case map[string]any:
			properties := schema["properties"].(map[string]any)
			for key, one := range v {
				p, ok := properties[key].(map[string]any)
				if !ok {
					t.Errorf("%s.%s is not described", at, key)
					continue
				}
				check(at+"."+key, p, one)
			}
			for _, key := range schema["required"].([]any) {
				if _, ok := v[key.(string)]; !ok {
					t.Errorf("%s.%s is missing", at, key)
				}
			}
		}
	}
	check(name, map[string]any{"$ref": "#/components/schemas/" + name}, value)
}
