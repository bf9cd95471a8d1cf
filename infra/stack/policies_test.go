package stack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"sluice/infra/addition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// home without a stack: enough to write and measure grants.
var nowhere = home{Home: addition.Home{Environment: "production", Partition: "{partition}", Region: "{region}", Account: "{account}"}, env: "production"}

// growing allows actions on what definitions name.
func growing(sid string, resources []string, actions ...string) []grant {
	return one(grant{sid: sid, actions: actions, resources: resources, grows: true})
}

func manyFunctions(n int) []string {
	var arns []string
	for i := range n {
		arns = append(arns, nowhere.ARN("lambda", fmt.Sprintf("function:a-service-of-shop-%03d", i)))
	}
	return arns
}

func TestGrantsThatNoPolicyHoldsAreSplitAndNothingIsLost(t *testing.T) {
	grants := slices.Concat(growing("Move", manyFunctions(300), "lambda:GetAlias", "lambda:UpdateAlias"), growing("Test", manyFunctions(150), "lambda:InvokeFunction"))
	documents := pack(grants, managedPolicy, nowhere.size)
	found := map[string][]string{}
	for i, d := range documents {
		if size := nowhere.size(d); size > managedPolicy || i < len(documents)-1 && size < managedPolicy*9/10 {
			t.Errorf("policy %d has %d characters", i, size)
		}
		for _, g := range d {
			found[g.sid] = append(found[g.sid], g.resources...)
		}
	}
	if !slices.Equal(found["Move"], grants[0].resources) || !slices.Equal(found["Test"], grants[1].resources) {
		t.Errorf("%d and %d resources of 300 and 150 are left", len(found["Move"]), len(found["Test"]))
	}
}

func TestGrantsOnTheSameResourcesAreOneStatement(t *testing.T) {
	some := manyFunctions(2)
	got := merged(slices.Concat(growing("Read", some, "lambda:GetAlias"), growing("Move", some, "lambda:UpdateAlias"), growing("Other", some[:1], "lambda:GetAlias"),
		one(growing("Pass", some, "iam:PassRole")[0].only("StringEquals", "iam:PassedToService", "ssm.amazonaws.com"))))
	var said []string
	for _, g := range got {
		said = append(said, fmt.Sprintf("%s %v on %d", g.sid, g.actions, len(g.resources)))
	}
	want := []string{"ReadMove [lambda:GetAlias lambda:UpdateAlias] on 2", "Other [lambda:GetAlias] on 1", "Pass [iam:PassRole] on 2"}
	if !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

func TestSizeIsWhatIamCountsAfterDeployment(t *testing.T) {
	const text = `{"Statement":[{"Action":"lambda:GetAlias","Effect":"Allow","Resource":"arn:aws-us-gov:lambda:us-isof-south-1:123456789012:function:a-service-of-shop-000","Sid":"Read"}],"Version":"2012-10-17"}`
	if size := nowhere.size(growing("Read", manyFunctions(1), "lambda:GetAlias")); size != len(text) {
		t.Errorf("size is %d, want %d", size, len(text))
	}
}

// A batch of records has to meet one statement whole, so the names of a definition stay together, however many definitions there are.
func TestTheRecordsOfADefinitionAreInOneStatement(t *testing.T) {
	var many targets
	for i := range 40 {
		r := kind.RecordSet{Zone: "Z1"}
		for _, name := range []string{"www", "shop", "api"} {
			r.Records = append(r.Records, kind.Record{Name: fmt.Sprintf("%s.team-%02d.example.com", name, i), Type: "A"})
		}
		many = append(many, rollout.Definition{Target: rollout.Target{RecordSet: &r}})
	}
	named := map[string]int{} // statement by name
	for i, g := range many.grants(nowhere, "shift-record-set") {
		if values(g.when) > mostValues {
			t.Errorf("statement %s has %d values", g.sid, values(g.when))
		}
		for _, keys := range g.when {
			names, _ := keys["route53:ChangeResourceRecordSetsNormalizedRecordNames"].([]string)
			for _, name := range names {
				_, team, _ := strings.Cut(name, ".")
				if at, seen := named[team]; seen && at != i {
					t.Errorf("records of %s are in two statements", team)
				}
				named[team] = i
			}
		}
	}
	if len(named) != len(many) {
		t.Errorf("%d of %d definitions may be moved", len(named), len(many))
	}
}

// What AWS has no resource to name for may still be narrowed: a launch of instances that lost its condition would be one of any.
func TestConditionsOfWhatIsGrantedOnEverythingAreKept(t *testing.T) {
	group := func(name, template string) rollout.Definition {
		pool := func(color string) kind.Pool {
			return kind.Pool{TargetGroup: color, AutoScaling: &kind.AutoScalingPool{Group: name + "-" + color}}
		}
		return rollout.Definition{Target: rollout.Target{ALBRule: &kind.ALBRule{Blue: pool("blue"), Green: pool("green"), Launch: &kind.ALBLaunch{Template: template}}}}
	}
	found := map[string]string{}
	for _, g := range merged(targets{group("cart", "lt-11111111"), group("shop", "lt-22222222")}.grants(nowhere, "shift-alb")) {
		if strings.HasPrefix(g.actions[0], "ec2:") {
			found[strings.Join(g.actions, " ")] = fmt.Sprint(g.resources, g.when, g.grows)
		}
	}
	want := map[string]string{
		"ec2:RunInstances": "[*] map[ArnLike:map[ec2:LaunchTemplate:[arn:*:ec2:*:*:launch-template/lt-11111111 arn:*:ec2:*:*:launch-template/lt-22222222]]] true",
		"ec2:CreateTags":   "[*] map[StringEquals:map[ec2:CreateAction:RunInstances]] true",
	}
	if !maps.Equal(found, want) {
		t.Errorf("%q, want %q", found, want)
	}
}
