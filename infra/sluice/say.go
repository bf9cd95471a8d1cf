package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/events"
	"sluice/shared/rollout"
)

// A word is a command that says something to a release.
type word struct {
	do, short, example string
	fits               preference
	reason             string // what its reason is called; empty: it has none
	needed             bool   // it does not count without a reason
	long               string // what else there is to know; empty: nothing
}

// words are all that a person may say.
var words = []word{
	{events.Approve, "Approve what a release asks", "  sluice approve checkout --comment 'looks good'", asking, "comment", false, ""},
	{events.Reject, "Reject what a release asks: it goes back", "  sluice reject checkout --comment 'the graph is odd'", asking, "comment", false, ""},
	{events.AskAgain, "Ask the approvers again what a release asks: by mail and in Slack", "  sluice ask-again checkout", asking, "", false, "Once in five minutes at most. The mail and the message in Slack are sent again, and those who can answer are mentioned."},
	{events.Abort, "Stop a release: the traffic goes back at once", "  sluice abort checkout --reason 'wrong branch'", stoppable, "reason", false, ""},
	{events.Promote, "Go to 100 % at once, after what people still have to approve", "  sluice promote checkout", current, "", false, ""},
	{events.Undo, "Take back what was promoted", "  sluice undo checkout --reason 'orders are lost'", promoted, "reason", false, "Inside the revert window the traffic goes back at once. After it, a new release brings the revision that was stable before, with all\ngates, approvals and checks of the service; it says what it undoes."},
	{events.Override, "Let a release through gates that are shut", "  sluice override checkout --gate windows --reason 'the fix cannot wait'", held, "reason", true, "Also of the gate freeze: it lets this one release through what somebody froze."},
}

func (w word) verb(d desk, open opener) *cobra.Command {
	step, o := 0, events.Order{Do: w.do}
	c := &cobra.Command{
		Use: w.do + " SERVICE|RELEASE", Short: w.short, Long: w.explained(), Example: w.example, Args: takes(1, 1, "SERVICE (or the id of a release)"),
		RunE: func(c *cobra.Command, names []string) error {
			if w.needed && strings.TrimSpace(o.Comment) == "" {
				return wrong("an override needs a reason, which stays in the record: add --%s '...'", w.reason)
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			r, beside, err := e.meant(c.Context(), names[0], w.fits)
			if err != nil {
				return err
			}
			if w.do == events.Abort && beside > 0 && r.ID != names[0] {
				return wrong("%d releases of %s have not ended: say which one is to stop (sluice list %[2]s shows their ids)", beside+1, r.Service)
			}
			if o.Release = r.ID; w.answers() {
				if err := about(&o, r, step); err != nil {
					return err
				}
			}
			out, err := e.order(c.Context(), o, d.now())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(d.out, "%s: %s\n", out.Release, out.Says)
			return err
		},
	}
	if w.reason != "" {
		c.Flags().StringVarP(&o.Comment, w.reason, "m", "", "stays in the record")
	}
	if w.answers() {
		c.Flags().IntVar(&step, "step", 0, "the step that is asked about, counted from 1; default: the one that is asked about now")
	}
	if w.do == events.Override {
		c.Flags().StringVar(&o.Gate, "gate", "", "the one gate to let it through; default: all that are shut now")
	}
	return c
}

// explained is what the word's own help says.
func (w word) explained() string { return strings.TrimSpace(w.short + ".\n" + w.long) }

func (w word) answers() bool { return w.do == events.Approve || w.do == events.Reject }

// about writes into an order what the open question is about: the answer counts for that very question.
func about(o *events.Order, r rollout.Release, step int) error {
	switch {
	case r.Asked == nil || r.Asked.Closed || r.End != "":
		return &failure{rejected, fmt.Errorf("%s asks nothing now; sluice get %[1]s shows how it stands", r.ID)}
	case step != 0 && step != r.Asked.Step+1:
		return &failure{rejected, fmt.Errorf("%s asks about step %d of %d, and not about step %d: leave --step out, or answer that one", r.ID, r.Asked.Step+1, len(r.Steps), step)}
	}
	o.Step, o.Digest = r.Asked.Step, r.Asked.Digest
	return nil
}

// asking prefers the release that waits for an answer.
func asking(r rollout.Release) int {
	if r.End == "" && r.Cause == nil && r.Asked != nil && !r.Asked.Closed {
		return 4
	}
	return current(r)
}

// stoppable prefers what has not ended. A promotion inside its revert window is the newest then.
func stoppable(r rollout.Release) int { return current(r) }

// promoted prefers the newest promotion.
func promoted(r rollout.Release) int {
	if r.End == rollout.Succeeded && r.Stable != "" {
		return 4
	}
	return current(r)
}

// held prefers a release that has not begun.
func held(r rollout.Release) int {
	if !r.Decided() && r.Started.IsZero() {
		return 4
	}
	return current(r)
}
