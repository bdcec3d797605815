package soak_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
)

// cluster is a PostgreSQL server that may be killed. It listens on a socket in its own folder alone. As an administrator
// might who was told that it makes things faster, it is set to acknowledge before anything is on disk: Earshot must not
// rely on that setting.
type cluster struct {
	dir  string
	more []string // settings
	cmd  *exec.Cmd
	done chan struct{}
}

var clusters struct {
	sync.Mutex
	all      []*cluster
	shared   *cluster
	template string // a data folder made once and copied
}

// programs finds PostgreSQL's own programs.
func programs() (string, error) {
	if bin := os.Getenv("PG_BIN"); bin != "" {
		return bin, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL is missing: run make tools (%v)", err)
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// as makes a command run as somebody else when this is root, since PostgreSQL refuses to be root.
func as(cmd *exec.Cmd, folder string) (*exec.Cmd, error) {
	cmd.Dir = folder
	if os.Geteuid() != 0 {
		return cmd, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return cmd, os.Chown(folder, uid, gid)
}

// newCluster makes and starts a server in folder, or in a folder of its own.
func newCluster(t *testing.T, folder string, more ...string) *cluster {
	t.Helper()
	clusters.Lock()
	defer clusters.Unlock()
	c := &cluster{dir: folder, more: more}
	if folder == "" {
		dir, err := os.MkdirTemp("", "earshot-pg-") // a socket's path must be short
		testkit.Must(t, err)
		c.dir = dir
	}
	clusters.all = append(clusters.all, c)
	bin, err := programs()
	testkit.Must(t, err)
	if clusters.template == "" {
		dir, err := os.MkdirTemp("", "earshot-pg-")
		testkit.Must(t, err)
		clusters.template = dir
		initdb, err := as(exec.Command(filepath.Join(bin, "initdb"), "-N", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
			"--wal-segsize=1", "-D", filepath.Join(dir, "data")), dir)
		testkit.Must(t, err)
		if out, err := initdb.CombinedOutput(); err != nil {
			t.Fatalf("initdb: %v\n%s", err, out)
		}
	}
	if out, err := exec.Command("cp", "-a", clusters.template+"/.", c.dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
	c.start(t)
	return c
}

// sharedCluster is the server of all scenarios that do it no harm.
func sharedCluster(t *testing.T) *cluster {
	t.Helper()
	clusters.Lock()
	have := clusters.shared
	clusters.Unlock()
	if have != nil {
		return have
	}
	c := newCluster(t, "")
	clusters.Lock()
	defer clusters.Unlock()
	if clusters.shared == nil {
		clusters.shared = c
	}
	return c
}

func (c *cluster) url() string { return "postgres:///postgres?host=" + c.dir + "&user=postgres" }

func (c *cluster) start(t *testing.T) {
	t.Helper()
	bin, err := programs()
	testkit.Must(t, err)
	args := []string{"-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses=", "-c", "synchronous_commit=off", "-c", "max_connections=100"}
	for _, setting := range c.more {
		args = append(args, "-c", setting)
	}
	log, err := os.OpenFile(filepath.Join(os.TempDir(), filepath.Base(c.dir)+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	testkit.Must(t, err)
	defer log.Close()
	cmd, err := as(exec.Command(filepath.Join(bin, "postgres"), args...), c.dir)
	testkit.Must(t, err)
	cmd.Stdout, cmd.Stderr = log, log
	testkit.Must(t, cmd.Start())
	done := make(chan struct{})
	c.cmd, c.done = cmd, done
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	for range 600 {
		db, err := storage.Open(context.Background(), storage.Options{URL: c.url()})
		if err == nil {
			db.Close()
			return
		}
		if !c.alive() {
			t.Fatalf("PostgreSQL ended: %s", c.log())
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("PostgreSQL does not answer: %s", c.log())
}

func (c *cluster) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

func (c *cluster) log() string {
	data, _ := os.ReadFile(filepath.Join(os.TempDir(), filepath.Base(c.dir)+".log"))
	return string(data[max(0, len(data)-2000):])
}

// kill ends the server and all its processes at once, as a power cut would.
func (c *cluster) kill(t *testing.T) {
	t.Helper()
	if c.cmd == nil || !c.alive() {
		return
	}
	pids, err := rehearsal.ChildrenOf(c.cmd.Process.Pid)
	testkit.Must(t, err)
	slices.Sort(pids) // the first process first, so that it starts no others
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-c.done
	// Its children are nobody's children now. The next server must not start before the last of them has let go.
	for _, pid := range pids {
		for range 100 {
			if syscall.Kill(pid, 0) != nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// removeClusters ends and deletes all servers of this run.
func removeClusters() {
	clusters.Lock()
	defer clusters.Unlock()
	for _, c := range clusters.all {
		if c.cmd != nil && c.alive() {
			_ = c.cmd.Process.Signal(syscall.SIGQUIT)
			<-c.done
		}
		os.RemoveAll(c.dir)
		os.Remove(filepath.Join(os.TempDir(), filepath.Base(c.dir)+".log"))
	}
	if clusters.template != "" {
		os.RemoveAll(clusters.template)
	}
}
