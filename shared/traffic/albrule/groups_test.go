package albrule_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/albrule"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/autoscaling"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/shop"
)

// grouped is a rule over two Auto Scaling groups. Blue has the first version of their launch template.
type grouped struct {
	*fixture
	scaling *autoscaling.Service
}

func newGrouped(t *testing.T) *grouped {
	f := &fixture{Watch: conformance.NewWatch("ModifyRule", "ModifyListener", "CreateRule", "DeleteRule")}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: parts.All(), Middleware: []wire.Middleware{f.Around}})
	f.cfg = f.box.Config("")
	g := &grouped{f, sandbox.PartOf[autoscaling.Service](f.box)}
	made, err := shop.OfInstances(t.Context(), sandbox.PartOf[elbv2.Service](f.box), g.scaling, "checkout")
	if err != nil {
		t.Fatal(err)
	}
	f.Shop = made
	made.PushVersion()
	made.PushVersion()
	return g
}

func (g *grouped) version(n string) string { return g.Shop.Target.Launch.Template + ":" + n }

func (g *grouped) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: g.version("1"), Candidate: g.version("2"), Other: g.version("3")}
}

// Move plays somebody else, who has first given green what is to serve there.
func (g *grouped) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	if to.Candidate != "" {
		g.launch(t, "checkout-green", to.Candidate, 0)
	}
	w := int(to.Weight)
	if to.Stable == g.version("2") {
		w = 10000 - w
	}
	if err := g.Divide(t.Context(), (10000-w)/20, w/20); err != nil {
		t.Fatal(err)
	}
}

func (g *grouped) launch(t *testing.T, group, revision string, wanted int) {
	t.Helper()
	if err := g.Launch(t.Context(), group, revision, wanted); err != nil {
		t.Fatal(err)
	}
}

func (g *grouped) fill(t *testing.T, candidate string, since time.Time) traffic.Progress {
	t.Helper()
	p, err := albrule.Ports(g.cfg).Filler.Fill(t.Context(), g.Target(), g.version("1"), candidate, since)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What holds for a rule holds for one whose pools are Auto Scaling groups.
func TestRouterKeepsThePortOverGroups(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture {
		g := newGrouped(t)
		g.launch(t, "checkout-green", g.version("2"), 0)
		return g
	})
}

// inVirtualTime waits until blue's instances are there.
func inVirtualTime(t *testing.T, test func(t *testing.T, g *grouped)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newGrouped(t)
		time.Sleep(5 * time.Minute)
		test(t, g)
	})
}

// Instances of another version would serve beside those of the candidate.
func TestGroupIsEmptiedBeforeItIsFilled(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, g *grouped) {
		g.launch(t, "checkout-green", g.version("2"), 3)
		time.Sleep(5 * time.Minute)
		began, said := time.Now(), ""
		for p := g.fill(t, g.version("3"), time.Time{}); p != (traffic.Progress{}); p = g.fill(t, g.version("3"), began) {
			if p.Failed != "" || time.Since(began) > 20*time.Minute {
				t.Fatalf("%+v after %v: %s", p, time.Since(began), said)
			}
			if !strings.HasSuffix(said, p.Moving+"; ") {
				said += p.Moving + "; "
			}
			time.Sleep(10 * time.Second)
		}
		if !strings.HasPrefix(said, "3 instances of group checkout-green have to leave first; ") || !strings.Contains(said, "0 of 2 instances of checkout-green are in service; ") {
			t.Errorf("it says %s", said)
		}
		if desired, least, err := g.Sizes(t.Context(), "checkout-green"); err != nil || desired != 2 || least != 1 {
			t.Errorf("the group wants %d instances, %d at least; %v", desired, least, err)
		}
	})
}

// A group goes on trying what it was given before: those failures are not the candidate's.
func TestOnlyFailuresOfThisFillingCount(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, g *grouped) {
		g.launch(t, "checkout-green", g.Shop.PushVersionWithoutImage(), 2)
		time.Sleep(30 * time.Minute)
		if p := g.fill(t, g.version("2"), time.Time{}); p.Moving == "" {
			t.Errorf("it says %+v", p)
		}
		began := time.Now()
		if p := g.fill(t, g.version("2"), began); p.Moving != "0 of 2 instances of checkout-green are in service" {
			t.Errorf("it says %+v", p)
		}
	})
}

func TestGroupThatNeverComesUpIsGivenUp(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, g *grouped) {
		g.scaling.SetPace(autoscaling.Pace{Look: 5 * time.Second, Rest: 30 * time.Second, Launch: 3 * time.Hour})
		g.fill(t, g.version("2"), time.Time{})
		began := time.Now()
		time.Sleep(29 * time.Minute)
		if p := g.fill(t, g.version("2"), began); p.Moving == "" {
			t.Errorf("after 29 minutes: %+v", p)
		}
		time.Sleep(2 * time.Minute)
		if p := g.fill(t, g.version("2"), began); p.Failed != "0 of 2 instances of checkout-green are in service after 30m0s" {
			t.Errorf("after 31 minutes: %+v", p)
		}
	})
}

// Each of these would launch something else than what was asked for, or nothing.
func TestInspectorRefusesGroupsThatCannotBeFilled(t *testing.T) {
	describe := func(name string, change func(d *types.AutoScalingGroup)) func(t *testing.T, g *grouped) {
		return func(_ *testing.T, g *grouped) { g.scaling.Describe("checkout-"+name, change) }
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, g *grouped)
		why   string
	}{
		"a mixed instances policy": {describe("green", func(d *types.AutoScalingGroup) { d.MixedInstancesPolicy = &types.MixedInstancesPolicy{} }), "has a mixed instances policy"},
		"another launch template":  {func(_ *testing.T, g *grouped) { g.Shop.Target.Launch.Template = "lt-00000000" }, "is not made of launch template lt-00000000"},
		"a warm pool":              {describe("blue", func(d *types.AutoScalingGroup) { d.WarmPoolConfiguration = &types.WarmPoolConfiguration{} }), "has a warm pool"},
		"no target group":          {describe("green", func(d *types.AutoScalingGroup) { d.TargetGroupARNs, d.TrafficSources = nil, nil }), "in another target group than"},
		"protected instances":      {describe("blue", func(d *types.AutoScalingGroup) { d.NewInstancesProtectedFromScaleIn = aws.Bool(true) }), "protected from scale-in"},
		"a suspended process": {describe("green", func(d *types.AutoScalingGroup) {
			d.SuspendedProcesses = []types.SuspendedProcess{{ProcessName: aws.String("Launch")}}
		}), "the process Launch of group checkout-green is suspended"},
		"an instance refresh":               {func(_ *testing.T, g *grouped) { g.scaling.Refresh("checkout-blue", types.InstanceRefreshStatusBaking) }, "an instance refresh of group checkout-blue is Baking"},
		"too small a group":                 {describe("green", func(d *types.AutoScalingGroup) { d.MaxSize = aws.Int32(1) }), "group checkout-green may have 1 instances at most, and the one that serves has 2"},
		"no version that is named":          {func(t *testing.T, g *grouped) { g.launch(t, "checkout-blue", g.version("$Latest"), 2) }, "group checkout-blue serves whatever is $Latest of its launch template"},
		"another version, not yet launched": {func(t *testing.T, g *grouped) { g.launch(t, "checkout-blue", g.version("3"), 2) }, "2 instances of group checkout-blue do not run"},
		"no group":                          {func(_ *testing.T, g *grouped) { g.Shop.Target.Green.AutoScaling.Group = "checkout-red" }, "there is no Auto Scaling group checkout-red"},
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, g *grouped) {
				if why, err := albrule.Ports(g.cfg).Inspector.Inspect(t.Context(), g.Target(), g.version("2"), g.version("1")); why != nil || err != nil {
					t.Fatalf("what can be is refused: %+v, %v", why, err)
				}
				candidate := g.version("2")
				c.spoil(t, g)
				if strings.HasPrefix(c.why, "is not made") {
					candidate = "lt-00000000:2"
				}
				why, err := albrule.Ports(g.cfg).Inspector.Inspect(t.Context(), g.Target(), candidate, g.version("1"))
				if o := traffic.ObstacleOf(err); o != nil { // whoever asks takes it for a refusal
					why, err = rollout.Because(o.What, o.Remedy), nil
				}
				if err != nil || why == nil || !strings.Contains(why.Reason, c.why) || why.Remedy == "" {
					t.Errorf("it answers %+v, %v", why, err)
				}
			})
		})
	}
}
