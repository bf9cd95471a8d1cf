package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// CloudFormation's own change set says of a nested stack that something in it may change, and no more.
func TestTableInANestedStackIsNotReplacedWithoutAnApproval(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Nesting{}}, func(w *scenario.World) {
		w.Given(unasked)
		table := w.Orders()
		r := w.Ended(w.RequestedRevision(w.Template("2", "order")))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "replaces Data/Orders (AWS::DynamoDB::Table): AttributeDefinitions, KeySchema") || w.Orders() != table {
			w.T.Errorf("it ended %q: %+v; its story:\n%s", r.End, r.Rejection, scenario.Story(r))
		}
	})
}

func TestTableInANestedStackIsReplacedOnceAPersonSaidYes(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Nesting{}}, func(w *scenario.World) {
		w.Given(asking)
		w.Subscribe()
		w.Shoppers(60)
		table, revision := w.Orders(), w.Template("2", "order")
		id := w.RequestedRevision(revision)
		w.Pass(3 * time.Minute)
		if mail := w.Mail(); !strings.Contains(mail, "Data is at stake: it replaces Data/Orders") || w.Orders() != table {
			w.T.Errorf("nobody was asked about the table:\n%s", mail)
		}
		w.Answered(id, "grace", "approve")
		if r := w.Ended(id); r.End != rollout.Succeeded || w.FrontVersion() != "2" || w.Orders() == table {
			w.T.Errorf("it ended %q; its story:\n%s", r.End, scenario.Story(r))
		}
	})
}

// CloudFormation would find out in the middle of the update. Nobody is asked about what would not happen.
func TestPolicyOfANestedStackIsReadBeforeAnythingIsTouched(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Nesting{}}, func(w *scenario.World) {
		w.Given(asking)
		w.ProtectsOrders()
		table := w.Orders()
		r := w.Ended(w.RequestedRevision(w.Template("2", "order")))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "the policy of a nested stack forbids Update:Replace of Data/Orders (AWS::DynamoDB::Table)") ||
			!strings.Contains(r.Rejection.Remedy, ":stack/checkout-Data") {
			w.T.Errorf("it ended %q: %+v; its story:\n%s", r.End, r.Rejection, scenario.Story(r))
		}
		if w.StackStatus() != types.StackStatusCreateComplete || w.Orders() != table {
			w.T.Errorf("the stack is %s, and the table %s", w.StackStatus(), w.Orders())
		}
	})
}

// A nested stack in which nothing changes is not in the way of anything.
func TestNestedStackThatStaysAsItIsAsksNobody(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Nesting{}}, func(w *scenario.World) {
		w.Given(unasked)
		w.Shoppers(60)
		table := w.Orders()
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.Aborted(id)
		r := w.Ended(id)
		ends(w, r, rollout.Aborted, w.Revision("1"))
		if story := scenario.Story(r); !strings.Contains(story, "It changes 1 of its resources.") || w.Orders() != table {
			w.T.Errorf("the table is %s, was %s; its story:\n%s", w.Orders(), table, story)
		}
	})
}
