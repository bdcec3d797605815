// Package static holds the style sheets, scripts and fonts, and serves them under names that change with their content.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed css js vendor
var embedded embed.FS

const prefix = "/static/"

// A file is served as it stands here; gzipped is nil when compressing would not help.
type file struct {
	kind    string
	hash    string
	plain   []byte
	gzipped func() []byte
}

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".woff2": "font/woff2",
	".md":    "text/plain; charset=utf-8",
	"":       "text/plain; charset=utf-8",
}

var files = sync.OnceValue(func() map[string]*file {
	all := map[string]*file{}
	var styles []string
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(name, "css/") || strings.HasPrefix(name, "js/") {
			if body, err = shrink(name, body); err != nil {
				return err
			}
		}
		if path.Ext(name) == ".css" {
			styles = append(styles, name)
		}
		all[name] = newFile(name, body)
		return nil
	})
	if err != nil {
		panic(err)
	}
	// Style sheets name fonts, so they are hashed again once every other file has its name.
	for _, name := range styles {
		all[name] = newFile(name, hashReferences(all, name, all[name].plain))
	}
	return all
})

func newFile(name string, body []byte) *file {
	kind, known := kinds[path.Ext(name)]
	if !known {
		kind = kinds[""]
	}
	sum := sha256.Sum256(body)
	f := &file{kind: kind, hash: hex.EncodeToString(sum[:])[:8], plain: body}
	f.gzipped = sync.OnceValue(func() []byte {
		if kind == kinds[".woff2"] {
			return nil
		}
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if _, err := w.Write(body); err != nil {
			return nil
		}
		if err := w.Close(); err != nil || out.Len() >= len(body) {
			return nil
		}
		return out.Bytes()
	})
	return f
}

var reference = regexp.MustCompile(`url\("?([^")]+)"?\)`)

func hashReferences(all map[string]*file, sheet string, body []byte) []byte {
	return reference.ReplaceAllFunc(body, func(match []byte) []byte {
		target := string(reference.FindSubmatch(match)[1])
		if strings.HasPrefix(target, "data:") || strings.HasPrefix(target, "#") {
			return match
		}
		name := path.Join(path.Dir(sheet), target)
		f, ok := all[name]
		if !ok {
			panic(fmt.Sprintf("static: %s refers to %s, which does not exist", sheet, name))
		}
		return fmt.Appendf(nil, "url(%s)", prefix+hashed(name, f.hash))
	})
}

// small makes scripts and style sheets as small as they can be: a school's wifi carries them to a whole class at once.
var small = sync.OnceValue(func() *minify.M {
	m := minify.New()
	m.AddFunc("css", css.Minify)
	m.AddFunc("js", js.Minify)
	return m
})

var include = regexp.MustCompile(`(?m)^// include (\S+)$`)

// shrink puts other scripts in where a line says "// include expression.js", and leaves out what only people read.
func shrink(name string, body []byte) ([]byte, error) {
	var failed error
	body = include.ReplaceAllFunc(body, func(line []byte) []byte {
		part, err := embedded.ReadFile(path.Join(path.Dir(name), string(include.FindSubmatch(line)[1])))
		if err != nil {
			failed = err
		}
		return part
	})
	if failed != nil {
		return nil, failed
	}
	out, err := small().Bytes(strings.TrimPrefix(path.Ext(name), "."), body)
	if err != nil {
		return nil, fmt.Errorf("static: %s: %w", name, err)
	}
	return out, nil
}

func hashed(name, hash string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hash + ext
}

// Path gives the address of a file such as "css/staff.css", with a part that changes whenever the file does.
// It panics on a name that does not exist, which a template turns into an error.
func Path(name string) string {
	f, ok := files()[name]
	if !ok {
		panic(fmt.Sprintf("static: there is no %q", name))
	}
	return prefix + hashed(name, f.hash)
}

var hashPart = regexp.MustCompile(`\.([0-9a-f]{8})(\.[a-z0-9]+)$`)

// Handler serves every address that Path gives, to be kept for a year. An address without the hash, or with the hash of
// another version (a page loaded before an update), gets the present file, to be asked for again each time.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, prefix), "/")
		asked := ""
		f, ok := files()[name]
		if !ok {
			if m := hashPart.FindStringSubmatch(name); m != nil {
				asked = m[1]
				f, ok = files()[strings.TrimSuffix(name, m[0])+m[2]]
			}
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f.serve(w, r, asked == f.hash)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request, forever bool) {
	body, tag := f.plain, `"`+f.hash+`"`
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if AcceptsGzip(r) {
		if small := f.gzipped(); small != nil {
			body, tag = small, `"`+f.hash+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone away; there is nobody to tell
}

// AcceptsGzip says whether the reader of an answer unpacks gzip: "gzip;q=0" refuses it.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			quality = strings.ReplaceAll(quality, " ", "")
			return quality != "q=0" && quality != "q=0.0" && quality != "q=0.00" && quality != "q=0.000"
		}
	}
	return false
}
