package bank

import "slices"

// checker asks of a bank what only the whole of it can answer.
type checker struct {
	src *Source
	b   *Bank
}

func (c checker) all() {
	for _, a := range c.b.Audiences {
		if a.Promise != "" {
			c.audience("audiences/"+a.ID+"/promise", a.Promise)
		}
	}
	for _, g := range c.b.Gateways {
		if _, ok := c.b.Group(g.Group); !ok && g.Group != "" {
			c.report("gateways/"+g.ID+"/group", UnknownGroup, "id", g.Group)
		}
	}
	for _, i := range c.b.Items {
		c.item("items/"+i.ID, i)
	}
	for _, t := range c.b.Templates {
		c.template("templates/"+t.ID, t)
	}
	for _, s := range c.b.Sets {
		for _, id := range s.Templates {
			if _, ok := c.b.Template(id); !ok {
				c.report("template_sets/"+s.ID+"/templates", UnknownTemplate, "id", id)
			}
		}
	}
	for _, r := range c.b.Retired {
		for _, id := range r.Use {
			if !c.known(id) {
				c.report("retired/"+r.ID+"/use", UnknownSuccessor, "id", id)
			}
		}
	}
	for _, t := range c.b.Texts {
		c.text("texts/"+t.ID, t)
	}
	c.plan()
	c.promise()
}

// report takes names and values in turn.
func (c checker) report(path string, code Code, pairs ...string) {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	c.src.Report(path, code, values)
}

func (c checker) known(id string) bool {
	_, item := c.b.Item(id)
	_, scale := c.b.Scale(id)
	_, text := c.b.Text(id)
	_, template := c.b.Template(id)
	return item || scale || text || template
}

func (c checker) audience(path, id string) {
	if _, ok := c.b.Audience(id); !ok && id != "" {
		c.report(path, UnknownAudience, "id", id)
	}
}

func (c checker) item(path string, i Item) {
	c.audience(path+"/audience", i.Audience)
	if _, ok := c.b.Gateway(i.Gateway); !ok && i.Gateway != "" {
		c.report(path+"/gateway", UnknownGateway, "id", i.Gateway)
	}
	for _, t := range i.Themes {
		if !has(c.b.Themes, t) {
			c.report(path+"/themes", UnknownTheme, "id", t)
		}
	}
	scale, ok := c.b.Scale(i.Scale)
	if !ok && i.Scale != "" {
		c.report(path+"/scale", UnknownScale, "id", i.Scale)
	}
	if ok && (len(i.Favourable) > 0 || i.FavourableWords != "") {
		Fields{src: c.src, Path: path}.Favourable(scale, i.Favourable, i.FavourableWords)
	}
	if i.Reverse && len(i.Favourable) == 0 {
		c.report(path+"/reverse", ReverseAlone)
	}
	if i.Aloud && (i.Sensitive != "" || i.IsText() || i.About != AboutSchool || !IsPupils(i.Audience)) {
		c.report(path+"/aloud", NotAloud)
	}
	if i.Mirrors != "" {
		c.mirror(path+"/mirrors", i)
	}
}

func (c checker) mirror(path string, i Item) {
	of, ok := c.b.Item(i.Mirrors)
	if !ok || !IsPupils(of.Audience) || of.ID == i.ID {
		c.report(path, UnknownMirror, "id", i.Mirrors)
		return
	}
	if of.Scale != i.Scale || !slices.Equal(of.Favourable, i.Favourable) {
		c.report(path, MirrorScale, "id", i.Mirrors, "scale", of.Scale)
	}
	if of.Sensitive != i.Sensitive {
		c.report(path, MirrorSensitive, "id", i.Mirrors)
	}
}

func (c checker) template(path string, t Template) {
	c.audience(path+"/audience", t.Audience)
	for _, id := range t.Items {
		i, ok := c.b.Item(id)
		switch {
		case !ok:
			c.report(path+"/items", UnknownItem, "id", id)
		case i.Audience != t.Audience:
			c.report(path+"/items", OtherAudience, "id", id, "audience", i.Audience)
		}
	}
	set, ok := find(c.b.Sets, func(s TemplateSet) string { return s.ID }, t.Set)
	if t.Set != "" && (!ok || !has(set.Templates, t.ID)) {
		c.report(path+"/set", UnknownSet, "id", t.Set)
	}
}

func (c checker) text(path string, t Text) {
	c.audience(path+"/audience", t.Audience)
	for _, brace := range Braces(t.Text) {
		if !has(c.b.PromisePlan.Braces, brace) {
			c.report(path+"/text", UnknownBrace, "brace", "{"+brace+"}")
		}
	}
	if t.Part != "" {
		c.allKnown(path, Case{Parts: []string{t.Part}, Modes: t.Modes, Routes: t.Routes})
	}
	for _, need := range slices.Concat(t.Needs, t.Unless) {
		if !has(Conditions(), need) {
			c.report(path, UnknownCondition, "id", string(need), "known", list(Conditions()))
		}
	}
}

func (c checker) plan() {
	for _, cases := range [][]Case{c.b.PromisePlan.Impossible, c.b.PromisePlan.Absent} {
		for _, v := range cases {
			c.allKnown("promise", v)
			for _, a := range v.Audiences {
				c.audience("promise", a)
			}
		}
	}
}

func (c checker) allKnown(path string, v Case) {
	plan := c.b.PromisePlan
	for _, id := range v.Parts {
		if !has(plan.Parts, id) {
			c.report(path+"/part", UnknownPart, "id", id, "known", list(plan.Parts))
		}
	}
	for _, id := range v.Modes {
		if !has(plan.Modes, id) {
			c.report(path+"/modes", UnknownMode, "id", string(id), "known", list(plan.Modes))
		}
	}
	for _, id := range v.Routes {
		if !has(plan.Routes, id) {
			c.report(path+"/routes", UnknownRoute, "id", string(id), "known", list(plan.Routes))
		}
	}
}

// promise asks that for every audience, mode and route exactly one text fits each part, or none on purpose: a hole would
// be something a person is never told, and two texts could say different things. Two that can never both be true, nor both
// be left out, count as one.
func (c checker) promise() {
	plan := c.b.PromisePlan
	for _, a := range c.b.Audiences {
		if a.Promise != a.ID { // it reads another audience's texts, or none
			continue
		}
		for _, mode := range plan.Modes {
			for _, route := range plan.Routes {
				if !c.b.Possible(a.ID, mode, route) {
					continue
				}
				for _, part := range plan.Parts {
					c.onePart(a.ID, mode, route, part)
				}
			}
		}
	}
}

func (c checker) onePart(audience string, mode Mode, route Route, part string) {
	fitting := c.b.fitting(part, audience, mode, route)
	absent := c.b.absent(part, audience, mode, route)
	where := []string{"audience", audience, "mode", string(mode), "route", string(route), "part", part}
	switch {
	case absent && len(fitting) > 0:
		c.report("texts/"+fitting[0].ID, PromisePresent, append(where, "first", fitting[0].ID)...)
	case !absent && len(fitting) == 0:
		c.report("promise/parts", PromiseMissing, where...)
	case len(fitting) > 1 && !(len(fitting) == 2 && eitherOr(fitting[0], fitting[1])):
		c.report("texts/"+fitting[1].ID, PromiseTwice, append(where, "first", fitting[0].ID, "second", fitting[1].ID)...)
	}
}

// eitherOr says whether of two texts exactly one is true whatever the settings: they depend on one condition alone, which
// one of them needs and the other is left out for.
func eitherOr(a, b Text) bool {
	if len(a.Needs) == 0 {
		a, b = b, a
	}
	return len(a.Needs) == 1 && len(a.Unless) == 0 && len(b.Needs) == 0 && slices.Equal(a.Needs, b.Unless)
}
