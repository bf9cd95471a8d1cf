package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// The task definition is stable's but for the image, and is registered once, also when somebody asks twice.
func TestImageIsReleasedAsATaskDefinition(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		digest := rule.PushedImage(w, 1)
		id := w.Requested("acme/checkout@" + digest)
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "checkout:2")
		if got := rule.Answers(w, 20); got[digest] != 20 {
			t.Errorf("after the promotion clients meet %v", got)
		}
		d, tags := rule.Newest(w)
		if c := d.ContainerDefinitions[0]; d.Revision != 2 || *c.Image != "acme/checkout@"+digest || *c.Memory != 128 || *d.TaskRoleArn != "arn:aws:iam::123456789012:role/checkout-task" || fmt.Sprint(tags) != "[team=shop]" {
			t.Errorf("it is %s:%d with %s, role %v, tags %v", *d.Family, d.Revision, *c.Image, *d.TaskRoleArn, tags)
		}
		if got := scenario.Story(r); !strings.Contains(got, "Made revision checkout:2 of image acme/checkout@"+digest[:19]) {
			t.Errorf("its story:\n%s", got)
		}
		again := w.Ended(w.Requested("acme/checkout@" + digest))
		if d, _ := rule.Newest(w); !again.Served || d.Revision != 2 {
			t.Errorf("the same image once more: %q, and the newest is revision %d", again.Ending(), d.Revision)
		}
	})
}

// Whoever may ask for a release could let anything run with the service's role.
func TestImageOfAnotherRepositoryIsRejected(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		digest := rule.PushedImage(w, 1)
		for _, image := range []string{"evil/checkout@" + digest, "evil.example.com/acme/checkout@" + digest, "acme/other@" + digest} {
			r := w.Ended(w.Requested(image))
			ends(w, r, rollout.Rejected, "checkout:1")
			if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "is no image of the repository") {
				t.Errorf("%s: the rejection is %+v", image, r.Rejection)
			}
		}
		if d, _ := rule.Newest(w); d.Revision != 1 {
			t.Errorf("revision %d was registered", d.Revision)
		}
	})
}

// A push to the repository is enough.
func TestImageThatIsPushedIsReleased(t *testing.T) {
	rule := scenario.Tasks{}
	scenario.RunWith(t, scenario.Options{Kind: rule}, func(w *scenario.World) {
		w.Given(strings.Replace(scenario.Canary, `"strategy"`, `"source":{"published":true},"strategy"`, 1))
		w.Pass(5 * time.Minute)
		digest := rule.PushedImage(w, 1)
		ends(w, w.Ended(rule.Announced(w, digest)), rollout.Succeeded, "checkout:2")
		if got := rule.Answers(w, 20); got[digest] != 20 {
			t.Errorf("after the promotion clients meet %v", got)
		}
	})
}
