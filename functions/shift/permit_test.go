package shift

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// told is a table in which a promise may end, and the lines that the promoted release got.
type told struct {
	store
	conflict error
	lines    []string
	ended    bool
}

func (s *told) Note(_ context.Context, _ string, lines ...rollout.Line) error {
	s.lines = append(s.lines, lines[0].What)
	return nil
}

func (s *told) Renew(_ context.Context, l rollout.Lease) (rollout.Lease, error) { return l, s.conflict }

func (s *told) Permit(_ context.Context, l rollout.Lease, _ time.Time) (rollout.Lease, error) {
	s.ended = s.conflict == nil
	return l, s.conflict
}

// The way back of a promotion ends when its pool is taken, and at no other time: a record that said so would keep people from aborting.
func TestPromotionIsToldTheTruthAboutItsWayBack(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for name, test := range map[string]struct {
		found    rollout.Split
		conflict error
		want     error
		ended    bool
		lines    []string
	}{
		"the pool is taken":                {found: rollout.Split{Stable: "2"}, ended: true, lines: []string{"brings"}},
		"somebody else moved the target":   {found: rollout.Split{Stable: "9", Tag: "theirs"}, want: traffic.ErrMoved},
		"the fence goes up in that moment": {found: rollout.Split{Stable: "2"}, conflict: dynamo.ErrConflict, want: traffic.ErrFenced, lines: []string{"brings", "as before"}},
	} {
		s := &told{conflict: test.conflict}
		l := rollout.Lease{
			Owner: "third", Stable: "2", Candidate: "3", Tag: "ours", Spec: rollout.Target{ALBRule: &kind.ALBRule{}},
			Promise: &rollout.Promise{Release: "second", Stable: "1", Candidate: "2", Until: now.Add(time.Hour)},
		}
		p := &permit{store: s, now: func() time.Time { return now }, lease: l, to: rollout.Split{Stable: "2", Candidate: "3", Weight: 500}}
		if err := p.Allows(t.Context(), test.found); !errors.Is(err, test.want) || s.ended != test.ended {
			t.Errorf("%s: %v, the promise ended: %v", name, err, s.ended)
		}
		if !slices.EqualFunc(s.lines, test.lines, strings.Contains) {
			t.Errorf("%s: its record says %q, want %q", name, s.lines, test.lines)
		}
	}
}
