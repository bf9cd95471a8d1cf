package rollout

import (
	"fmt"

	"sluice/shared/kind"
)

// unrest judges a target that its service still moves. What the last owner of the lease began is waited for, and so is what serves everybody already
// (Busy): to take that back would take from users what they have. For a deployment that somebody else began, the definition has a policy.
func (r Release) unrest(found Split, last Lease, waitedTooLong bool) Admission {
	d := r.Definition
	a := Admission{Moving: found.Unrest(), Waits: fmt.Sprintf("Waits until %s has come to rest: %s.", d.Target.Spec(), found.Unrest())}
	late := Because(fmt.Sprintf("%s did not come to rest within %s: %s", d.Target.ID(), d.QueueLimit, found.Unrest()), "see what its service is doing, and release again when it is done")
	service, deploys := d.Target.Spec().(kind.Deploying)
	if !deploys || found.Untouched(last.Split()) {
		if waitedTooLong {
			a.Rejection = late
		}
		return a
	}
	what, end := service.Underway(found.Tag)
	is := "somebody else began " + what
	if found.Rests || found.Busy != "" {
		is = found.Unrest() + ", which somebody else began"
	}
	switch evicts := d.WhenDeploying == DeployingEvicted && found.Busy == ""; {
	case d.WhenDeploying == DeployingRejects:
		a.Rejection = Because(fmt.Sprintf("%s is not at rest: %s", d.Target.ID(), is), "release again when that is done, or end it: "+end+"; or set whenDeploying: wait")
	case waitedTooLong:
		a.Rejection = late
	case evicts && r.Evicted != "" && r.Evicted != found.Tag:
		a.Rejection = Because(fmt.Sprintf("somebody deploys to %s again, after a deployment was taken back for this release: %s", d.Target.ID(), is), "find who deploys past Sluice, and release again when they have stopped; or end it: "+end)
	case evicts:
		a.Evicts, a.Note = found.Tag, fmt.Sprintf("Takes the place of somebody else's deployment to %s: has %s taken back (whenDeploying: supersede).", d.Target.Spec(), what)
	default:
		a.Waits = fmt.Sprintf("Waits until %s has come to rest, for %s at most: %s.", d.Target.Spec(), d.QueueLimit, is)
	}
	return a
}

// deploying checks the policy for deployments of somebody else.
func (d Definition) deploying(found *problems) {
	oneOf(found, "whenDeploying", d.WhenDeploying, DeployingWaits, DeployingRejects, DeployingEvicted)
	_, deploys := d.Target.Spec().(kind.Deploying)
	title := an(d.Target.Facts().Title)
	switch {
	case d.WhenDeploying == "" || d.WhenDeploying == DeployingWaits:
	case !deploys:
		found.add("whenDeploying", "of "+title+" Sluice cannot tell whose a change is that is under way", "leave it out: the release waits for it")
	case d.WhenDeploying == DeployingEvicted && !d.Target.Facts().Can.Evicts:
		found.add("whenDeploying", "Sluice does not have the service of "+title+" take back what somebody else began", "write wait; or reject, and end it by hand")
	}
}
