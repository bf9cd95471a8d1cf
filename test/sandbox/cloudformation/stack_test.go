package cloudformation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudformation"
)

// spoken is what a change set would change, a line for each resource.
func spoken(out *awscfn.DescribeChangeSetOutput) string {
	var lines []string
	for _, c := range out.Changes {
		r := c.ResourceChange
		line := fmt.Sprintf("%s %s %s", r.Action, *r.LogicalResourceId, r.Replacement)
		for _, d := range r.Details {
			line += fmt.Sprintf(" %s:%s:%s", *d.Target.Name, d.Evaluation, d.Target.RequiresRecreation)
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "; ")
}

func TestChangeSetSaysWhatItReplacesAndWhatThatMayChange(t *testing.T) {
	run(t, func(w *world) {
		out := w.set("one", nil, "Key", "order")
		want := "Modify Orders True AttributeDefinitions:Static:Conditionally KeySchema:Static:Always; Modify Where False Value:Dynamic:Never"
		if got := spoken(out); got != want || out.ExecutionStatus != types.ExecutionStatusAvailable {
			w.Errorf("it says %s (%s), want %s", got, out.ExecutionStatus, want)
		}
		for _, p := range out.Parameters {
			if *p.ParameterKey == "Secret" && *p.ParameterValue != "****" {
				w.Errorf("it shows a hidden parameter: %s", *p.ParameterValue)
			}
		}
	})
}

func TestChangeSetWithoutChangesFails(t *testing.T) {
	run(t, func(w *world) {
		out := w.set("one", nil)
		if out.Status != types.ChangeSetStatusFailed || !strings.Contains(*out.StatusReason, "didn't contain changes") {
			w.Errorf("it is %s: %s", out.Status, aws.ToString(out.StatusReason))
		}
		_, err := w.ExecuteChangeSet(w.Context(), &awscfn.ExecuteChangeSetInput{StackName: aws.String(name), ChangeSetName: aws.String("one")})
		w.refuses("InvalidChangeSetStatus", err)
	})
}

func TestExecutedChangeSetReallyChangesResourcesAndTellsOfIt(t *testing.T) {
	run(t, func(w *world) {
		before := w.value("/shop/table")
		w.set("one", nil, "Level", "debug", "Key", "order")
		w.execute("one")
		w.execute("one") // the same token begins nothing more
		time.Sleep(10 * time.Second)
		w.is(types.StackStatusUpdateInProgress)
		w.refuses("ValidationError", w.update("Level", "warn"))
		time.Sleep(3 * time.Minute)
		w.is(types.StackStatusUpdateComplete)
		if w.value("/shop/level") != "debug" || w.value("/shop/table") == before || w.value("/shop/table") == "" {
			w.Errorf("level is %s, the table is %s and was %s", w.value("/shop/level"), w.value("/shop/table"), before)
		}
		synctest.Wait() // what was told is written by others
		w.told = slices.Compact(w.told[2:])
		var statuses []string
		for _, text := range w.told {
			var d struct {
				Details struct{ Status string } `json:"status-details"`
				Token   string                  `json:"client-request-token"`
			}
			w.must(json.Unmarshal([]byte(text), &d))
			statuses = append(statuses, d.Details.Status+" "+d.Token)
		}
		want := "UPDATE_IN_PROGRESS token-one, UPDATE_COMPLETE_CLEANUP_IN_PROGRESS token-one, UPDATE_COMPLETE token-one"
		if got := strings.Join(statuses[1:], ", "); got != want {
			w.Errorf("the bus heard %s, want %s", got, want)
		}
		events, err := w.DescribeStackEvents(w.Context(), &awscfn.DescribeStackEventsInput{StackName: aws.String(name)})
		w.must(err)
		if first := events.StackEvents[0]; *first.ClientRequestToken != "token-one" || first.ResourceStatus != types.ResourceStatusUpdateComplete {
			w.Errorf("the newest event is %s of %s", first.ResourceStatus, *first.ClientRequestToken)
		}
	})
}

// Executing what was approved is a compare-and-set: whoever changes the stack meanwhile makes the change set obsolete.
func TestChangeSetIsObsoleteOnceTheStackWasChanged(t *testing.T) {
	run(t, func(w *world) {
		w.set("one", nil, "Level", "debug")
		w.must(w.update("Level", "warn"))
		time.Sleep(3 * time.Minute)
		_, err := w.ExecuteChangeSet(w.Context(), &awscfn.ExecuteChangeSetInput{StackName: aws.String(name), ChangeSetName: aws.String("one")})
		w.refuses("InvalidChangeSetStatus", err)
		w.set("two", nil, "Level", "debug")
		w.set("three", nil, "Level", "error")
		w.execute("three")
		_, err = w.DescribeChangeSet(w.Context(), &awscfn.DescribeChangeSetInput{StackName: aws.String(name), ChangeSetName: aws.String("two")})
		w.refuses("ChangeSetNotFound", err)
	})
}

func TestUpdateIsCancelledInItsMonitoringTimeAndNotAfterIt(t *testing.T) {
	run(t, func(w *world) {
		w.alarm(cloudwatchtypes.StateValueOk)
		table := w.value("/shop/table")
		w.set("one", guarded(30), "Level", "debug", "Key", "order")
		w.execute("one")
		time.Sleep(20 * time.Minute)
		w.is(types.StackStatusUpdateInProgress)
		if w.value("/shop/level") != "debug" {
			w.Errorf("in the monitoring time the level is %s", w.value("/shop/level"))
		}
		_, err := w.CancelUpdateStack(w.Context(), &awscfn.CancelUpdateStackInput{StackName: aws.String(name)})
		w.must(err)
		time.Sleep(3 * time.Minute)
		w.is(types.StackStatusUpdateRollbackComplete)
		if w.value("/shop/level") != "info" || w.value("/shop/table") != table {
			w.Errorf("level is %s, the table is %s and was %s", w.value("/shop/level"), w.value("/shop/table"), table)
		}
		_, err = w.CancelUpdateStack(w.Context(), &awscfn.CancelUpdateStackInput{StackName: aws.String(name)})
		w.refuses("ValidationError", err)
	})
}

func TestAlarmOfTheRollbackConfigurationTurnsRoundAndStaysWithTheStack(t *testing.T) {
	run(t, func(w *world) {
		w.alarm(cloudwatchtypes.StateValueInsufficientData)
		w.set("one", guarded(10), "Level", "debug")
		w.execute("one")
		time.Sleep(5 * time.Minute)
		w.is(types.StackStatusUpdateInProgress) // INSUFFICIENT_DATA is not ALARM
		w.alarm(cloudwatchtypes.StateValueAlarm)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateRollbackComplete)
		w.must(w.update("Level", "warn")) // the triggers are still the stack's
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateRollbackComplete)
	})
}

// A queue that somebody deletes in the middle of an update cannot be brought back: somebody makes it again, and the way back goes on.
func TestWayBackThatFailsGoesOnWhenSomebodyHasIt(t *testing.T) {
	run(t, func(w *world) {
		w.alarm(cloudwatchtypes.StateValueOk)
		w.set("one", guarded(30), "Level", "debug")
		w.execute("one")
		time.Sleep(5 * time.Minute)
		client := awsssm.NewFromConfig(w.box.Config(""))
		_, err := client.DeleteParameter(w.Context(), &awsssm.DeleteParameterInput{Name: aws.String("/shop/level")})
		w.must(err)
		_, err = w.CancelUpdateStack(w.Context(), &awscfn.CancelUpdateStackInput{StackName: aws.String(name)})
		w.must(err)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateRollbackFailed)
		w.refuses("ValidationError", w.update("Level", "warn"))
		_, err = client.PutParameter(w.Context(), &awsssm.PutParameterInput{Name: aws.String("/shop/level"), Value: aws.String("?"), Type: "String"})
		w.must(err)
		_, err = w.ContinueUpdateRollback(w.Context(), &awscfn.ContinueUpdateRollbackInput{StackName: aws.String(name)})
		w.must(err)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateRollbackComplete)
		if w.value("/shop/level") != "info" {
			w.Errorf("the level is %s", w.value("/shop/level"))
		}
	})
}

func TestUpdateThatFailsWithoutRollbackIsRolledBackByRollbackStack(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.SetStackPolicy(w.Context(), &awscfn.SetStackPolicyInput{StackName: aws.String(name), StackPolicyBody: aws.String(
			`{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"LogicalResourceId/Setting"}]}`)})
		w.must(err)
		_, err = w.UpdateStack(w.Context(), &awscfn.UpdateStackInput{StackName: aws.String(name), UsePreviousTemplate: aws.Bool(true), Parameters: given([]string{"Level", "debug"}), DisableRollback: aws.Bool(true)})
		w.must(err)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateFailed)
		events, err := w.DescribeStackEvents(w.Context(), &awscfn.DescribeStackEventsInput{StackName: aws.String(name)})
		w.must(err)
		if why := aws.ToString(events.StackEvents[1].ResourceStatusReason); !strings.Contains(why, "Action denied by stack policy") || !strings.Contains(why, "[Setting]") {
			w.Errorf("the resource failed because of %q", why)
		}
		_, err = w.RollbackStack(w.Context(), &awscfn.RollbackStackInput{StackName: aws.String(name)})
		w.must(err)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusUpdateRollbackComplete)
	})
}

func TestDriftIsFoundInWhatTheTemplateSets(t *testing.T) {
	run(t, func(w *world) {
		_, err := awsssm.NewFromConfig(w.box.Config("")).PutParameter(w.Context(), &awsssm.PutParameterInput{Name: aws.String("/shop/level"), Value: aws.String("trace"), Type: "String", Overwrite: aws.Bool(true)})
		w.must(err)
		detect, err := w.DetectStackDrift(w.Context(), &awscfn.DetectStackDriftInput{StackName: aws.String(name)})
		w.must(err)
		time.Sleep(time.Minute)
		status, err := w.DescribeStackDriftDetectionStatus(w.Context(), &awscfn.DescribeStackDriftDetectionStatusInput{StackDriftDetectionId: detect.StackDriftDetectionId})
		w.must(err)
		if status.StackDriftStatus != types.StackDriftStatusDrifted || *status.DriftedStackResourceCount != 1 {
			w.Errorf("it is %s, %d resources", status.StackDriftStatus, aws.ToInt32(status.DriftedStackResourceCount))
		}
		drifts, err := w.DescribeStackResourceDrifts(w.Context(), &awscfn.DescribeStackResourceDriftsInput{StackName: aws.String(name), StackResourceDriftStatusFilters: []types.StackResourceDriftStatus{types.StackResourceDriftStatusModified}})
		w.must(err)
		if d := drifts.StackResourceDrifts; len(d) != 1 || *d[0].LogicalResourceId != "Setting" || *d[0].PropertyDifferences[0].ActualValue != "trace" {
			w.Errorf("drifts: %+v", d)
		}
	})
}

func TestTypesThatTheSandboxCannotChangeAreRefusedByName(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.CreateStack(w.Context(), &awscfn.CreateStackInput{StackName: aws.String("other"), TemplateBody: aws.String(`{"Resources":{"Net":{"Type":"AWS::EC2::VPC"}}}`)})
		if err == nil || !strings.Contains(err.Error(), "AWS::EC2::VPC") {
			w.Errorf("the answer is %v", err)
		}
	})
}

func TestClocksCanBeChanged(t *testing.T) {
	run(t, func(w *world) {
		sandbox.PartOf[cloudformation.Service](w.box).SetPace(cloudformation.Pace{ChangeSet: time.Hour, Poll: time.Minute, Drift: time.Minute, Cleanup: time.Second})
		if out := w.set("one", nil, "Level", "debug"); out.Status != types.ChangeSetStatusCreatePending {
			w.Errorf("it is %s", out.Status)
		}
	})
}
