package convert

import (
	"fmt"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// isAppSpec says whether a document is an AppSpec for Lambda or ECS
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html). Its keys may be written in either case.
func isAppSpec(v *value) bool {
	for _, k := range v.keysOf() {
		if strings.EqualFold(k, "resources") && v.fields[k].form == list && v.form == mapping {
			return true
		}
	}
	return false
}

// readAppSpec makes a draft of each resource.
func readAppSpec(all []*value, w Wish, found *Result) {
	for _, root := range all {
		if !isAppSpec(root) {
			continue
		}
		root.at("version")
		hooks := root.at("Hooks")
		for _, item := range root.at("Resources").list() {
			for _, label := range item.keysOf() {
				resource{label: label, is: item.at(label), hooks: hooks, wish: w, result: found}.read()
			}
		}
		n := notes(found.Notes)
		n.left(root, "CodeDeploy")
		found.Notes = n
	}
}

// A resource is one entry of Resources.
type resource struct {
	label  string
	is     *value
	hooks  *value
	wish   Wish
	result *Result
}

func (r resource) read() {
	n := notes{}
	d := Draft{From: "resource " + r.label, Line: r.is.where(), Answers: map[string]string{}}
	properties := r.is.at("Properties")
	platform := "Lambda"
	switch typ := r.is.at("Type").string(); typ {
	case "AWS::Lambda::Function":
		d.Kind = kind.LambdaAliasID
		r.lambda(&d, &n, properties)
	case "AWS::ECS::Service":
		platform, d.Kind = "ECS", kind.ECSServiceID
		r.ecs(&d, &n, properties)
	default:
		d.Refused = rollout.Because(fmt.Sprintf("line %d: %q is no type of resource that CodeDeploy knows", r.is.where(), typ), "write AWS::Lambda::Function or AWS::ECS::Service")
	}
	if d.Refused == nil {
		r.strategy(&d, &n, platform)
	}
	for _, h := range r.hooks.list() {
		for _, phase := range h.keysOf() {
			r.hook(&d, &n, phase, h.at(phase), platform)
		}
	}
	d.Notes = n.sorted()
	r.result.Drafts = append(r.result.Drafts, d)
}

// placeholder says whether a text stands for what a pipeline fills in: <TASK_DEFINITION>, "[Your function]".
func placeholder(text string) bool {
	return text == "" || strings.ContainsAny(text, "<>[]{}$ ")
}

// lambda is an alias. The versions are of one deployment, and a release names its own.
func (r resource) lambda(d *Draft, n *notes, p *value) {
	name, alias := p.at("Name"), p.at("Alias")
	if d.Service = serviceName(r.label); !placeholder(name.string()) {
		d.Service = serviceName(lastOf(name.string()))
	}
	for _, part := range []struct {
		flag string
		says *value
	}{{"function", name}, {"alias", alias}} {
		text := lastOf(part.says.string())
		if placeholder(text) {
			continue
		}
		d.Answers[part.flag] = text
		n.kept(part.says, "target.lambdaAlias."+part.flag+" is "+text)
	}
	n.gone(p, "a release names its own revision, and reads what serves", "sluice release "+d.Service+" VERSION", "CurrentVersion", "TargetVersion")
}

// ecs is a service whose name the AppSpec does not say: the deployment group knows it.
func (r resource) ecs(d *Draft, n *notes, p *value) {
	if !strings.EqualFold(r.label, "TargetService") { // which is what every guide writes, and no name
		d.Service = serviceName(r.label)
	}
	if task := p.at("TaskDefinition"); task != nil {
		if family, _, _ := strings.Cut(lastOf(task.string()), ":"); !placeholder(family) {
			d.Service = serviceName(family)
		}
		n.lost(task, "a release names its own task definition", "sluice release SERVICE FAMILY:REVISION")
	}
	const own = "the service of ECS says that, and it is left as it is"
	n.gone(p, own, "", "LoadBalancerInfo", "PlatformVersion", "NetworkConfiguration", "CapacityProviderStrategy")
	*n = append(*n, Note{
		r.is.where(), "Type: AWS::ECS::Service", Differs, "target.ecsService: ECS itself shifts the traffic, and Sluice tells it when. A service with the deployment controller CODE_DEPLOY cannot do that",
		"give the service the controller ECS first: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html (docs/targets/ecs-service.md)",
	})
}

func (r resource) strategy(d *Draft, n *notes, platform string) {
	i, ok := named(r.wish.Config, platform)
	if !ok {
		why := "An AppSpec does not say how the traffic is shifted: the deployment group does (aws deploy get-deployment-group --query deploymentGroupInfo.deploymentConfigName)."
		if r.wish.Config != "" {
			why = fmt.Sprintf("%q is no deployment configuration of %s that shifts traffic.", r.wish.Config, platform)
		}
		r.result.want(wantConfig(platform, why))
		return
	}
	d.said.Strategy = i.strategy()
	*n = append(*n, Note{r.is.where(), "--deployment-config " + r.wish.Config, Kept, i.String(), ""})
	*n = append(*n, Note{r.is.where(), "nothing of alarms", Lost, "the deployment group names them, and the AppSpec does not", "name them: --alarm, from aws deploy get-deployment-group --query deploymentGroupInfo.alarmConfiguration"})
}

// hook is a function that CodeDeploy calls. Those before any traffic become gates.
func (r resource) hook(d *Draft, n *notes, phase string, v *value, platform string) {
	m := meaning{text: v.string(), sure: true, clear: !placeholder(v.string())}
	switch {
	case strings.EqualFold(phase, "AfterAllowTraffic"):
		after(n, v)
	case strings.EqualFold(phase, "BeforeAllowTraffic") && platform == "Lambda", strings.EqualFold(phase, "BeforeInstall"):
		hook(n, d, v, m, "")
	default:
		n.lost(v, "ECS has hooks of its own for this, which Sluice keeps: a gate is looked at before the new tasks stand", "put the function into lifecycleHooks of the service, and its role into target.ecsService.hookRoles (docs/targets/ecs-service.md)")
	}
}

// lastOf is the name in an ARN of a function or a task definition: "checkout", "checkout:42".
func lastOf(name string) string {
	parts := strings.SplitN(name, ":", 6)
	if !strings.HasPrefix(name, "arn:") || len(parts) < 6 {
		return name
	}
	if function, is := strings.CutPrefix(parts[5], "function:"); is {
		function, _, _ = strings.Cut(function, ":")
		return function
	}
	return parts[5][strings.LastIndexByte(parts[5], '/')+1:]
}
