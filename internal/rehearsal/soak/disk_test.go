package soak_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"earshot/internal/base/storage"
	"earshot/internal/testkit"
)

// full: the disk is full for a while. What was acknowledged before stays, nothing is acknowledged meanwhile, and when
// there is room again everything goes on.
func full(g *ground) {
	disk := smallDisk(g, map[storage.Kind]string{storage.SQLite: "24m", storage.Postgres: "160m"}[g.kind])
	if disk == "" {
		return
	}
	data := filepath.Join(disk, "data")
	testkit.Must(g, os.Mkdir(data, 0o755))
	var pg *cluster
	if g.kind == storage.Postgres {
		pg = newCluster(g.T, data, "min_wal_size=2MB", "max_wal_size=8MB")
		data = ""
	}
	g.found(pick(g, 400, 1500), data, pg)
	g.start()
	ballast := filepath.Join(disk, "ballast")
	r := g.answer(g.patient(100, pick(g, 3*time.Second, 30*time.Second)), func() {
		time.Sleep(pick(g, time.Second, 5*time.Second))
		until := time.Now().Add(pick(g, 3*time.Second, 20*time.Second))
		for time.Now().Before(until) { // what somebody frees is filled again
			fill(g, ballast)
			time.Sleep(20 * time.Millisecond)
		}
		testkit.Must(g, os.Remove(ballast))
		// PostgreSQL ends when its log finds no room, and starts again as whoever looks after it starts it.
		if pg != nil && !pg.alive() {
			g.Log("PostgreSQL ended on the full disk and was started again")
			pg.start(g.T)
		}
	})
	g.Logf("tried again: %v", r.Retries)
	if r.Retries["busy"]+r.Retries["server_error"] == 0 {
		g.Errorf("nobody was turned away from the full disk: %v", r.Retries)
	}
	if v := g.check(); v.Stored != len(g.pupils) {
		g.Errorf("%d of %d are stored", v.Stored, len(g.pupils))
	}
	// SQLite keeps its file's index open until the last one lets go; then the small disk can go.
	testkit.Must(g, g.server.Stop())
	if pg != nil {
		pg.kill(g.T)
	}
}

// smallDisk mounts a small disk in memory. Where that is not permitted it says so and returns nothing: a full disk is
// then tried on SQLite alone, by a limit on its pages, in the tests of collecting.
func smallDisk(g *ground, size string) string {
	g.Helper()
	dir, err := os.MkdirTemp("", "earshot-disk-")
	testkit.Must(g, err)
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "mode=0755,size="+size, "none", dir).CombinedOutput(); err != nil {
		os.Remove(dir)
		g.Skipf("NOT TRIED: a full disk needs a small disk, and mounting one is not permitted here (%v: %s). Run this as root.", err, out)
	}
	g.Cleanup(func() {
		g.server.Kill()
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			g.Errorf("umount: %v: %s", err, out)
		}
		os.Remove(dir)
	})
	return dir
}

// fill writes to a file until there is no room for another byte.
func fill(g *ground, file string) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	testkit.Must(g, err)
	defer f.Close()
	for _, size := range []int{1 << 20, 64 << 10, 4 << 10, 1} {
		block := make([]byte, size)
		for {
			if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
				break
			} else if err != nil {
				g.Fatal(err)
			}
		}
	}
}
