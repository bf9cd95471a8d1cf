package cloudwatch

import (
	"context"
	"errors"
	"time"

	"sluice/shared/kind"
)

// Beside is how many requests were answered with an error between two times by what stands before a target, and not by a revision.
func (w *Watcher) Beside(ctx context.Context, t kind.Answering, from, to time.Time) (answered int, err error) {
	var b batch
	all, _ := t.Answers()
	id := b.ask(metric{Metric: all, stat: "Sum", period: time.Minute})
	found, err := b.read(ctx, w.cloudwatch, from.Truncate(time.Minute), to)
	if err != nil {
		return 0, err
	}
	for _, why := range found.unread {
		return 0, errors.New(why)
	}
	return sumOf(found.values[id]), nil
}
