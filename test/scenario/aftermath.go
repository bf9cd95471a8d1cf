package scenario

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/shared/rollout"
)

// Settled lets time pass until nothing is under way any more, and says whether that came within the limit. It watches from
// outside only, so that a story in which something broke can be told to its end.
func (w *World) Settled(releases []string, limit time.Duration) bool {
	w.T.Helper()
	for begun := time.Now(); time.Since(begun) < limit; w.Pass(time.Minute) {
		if w.Running() == 0 && len(w.Open()) == 0 && w.ended(releases) {
			w.Pass(15 * time.Minute) // late and doubled events arrive
			if w.Running() == 0 && len(w.Open()) == 0 {
				return true
			}
		}
	}
	return false
}

func (w *World) ended(releases []string) bool {
	return !slices.ContainsFunc(releases, func(id string) bool {
		r, found := w.Recorded(id)
		return !found || r.End == ""
	})
}

// Recorded reads a release's record, if there is one.
func (w *World) Recorded(id string) (rollout.Release, bool) {
	r, err := w.Store.Release(w.ctx, id)
	return r, err == nil
}

// Trail is the audit trail of a release as text.
func (w *World) Trail(id string) string {
	r, _ := w.Recorded(id)
	return Story(r)
}

// Lease reads the lease of the service's target.
func (w *World) Lease() rollout.Lease {
	w.T.Helper()
	l, err := w.Store.Lease(w.ctx, w.target())
	w.must(err)
	return l
}

// Open lists the releases that have not ended.
func (w *World) Open() []string {
	w.T.Helper()
	open, err := w.Store.Open(w.ctx)
	w.must(err)
	ids := make([]string, len(open))
	for i, r := range open {
		ids[i] = r.ID
	}
	return ids
}

// Waiting counts the releases in the queue of the service's target.
func (w *World) Waiting() int {
	w.T.Helper()
	queue, err := w.Store.Queue(w.ctx, w.target())
	w.must(err)
	return len(queue)
}

// Running counts the executions that have not ended.
func (w *World) Running() int {
	w.T.Helper()
	return len(w.executions(sfntypes.ExecutionStatusRunning))
}

// Stopped stops whatever execution leads a release, if one does.
func (w *World) Stopped(release string) {
	if r, found := w.Recorded(release); found {
		_, _ = w.Machine.StopExecution(w.ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(r.Execution)}) // it may be over
	}
}

// LeaseExpires lets the lease of the service's target run out, as if its owner had been silent for long.
func (w *World) LeaseExpires() {
	w.T.Helper()
	l := w.Lease()
	l.Expires = time.Now().Add(-time.Second)
	_, err := w.Store.Renew(w.ctx, l)
	w.must(err)
}

// Standing tells how the service's target stands: its lease, and who waits for it.
func (w *World) Standing() string {
	w.T.Helper()
	l := w.Lease()
	text := fmt.Sprintf("lease: %s of %s, epoch %d, until %s, fence %v\n", l.Phase, l.Owner, l.Epoch, l.Expires.Format(time.TimeOnly), l.Fence)
	queue, err := w.Store.Queue(w.ctx, w.target())
	w.must(err)
	for _, q := range queue {
		r, _ := w.Recorded(q.Release)
		text += fmt.Sprintf("queued: %s, which ended %q\n", q.Release, r.End)
	}
	return text
}
