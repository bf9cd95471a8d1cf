package kind_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
)

const (
	ecsRule  = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
	ecsBlue  = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-blue/73e2d6bc24d8a067"
	ecsGreen = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-green/6d0ecf831eec9f09"
)

var (
	shifted   = kind.ECSService{Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: ecsRule, TargetGroup: ecsBlue, Alternate: ecsGreen}}
	rolled    = kind.ECSService{Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: ecsRule, TargetGroup: ecsBlue}}
	connected = kind.ECSService{Cluster: "shop", Service: "checkout", Connect: "checkout"}
)

func TestWhichLaddersECSClimbs(t *testing.T) {
	for _, test := range []struct {
		of      kind.ECSService
		weights []int
		want    string // part of what is wrong
	}{
		{shifted, []int{10000}, ""},
		{shifted, []int{10, 10000}, ""},
		{shifted, []int{500, 10000}, ""},
		{shifted, []int{5, 10000}, "cannot give a canary 0.05 %"},
		{shifted, []int{2500, 5000, 7500, 10000}, ""},
		{shifted, []int{300, 600, 10000}, "equal steps"},
		{shifted, []int{500, 2500, 10000}, "equal steps"},
		{shifted, []int{3330, 6660, 9990, 10000}, "equal steps"},
		{shifted, []int{250, 500, 750, 10000}, "at least 3 %"},
		{connected, []int{1000, 10000}, ""},
		{rolled, []int{10000}, ""},
		{rolled, []int{1000, 10000}, "one by one"},
	} {
		p := test.of.Climbs(test.weights)
		if got := p != nil; got != (test.want != "") || p != nil && !strings.Contains(p.Wrong, test.want) {
			t.Errorf("%v of %s: %+v, want %q", test.weights, test.of, p, test.want)
		}
	}
}

func TestWhatSilenceMeansToECS(t *testing.T) {
	for _, e := range []kind.ECSService{shifted, connected} {
		if e.Silence() != kind.GoesBack || e.WayBack() != time.Minute {
			t.Errorf("%+v: %s, back within %v", e, e.Silence(), e.WayBack())
		}
	}
	if rolled.Silence() != kind.GoesOn || rolled.WayBack() < 10*time.Minute || !strings.Contains(rolled.Caution(), "whether Sluice is there or not") {
		t.Errorf("rolling: %s, back within %v, %s", rolled.Silence(), rolled.WayBack(), rolled.Caution())
	}
}

// A revision is counted by the target group in which it stands, which changes with each release.
func TestRevisionsOfECSAreCountedWhereTheyStand(t *testing.T) {
	tag := kind.ECSTag{Deployment: "arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/checkout/x", Revision: "checkout:42", From: "checkout:41", Place: kind.PlaceAlternate}.String()
	for revision, want := range map[string]string{"checkout:42": "targetgroup/checkout-green/6d0ecf831eec9f09", "checkout:41": "targetgroup/checkout-blue/73e2d6bc24d8a067"} {
		m := shifted.Metrics(shifted.Stands(revision, tag)).Requests
		if m.Dimensions["TargetGroup"] != want || m.Dimensions["LoadBalancer"] != "app/shop/50dc6c495c0c9188" {
			t.Errorf("%s is counted by %v", revision, m.Dimensions)
		}
	}
	if got := shifted.Stands("checkout:40", tag); got != "" {
		t.Errorf("checkout:40 stands in %s", got)
	}
	if m := connected.Metrics(connected.Stands("checkout:42", tag)).Requests; m.Namespace != "AWS/ECS" || m.Dimensions["DiscoveryName"] != "checkout" || connected.Blends() == "" {
		t.Errorf("through Service Connect: %+v", m)
	}
	if m := rolled.Metrics(rolled.Stands("checkout:42", tag)).Requests; m.Dimensions["TargetGroup"] != "targetgroup/checkout-blue/73e2d6bc24d8a067" || rolled.Blends() == "" {
		t.Errorf("rolling: %+v", m)
	}
	if back := kind.ParseECSTag(tag); back.String() != tag || kind.ParseECSTag("d-1").Deployment != "" {
		t.Errorf("the tag reads %+v", back)
	}
}

func TestWhatIsWrongWithAnECSService(t *testing.T) {
	for field, e := range map[string]kind.ECSService{
		"cluster":                  {Cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/shop", Service: "checkout"},
		"service":                  {Cluster: "shop"},
		"serviceConnect":           {Cluster: "shop", Service: "checkout", Connect: "checkout", LoadBalancer: shifted.LoadBalancer},
		"loadBalancer.rule":        {Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: "rule", TargetGroup: ecsBlue}},
		"loadBalancer.targetGroup": {Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: ecsRule}},
		"loadBalancer.alternate":   {Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: ecsRule, TargetGroup: ecsBlue, Alternate: ecsBlue}},
	} {
		if found := e.Problems(); len(found) != 1 || found[0].Field != field || found[0].Remedy == "" {
			t.Errorf("%s: %+v", field, found)
		}
	}
}

// Who only watches may move nothing, and nobody may send on what cannot rest.
func TestWhatECSIsAskedToAllow(t *testing.T) {
	for function, want := range map[string]string{"admit": "", "guard": "ecs:StopServiceDeployment ecs:UpdateService", "shift": "ecs:ContinueServiceDeployment ecs:StopServiceDeployment ecs:UpdateService"} {
		if got := writes(shifted.Needs(function, kind.Uses{})); got != want {
			t.Errorf("%s may %s, want %s", function, got, want)
		}
	}
	if got := writes(rolled.Needs("shift", kind.Uses{})); strings.Contains(got, "Continue") {
		t.Errorf("over a rolling service shift may %s", got)
	}
}

// Only who may begin a deployment passes roles of hooks to ECS.
func TestRolesOfHooksArePassedByWhoDeploys(t *testing.T) {
	hooked := shifted
	hooked.HookRoles = []string{"arn:aws:iam::123456789012:role/hooks"}
	if p := hooked.Passes(); len(shifted.Passes()) != 0 || len(p) != 1 || !slices.Equal(p[0].Functions, []string{"shift", "rollback", "settle", "guard"}) || p[0].Service != "ecs.amazonaws.com" {
		t.Errorf("it passes %v", p)
	}
	hooked.HookRoles = []string{"hooks"}
	if found := hooked.Problems(); len(found) != 1 || found[0].Field != "hookRoles[0]" {
		t.Errorf("found %v", found)
	}
}

func writes(needs []kind.Need) string {
	var all []string
	for _, n := range needs {
		for _, a := range n.Actions {
			if !strings.Contains(a, ":Describe") && !strings.Contains(a, ":List") {
				all = append(all, a)
			}
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}
