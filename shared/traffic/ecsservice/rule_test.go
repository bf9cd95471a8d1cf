package ecsservice_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/test/shop"
)

// resting has a deployment of checkout:2 that rests at a quarter, and bakes for ten minutes when all is there.
func (f *fixture) resting(t *testing.T) (m *traffic.Mover, now rollout.Split) {
	t.Helper()
	m = traffic.Along(traffic.Ports{Deployer: f.Deployer()}, f.Course())
	return m, f.moved(t, m, f.Course().Weights[0])
}

func (f *fixture) moved(t *testing.T, m *traffic.Mover, w rollout.Weight) rollout.Split {
	t.Helper()
	for range 300 {
		now, err := m.Forward(t.Context(), f.Target(), rollout.Split{Stable: "checkout:1", Candidate: "checkout:2", Weight: w}, may{})
		if err != nil {
			t.Fatal(err)
		}
		if now.Moving == "" {
			return now
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("the candidate does not get %v", w)
	return rollout.Split{}
}

// ECS tells what it has asked for. What serves is in the rule, whoever wrote it.
func TestTheSplitIsReadFromTheRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, shop.TwoGroups)
		f.resting(t)
		if err := f.Divide(t.Context(), 60, 40); err != nil {
			t.Fatal(err)
		}
		now, err := f.Deployer().Read(t.Context(), f.Target())
		if err != nil || now.Weight != 4000 || !now.Rests {
			t.Errorf("it reads %+v, %v; want 40 %%", now, err)
		}
	})
}

// While ECS keeps the tasks before stable's, going back to stable must not take that one back.
func TestStopDoesNotTakeStablesOwnDeploymentBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, shop.TwoGroups)
		m, _ := f.resting(t)
		now := f.moved(t, m, rollout.All)
		if now.Unrest() != "" {
			t.Fatalf("while ECS keeps the old tasks, it reads %+v", now)
		}
		if err := f.Deployer().Stop(t.Context(), f.Target(), now.Tag, "checkout:2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(f.Takes())
		if after, err := f.Deployer().Read(t.Context(), f.Target()); err != nil || !after.Serves("checkout:2") || kind.ParseECSTag(after.Tag) != kind.ParseECSTag(now.Tag) {
			t.Errorf("it reads %+v, %v", after, err)
		}
	})
}

// ECS keeps the old tasks until somebody says that nobody will want them. That moves no traffic, and another deployment may begin then.
func TestOldTasksAreLetGoForTheNextDeployment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, shop.TwoGroups)
		m, _ := f.resting(t)
		f.moved(t, m, rollout.All)
		d := f.Deployer().(traffic.Keeper)
		for range 2 { // the first answer may be lost
			if moving, err := d.LetGo(t.Context(), f.Target()); err != nil || moving != "ECS stops the tasks before checkout:2" {
				t.Fatalf("it says %q, %v", moving, err)
			}
		}
		time.Sleep(f.Takes())
		if moving, err := d.LetGo(t.Context(), f.Target()); err != nil || moving != "" {
			t.Errorf("when they are stopped it says %q, %v", moving, err)
		}
		if now, err := f.Deployer().Read(t.Context(), f.Target()); err != nil || now.Unrest() != "" || !now.Serves("checkout:2") {
			t.Errorf("it reads %+v, %v", now, err)
		}
	})
}
