// Package pushed turns the event of a push into the domain's Push, and forecasts what the push leads to. The functions webhook and trigger
// share it, so that the answer to a push is also what happens.
package pushed

import (
	"sluice/events"
	"sluice/shared/rollout"
)

// Of is the push as the domain knows it. A sender without a list of authors names one author and the pusher. If it names nobody, the
// push counts as Unlisted: every push has an author.
func Of(p events.Push) rollout.Push {
	push := rollout.Push{
		Repository: p.Host + "/" + p.Repository, Ref: p.Ref, Commit: p.Commit, Message: p.Message, Paths: p.Paths, Skip: p.Skip, Workflow: p.Workflow,
	}
	for _, a := range p.Authors {
		push.Authors = append(push.Authors, rollout.Author{Host: p.Host, ID: a.ID, Mail: a.Mail, Name: a.Name, Pushed: a.Pushed})
	}
	for _, name := range []string{p.Author, p.Pusher} {
		if name != "" && len(p.Authors) == 0 {
			push.Authors = append(push.Authors, rollout.Author{Name: name})
		}
	}
	push.Unlisted = p.Partial || len(push.Authors) == 0
	return push
}
