package ssm_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// defined are the definitions of an account in which one service has a parameter.
func defined(t *testing.T, value string, middleware ...wire.Middleware) *ssm.Definitions {
	t.Helper()
	box := sandboxtest.Boot(t, middleware...)
	_, err := box.SSM.PutParameter(t.Context(), &awsssm.PutParameterInput{
		Name: aws.String("/sluice/test/services/checkout"), Value: &value, Type: types.ParameterTypeString,
	})
	if err != nil {
		t.Fatal(err)
	}
	return ssm.New(box.Config(""), "/sluice/test/services/")
}

// shortest is a definition that says only what it must.
const shortest = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},"guard":{"alarms":["checkout-errors"]}}`

func TestDefinitionComesWithItsDefaults(t *testing.T) {
	d, err := defined(t, shortest).Definition(t.Context(), "checkout")
	if err != nil {
		t.Fatal(err)
	}
	if d.Target.ID() != "lambda:checkout:live" || d.Strategy.AllAtOnce.Bake.Std() != 10*time.Minute {
		t.Errorf("read %+v, want what was stored", d)
	}
	if d.WhenRunning != rollout.Queue || d.Guard.WhenMuted != rollout.Hold || d.QueueLimit.Std() != 24*time.Hour {
		t.Errorf("read %+v, want the defaults of what was left out", d)
	}
}

// What is unknown is the asker's to mend, what is invalid the stack's, and what could not be read is tried again.
func TestUnknownAndInvalidAndUnreadAreToldApart(t *testing.T) {
	down := sandboxtest.Fail("ssm:GetParameter", sandboxtest.Always, wire.Internal("down"))
	for name, test := range map[string]struct {
		service, value   string
		fault            []wire.Middleware
		unknown, invalid bool
		says             string
	}{
		"no such parameter":        {service: "chekout", value: shortest, unknown: true, says: `"chekout"`},
		"a definition that breaks": {service: "checkout", value: `{"revertWindow":"soon"}`, invalid: true, says: `"soon"`},
		"one without a strategy":   {service: "checkout", value: strings.Replace(shortest, `"allAtOnce":{"bake":"10m"}`, "", 1), invalid: true, says: "strategy"},
		"a service that is down":   {service: "checkout", value: shortest, fault: []wire.Middleware{down}, says: "InternalFailure"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := defined(t, test.value, test.fault...).Definition(t.Context(), test.service)
				if err == nil || ssm.IsUnknown(err) != test.unknown || (ssm.Rejection(err) != nil) != test.invalid || !strings.Contains(err.Error(), test.says) {
					t.Errorf("the answer is %v (unknown %v, rejection %+v)", err, ssm.IsUnknown(err), ssm.Rejection(err))
				}
			})
		})
	}
}

func TestDefinitionIsReadThroughOneThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := defined(t, shortest, sandboxtest.Fail("ssm:GetParameter", 1, wire.Throttled("Rate exceeded"))).Definition(t.Context(), "checkout")
		if err != nil {
			t.Errorf("one throttle is an error: %v", err)
		}
	})
}
