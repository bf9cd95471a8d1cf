package appconfig_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
)

func TestVersionReachesMoreCallersAtEachStep(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		callers := r.callers(200)
		if got := r.poll(callers); got["one"] != 200 {
			t.Fatalf("before the deployment they know %v", got)
		}
		n := r.started("2", "AppConfig.Linear20PercentEvery6Minutes")
		r.is(n, types.DeploymentStateDeploying, 1)
		time.Sleep(13 * time.Minute)
		r.is(n, types.DeploymentStateDeploying, 40)
		if got := r.poll(callers); got["two"] < 60 || got["two"] > 100 {
			t.Errorf("at 40 %% they know %v", got)
		}
		time.Sleep(18 * time.Minute)
		r.is(n, types.DeploymentStateBaking, 100)
		if got := r.poll(callers); got["two"] != 200 {
			t.Errorf("while it bakes they know %v", got)
		}
		time.Sleep(30 * time.Minute)
		r.is(n, types.DeploymentStateComplete, 100)
		log := r.deployment(n).EventLog
		if len(log) != 8 || log[7].EventType != types.DeploymentEventTypeDeploymentStarted || *log[5].Description != "Configuration available to 40.00% of clients" {
			t.Errorf("its log has %d events, the sixth of which says %q", len(log), *log[5].Description)
		}
	})
}

// 10, 20, 40, 80 and all.
func TestExponentialGrowthDoubles(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		n := r.started("2", "AppConfig.Canary10Percent20Minutes")
		for _, want := range []float32{10, 20, 40, 80} {
			time.Sleep(4*time.Minute + time.Second)
			r.is(n, types.DeploymentStateDeploying, want)
		}
		time.Sleep(4 * time.Minute)
		r.is(n, types.DeploymentStateBaking, 100)
	})
}

func TestEnvironmentHasOneDeploymentAtATime(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		n := r.started("2", "AppConfig.AllAtOnce")
		_, err := r.start("3", "AppConfig.AllAtOnce")
		refused[*types.ConflictException](t, err)
		time.Sleep(5 * time.Minute)
		r.is(n, types.DeploymentStateBaking, 100)
		_, err = r.start("3", "AppConfig.AllAtOnce")
		refused[*types.ConflictException](t, err)
		time.Sleep(6 * time.Minute)
		r.started("3", "AppConfig.AllAtOnce")
		out, err := r.ListDeployments(r.ctx, &api.ListDeploymentsInput{ApplicationId: &r.app, EnvironmentId: &r.env, MaxResults: aws.Int32(2)})
		r.must(err)
		if len(out.Items) != 2 || out.Items[0].DeploymentNumber != n+1 || *out.Items[1].ConfigurationVersion != "2" || *out.Items[0].ConfigurationName != "cart" || out.NextToken == nil {
			t.Errorf("it lists %+v", out.Items)
		}
	})
}

func TestStoppedDeploymentGoesBack(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		callers := r.callers(100)
		n := r.started("2", "AppConfig.Linear20PercentEvery6Minutes")
		time.Sleep(15 * time.Minute)
		if got := r.poll(callers); got["two"] == 0 {
			t.Fatalf("at 40 %% they know %v", got)
		}
		r.must(r.stop(n, false))
		if got := r.poll(callers); got["one"] != 100 {
			t.Errorf("after the stop they know %v", got)
		}
		_, err := r.start("3", "AppConfig.AllAtOnce")
		refused[*types.ConflictException](t, err)
		time.Sleep(10 * time.Second)
		r.is(n, types.DeploymentStateRolledBack, 1)
		refused[*types.BadRequestException](t, r.stop(n, true))
	})
}

func TestCompleteDeploymentIsRevertedForThreeDays(t *testing.T) {
	for name, test := range map[string]struct {
		after  time.Duration
		revert bool
		want   bool
	}{
		"within 72 hours":        {71 * time.Hour, true, true},
		"without being allowed":  {time.Hour, false, false},
		"after more than that":   {73 * time.Hour, true, false},
		"while it still bakes":   {5 * time.Minute, true, true},
		"while it bakes, plain":  {5 * time.Minute, false, true},
		"right after completion": {11 * time.Minute, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, nil, func(r *rig) {
				n := r.started("2", "AppConfig.AllAtOnce")
				time.Sleep(test.after)
				err := r.stop(n, test.revert)
				if (err == nil) != test.want {
					t.Errorf("got %v, want it done: %v", err, test.want)
				}
				if got := r.poll(r.callers(20)); got["one"] != map[bool]int{true: 20}[test.want] {
					t.Errorf("they know %v", got)
				}
			})
		})
	}
}

func TestWhatCannotBeDeployedIsRefused(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		_, err := r.start("9", "AppConfig.AllAtOnce")
		refused[*types.ResourceNotFoundException](t, err)
		_, err = r.start("2", "unknown")
		refused[*types.ResourceNotFoundException](t, err)
	})
}
