package sfn

import "time"

// A contextObject is "$$" as one attempt of one state sees it. It is built when first asked for.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
type contextObject struct {
	run     *execution
	state   string
	entered time.Time
	retries int
	token   string // of a task that waits for its token
	item    any    // "Map.Item" inside of a Map's iterations
	built   map[string]any
}

func (c *contextObject) value() any {
	if c.built != nil {
		return c.built
	}
	c.built = map[string]any{
		"Execution":    c.run.contextExecution,
		"StateMachine": c.run.contextMachine,
		"State": map[string]any{
			"Name":        c.state,
			"EnteredTime": isoTime(c.entered),
			"RetryCount":  number(int64(c.retries)),
		},
	}
	if c.token != "" {
		c.built["Task"] = map[string]any{"Token": c.token}
	}
	if c.item != nil {
		c.built["Map"] = map[string]any{"Item": c.item}
	}
	return c.built
}

// isoTime is how AWS writes times into the context object: UTC with milliseconds.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
