package faults

import (
	"flag"
	"os"
	"runtime/debug"
	"sync/atomic"
	"testing"
)

var (
	thorough = flag.Bool("thorough", false, "take all outages, and as many orders as the race allows, where worlds take long, too: hours more")
	first    = flag.Bool("first", false, "end at the first violation: enough to know that there is one")
	violated atomic.Bool
)

// violation is t.Errorf for what must not happen.
func violation(t *testing.T, format string, args ...any) {
	t.Helper()
	violated.Store(true)
	t.Errorf(format, args...)
}

func enough() bool { return *first && violated.Load() }

// A search makes worlds and throws them away: collecting seldom makes it twice as fast.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
