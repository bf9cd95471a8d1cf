package plan_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

func TestStepsAndDefinitionArePinned(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Created("2")
		c := w.Leads("plan", byhand.Start(r))
		if want := (rollout.Cursor{Release: r.ID, Seconds: 1}); c != want {
			t.Errorf("the cursor is %+v, want %+v", c, want)
		}
		r = w.Release(r.ID)
		var weights []rollout.Weight
		for _, s := range r.Steps {
			weights = append(weights, s.Weight)
		}
		if diff := cmp.Diff([]rollout.Weight{500, 2500, 5000, rollout.All}, weights); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		if r.Definition.WhenRunning != rollout.Queue || r.Definition.Target.ID() != scenario.Target {
			t.Errorf("the record holds the definition %+v, want it with its defaults", r.Definition)
		}
		w.Define(strings.Replace(scenario.Canary, `"weight":5,`, `"weight":20,`, 1))
		if c := w.Leads("admit", c); c.Next != rollout.NextShift || w.Release(r.ID).Steps[0].Weight != 500 {
			t.Errorf("a definition that changed afterwards reached the release: %+v", w.Release(r.ID).Steps)
		}
	})
}

// What AWS would refuse in the middle of a release is refused before it begins, with what to do about it.
func TestEachRefusalHasItsExactRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		version      string
		spoil        func(w *byhand.World)
		says, remedy string
	}{
		"no such version": {
			version: "77", says: "function checkout has no version 77",
			remedy: "publish it, or choose one of: aws lambda list-versions-by-function --function-name checkout",
		},
		"no such alias": {
			version: "2", spoil: withoutAlias, says: "there is no alias live of function checkout",
			remedy: "make it on a version that works: aws lambda create-alias --function-name checkout --name live --function-version <version>",
		},
		"provisioned concurrency": {
			version: "2", spoil: func(w *byhand.World) { w.ProvisionedConcurrency() }, says: "has provisioned concurrency",
			remedy: "aws lambda delete-provisioned-concurrency-config --function-name checkout --qualifier live, or release all at once by hand",
		},
		"another role": {
			version: "4", spoil: func(w *byhand.World) { w.VersionWithOtherRole() }, says: "runs with role",
			remedy: "publish the version with stable's execution role, or move the alias once by hand",
		},
		"another dead-letter queue": {
			version: "4", spoil: withDeadLetters, says: "has another dead-letter queue",
			remedy: "publish the version with stable's dead-letter configuration",
		},
		"a definition spoilt since": {
			version: "2", spoil: func(w *byhand.World) { w.Define(`{}`) }, says: "holds no definition",
			remedy: "deploy again, which stores the definition of infra/services",
		},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Created(test.version)
				if test.spoil != nil {
					test.spoil(w)
				}
				c := w.Leads("plan", byhand.Start(r))
				why := w.Release(r.ID).Rejection
				if c.Next != rollout.NextSettle || why == nil || !strings.Contains(why.Reason, test.says) {
					t.Fatalf("it goes on with %q: %+v", c.Next, why)
				}
				if why.Remedy != test.remedy {
					t.Errorf("the remedy is\n%s\nwant\n%s", why.Remedy, test.remedy)
				}
			})
		})
	}
}

func withoutAlias(w *byhand.World) {
	_, err := w.Sandbox.Lambda.DeleteAlias(w.T.Context(), &lambda.DeleteAliasInput{FunctionName: aws.String(scenario.Service), Name: aws.String(scenario.Alias)})
	if err != nil {
		w.T.Fatal(err)
	}
}

func withDeadLetters(w *byhand.World) {
	ctx, name := w.T.Context(), aws.String(scenario.Service)
	_, err := w.Sandbox.Lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: name, DeadLetterConfig: &types.DeadLetterConfig{TargetArn: aws.String("arn:aws:sqs:us-east-1:123456789012:sluice-sandbox-guard-dead-letters")},
	})
	if err == nil {
		_, err = w.Sandbox.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: name})
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// A takeover begins at Plan as every execution does; the release is planned, and its target may be anything by now.
func TestTheWayBackNeedsNoPlan(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Define(`{}`)
		before := len(w.Calls("plan"))
		if c := w.Leads("plan", byhand.Start(r).Go(rollout.NextBack)); c.Next != rollout.NextBack || c.Release != r.ID {
			t.Errorf("the cursor is %+v, want the way back", c)
		}
		if made := len(w.Calls("plan")) - before; made != 0 {
			t.Errorf("it took %d AWS calls, each of which may fail", made)
		}
	})
}

// The execution may be older than the end: stopped by hand, found by sweep, redriven.
func TestReleaseThatHasEndedIsNotPlannedAgain(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Promoted("2")
		w.Refuses("plan", byhand.Start(r), "changed meanwhile")
		if got := w.Release(r.ID); got.State != rollout.StateSettle || got.End != rollout.Succeeded {
			t.Errorf("it is %s in state %s", got.End, got.State)
		}
	})
}

func TestReleaseThatNobodyKnowsIsAnError(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Refuses("plan", rollout.Cursor{Release: "nobody"}, "reading release nobody")
	})
}
