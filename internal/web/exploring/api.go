package exploring

import (
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"

	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// apiRound is a round as programs read it.
type apiRound struct {
	ID       string         `json:"id"`
	Code     string         `json:"code"`
	Title    string         `json:"title"`
	Audience string         `json:"audience"`
	About    round.About    `json:"about"`
	Mode     round.Mode     `json:"mode"`
	Purpose  access.Purpose `json:"purpose"`
	State    round.State    `json:"state"`
	Origin   string         `json:"origin,omitempty"` // "file": brought in from a file, and the mode says nothing
	Opened   *time.Time     `json:"opened,omitempty"`
	Closed   *time.Time     `json:"closed,omitempty"`
	Results  string         `json:"results,omitempty"` // the address of its results, once there are any
}

type apiRounds struct {
	Rounds []apiRound `json:"rounds"`
}

// apiResults is what the reader may see of a round's release, and nothing of what they may not.
type apiResults struct {
	Round   apiRound       `json:"round"`
	MadeAt  time.Time      `json:"made_at"`
	Results result.Release `json:"results"`
	// Rates are the groups whose response the reader may know: numbers where the figures are theirs too, else a band.
	Rates []result.Group `json:"rates"`
}

func toAPI(r round.Round) apiRound {
	a := apiRound{ID: r.ID, Code: r.Code, Title: r.Title, Audience: r.Audience, About: r.About, Mode: r.Mode, Purpose: r.Purpose, State: r.State, Origin: r.Origin, Opened: r.OpenedAt, Closed: r.ClosedAt}
	if r.HasResults() {
		a.Results = "/api/v1/rounds/" + r.ID + "/results"
	}
	return a
}

// apiList lists the rounds that the reader knows of.
func (p Pages) apiList(c echo.Context, who access.Actor) error {
	rounds, err := p.Rounds().List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	out := apiRounds{Rounds: []apiRound{}}
	for _, r := range rounds {
		if r.State != round.Draft && r.State != round.Cancelled {
			out.Rounds = append(out.Rounds, toAPI(r))
		}
	}
	return c.JSON(http.StatusOK, out)
}

// apiRelease is the same as the pages of results, for a program.
func (p Pages) apiRelease(c echo.Context, who access.Actor) error {
	r, view, made, err := p.look(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	if !made || view.Empty() {
		return notFound()
	}
	return c.JSON(http.StatusOK, apiResults{toAPI(r), view.MadeAt, view.Release, view.Rates})
}

// apiPublic is what anybody may read of a published round.
func (p Pages) apiPublic(c echo.Context) error {
	r, view, err := p.lookPublic(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, apiResults{toAPI(r), view.MadeAt, view.Release, view.Rates})
}

// openAPI describes the three, from the types that are sent.
func (p Pages) openAPI(c echo.Context) error { return c.JSON(http.StatusOK, describe()) }

func describe() map[string]any {
	schemas := map[string]any{}
	ref := func(v any) map[string]any { return schema(reflect.TypeOf(v), schemas) }
	answer := func(text string, v any) map[string]any {
		return map[string]any{"description": text, "content": map[string]any{"application/json": map[string]any{"schema": ref(v)}}}
	}
	wrong := func(text string) map[string]any { return answer(text, apiFault{}) }
	get := func(id, summary string, secured bool, parameter string, ok map[string]any) map[string]any {
		op := map[string]any{"operationId": id, "summary": summary, "responses": map[string]any{"200": ok, "404": wrong("There is nothing here that you may see.")}}
		if secured {
			op["security"] = []any{map[string]any{"token": []string{}}}
			op["responses"].(map[string]any)["401"] = wrong("The token is unknown or has run out.")
		}
		if parameter != "" {
			op["parameters"] = []any{map[string]any{"name": parameter, "in": "path", "required": true, "schema": map[string]any{"type": "string"}}}
		}
		return map[string]any{"get": op}
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "Earshot", "version": "1", "description": "Read-only. Everything here is what the reader's pages show: released figures, never a response. " +
			"A token is made with `earshot token` and sent as `Authorization: Bearer TOKEN`; it reads as the person it was made for."},
		"paths": map[string]any{
			"/api/v1/rounds":                get("rounds", "The rounds you know of", true, "", answer("Newest first.", apiRounds{})),
			"/api/v1/rounds/{id}/results":   get("results", "What you may see of a round's results", true, "id", answer("The newest release, as far as it is yours to see.", apiResults{})),
			"/api/v1/trust":                 get("trust", "Sums over the schools of your trust", true, "", answer("One voice in one school year, given as ?voice= and ?year=; without them the newest.", apiTrust{})),
			"/api/v1/public/{code}/results": get("publicResults", "What anybody may see of a published round", false, "code", answer("The school alone, in larger numbers.", apiResults{})),
		},
		"components": map[string]any{"schemas": schemas, "securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}}},
	}
}

// apiFault is what a refusal looks like.
type apiFault struct {
	State   string `json:"state"`
	Message string `json:"message"`
}

// schema describes a Go type as JSON Schema; structs become components.
func schema(t reflect.Type, schemas map[string]any) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return schema(t.Elem(), schemas)
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": schema(t.Elem(), schemas)}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return map[string]any{"type": "integer"}
	case t.Kind() == reflect.Float64:
		return map[string]any{"type": "number"}
	case t.Kind() != reflect.Struct:
		panic("exploring: no schema for " + t.String())
	}
	name := strings.TrimPrefix(t.Name(), "api")
	here := map[string]any{"$ref": "#/components/schemas/" + name}
	if _, done := schemas[name]; done {
		return here
	}
	properties, required := map[string]any{}, []string{}
	schemas[name] = map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if key == "-" || key == "" {
			continue
		}
		properties[key] = schema(t.Field(i).Type, schemas)
		if options == "" {
			required = append(required, key)
		}
	}
	schemas[name].(map[string]any)["required"] = required
	return here
}
