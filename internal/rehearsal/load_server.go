package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is Earshot running as a process of its own, so that what it uses can be told from what the crowd uses, and so
// that it can be killed. It keeps its address when it is started again.
type Server struct {
	Program string // path of the earshot binary
	Data    string // its folder, with the key and the SQLite file
	// DatabaseURL is empty for SQLite.
	DatabaseURL string
	Args        []string // more flags for serve
	URL         string   // chosen at the first start

	cmd  *exec.Cmd
	out  *tail
	done chan struct{} // closed when the process has ended
}

// Start runs the server and returns when it is ready. An error holds the last of what it printed.
func (s *Server) Start(ctx context.Context) error {
	if s.URL == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.URL = "http://" + l.Addr().String()
		l.Close()
	}
	s.out = &tail{}
	s.cmd = exec.Command(s.Program, append([]string{"serve", "--data", s.Data, "--addr", strings.TrimPrefix(s.URL, "http://")}, s.Args...)...)
	s.cmd.Env = append(os.Environ(), "DATABASE_URL="+s.DatabaseURL, "EARSHOT_KEY=", "EARSHOT_BASE_URL=")
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		return err
	}
	cmd, done := s.cmd, make(chan struct{})
	s.done = done
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	for deadline := time.Now().Add(30 * time.Second); ; {
		if s.Ready() {
			return nil
		}
		select {
		case <-ctx.Done():
			s.Kill()
			return ctx.Err()
		case <-done:
			return fmt.Errorf("the server ended: %s", s.out)
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.Kill()
			return fmt.Errorf("the server is not ready after 30 seconds: %s", s.out)
		}
	}
}

// Ready asks the server whether it takes answers.
func (s *Server) Ready() bool {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(s.URL + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Kill ends the process at once, as a power cut would end it, and waits until it is gone.
func (s *Server) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// Stop asks the process to end as an administrator does. An error if it does not within half a minute, or not cleanly.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		return nil
	} else if err != nil {
		return err
	}
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		s.Kill()
		return errors.New("the server did not end within 30 seconds")
	}
	if !s.cmd.ProcessState.Success() {
		return fmt.Errorf("the server ended with %s: %s", s.cmd.ProcessState, s.out)
	}
	return nil
}

// Log is the last of what the server printed.
func (s *Server) Log() string { return s.out.String() }

// Usage is what a process has used.
type Usage struct {
	CPU    time.Duration `json:"cpu_ns"` // user and system
	Memory int64         `json:"memory"` // bytes, the most it ever held
}

// Megabytes is Memory in units of a million bytes.
func (u Usage) Megabytes() float64 { return float64(u.Memory) / 1e6 }

// Usage reads what the running server has used so far. It knows only Linux.
func (s *Server) Usage() (Usage, error) { return UsageOf(s.cmd.Process.Pid) }

// UsageOf reads what a running process has used so far, from Linux's /proc.
func UsageOf(pid int) (Usage, error) {
	var u Usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	// The second field is the program's name in brackets, which may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return u, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	for _, field := range fields[11:13] { // utime, stime
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return u, err
		}
		u.CPU += time.Duration(ticks) * time.Second / 100 // Linux counts hundredths for every program
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return u, err
			}
			u.Memory = kB << 10
		}
	}
	return u, nil
}

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	data []byte
}

const tailMost = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if over := len(t.data) - tailMost; over > 0 {
		t.data = append([]byte(nil), t.data[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}

// ChildrenOf lists a running process and those it has started, from Linux's /proc.
func ChildrenOf(pid int) ([]int, error) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	list := []int{pid}
	for _, file := range all {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			list = append(list, child)
		}
	}
	return list, nil
}
