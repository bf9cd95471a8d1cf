package convert

import (
	"fmt"
	"strconv"
	"time"

	"sluice/shared/rollout"
)

// A climb makes steps of weights and waits that a file has one after the other.
type climb struct {
	draft  *Draft
	notes  *notes
	result *Result
	wish   Wish
	steps  []rollout.Step
	waits  *value // what waits for people since the last weight; nil: nothing
	since  *value // what gave the last step its weight
}

// weight begins a step. Weights only rise here, and a step without a time of its own gets one.
func (c *climb) weight(v *value, percent float64) {
	w := rollout.Percent(percent)
	last := rollout.Weight(-1)
	if n := len(c.steps); n > 0 {
		last = c.steps[n-1].Weight
	}
	switch {
	case w > rollout.All:
		c.notes.lost(v.whole(), "it is no percentage", "write the weight of this step")
		return
	case w <= rollout.None:
		c.notes.kept(v.whole(), "every release begins without traffic for the candidate")
		return
	case w <= last:
		c.notes.lost(v.whole(), fmt.Sprintf("weights only rise here, and the candidate has %v already", last), "nothing, if a person would have taken it back there: sluice abort brings all of it back")
		return
	}
	c.settle()
	c.people(w)
	c.steps, c.since = append(c.steps, rollout.Step{Weight: w}), v.whole()
}

// bake adds to the time of the step.
func (c *climb) bake(d time.Duration) {
	if n := len(c.steps); n > 0 {
		c.steps[n-1].Bake += rollout.Duration(d)
	}
}

// settle closes the last step: what nobody watches gets a time, because Sluice gives traffic to nothing that it does not watch.
func (c *climb) settle() {
	n := len(c.steps)
	if n == 0 {
		return
	}
	s := &c.steps[n-1]
	says := fmt.Sprintf("a step of %v that bakes %s", s.Weight, s.Bake)
	if s.Marked {
		says = fmt.Sprintf("a step of marked requests that bakes %s", s.Bake)
	}
	if s.Bake > 0 || s.Weight == rollout.All {
		c.notes.kept(c.since, says)
		return
	}
	s.Bake = leastBake
	c.notes.differs(c.since, fmt.Sprintf("a step of %v that bakes %s: it has no time of its own, and Sluice gives traffic to nothing that it does not watch", s.Weight, s.Bake), "write another time as its bake, if you want one")
}

// people asks before a weight whoever was waited for.
func (c *climb) people(before rollout.Weight) {
	if c.waits == nil {
		return
	}
	says := fmt.Sprintf("an approval before %v: Sluice", before)
	if before == 1 {
		says = "an approval before the first traffic: Sluice"
	}
	c.result.asking(c.draft, c.notes, c.waits, c.wish, says, ask{before: before})
	c.waits = nil
}

// done is the strategy: the steps, and all traffic after them.
func (c *climb) done() rollout.Strategy {
	c.settle()
	c.people(rollout.All)
	if len(c.steps) == 0 {
		return rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: leastBake}}
	}
	return rollout.Strategy{Canary: &rollout.Canary{Steps: c.steps}}
}

// duration reads "10m", "1h30m", or a number of seconds, as Kubernetes writes them.
func duration(v *value) (time.Duration, bool) {
	text := v.string()
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), seconds > 0
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}
