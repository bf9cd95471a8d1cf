package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/stack"
)

// A proposer finds out what a release would change.
type proposer interface {
	Propose(ctx context.Context, t rollout.Target, revision string) (rollout.Preview, *rollout.Rejection, error)
}

// openStacks is a proposer with the credentials of the AWS CLI.
func openStacks(ctx context.Context) (proposer, error) {
	cfg, err := credentials(ctx)
	if err != nil {
		return nil, err
	}
	return stack.New(cfg), nil
}

// longest is how long CloudFormation may take for a change set.
const longest = 5 * time.Minute

// changes lists what a release of a revision would do to the resources of a stack, in lines that fit into a comment on a pull request. Other kinds of
// target have nothing to list.
func changes(ctx context.Context, d rollout.Definition, revision string, open func(context.Context) (proposer, error)) string {
	if d.Target.Stack == nil {
		return ""
	}
	if revision == "" {
		return paragraph("What a release changes depends on its template. Name one: REVISION=<digest of what lies under " + d.Target.Stack.Templates + ">, with credentials that may " + stack.Proposing + ".")
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	stacks, err := open(ctx)
	if err != nil {
		return paragraph(fmt.Sprintf("What template %.12s changes is not known: %v. It wants credentials that may %s.", revision, err, stack.Proposing))
	}
	p, why, err := stacks.Propose(ctx, d.Target, revision)
	if err == nil && why == nil {
		why = rollout.Release{Definition: d, Steps: d.Steps()}.Unasked(p)
	}
	return listed(d, revision, p, why, err)
}

// listed is the list, or why there is none.
func listed(d rollout.Definition, revision string, p rollout.Preview, why *rollout.Rejection, err error) string {
	var page strings.Builder
	if len(p.Changes) > 0 {
		fmt.Fprintf(&page, "\n### What template %.12s changes in %s\n\n", revision, d.Target.Stack)
		for _, c := range p.Changes {
			mark := ""
			if c.Endangers() {
				mark = " **Data is at stake.**"
			}
			fmt.Fprintf(&page, "- %s%s\n", c, mark)
		}
		if p.Others > 0 {
			fmt.Fprintf(&page, "- and %d more\n", p.Others)
		}
		fmt.Fprintf(&page, "\n%s\n", p.Summary())
	}
	if o := traffic.ObstacleOf(err); o != nil {
		why = rollout.Because(o.What, o.Remedy)
	}
	switch {
	case why != nil:
		fmt.Fprintf(&page, "\nREFUSED: a release would be rejected: %s. What to do: %s.\n", why.Reason, why.Remedy)
	case errors.Is(err, traffic.ErrMoved):
		fmt.Fprintf(&page, "\nWhat template %.12s changes is not known: %v. Ask again when it rests.\n", revision, err)
	case err != nil:
		fmt.Fprintf(&page, "\nWhat template %.12s changes is not known: %v. It wants credentials that may %s.\n", revision, err, stack.Proposing)
	}
	if err == nil {
		page.WriteString("\nA change set was made to find this out, and deleted. Nothing was changed.\n")
	}
	return page.String()
}
