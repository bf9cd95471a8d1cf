package faults

import (
	"os"
	"runtime/debug"
	"testing"
)

// A search makes worlds and throws them away: collecting seldom makes it twice as fast.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
