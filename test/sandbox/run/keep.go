package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// A place is the folder in which the demo's repository is, for this run alone.
type place struct {
	folder string
	lock   *os.File // nil where no other run can come
}

// claim takes a folder that outlives this run; while another run works in it, the next one: play, play-2, play-3. The system takes
// the lock back when the run ends, however it ends.
func claim(base string) (place, error) {
	base, err := filepath.Abs(base) // git keeps it in the clone
	if err != nil {
		return place{}, err
	}
	for i, folder := 1, base; ; i++ {
		if i > 1 {
			folder = base + "-" + strconv.Itoa(i)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return place{}, fmt.Errorf("making the folder of the demo's repository: %w", err)
		}
		lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return place{}, fmt.Errorf("making the folder of the demo's repository: %w", err)
		}
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return place{folder: folder, lock: lock}, nil
		}
		_ = lock.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return place{}, fmt.Errorf("locking %s: %w", folder, err)
		}
	}
}

func (p place) leave() {
	if p.lock != nil {
		_ = p.lock.Close()
	}
}

// bare is the repository as the host of code has it.
func (p place) bare() string { return filepath.Join(p.folder, "checkout.git") }

// clone is where the person at the keyboard works.
func (p place) clone() string { return filepath.Join(p.folder, "checkout") }
