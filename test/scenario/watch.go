package scenario

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// watchRule is the schedule by which everything that is held or armed is looked after.
const watchRule = stackName + "-watch"

// WatchEnabled says whether the schedule of watch is at work.
func (w *World) WatchEnabled() bool {
	w.T.Helper()
	out, err := w.Events.DescribeRule(w.ctx, &eventbridge.DescribeRuleInput{Name: aws.String(watchRule)})
	w.must(err)
	return out.State != types.RuleStateDisabled
}

// AlarmUnknown takes an alarm's data away by hand.
func (w *World) AlarmUnknown(name string) { w.set(name, cwtypes.StateValueInsufficientData) }

// watchWorks puts the schedule to work, as admit does.
func (w *World) watchWorks() {
	w.T.Helper()
	_, err := w.Events.EnableRule(w.ctx, &eventbridge.EnableRuleInput{Name: aws.String(watchRule)})
	w.must(err)
}

// watchRests puts the schedule to rest, as a person in the console might.
func (w *World) watchRests() {
	w.T.Helper()
	_, err := w.Events.DisableRule(w.ctx, &eventbridge.DisableRuleInput{Name: aws.String(watchRule)})
	w.must(err)
}

// stackUpdated writes the schedule anew, as CloudFormation does when an update of the stack touches it: without a state, as the template has it.
func (w *World) stackUpdated() {
	w.T.Helper()
	_, err := w.Events.PutRule(w.ctx, &eventbridge.PutRuleInput{Name: aws.String(watchRule), ScheduleExpression: aws.String("rate(1 minute)"), Description: aws.String("by the next version of the stack")})
	w.must(err)
}

// composite makes an alarm that is red while another is.
func (w *World) composite(name, of string) {
	w.T.Helper()
	_, err := w.CloudWatch.PutCompositeAlarm(w.ctx, &cloudwatch.PutCompositeAlarmInput{AlarmName: &name, AlarmRule: aws.String(`ALARM("` + of + `")`)})
	w.must(err)
}

// StaysRed sets an alarm red, and has its own evaluation leave it so.
func (w *World) StaysRed(name string) {
	w.T.Helper()
	w.alarm(name, 60, "breaching")
	w.AlarmRed(name)
}

// silently sets an alarm red and keeps its event from everybody: the rule that tells guard is disabled meanwhile.
func (w *World) silently(name string) {
	w.T.Helper()
	rule := aws.String(stackName + "-guard")
	_, err := w.Events.DisableRule(w.ctx, &eventbridge.DisableRuleInput{Name: rule})
	w.must(err)
	w.StaysRed(name)
	w.Pass(time.Second)
	_, err = w.Events.EnableRule(w.ctx, &eventbridge.EnableRuleInput{Name: rule})
	w.must(err)
}
