package main

// mutant is one safety line, and what it is broken into.
type mutant struct {
	name string
	file string
	line string
	to   string
	own  bool // the tests of the line's own package must notice; otherwise the search

	likely string // what of the search is tried first, for speed only: the rest of it follows
}

var mutants = []mutant{
	{
		"the fence is not asked before a forward move", "functions/shift/permit.go",
		"\tif dynamo.IsConflict(err) {\n\t\treturn traffic.ErrFenced\n", "\tif dynamo.IsConflict(err) {\n\t\treturn nil\n", false, "Interleaving/abort-and-shift",
	},
	{
		"a way back that stands is said to have ended", "functions/shift/permit.go",
		"if promise != nil && traffic.IsFenced(err) {", "if false {", true, "",
	},
	{
		"a frozen release moves forward", "functions/shift/frozen.go",
		"if moved(r, l, step) || l.Moving != \"\" {", "if true {", true, "",
	},
	{
		"a freeze that is lifted before the wait begins is waited for", "functions/shift/frozen.go",
		"if err != nil || still == nil {", "if err != nil || still == nil && false {", true, "",
	},
	{
		"a job of a pipeline that comes again asks for another release", "events/job.go",
		"Key: StageSource + \":\" + first,", "Key: \"\",", true, "",
	},
	{
		"a job of a pipeline asks for a second release beside one that runs", "functions/stage/course.go",
		"same || running && r.End == \"\"", "same || running && r.End == rollout.Stuck", true, "",
	},
	{
		"a stranger lifts a freeze", "functions/decide/freeze.go",
		"if err != nil || f == nil || f.How != w.How || f.By != w.By {", "if err != nil || f == nil {", true, "",
	},
	{
		"a deployment is taken back for a release that was stopped", "functions/admit/foreign.go",
		"\tcase dynamo.IsConflict(err):\n\t\treturn traffic.ErrFenced\n", "\tcase dynamo.IsConflict(err):\n\t\t_ = traffic.ErrFenced\n", true, "",
	},
	{
		"what a release of Sluice began is taken for somebody else's", "shared/rollout/deploying.go",
		"if !deploys || found.Untouched(last.Split()) {", "if !deploys {", true, "",
	},
	{
		"the alias is written without compare-and-set", "shared/traffic/lambdaalias/router.go",
		"FunctionVersion: &to.Stable, RevisionId: &lock,", "FunctionVersion: &to.Stable,", false, "Interleaving/(shift-and-guard|lease-takeover)",
	},
	{
		"rollback swallows the error of its move", "functions/rollback/handler.go",
		"\treturn moving, err\n}\n\n// raise makes", "\treturn moving, nil\n}\n\n// raise makes", false, "Single/(an-alias-that|taken-back-at-the-first)",
	},
	{
		"what is inside of a nested stack is not asked about", "shared/traffic/stack/changes.go",
		"\tcase aws.ToString(c.ResourceType) == nested && c.ChangeSetId == nil:\n\t\treturn rollout.DoesUnknown\n", "", true, "",
	},
	{
		"a stack's policy is not put back", "shared/traffic/stack/policy.go",
		"\treturn d.setPolicy(ctx, k, has, kept.Policy)\n", "\treturn nil\n", false, "Single/a-promoted-stack-whose-policy",
	},
	{
		"settle does not keep its lease while it cannot read", "functions/settle/handler.go",
		"\tif !last.Holds() {\n\t\treturn nil\n\t}\n\treturn h.store.Tenure(last.Lease).Prolong", "\tif true {\n\t\treturn nil\n\t}\n\treturn h.store.Tenure(last.Lease).Prolong", true, "",
	},
	{
		"settle believes instead of reading back", "functions/settle/handler.go",
		"\t\tlast.Sight = h.see(ctx, last)\n",
		"\t\tlast.Sight.Split.Stable = last.Lease.Stable\n\t\tif last.Lease.Fence == nil {\n\t\t\tlast.Sight.Split.Stable = last.Lease.Candidate\n\t\t}\n", false, "Single/(an-alias-that|taken-back-at-the-first)",
	},
	{
		"a lease is taken from an owner that lives", "shared/dynamo/lease.go",
		"(%s < %s AND %s <> %s)\",", "(%s < %s OR %s <> %s)\",", false, "Single/queued-behind",
	},
	{
		"a release gets a target whose pool is being retired", "shared/dynamo/lease.go",
		"\tu.when(\"attribute_not_exists(%s) OR %s <= %s\", retiring, retiring, u.value(now.Unix()))\n", "\t_ = retiring\n", true, "",
	},
	{
		"an answer is taken after the count", "shared/dynamo/release.go",
		"AND attribute_not_exists(%s.%s) AND attribute_not_exists(%s)\",\n\t\tanswers, asked, u.name(\"digest\"), u.value(r.Asked.Digest), asked, u.name(\"closed\"), u.name(\"end\"))",
		"AND attribute_not_exists(%s)\",\n\t\tanswers, asked, u.name(\"digest\"), u.value(r.Asked.Digest), u.name(\"end\"))", false, "Interleaving/an-approval",
	},
	{
		"an answer that comes while they are counted is lost", "shared/dynamo/release.go",
		"u.value(r.Asked.Digest)).unanswered(r)\n", "u.value(r.Asked.Digest))\n", false, "Interleaving/an-approval",
	},
	{
		"judge takes a shift for done that never was", "functions/judge/handler.go",
		"\tcase !shifted(r, l, c.Step):", "\tcase false && !shifted(r, l, c.Step):", true, "",
	},
	{
		"a way back that its service gave up is begun again and again", "shared/traffic/mover.go",
		"if begun != \"\" && begun == now.Tag {", "if begun != \"\" && begun == now.Tag && false {", true, "",
	},
	{
		"a late rollback does not ask whose the traffic is", "shared/traffic/mover.go",
		"\t\t\tif err := p.Allows(ctx, now); err != nil {\n\t\t\t\treturn now, fmt.Errorf(\"asking whether %s may go back", "\t\t\tif err := p.Allows(ctx, now); false {\n\t\t\t\treturn now, fmt.Errorf(\"asking whether %s may go back", false, "Interleaving/an-alarm's-event-twice",
	},
	{
		"a move over a rollback does not come undone where writes do not lose", "shared/traffic/mover.go",
		"\tif answered && !m.service.compares(now) {", "\tif false && !m.service.compares(now) {", true, "",
	},
	{
		"an abort that came too late is believed", "shared/rollout/conclude.go",
		"fence == nil && r.Abort != nil && back:", "fence == nil && r.Abort != nil && (back || read):", false, "Interleaving/abort-and-settle",
	},
	{
		"a lease passes on that its last owner was asked to promote", "shared/dynamo/lease.go",
		`remove("fence", "returned", "promote",`, `remove("fence", "returned",`, true, "",
	},
	{
		"news between a look and its wait is lost", "shared/dynamo/wait.go",
		"\treturn w.Rung, nil\n", "\treturn false, nil\n", true, "",
	},
	{
		"a release that is over is opened again", "shared/dynamo/release.go",
		"\tu.when(\"attribute_exists(%s) OR %s = %s\", u.name(\"open\"), u.name(\"end\"), u.value(rollout.Succeeded))\n", "", true, "",
	},
	{
		"whoever is in Slack may abort and promote", "functions/decide/answer.go",
		"\tcase person == \"\":\n", "\tcase false:\n", true, "",
	},
	{
		"one function that speaks for people speaks in another's way", "functions/decide/caller.go",
		"\tcase !rollout.Recognises(speaker, in.Word.How):\n", "\tcase false:\n", true, "",
	},
	{
		"an event counts that came from a function that speaks for people", "functions/decide/caller.go",
		"\tcase in.Word == nil && speaker == \"\":\n", "\tcase in.Word == nil:\n", true, "",
	},
	{
		"the answer to one question counts for another", "shared/rollout/count.go",
		" || r.Asked.Digest != r.Digest(step):", ` || r.Digest(step) == "":`, true, "",
	},
	{
		"the death of an execution that leads nothing any more concerns its successor", "functions/sweep/handler.go",
		"\tif r.Execution != d.ExecutionArn {", "\tif false {", true, "",
	},
	{
		"an event says what the record does not bear out, and people get mail", "functions/notify/handler.go",
		"\tif !borne {", "\tif false && !borne {", true, "",
	},
	{
		"an alarm of the same name in another place takes a release back", "functions/guard/handler.go",
		"h.store.Guarded(ctx, a.ARN, h.prefix)", "h.store.Guarded(ctx, h.place.Alarm(a.AlarmName), h.prefix)", true, "",
	},
	{
		"a text that comes from outside keeps what nobody sees", "events/read.go",
		"Visible(strings.Map(blank, s))", "strings.Map(blank, s)", true, "",
	},
	{
		"another site posts the console's forms", "functions/console/handler.go",
		"\tcase !reads && foreign(r):\n", "\tcase !reads && foreign(r) && false:\n", true, "",
	},
	{
		"the key for looking names people", "shared/console/keys.go",
		"\tif p.Looks() {\n", "\tif p.Looks() || true {\n", true, "",
	},
	{
		"a form counts in another session than the one it was shown in", "functions/console/open.go",
		"p.ID != session.ID || ", `p.ID == "" || `, true, "",
	},
	{
		"a promotion of an API's stage goes on after a rollback", "shared/traffic/apistage/router.go",
		"case n == most, forward && reached && !there:", "case n == most, forward && reached && !there && n < 0:", true, "",
	},
	{
		"a promotion of a distribution lands after a rollback", "shared/traffic/distribution/move.go",
		"\tif m.lock.announced.promotes() {\n", "\tif m.lock.announced.promotes() && false {\n", true, "",
	},
	{
		"a promotion of a distribution keeps nothing to go back to", "shared/traffic/distribution/move.go",
		"\treturn primary, m.load(ctx, m.d.Previous, primary, &held{etag: previous.etag})\n", "\treturn primary, nil\n", true, "",
	},
	{
		"a share meets what staging had before", "shared/traffic/distribution/move.go",
		"\tif err != nil || !staging.arriving {\n", "\tif err != nil || staging.id != \"\" {\n", true, "",
	},
	{
		"a rollback that changes nothing leaves a key value store's version as it was", "shared/traffic/keyvaluestore/router.go",
		"Sticky: k.Sticky, After: lock}", "Sticky: k.Sticky}", true, "",
	},
	{
		"evidence that cannot be read lets a configuration grow", "functions/tick/handler.go",
		"\t\treturn events.Directive{}, &unread{worst.Why}\n", "\t\t_ = unread{}\n\t\treturn events.GoOn(), nil\n", true, "",
	},
	{
		"alarms that cannot be read let a configuration grow", "functions/tick/handler.go",
		"r.Definition.Checks.Alarms))\n\tif err != nil {\n\t\treturn events.Directive{}, err\n", "r.Definition.Checks.Alarms))\n\tif err != nil {\n\t\treturn events.GoOn(), nil\n", true, "",
	},
	{
		"a table that cannot be read lets a configuration grow", "functions/tick/handler.go",
		"t.Target())\n\tif err != nil {\n\t\treturn events.Directive{}, err\n", "t.Target())\n\tif err != nil {\n\t\treturn events.GoOn(), nil\n", true, "",
	},
	{
		"a tick does not know of a raised fence", "functions/tick/handler.go",
		"\tcase l.Fence != nil:\n", "\tcase false:\n", true, "",
	},
	{
		"a tick judges somebody else's deployment", "functions/tick/handler.go",
		"\tif l.Phase != rollout.Held || l.Candidate != t.Version {\n", "\tif t.Version = l.Candidate; l.Phase != rollout.Held {\n", true, "",
	},
	{
		"a way back of a feature flag undoes what somebody else has deployed", "shared/traffic/appconfig/flags.go",
		"before != 0 && before != o.on {", "before != 0 && before != o.on && false {", true, "",
	},
	{
		"a way back of a feature flag stops somebody else's deployment", "shared/traffic/appconfig/flags.go",
		"!now.foreign() && now.trace.ours;", "!now.foreign();", true, "",
	},
	{
		"a way back of a feature flag leads to what was stable before the last release", "shared/traffic/appconfig/flags.go",
		"back.Stable == known.stable &&", "known.stable != \"\" &&", true, "",
	},
	{
		"an API is deployed again at each try", "shared/traffic/apistage/maker.go",
		"\tif err == nil && id == \"\" {\n", "\tif err == nil {\n", true, "",
	},
	{
		"marked requests are taken for no traffic", "shared/rollout/split.go",
		"s.Weight == None && !s.Marked && !s.Rests)", "s.Weight == None && !s.Rests)", true, "",
	},
	{
		"a deployment that rests is taken for stable", "shared/rollout/split.go",
		"s.Weight == None && !s.Marked && !s.Rests)", "s.Weight == None && !s.Marked)", true, "",
	},
	{
		"a deployment that its service gave up is begun anew", "shared/traffic/deployer.go",
		"\tcase to.Begun:\n", "\tcase false:\n", true, "",
	},
	{
		"a rule for marked requests is forgotten that was not written down", "shared/traffic/albrule/mark.go",
		"\treturn to.Marked || err == nil && even(p, wanted)\n", "\treturn to.Marked || err == nil && false && even(p, wanted)\n", true, "",
	},
	{
		"a test asks a metadata service", "shared/start/public.go",
		"\tinner := at.IsPrivate() || !at.IsGlobalUnicast() || reserved(at)\n", "\tinner := at.IsPrivate() || reserved(at)\n", true, "",
	},
	{
		"a group is filled beside its instances of another version", "shared/traffic/albrule/groups_fill.go",
		"\tcase n.others > 0 && (other || !empty):\n", "\tcase n.others > 1000 && (other || !empty):\n", true, "",
	},
	{
		"launches that failed before are held against the candidate", "shared/traffic/albrule/groups_fill.go",
		"if aws.ToTime(a.StartTime).Before(since.Truncate(time.Second)) {", "if a.StartTime == nil {", true, "",
	},
	{
		"a move that is turned round accuses the promotion before it", "shared/dynamo/lease.go",
		`.set("stirred", true)`, ``, true, "",
	},
	{
		"a promotion is taken back to a revision whose pool was taken", "shared/rollout/promise.go",
		"\tif !l.Spec.Facts().Pools || !p.Open(now)", "\tif l.Spec.Facts().Pools || !p.Open(now)", true, "",
	},
	{
		"the name that somebody chose for a session is believed", "shared/rollout/caller.go",
		"if strings.HasPrefix(role, ofCenter) {", "if role != \"\" {", true, "",
	},
	{
		"whoever asked for a release approves it with other permissions", "shared/rollout/caller.go",
		"return strings.EqualFold(c.name, other.name)", "return c == other", true, "",
	},
	{
		"whoever nobody vouches for speaks at the command line", "functions/command/handler.go",
		"; nobody != nil {", "; nobody == nil && r.Caller == \"\" {", true, "",
	},
	{
		"a hook that failed lets its release go on", "shared/rollout/hook_state.go",
		"return h.After == \"\" && ran.Verdict == GateFail", "return false && ran.Verdict == GateFail", false, "Single/failing-its-hook",
	},
	{
		"what a hook runs goes on when its release has gone back", "shared/rollout/hook_state.go",
		"return r.Decided() && (r.DueAfterEnd() != nil || len(r.Strays()) > 0)", "return r.Decided() && r.DueAfterEnd() != nil && len(r.Strays()) == 0", false, "Single/taken-back-while-its-hook-runs",
	},
	{
		"a step moves before its hook has run", "functions/shift/handler.go",
		"if t.Step > r.Last() || r.Due(t.Step) != nil {", "if t.Step > r.Last() {", true, "",
	},
	{
		"a hook that cannot be run takes a promotion back", "functions/rollback/handler.go",
		"\tif t.Cursor.PastEnd() {", "\tif false {", true, "",
	},
	{
		"what was carried stays when its release goes back", "shared/rollout/carry.go",
		"c.Before+1:\n\t\treturn Put, nil", "c.Before+1:\n\t\treturn Leave, nil", false, "Single/taken-back-with-a-parameter",
	},
	{
		"what another release carried is put back", "functions/hook/carry.go",
		"forth != nil && slices.Contains(forth.Put, c.Parameter)", "forth == nil || slices.Contains(forth.Put, c.Parameter)", true, "",
	},
	{
		"parameters are put back while somebody may still write them", "functions/hook/runs.go",
		"case h.Now().Before(ran.Until):", "case false:", true, "",
	},
	{
		"a write to a parameter whose answer was lost is taken for somebody else's", "shared/rollout/carry.go",
		", now.Version == c.Before+1 && now.Value == value:", ":", true, "",
	},
	{
		"what somebody wrote since is overwritten by what goes back", "functions/hook/carry.go",
		"case why != nil:\n\t\treturn \"\", because(why)\n\tcase move == rollout.Remove:", "case why != nil && false:\n\t\treturn \"\", because(why)\n\tcase move == rollout.Remove:", true, "",
	},
	{
		"a hook that has ended before the wait begins is waited for", "functions/hook/handler.go",
		"\tr, err = h.look(ctx, r, hook)\n\treturn r.Waits(hook), err\n", "\treturn true, nil\n", true, "",
	},
}
