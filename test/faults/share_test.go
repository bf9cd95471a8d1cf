package faults

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// share has all cores take the next task each, until none is left or enough is known.
func share[T any](t *testing.T, tasks []T, do func(t *testing.T, task T)) {
	var taken atomic.Int64
	t.Run("all", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("worker", func(t *testing.T) {
				t.Parallel()
				for n := int(taken.Add(1)); n <= len(tasks) && !enough(); n = int(taken.Add(1)) {
					do(t, tasks[n-1])
				}
			})
		}
	})
}

// strided is every nth task, beginning where the turn of the shift comes.
func strided[T any](tasks []T, nth, shift int) (some []T) {
	for n, task := range tasks {
		if (n+shift)%nth == 0 {
			some = append(some, task)
		}
	}
	return some
}
