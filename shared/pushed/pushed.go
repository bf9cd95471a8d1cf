// Package pushed turns what the bus tells of a push into the domain's words, and forecasts what it leads to. The webhook and trigger
// share it: what is answered to whoever pushed is what is done.
package pushed

import (
	"sluice/events"
	"sluice/shared/rollout"
)

// Of is the push in the domain's words. Senders that know nothing of authors name one and who pushed; that one who names nobody has
// no author is not believed.
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
