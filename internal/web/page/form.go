package page

// Field is one control of a form, drawn by the parts "field" and "choices".
type Field struct {
	Name         string
	Label        string
	Hint         string
	Error        string
	Value        string
	Type         string // of an input; text if empty
	Autocomplete string
	Rows         int // of a text area; 0 for one line
	Options      []Option
	Several      bool // check boxes instead of radio buttons
}

// Option is one choice of a field.
type Option struct {
	Value  string
	Label  string
	Hint   string
	Chosen bool
}

// Chosen lists the chosen values.
func (f Field) Chosen() []string {
	var values []string
	for _, o := range f.Options {
		if o.Chosen {
			values = append(values, o.Value)
		}
	}
	return values
}

// Form is a list of fields with what is wrong with them.
type Form struct {
	Errors Errors
	Fields map[string]Field
}

// NewForm puts fields together, each with its error.
func NewForm(errs Errors, fields ...Field) Form {
	f := Form{Errors: errs, Fields: map[string]Field{}}
	for _, field := range fields {
		field.Error = errs.Of(field.Name)
		f.Fields[field.Name] = field
	}
	return f
}

// At is the field of a name, for templates.
func (f Form) At(name string) Field { return f.Fields[name] }

// Notice is a message in a page: kind is empty, success, warning or problem.
type Notice struct {
	Kind  string
	Title string
	Text  string
	Link  Link
}

// Slip is one slip on a printed sheet.
type Slip struct {
	Title   string
	Group   string
	Address string
	Code    []string // in pieces of four
	QRSize  int
	QRPath  string
}
