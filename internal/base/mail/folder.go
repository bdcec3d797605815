package mail

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// folder writes letters into files instead of sending them.
type folder struct {
	dir  string
	from *mail.Address
	now  func() time.Time
}

// Folder writes each letter as a file that mail programs open (.eml), for a trial without a mail server. The files hold
// personal links: whoever can read them can answer as those people.
func Folder(dir string, from *mail.Address) Sender {
	return &folder{dir: dir, from: from, now: time.Now}
}

// Where is the folder.
func (f *folder) Where() (string, bool) { return f.dir, false }

// Send writes the files, for the owner of the folder alone.
func (f *folder) Send(ctx context.Context, letters []Letter) []error {
	errs := make([]error, len(letters))
	for i, l := range letters {
		if errs[i] = f.write(ctx, l); errs[i] != nil {
			errs[i] = Away{errs[i]}
		}
	}
	return errs
}

func (f *folder) write(ctx context.Context, l Letter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	m, err := l.message(f.from, f.now())
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.eml", f.now().UTC().Format("20060102-150405"), strings.ToLower(rand.Text()[:6]))
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := m.WriteTo(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
