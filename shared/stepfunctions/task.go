package stepfunctions

import (
	"log/slog"
	"time"
)

// Task is what a state that waits by task token gives to its function. The token never reaches a log.
type Task struct {
	Release string    `json:"release"`
	Step    int       `json:"step"`
	Token   string    `json:"token"`
	Entered time.Time `json:"entered"` // when the state was entered: its time-out counts from here
}

// LogValue leaves the token out.
func (t Task) LogValue() slog.Value {
	return slog.GroupValue(slog.String("release", t.Release), slog.Int("step", t.Step))
}
