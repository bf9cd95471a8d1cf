package convert

import (
	"fmt"
	"maps"
	"regexp"
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

// unnamed notes the documents that no draft was made of.
func (r *Result) unnamed(all []*value, is func(*value) bool, why string) {
	for _, v := range all {
		if is(v) && !v.taken {
			r.Notes = append(r.Notes, Note{v.where(), v.fields["kind"].string() + " " + v.at("metadata", "name").string(), Lost, why, ""})
		}
	}
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

// people are those who resume what waits, by NAME=IDENTITY: an ARN of IAM, a mail address, or team and user of Slack. Of a name alone it is not known how
// they answer, so a sender on the bus may answer for them. wrong is an identity that is none of these.
func people(approvers []string) (all map[string]rollout.Person, wrong string) {
	all = map[string]rollout.Person{}
	for _, a := range approvers {
		name, identity, known := strings.Cut(a, "=")
		switch {
		case !known:
			all[name] = rollout.Person{Event: name}
		case strings.HasPrefix(identity, "arn:"):
			all[name] = rollout.Person{AWS: identity}
		case strings.Contains(identity, "@"):
			all[name] = rollout.Person{Mail: identity}
		case slackUser.MatchString(identity):
			all[name] = rollout.Person{Slack: identity}
		default:
			return all, a
		}
	}
	return all, ""
}

var slackUser = regexp.MustCompile(`^T[A-Z0-9]+/[UW][A-Z0-9]+$`)

func names(all map[string]rollout.Person) []string { return slices.Sorted(maps.Keys(all)) }

// asking is what a draft waits for people with; it notes who is missing.
func (r *Result) asking(d *Draft, n *notes, v *value, w Wish, says string, asks ...ask) {
	if d.Refused != nil {
		n.lost(v.whole(), "people would be asked", "")
		return
	}
	all, wrong := people(w.Approvers)
	switch m := (Missing{Flag: "approver", Ask: "Who lets it go on, such as grace=arn:aws:iam::123456789012:user/grace (several with commas)"}); {
	case wrong != "":
		m.Why = fmt.Sprintf("%q names nobody: write NAME=IDENTITY with an ARN of IAM, a mail address, or team and user of Slack (T0123/U0456).", wrong)
		r.want(m)
		return
	case len(all) == 0:
		m.Why = fmt.Sprintf("Line %d waits for people, and does not say for whom.", v.where())
		r.want(m)
		return
	}
	d.said.People = all
	for _, a := range asks {
		if a.before > rollout.None && !slices.ContainsFunc(d.asks, func(known ask) bool { return known.before == a.before }) {
			d.asks = append(d.asks, a)
		}
	}
	do := ""
	for _, p := range all {
		if p.Event != "" {
			do = "say under people by which names IAM, mail or Slack know them: as it is, whoever may send to the bus may answer for them (docs/operations.md)"
		}
	}
	n.differs(v.whole(), fmt.Sprintf("%s asks %s, who have time for an answer (within, a day if nothing is said)", says, typed.OneOf(names(all))), do)
}

// leastBake is how long a step bakes for which the file has no time of its own: long enough for metrics that come once a minute.
const leastBake = rollout.Duration(5 * time.Minute)
