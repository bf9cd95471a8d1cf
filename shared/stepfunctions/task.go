package stepfunctions

import (
	"log/slog"
	"time"

	"sluice/shared/rollout"
)

// Task is what a state that waits by task token gives to its function. The token never reaches a log.
type Task struct {
	Release string    `json:"release"`
	Step    int       `json:"step"`
	Token   string    `json:"token"`
	Entered time.Time `json:"entered"` // when the state was entered: its time-out counts from here
	Seconds int       `json:"seconds"` // until that time-out
}

// Lasts is how long the state waits.
func (t Task) Lasts() time.Duration { return time.Duration(t.Seconds) * time.Second }

// PastEnd says whether the execution only sees to hooks after the end of a release.
func (t Task) PastEnd() bool { return rollout.Cursor{Step: t.Step}.PastEnd() }

// Return is what the state that brings traffic back gives to its function: where the release stands, and the task token that ends the wait.
type Return struct {
	Cursor rollout.Cursor `json:"cursor"`
	Token  string         `json:"token"`
}

// LogValue leaves the token out.
func (r Return) LogValue() slog.Value {
	return slog.GroupValue(slog.String("release", r.Cursor.Release), slog.Int("step", r.Cursor.Step))
}

// LogValue leaves the token out.
func (t Task) LogValue() slog.Value {
	return slog.GroupValue(slog.String("release", t.Release), slog.Int("step", t.Step))
}
