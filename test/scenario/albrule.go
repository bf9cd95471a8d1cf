package scenario

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/events"
	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/shop"
)

// Tasks has the target be a rule of the load balancer "shop", whose target groups are filled by services of ECS.
type Tasks struct{ albRule }

// Make implements Kind.
func (Tasks) Make(w *World) {
	w.T.Helper()
	var err error
	w.shop, err = shop.OfTasks(w.ctx, sandbox.PartOf[elbv2.Service](w.Sandbox), sandbox.PartOf[ecs.Service](w.Sandbox), w.service)
	w.must(err)
}

// Pushed registers a task definition and tells its name.
func (Tasks) Pushed(w *World) (revision string) {
	w.T.Helper()
	revision, err := w.shop.Push(w.ctx, w.service)
	w.must(err)
	return revision
}

// Revision is the task definition of a number. Those that are not there yet are registered.
func (t Tasks) Revision(w *World, version string) string {
	n, err := strconv.Atoi(version)
	if err != nil {
		return version
	}
	for w.shop.Pushed() < n {
		t.Pushed(w)
	}
	return w.service + ":" + version
}

// PushedWithoutImage registers one whose image is in no repository.
func (Tasks) PushedWithoutImage(w *World) (revision string) {
	w.T.Helper()
	revision, err := w.shop.PushWithoutImage(w.ctx, w.service)
	w.must(err)
	return revision
}

// Deploys has somebody else run a task definition in a service.
func (Tasks) Deploys(w *World, service, revision string) {
	w.T.Helper()
	w.must(w.shop.Deploy(w.ctx, service, revision))
}

// PushedImage pushes an image and registers nothing.
func (Tasks) PushedImage(w *World, n int) (digest string) {
	return w.shop.PushImage("acme/"+w.service, n)
}

// Announced has the bus told of an image that was pushed, and returns the release that follows.
func (Tasks) Announced(w *World, digest string) (release string) {
	w.T.Helper()
	name := "acme/" + w.service
	w.defineSource("ecr/" + name)
	w.put(events.ArtifactPublished, events.Artifact{Kind: events.Image, Name: name, Version: digest, Tag: "v2", Delivery: "push-1"})
	return w.lastIs(events.ReleaseID(w.service, digest, "push-1"))
}

// Newest is the newest task definition of the service's family, with its tags as key=value.
func (Tasks) Newest(w *World) (d types.TaskDefinition, tags []string) {
	w.T.Helper()
	d, all, err := w.shop.Definition(w.ctx, w.service)
	w.must(err)
	for _, t := range all {
		tags = append(tags, *t.Key+"="+*t.Value)
	}
	return d, tags
}

// Slowly has images take a while until they are there.
func (Tasks) Slowly(w *World, pull time.Duration) {
	sandbox.PartOf[ecs.Service](w.Sandbox).SetPace(ecs.Pace{Look: 5 * time.Second, Rest: 30 * time.Second, Provision: 10 * time.Second, Pull: pull})
}

// Wants is how many tasks a service is to run.
func (Tasks) Wants(w *World, service string) int {
	w.T.Helper()
	count, err := w.shop.Wants(w.ctx, service)
	w.must(err)
	return count
}

// External has the target be such a rule, whose target groups somebody fills of whom Sluice knows nothing. Blue holds revision 1.
type External struct {
	albRule
	Green  string // the revision that green holds; empty: none
	Marked bool   // the definition says by what requests are marked: the header X-Canary
}

// Target is the sample's without the services.
func (e External) Target(service string) string {
	target := regexp.MustCompile(`,"ecs":\{[^}]*\}|,"images":\{[^}]*\}|,"whenIdle":"[^"]*"`).ReplaceAllString(definition.Sample(kind.ALBRuleID, service), "")
	if e.Marked {
		target = strings.TrimSuffix(target, "}}") + `,"marked":{"priority":5,"header":{"name":"X-Canary","values":["1"]}}}}`
	}
	return target
}

// ByPriority is External with a rule that its definition finds at its priority.
type ByPriority struct{ External }

// Target is the sample's without the ARN of the rule.
func (p ByPriority) Target(service string) string {
	of := regexp.MustCompile(`"rule":"([^"]*)listener-rule/([^"]*)/[0-9a-f]+"`)
	return of.ReplaceAllString(p.External.Target(service), `"listener":"${1}listener/${2}","priority":10`)
}

// Make implements Kind.
func (e External) Make(w *World) {
	w.T.Helper()
	var err error
	w.shop, err = shop.New(w.ctx, sandbox.PartOf[elbv2.Service](w.Sandbox), w.service, "1")
	w.must(err)
	if e.Marked {
		w.shop.Mark()
	}
	if e.Green != "" {
		e.Holds(w, "green", e.Green)
	}
}

// Testers has the load balancer have a listener for testers, and the definitions that are given from now on name it.
func (External) Testers(w *World) {
	w.T.Helper()
	w.must(w.shop.OpenFront(w.ctx))
}

// Tried has a tester ask the listener for testers, and tells the status and who answered.
func (External) Tried(w *World, path string) string {
	w.T.Helper()
	answer, err := w.internet().Get(shop.FrontURL + path)
	w.must(err)
	defer answer.Body.Close()
	return fmt.Sprint(answer.StatusCode, " ", answer.Header.Get("Revision"))
}

// TestersLeadElsewhere has somebody use the listener for testers for a target group of theirs.
func (External) TestersLeadElsewhere(w *World) {
	w.T.Helper()
	w.must(w.shop.Divert(w.ctx))
}

// Breaks has a revision fail every request.
func (albRule) Breaks(w *World, revision string) { w.shop.Break(revision, func() bool { return true }) }

// Named is a definition that names the rule as it is, with all that the story has made.
func (albRule) Named(w *World, definition string) string {
	w.T.Helper()
	target, err := json.Marshal(rollout.Target{ALBRule: &w.shop.Target})
	w.must(err)
	return strings.Replace(definition, `{"lambdaAlias":{"function":"`+w.service+`","alias":"live"}}`, string(target), 1)
}

// Unmarks has somebody else delete the rule for marked requests.
func (External) Unmarks(w *World) {
	w.T.Helper()
	w.must(w.shop.Unmark(w.ctx))
}

// MarkedAnswers has clients send marked requests at once, and counts which revision answered.
func (External) MarkedAnswers(w *World, requests int) map[string]int {
	answers := map[string]int{}
	for range requests {
		answers[w.shop.AskMarked()]++
	}
	return answers
}

// MarkedTraffic has clients send marked requests a minute until the world ends.
func (External) MarkedTraffic(w *World, perMinute int) {
	w.steadily(perMinute, func() { w.shop.AskMarked() })
}

// MayMark grants what a definition with marked requests does.
func MayMark(t *cfn.Template) {
	may(t, `{"service":"checkout","target":`+External{Marked: true}.Target("checkout")+`,"strategy":{"canary":{"steps":[{"weight":0,"marked":true,"bake":"10m"}]}}}`)
}

// may grants what a definition does to functions of the kind albRule.
func may(t *cfn.Template, definition string) {
	var d rollout.Definition
	if err := json.Unmarshal([]byte(definition), &d); err != nil {
		panic(err)
	}
	for _, g := range addition.Grants(addition.Home{Environment: "sandbox", Partition: "aws", Region: Here.Region, Account: Here.Account}, d) {
		statement := map[string]any{"Effect": "Allow", "Action": g.Actions, "Resource": g.Resources}
		if g.Condition != nil {
			statement["Condition"] = g.Condition
		}
		for _, function := range g.Functions {
			id := ""
			for word := range strings.SplitSeq(function, "-") {
				id += strings.ToUpper(word[:1]) + word[1:]
			}
			permit(t, id, statement)
		}
	}
}

// MayTest lets shift and plan do what a definition with tests lets them.
func MayTest(t *cfn.Template) {
	for _, function := range []string{"ShiftAlb", "PlanAlb"} {
		Allowing(function, "*", "elasticloadbalancing:DescribeListeners")(t)
	}
	Allowing("ShiftAlb", "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/*", "elasticloadbalancing:ModifyListener")(t)
}

// albRule is what is the same for all rules.
type albRule struct{}

// ID implements Kind.
func (albRule) ID() kind.ID { return kind.ALBRuleID }

// Serves implements Kind.
func (albRule) Serves(w *World) rollout.Split {
	w.T.Helper()
	p, err := w.shop.Serves(w.ctx)
	w.must(err)
	s := rollout.Split{
		Stable: p.Blue.Revision, Candidate: p.Green.Revision, Weight: rollout.FromFraction(float64(p.Green.Weight) / float64(p.Blue.Weight+p.Green.Weight)), Marked: p.Mark.Pool != "",
	}
	if p.Mark.Pool == "blue" {
		s.Stable, s.Candidate, s.Weight = s.Candidate, s.Stable, rollout.All-s.Weight
	}
	return s.Plain()
}

// Holds has a pool hold a revision.
func (albRule) Holds(w *World, pool, revision string) {
	w.T.Helper()
	w.must(w.shop.Register(w.ctx, pool, revision))
}

// Divided has somebody else give the pools weights.
func (albRule) Divided(w *World, blue, green int) {
	w.T.Helper()
	w.must(w.shop.Divide(w.ctx, blue, green))
}

// Refuses has the targets of a pool refuse connections.
func (albRule) Refuses(w *World, pool string) { w.shop.Stop(pool) }

// Answers has clients send requests at once, and counts which revision answered.
func (albRule) Answers(w *World, requests int) map[string]int {
	answers := map[string]int{}
	for range requests {
		answers[w.shop.Ask()]++
	}
	return answers
}

// Traffic has clients send requests a minute until the world ends.
func (albRule) Traffic(w *World, perMinute int) {
	w.steadily(perMinute, func() { w.shop.Ask() })
}

// Listener is the ARN of the listener above the rule.
func (albRule) Listener(w *World) string { return w.shop.Target.Above() }
