package kind_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/shared/kind"
)

// scaled is a rule over two Auto Scaling groups.
func scaled() kind.ALBRule {
	r := fronted()
	r.Test = nil
	r.Blue.AutoScaling, r.Green.AutoScaling = &kind.AutoScalingPool{Group: "checkout-blue"}, &kind.AutoScalingPool{Group: "checkout-green"}
	r.Launch = &kind.ALBLaunch{Template: "lt-0123456789abcdef0", Roles: []string{"arn:aws:iam::123456789012:role/checkout"}}
	return r
}

func TestGroupsNeedTheirLaunchTemplate(t *testing.T) {
	if found := scaled().Problems(); len(found) != 0 {
		t.Fatalf("what is right is refused: %+v", found)
	}
	for name, c := range map[string]struct {
		spoil func(r *kind.ALBRule)
		field string
	}{
		"no template":       {func(r *kind.ALBRule) { r.Launch = nil }, "launch"},
		"a template's name": {func(r *kind.ALBRule) { r.Launch.Template = "checkout" }, "launch.template"},
		"a role's name":     {func(r *kind.ALBRule) { r.Launch.Roles = []string{"checkout"} }, "launch.roles[0]"},
		"the same group":    {func(r *kind.ALBRule) { r.Green.AutoScaling.Group = "checkout-blue" }, "green.autoScaling.group"},
		"any group":         {func(r *kind.ALBRule) { r.Green.AutoScaling.Group = "*" }, "green.autoScaling.group"},
		"one group":         {func(r *kind.ALBRule) { r.Green.AutoScaling = nil }, "green"},
		"a service, too": {func(r *kind.ALBRule) {
			r.Blue.ECS = &kind.ECSPool{Cluster: "shop", Service: "a"}
			r.Green.ECS = r.Blue.ECS
		}, "blue"},
		"a template of none": {func(r *kind.ALBRule) { r.Blue.AutoScaling, r.Green.AutoScaling = nil, nil }, "launch"},
	} {
		r := scaled()
		c.spoil(&r)
		if !slices.ContainsFunc(r.Problems(), func(p kind.Problem) bool { return p.Field == c.field && p.Remedy != "" }) {
			t.Errorf("%s: %+v", name, r.Problems())
		}
	}
}

func TestOnlyNumbersNameVersionsForGood(t *testing.T) {
	l := *scaled().Launch
	for revision, want := range map[string]string{
		"lt-0123456789abcdef0:7": "7", "lt-0123456789abcdef0:$Latest": "", "lt-0123456789abcdef0:07": "", "lt-0123456789abcdef0": "", "lt-0123456789abcdef1:7": "", "lt-0123456789abcdef0:7:8": "",
	} {
		if got := l.Version(revision); got != want {
			t.Errorf("%s is version %q, want %q", revision, got, want)
		}
	}
}

// Without its condition the launch of instances would be that of any.
func TestWhatIsGrantedForEverythingIsOfOneTemplate(t *testing.T) {
	r, launches := scaled(), 0
	for _, function := range kind.Touching() {
		for _, n := range r.Needs(function, kind.Uses{}) {
			for _, a := range n.Actions {
				switch when := r.When(n.Sid); {
				case strings.HasPrefix(a, "ec2:"):
					if launches++; function != "shift" || when == nil {
						t.Errorf("%s may %s under %v", function, a, when)
					}
				case a == "autoscaling:UpdateAutoScalingGroup" && (function != "shift" || !strings.HasPrefix(n.Resource, "autoScalingGroup:*:autoScalingGroupName/checkout-")):
					t.Errorf("%s may change %s", function, n.Resource)
				}
			}
		}
	}
	if got := r.When("LaunchInstances")["ArnLike"]["ec2:LaunchTemplate"]; launches != 2 || !slices.Equal(got.([]string), []string{"arn:*:ec2:*:*:launch-template/lt-0123456789abcdef0"}) {
		t.Errorf("%d launches, of %v", launches, got)
	}
	if p := r.Passes(); len(p) != 1 || !slices.Equal(p[0].Functions, []string{"shift"}) || p[0].Service != "ec2.amazonaws.com" || len(p[0].Roles) != 1 {
		t.Errorf("it passes %v", p)
	}
}
