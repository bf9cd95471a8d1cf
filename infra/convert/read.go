package convert

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluice/infra/definition"
	"sluice/infra/typed"
	"sluice/shared/rollout"
)

// A Wish is what the file cannot say.
type Wish struct {
	Kind      string   // of target, where the file does not tell: that of --kind
	Config    string   // the deployment configuration of CodeDeploy: "CodeDeployDefault.LambdaCanary10Percent5Minutes"
	Approvers []string // who resumes what waits for people
	Stack     string   // the name of the stack that a template is deployed as
}

// Missing is something that the file does not say, and nobody may guess.
type Missing struct {
	Flag    string // "deployment-config"
	Ask     string // "Deployment configuration"
	Why     string // a sentence
	Choices []string
}

// A Result is what a file says, in Sluice's words.
type Result struct {
	Is      string // "a template of AWS SAM"
	Drafts  []Draft
	Notes   []Note // of what belongs to no draft
	Missing []Missing
}

// want notes something that is missing, once.
func (r *Result) want(m Missing) {
	if !slices.ContainsFunc(r.Missing, func(known Missing) bool { return known.Flag == m.Flag }) {
		r.Missing = append(r.Missing, m)
	}
}

// Read reads a file. The error is definition.Problems where the file itself is wrong or is none of those that can be read.
func Read(file string, text []byte, w Wish) (Result, error) {
	all, err := documents(file, text)
	if err != nil {
		return Result{}, err
	}
	all = unpacked(all)
	for _, t := range []struct {
		is   string
		has  func(*value) bool
		read func([]*value, Wish, *Result)
	}{
		{"a template of AWS SAM", isSAM, readSAM},
		{"an AppSpec of CodeDeploy", isAppSpec, readAppSpec},
		{"a Rollout of Argo Rollouts", isRollout, readRollouts},
		{"a Canary of Flagger", isCanary, readCanaries},
	} {
		if slices.ContainsFunc(all, t.has) {
			found := Result{Is: t.is}
			t.read(all, w, &found)
			found.named()
			return found, nil
		}
	}
	return Result{}, definition.Problems{unknown(file, all)}
}

// named gives each draft a name of its own.
func (r *Result) named() {
	seen := map[string]bool{}
	for i, d := range r.Drafts {
		name := d.Service
		if name == "" { // whoever calls asks for it
			continue
		}
		for n := 2; seen[name]; n++ {
			name = fmt.Sprintf("%s-%d", d.Service, n)
		}
		seen[name], r.Drafts[i].Service = true, name
	}
	r.Notes = notes(r.Notes).sorted()
}

// unpacked takes lists of Kubernetes apart.
func unpacked(all []*value) (found []*value) {
	for _, v := range all {
		if v.form == mapping && v.fields["kind"].string() == "List" {
			found = append(found, v.at("items").list()...)
			continue
		}
		found = append(found, v)
	}
	return found
}

// isA says whether a document is an object of Kubernetes of this group and kind.
func isA(v *value, group string, kinds ...string) bool {
	return v.has("apiVersion") && v.has("kind") && strings.HasPrefix(v.fields["apiVersion"].string(), group+"/") && slices.Contains(kinds, v.fields["kind"].string())
}

// unknown says what a file is that cannot be converted, and what to do with it.
func unknown(file string, all []*value) definition.Problem {
	p := definition.Problem{File: file, Line: 1, Wrong: "it is nothing that can be converted", Remedy: "give a template of AWS SAM whose functions have a DeploymentPreference, an AppSpec of CodeDeploy for Lambda or ECS, a Rollout of Argo Rollouts, or a Canary of Flagger"}
	var kinds []string
	for _, v := range all {
		p.Line = v.where()
		switch {
		case v.form != mapping:
			continue
		case v.has("service") && v.has("target") && v.has("strategy"):
			p.Wrong, p.Remedy = "it is a definition of Sluice already", "put it into "+definition.Folder+", and run sluice verify"
		case v.has("Resources") && v.has("Transform") || v.has("AWSTemplateFormatVersion"):
			p.Wrong, p.Remedy = "it is a template without a function that has a DeploymentPreference", "give the template as it was before sam package and the like, with AWS::Serverless::Function; of a deployment group that is written out, init with --kind lambdaAlias makes a definition"
		case v.has("os") && v.has("files"):
			p.Wrong, p.Remedy = "it is an AppSpec for instances, whose files CodeDeploy copies", "bake an image with the files in it, and release versions of a launch template: sluice init --kind albRule (docs/targets/alb-rule.md)"
		case v.has("version") && v.has("default"):
			p.Wrong, p.Remedy = "it is the configuration of the SAM CLI", "give the template that it deploys, template.yaml"
		case v.has("kind"):
			kinds = appendNew(kinds, v.fields["kind"].string())
			p.Wrong = "it holds " + strings.Join(kinds, ", ") + ", and neither a Rollout nor a Canary"
		case v.has("image") && v.has("replicaCount"):
			p.Wrong, p.Remedy = "it looks like values of a Helm chart", "render the chart first (helm template RELEASE CHART > rendered.yaml), and convert what comes out"
		}
	}
	return p
}

// people are those who resume what waits, as the definition knows them. Under the name a sender on the bus may answer for them, until somebody writes
// by which names Slack, mail and IAM know them.
func people(approvers []string) map[string]rollout.Person {
	all := map[string]rollout.Person{}
	for _, name := range approvers {
		all[name] = rollout.Person{Event: name}
	}
	return all
}

func names(all map[string]rollout.Person) []string { return slices.Sorted(maps.Keys(all)) }

// asking is what a draft waits for people with; it notes who is missing.
func (r *Result) asking(d *Draft, n *notes, v *value, w Wish, says string, asks ...ask) {
	if d.Refused != nil {
		n.lost(v.whole(), "people would be asked", "")
		return
	}
	if len(w.Approvers) == 0 {
		r.want(Missing{Flag: "approver", Ask: "Who lets it go on (names, with commas)", Why: fmt.Sprintf("Line %d waits for people, and does not say for whom.", v.where())})
		return
	}
	d.said.People = people(w.Approvers)
	for _, a := range asks {
		if a.before > rollout.None && !slices.ContainsFunc(d.asks, func(known ask) bool { return known.before == a.before }) {
			d.asks = append(d.asks, a)
		}
	}
	n.differs(v.whole(), fmt.Sprintf("%s asks %s, who have time for an answer (within, a day if nothing is said)", says, typed.OneOf(w.Approvers)),
		"say under people by which names Slack, mail or IAM know them: now a sender on the bus may answer for them (docs/operations.md)")
}

// leastBake is how long a step bakes for which the file has no time of its own: long enough for metrics that come once a minute.
const leastBake = rollout.Duration(5 * time.Minute)
