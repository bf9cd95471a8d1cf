package appconfig_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/test/conformance"
)

func TestDeployerKeepsThePort(t *testing.T) {
	conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return newFixture(t) })
}

func inFixture(t *testing.T, test func(f *fixture)) {
	synctest.Test(t, func(t *testing.T) { test(newFixture(t)) })
}

func (f *fixture) read() rollout.Split {
	f.t.Helper()
	return must(f.ports.Deployer.Read(f.t.Context(), f.Target()))(f.t)
}

func (f *fixture) begin(version string) string {
	f.t.Helper()
	return must(f.ports.Deployer.Start(f.t.Context(), f.Target(), traffic.Deployment{Course: rollout.Course{Release: "checkout-1"}, Revision: version, Token: "one"}))(f.t)
}

// All callers have a version that bakes: it is served. Another deployment must wait.
func TestVersionThatBakesIsServedAndBusy(t *testing.T) {
	inFixture(t, func(f *fixture) {
		handle := f.begin("2")
		time.Sleep(11 * time.Minute)
		if now := f.read(); now.Stable != "2" || now.Moving != "" || !strings.Contains(now.Busy, "BAKING") || now.Tag != handle {
			f.t.Errorf("it reads %+v", now)
		}
		time.Sleep(5 * time.Minute)
		if now := f.read(); now.Stable != "2" || now.Busy != "" {
			f.t.Errorf("after the bake it reads %+v", now)
		}
	})
}

// Configurations of one environment have their deployments in one list, and only one of them moves at a time.
func TestOtherConfigurationsOfTheEnvironmentAreToldApart(t *testing.T) {
	inFixture(t, func(f *fixture) {
		f.of.Name("list001")
		must(f.of.CreateConfigurationProfile(f.t.Context(), &api.CreateConfigurationProfileInput{ApplicationId: &f.target.Application, Name: aws.String("list"), LocationUri: aws.String("hosted")}))(f.t)
		f.version("list001")
		before := f.read()
		f.start("list001", "1", f.target.Strategy)
		if now := f.read(); now.Stable != "1" || now.Tag != before.Tag || now.Busy == "" || now.Moving != "" {
			f.t.Errorf("beside another one it reads %+v", now)
		}
		_, err := f.ports.Deployer.Start(f.t.Context(), f.Target(), traffic.Deployment{Revision: "2", Token: "one"})
		if _, waits := err.(*rollout.NotReady); !waits {
			f.t.Errorf("a start answers %v, want that it waits", err)
		}
		time.Sleep(20 * time.Minute)
		if now := f.read(); now.Busy != "" || now.Tag != before.Tag {
			f.t.Errorf("after it, it reads %+v", now)
		}
	})
}

// AppConfig reverts for 72 hours. After that, stable is deployed anew.
func TestWayBackAfterThreeDaysIsADeployment(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		anew  bool
	}{"a day later": {24 * time.Hour, false}, "four days later": {96 * time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			inFixture(t, func(f *fixture) {
				handle := f.begin("2")
				time.Sleep(test.after)
				if err := f.ports.Deployer.Stop(f.t.Context(), f.Target(), handle, "1"); err != nil {
					f.t.Fatal(err)
				}
				time.Sleep(time.Minute)
				if now := f.read(); now.Stable != "1" || (now.Tag != handle) != test.anew || now.Moving != "" {
					f.t.Errorf("it reads %+v, and deployment %s was the release's", now, handle)
				}
			})
		})
	}
}

// A revert leads to what was served before, and that is not always stable.
func TestRevertThatLeadsElsewhereIsNotMade(t *testing.T) {
	inFixture(t, func(f *fixture) {
		f.Deploy(f.t, "3")
		time.Sleep(time.Hour)
		handle := f.begin("2")
		time.Sleep(time.Hour)
		if err := f.ports.Deployer.Stop(f.t.Context(), f.Target(), handle, "1"); err != nil {
			f.t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if now := f.read(); now.Stable != "1" || now.Tag == handle {
			f.t.Errorf("it reads %+v", now)
		}
	})
}

func TestNothingToComeBackToIsAnObstacle(t *testing.T) {
	inFixture(t, func(f *fixture) {
		f.target.Profile = "none001"
		_, err := f.ports.Deployer.Read(f.t.Context(), f.Target())
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, "was ever deployed") {
			f.t.Errorf("it answers %v", err)
		}
	})
}

func TestWhatCannotBeReleasedIsRefusedBefore(t *testing.T) {
	for name, test := range map[string]struct {
		version string
		change  func(f *fixture)
		want    string
	}{
		"a version that is there":     {"2", nil, ""},
		"one that is not":             {"9", nil, "there is no version 9"},
		"a strategy that is not":      {"2", func(f *fixture) { f.target.Strategy = "none001" }, "no deployment strategy none001"},
		"a strategy that takes a day": {"2", func(f *fixture) { f.of.Name("slow001"); f.strategy("slow", 10, 1440, 0); f.target.Strategy = "slow001" }, "grows for 24h"},
	} {
		t.Run(name, func(t *testing.T) {
			inFixture(t, func(f *fixture) {
				if test.change != nil {
					test.change(f)
				}
				why, err := f.ports.Inspector.Inspect(f.t.Context(), f.Target(), test.version, "1")
				if err != nil || (why == nil) != (test.want == "") || why != nil && !strings.Contains(why.Reason, test.want) {
					f.t.Errorf("it answers %+v, %v", why, err)
				}
			})
		})
	}
}
