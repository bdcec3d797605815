package bank

// Parse reads a bank from YAML. The error, if any, is a Problems with everything that is wrong.
func Parse(data []byte) (*Bank, error) {
	src, root, ok := ReadSource(data, "version", "language", "licence", "audiences", "groups", "gateways", "themes", "scales",
		"items", "retired", "template_sets", "templates", "promise", "texts")
	if !ok {
		return nil, src.Problems()
	}
	p := &parser{src: src, used: map[string]string{}}
	b := &Bank{
		Version: root.Whole("version"), Language: root.Need("language"), Licence: root.Need("licence"),
		Themes: root.Texts("themes"),
	}
	p.people(root, b)
	for _, f := range root.Each("scales", ScaleKeys...) {
		s := f.Scale()
		p.claim(f, s.ID)
		b.Scales = append(b.Scales, s)
	}
	for _, f := range root.Each("items", itemKeys...) {
		i := p.item(f)
		b.Items = append(b.Items, i)
	}
	p.templates(root, b)
	p.promise(root, b)
	for _, f := range root.Each("retired", "id", "use") {
		r := Retired{ID: f.ID(), Use: f.Texts("use")}
		// Asked of everything else, since an old id could come back anywhere.
		if path, taken := p.used[r.ID]; taken && r.ID != "" {
			src.Report(path+"/id", ReusedID, map[string]string{"id": r.ID})
		}
		b.Retired = append(b.Retired, r)
	}
	c := checker{src: src, b: b}
	c.all()
	if problems := src.Problems(); len(problems) > 0 {
		return nil, problems
	}
	return b, nil
}

type parser struct {
	src  *Source
	used map[string]string // id -> path; one space of ids for the whole bank, so that an id says what it is by itself
}

// claim reports an id that something else has already.
func (p *parser) claim(f Fields, id string) {
	if id == "" {
		return
	}
	if _, taken := p.used[id]; taken {
		f.Report("id", DuplicateID, map[string]string{"id": id})
		return
	}
	p.used[id] = f.Path
}

// people reads audiences, groups and gateways. Their ids are short words that may also be an id elsewhere (home is a
// gateway and a thing to be about), so each list is a space of its own.
func (p *parser) people(root Fields, b *Bank) {
	own := func(prefix string, f Fields, id string) {
		if id == "" {
			return
		}
		if _, taken := p.used[prefix+id]; taken {
			f.Report("id", DuplicateID, map[string]string{"id": id})
		}
		p.used[prefix+id] = f.Path
	}
	for _, f := range root.Each("audiences", "id", "name", "ages", "promise") {
		a := Audience{ID: f.ID(), Name: f.Need("name"), Promise: f.Text("promise")}
		for _, age := range f.Texts("ages") {
			a.Ages = append(a.Ages, p.age(f, age))
		}
		own("audience ", f, a.ID)
		b.Audiences = append(b.Audiences, a)
	}
	for _, f := range root.Each("groups", "id", "name") {
		g := GatewayGroup{ID: f.ID(), Name: f.Need("name")}
		own("group ", f, g.ID)
		b.Groups = append(b.Groups, g)
	}
	for _, f := range root.Each("gateways", "id", "name", "group", "hargreaves", "about") {
		g := Gateway{
			ID: f.ID(), Name: f.Need("name"), Group: f.Need("group"), Hargreaves: f.Yes("hargreaves"), About: f.Need("about"),
		}
		own("gateway ", f, g.ID)
		b.Gateways = append(b.Gateways, g)
	}
}

func (p *parser) age(f Fields, s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 99 {
			f.Report("ages", WrongKind, map[string]string{"want": "the youngest and the oldest age"})
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}

var itemKeys = []string{"id", "gateway", "audience", "type", "scale", "about", "short", "text", "note", "reverse", "favourable",
	"favourable_words", "mirrors", "sensitive", "quick", "aloud", "themes", "ofsted", "lundy", "ppra", "parent_view"}

func (p *parser) item(f Fields) Item {
	i := Item{
		ID: f.ID(), Gateway: f.Need("gateway"), Audience: f.Need("audience"), Type: f.Text("type"), About: About(f.Text("about")),
		Short: f.Need("short"), Text: f.Need("text"), Note: f.Text("note"), Reverse: f.Yes("reverse"),
		Favourable: f.Texts("favourable"), FavourableWords: f.Text("favourable_words"), Mirrors: f.Text("mirrors"),
		Sensitive: f.Text("sensitive"), Quick: f.Yes("quick"), Aloud: f.Yes("aloud"), Themes: f.Texts("themes"), Ofsted: f.Text("ofsted"),
		Lundy: f.Text("lundy"), PPRA: f.Whole("ppra"), ParentView: f.Whole("parent_view"), Scale: f.Text("scale"),
	}
	p.claim(f, i.ID)
	switch {
	case i.Type != "" && i.Type != "text":
		f.Report("type", UnknownValue, map[string]string{"value": i.Type, "known": "text"})
	case i.IsText():
	default:
		if i.Scale == "" {
			f.Missing("scale")
		}
		f.CheckAbout(i.About)
	}
	f.CheckSensitive(i.Sensitive)
	return i
}

// CheckAbout reports an item that does not say what its answer is about, or says something unknown.
func (f Fields) CheckAbout(about About) {
	switch {
	case about == "":
		f.Report("about", MissingAbout, map[string]string{"known": list(Abouts())})
	case !has(Abouts(), about):
		f.Report("about", UnknownAbout, map[string]string{"value": string(about), "known": list(Abouts())})
	}
}

// CheckSensitive reports an unknown way to be sensitive.
func (f Fields) CheckSensitive(kind string) {
	if kind != "" && !has(Sensitivities(), kind) {
		f.Report("sensitive", UnknownSensitive, map[string]string{"value": kind, "known": list(Sensitivities())})
	}
}

func (p *parser) templates(root Fields, b *Bank) {
	for _, f := range root.Each("template_sets", "id", "title", "templates") {
		s := TemplateSet{ID: f.ID(), Title: f.Need("title"), Templates: f.Texts("templates")}
		p.claim(f, s.ID)
		b.Sets = append(b.Sets, s)
	}
	for _, f := range root.Each("templates", "id", "title", "audience", "set", "minutes", "shown_by", "purpose", "mirror", "items") {
		t := Template{
			ID: f.ID(), Title: f.Need("title"), Audience: f.Need("audience"), Set: f.Text("set"), Minutes: f.Whole("minutes"),
			ShownBy: f.Need("shown_by"), Purpose: f.Need("purpose"), Mirror: f.Text("mirror"), Items: f.Texts("items"),
		}
		p.claim(f, t.ID)
		if t.Minutes < 1 {
			f.Missing("minutes")
		}
		if len(t.Items) == 0 {
			f.Missing("items")
		}
		p.oneOf(f, "shown_by", t.ShownBy, "class", "year", "school")
		p.oneOf(f, "mirror", t.Mirror, "auto")
		b.Templates = append(b.Templates, t)
	}
}

func (p *parser) oneOf(f Fields, key, value string, known ...string) {
	if value != "" && !has(known, value) {
		f.Report(key, UnknownValue, map[string]string{"value": value, "known": list(known)})
	}
}

func (p *parser) promise(root Fields, b *Bank) {
	f := root.In("promise", "parts", "routes", "modes", "impossible", "absent", "braces")
	b.PromisePlan = Plan{
		Parts: f.Texts("parts"), Routes: texts[Route](f, "routes"), Modes: texts[Mode](f, "modes"), Braces: f.Texts("braces"),
		Impossible: p.cases(f, "impossible"), Absent: p.cases(f, "absent"),
	}
	for _, f := range root.Each("texts", "id", "audience", "mode", "part", "modes", "routes", "show", "needs", "unless", "default", "text") {
		t := Text{
			ID: f.ID(), Audience: f.Need("audience"), Text: f.Need("text"), Mode: f.Text("mode"), Part: f.Text("part"),
			Modes: texts[Mode](f, "modes"), Routes: texts[Route](f, "routes"), Show: Show(f.Text("show")),
			Needs: texts[Condition](f, "needs"), Unless: texts[Condition](f, "unless"), Default: f.Yes("default"),
		}
		p.claim(f, t.ID)
		if t.Part == "" {
			if t.Mode == "" {
				f.Missing("mode")
			}
			p.oneOf(f, "mode", t.Mode, "any", "report")
		} else {
			if t.Show == "" {
				f.Missing("show")
			}
			shows := make([]string, 0, len(Shows()))
			for _, s := range Shows() {
				shows = append(shows, string(s))
			}
			p.oneOf(f, "show", string(t.Show), shows...)
		}
		b.Texts = append(b.Texts, t)
	}
}

func (p *parser) cases(f Fields, key string) []Case {
	var out []Case
	for _, c := range f.Each(key, "parts", "audiences", "modes", "routes") {
		out = append(out, Case{
			Parts: c.Texts("parts"), Audiences: c.Texts("audiences"), Modes: texts[Mode](c, "modes"), Routes: texts[Route](c, "routes"),
		})
	}
	return out
}

func texts[T ~string](f Fields, key string) []T {
	var out []T
	for _, v := range f.Texts(key) {
		out = append(out, T(v))
	}
	return out
}
