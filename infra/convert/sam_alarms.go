package convert

import "sluice/shared/rollout"

// alarms are those of all functions, and then the function's own: SAM puts lists together.
func (f *function) alarms(d *Draft) {
	for _, list := range []*value{f.globals.at("DeploymentPreference", "Alarms"), f.own.at("DeploymentPreference", "Alarms")} {
		for _, a := range list.list() {
			m := f.means(a, "AlarmName")
			if a.logical() == "AWS::NoValue" {
				continue
			}
			if !m.clear {
				f.notes.lost(a.whole(), "which alarm is meant is known when the template is deployed", "name it: --alarm")
				continue
			}
			d.said.Guard.Alarms = appendNew(d.said.Guard.Alarms, m.text)
			says := "guard alarm " + m.text + because(m.how)
			if m.sure {
				f.notes.kept(a, says)
			} else {
				f.notes.differs(a, says, f.find(a, "aws cloudwatch describe-alarms --query MetricAlarms[].AlarmName"))
			}
		}
	}
}

// hooks become gates: they are run before the release holds the alias, and answer instead of calling CodeDeploy.
func (f *function) hooks(d *Draft) {
	hooks := []*value{f.own.at("DeploymentPreference", "Hooks"), f.globals.at("DeploymentPreference", "Hooks")}
	for _, h := range hooks {
		if pre := h.at("PreTraffic"); pre != nil && d.said.Gates == nil {
			m := f.means(pre, "FunctionName")
			hook(&f.notes, d, pre, m, f.find(pre, "aws lambda list-functions --query Functions[].FunctionName"))
		}
		if post := h.at("PostTraffic"); post != nil {
			after(&f.notes, post.whole())
		}
	}
}

// hook is a function that CodeDeploy calls before the traffic.
func hook(n *notes, d *Draft, v *value, m meaning, find string) {
	if !m.clear || !functionName.MatchString(lastOf(m.text)) {
		n.lost(v.whole(), "which function is meant is not said here", "name it as a gate: gates: {tests: [{lambda: NAME}]} (docs/operations.md)")
		return
	}
	if d.said.Gates == nil {
		d.said.Gates = &rollout.Gates{}
	}
	d.said.Gates.Tests = append(d.said.Gates.Tests, rollout.Job{Lambda: lastOf(m.text)})
	do := "have the function end without an error when all is well, and answer {\"verdict\": \"fail\", \"why\": \"...\"} when it is not, instead of PutLifecycleEventHookExecutionStatus; its event has release, service and revision"
	if !m.sure {
		do += "; and " + find
	}
	n.differs(v, "gates.tests: "+lastOf(m.text)+" is invoked before the release begins, and has a minute (within, 2 at most)"+because(m.how), do)
}

// after is a hook behind all traffic.
func after(n *notes, v *value) {
	n.lost(v, "a hook after all traffic is not written by itself: it would get another event", "have it answer as a test does and name it, hooks: [{name: post-traffic, before: promotion, lambda: NAME}]; or put what it looks at into an alarm under guard.alarms")
}

// others are parts of a DeploymentPreference that have no counterpart.
func (f *function) others() {
	for _, p := range []*value{f.own.at("DeploymentPreference"), f.globals.at("DeploymentPreference")} {
		f.notes.gone(p, "Sluice moves the alias with roles of its own, one for each function of it", "delete the role with the deployment group", "Role")
		f.notes.gone(p, "releases tell of themselves on the bus, by mail, in Slack and on GitHub", "subscribe to the topic of the engine, or name a channel: slack: {channel: C0123456789}", "TriggerConfigurations")
		f.notes.gone(p, "definitions have no conditions", "put a definition of another strategy into infra/services/ENVIRONMENT for the environments that differ", "PassthroughCondition")
	}
}
