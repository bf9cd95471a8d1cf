package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// asking is outright with a question before anything moves, and ceilings on the whole, for nothing compares two templates.
const asking = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"20m"}},"people":{"grace":{"event":"grace"},"linus":{"event":"linus"}},
	"approvals":[{"before":"first","from":["grace","linus"],"within":"8h"}],
	"checks":{"ceilings":[{"percent":5}]},"guard":{"alarms":["checkout-errors"]},"revertWindow":"2h"}`

func onStack(t *testing.T, definition string, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Stacks{}}, func(w *scenario.World) {
		w.Given(definition)
		w.Subscribe()
		w.Shoppers(60)
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

// unasked is asking without the question.
var unasked = strings.Replace(asking, `"approvals":[{"before":"first","from":["grace","linus"],"within":"8h"}],`, "", 1)

func TestStackIsPromotedAndItsBakeRunsInTheMonitoringTime(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		if r, _ := w.Recorded(id); r.BakeUntil.IsZero() || w.StackStatus() != types.StackStatusUpdateInProgress {
			w.T.Errorf("after ten minutes the stack is %s, and the bake ends %v; its story:\n%s", w.StackStatus(), r.BakeUntil, scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, w.Revision("2"))
		if story := scenario.Story(r); !strings.Contains(story, "It changes 2 of its resources.") {
			w.T.Errorf("its story:\n%s", story)
		}
		w.Pass(10 * time.Minute)
		if got := w.StackStatus(); got != types.StackStatusUpdateComplete {
			w.T.Errorf("in the end the stack is %s", got)
		}
	})
}

func TestTableThatWouldBeReplacedIsAskedAboutAndAPersonSaysNo(t *testing.T) {
	onStack(t, asking, func(w *scenario.World) {
		table := w.Orders()
		id := w.RequestedRevision(w.Template("2", "order"))
		w.Pass(3 * time.Minute)
		named := "replaces Orders (AWS::DynamoDB::Table): AttributeDefinitions, KeySchema"
		if mail := w.Mail(); !strings.Contains(mail, "Data is at stake: it "+named) {
			w.T.Errorf("nobody was asked about the table:\n%s", mail)
		}
		w.Answered(id, "grace", "reject")
		r := w.Ended(id)
		if r.End != rollout.Rejected || w.Orders() != table || w.FrontVersion() != "1" || w.StackStatus() != types.StackStatusCreateComplete {
			w.T.Errorf("it ended %q, the stack is %s; its story:\n%s", r.End, w.StackStatus(), scenario.Story(r))
		}
	})
}

func TestTableThatWouldBeReplacedNeedsAnApproval(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		r := w.Ended(w.RequestedRevision(w.Template("2", "order")))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "Orders (AWS::DynamoDB::Table)") || !strings.Contains(r.Rejection.Remedy, "approvals") {
			w.T.Errorf("it ended %q: %+v; its story:\n%s", r.End, r.Rejection, scenario.Story(r))
		}
	})
}

// CloudFormation would have called it a success: no alarm went red, and all resources are there.
func TestCheckCancelsAnUpdateInItsMonitoringTime(t *testing.T) {
	onStack(t, strings.Replace(unasked, `["checkout-errors"]`, `[]`, 1), func(w *scenario.World) {
		w.Breaks("2", 0.5)
		id := w.Requested("2")
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, w.Revision("1"))
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck || w.StackStatus() != types.StackStatusUpdateRollbackComplete {
			w.T.Errorf("the cause is %+v, the stack is %s; its story:\n%s", r.Cause, w.StackStatus(), scenario.Story(r))
		}
	})
}

func TestAlarmAfterTheEndBringsStableBackByAnUpdate(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, w.Revision("2"))
		w.Pass(time.Hour)
		w.AlarmRed("checkout-errors")
		w.Pass(10 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, w.Revision("1"))
		if got := w.StackStatus(); got != types.StackStatusUpdateComplete {
			w.T.Errorf("the stack is %s", got)
		}
	})
}

// While people are asked, somebody changes the stack: what they would approve is not what would happen.
func TestOutdatedPreviewIsMadeAnewAndAskedAgain(t *testing.T) {
	onStack(t, asking, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(3 * time.Minute)
		before, _ := w.Recorded(id)
		w.UpdatesStack("3", "order", "y") // another table than the release would leave
		w.Pass(5 * time.Minute)
		w.Answered(id, "grace", "approve")
		w.Pass(5 * time.Minute)
		r, _ := w.Recorded(id)
		if r.End != "" || r.Asked.Closed || r.Asked.Digest == before.Asked.Digest || r.Stable == before.Stable || !strings.Contains(scenario.Story(r), "replaces Orders") {
			w.T.Fatalf("after the first approval it ended %q, asked %+v; its story:\n%s", r.End, r.Asked, scenario.Story(r))
		}
		w.Answered(id, "grace", "approve")
		ends(w, w.Ended(id), rollout.Succeeded, w.Revision("2"))
	})
}

func TestFailedWayBackIsToldToGoOn(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(6 * time.Minute)
		w.SettingGone()
		w.Aborted(id)
		w.Pass(2 * time.Minute)
		if got := w.StackStatus(); got != types.StackStatusUpdateRollbackFailed && got != types.StackStatusUpdateRollbackInProgress {
			w.T.Errorf("the stack is %s", got)
		}
		w.SettingBack()
		r := w.Ended(id)
		ends(w, r, rollout.Aborted, w.Revision("1"))
	})
}

// Sluice dies with an update under way: CloudFormation goes on, and a new execution takes the release back.
func TestStackIsBroughtBackWhenItsMachineDies(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(40 * time.Second)
		w.Stopped(id)
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, w.Revision("1"))
	})
}

// The next release waits until the monitoring time of the one before it is over.
func TestReleaseWaitsForAStackThatSomebodyUpdates(t *testing.T) {
	onStack(t, unasked, func(w *scenario.World) {
		w.UpdatesStack("3", "id", "z")
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, w.Revision("2"))
		if r.Stable != w.Revision("3") {
			w.T.Errorf("it would have come back to %.12s; its story:\n%s", r.Stable, scenario.Story(r))
		}
	})
}

// The reason names the update of somebody else, and the remedy is the call that ends it. Nothing of theirs is touched.
func TestReleaseIsRejectedBecauseSomebodyUpdatesTheStack(t *testing.T) {
	onStack(t, pastSluice(unasked, "reject"), func(w *scenario.World) {
		w.UpdatesStack("3", "id", "z")
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "somebody else began update ") || !strings.Contains(r.Rejection.Remedy, "cancel-update-stack --stack-name checkout") {
			w.T.Errorf("it ended %q with %+v", r.End, r.Rejection)
		}
		w.Pass(10 * time.Minute)
		if got := w.StackStatus(); got != types.StackStatusUpdateComplete || w.FrontVersion() != "3" {
			w.T.Errorf("the stack is %s, and clients meet version %s", got, w.FrontVersion())
		}
	})
}

func TestStackThatSomebodyChangedByHandIsNotReleasedTo(t *testing.T) {
	gated := strings.Replace(unasked, `"guard":`, `"gates":{"inSync":true},"guard":`, 1)
	scenario.RunWith(t, scenario.Options{Kind: scenario.Stacks{}, Edit: scenario.MayLookForDrift}, func(w *scenario.World) {
		w.Given(gated)
		w.Shoppers(60)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, w.Revision("2"))
		w.Pass(time.Hour)
		w.SettingGone()
		w.SettingBack()
		r = w.Ended(w.Requested("3"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "Setting (AWS::SSM::Parameter) was changed: /Value") {
			w.T.Errorf("it ended %q: %+v; its story:\n%s", r.End, r.Rejection, scenario.Story(r))
		}
	})
}
