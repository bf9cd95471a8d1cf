// Package request has trigger make a release for somebody whom the caller has recognised.
package request

import (
	"context"
	"time"

	"sluice/events"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
)

// Records reads the records of releases; dynamo.Store implements it.
type Records interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
}

// Desk asks trigger for releases.
type Desk struct {
	Trigger *lambda.Function
	Records Records
}

// Ask has trigger make the release and answers its record. The same key makes one release, so a second try is harmless, and the record may be of
// somebody else who used that key. The error is an events.Malformed when the request cannot be read.
func (d Desk) Ask(ctx context.Context, r events.ReleaseRequest, now time.Time) (rollout.Release, error) {
	e, err := r.Raw(now)
	if err != nil {
		return rollout.Release{}, err
	}
	var made string
	if err := d.Trigger.Ask(ctx, e, &made); err != nil {
		return rollout.Release{}, err
	}
	return d.Records.Release(ctx, e.ID)
}
