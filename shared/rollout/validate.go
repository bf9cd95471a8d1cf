package rollout

import (
	"fmt"
	"regexp"
	"sync"
	"time"

	"sluice/shared/kind"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// A Problem is one thing that is wrong with a definition, and what would be right.
type Problem struct {
	Path   string // "strategy.canary.steps[2].weight"
	Wrong  string // "150 is not a percentage"
	Remedy string // "write a number from 0 to 100"
}

// String is the problem as one line.
func (p Problem) String() string { return fmt.Sprintf("%s: %s; %s", p.Path, p.Wrong, p.Remedy) }

const (
	// serviceName keeps release ids within the 80 characters of an execution name and SSM's parameter alphabet.
	serviceName  expression = `^[a-z][a-z0-9-]{0,39}$`
	testFunction expression = `^[A-Za-z0-9_-]{1,64}$`
	channelID    expression = `^[CG][A-Z0-9]{2,20}$`
)

// expression is a regular expression that is compiled at its first use, and not at every cold start of every function.
type expression string

var compiled sync.Map // *regexp.Regexp by expression

func (e expression) MatchString(s string) bool {
	known, ok := compiled.Load(e)
	if !ok {
		known, _ = compiled.LoadOrStore(e, regexp.MustCompile(string(e)))
	}
	return known.(*regexp.Regexp).MatchString(s)
}

// most is how many steps a release may have, and mostBakes how many bakes with all extensions: a record must fit into one
// DynamoDB item and an execution into 25,000 events.
const (
	most      = 100
	mostBakes = 1000
)

// Validate finds what the JSON Schema cannot check, and checks again what would hurt most. Without problems the service can be released.
func (d Definition) Validate() []Problem {
	var found problems
	found.check(serviceName.MatchString(d.Service), "service", fmt.Sprintf("%.60q is not a service name", d.Service),
		"use 1 to 40 lower-case letters, digits and hyphens, starting with a letter")
	d.validateTarget(&found)
	d.validateSource(&found)
	d.validateStrategy(&found)
	d.validateGuard(&found)
	d.validateChecks(&found)
	d.measured(&found)
	d.validateApprovals(&found)
	d.validateGates(&found)
	d.validateHooks(&found)
	found.check(d.Slack == nil || channelID.MatchString(d.Slack.Channel), "slack.channel", "this is not a channel's id",
		"copy it from the end of the channel's details in Slack, such as C0123456789")
	found.between("revertWindow", d.RevertWindow, 0, 7*day)
	found.between("queueLimit", d.QueueLimit, 0, 30*day)
	return found
}

func (d Definition) validateTarget(found *problems) {
	t := d.Target.Spec()
	if t == nil {
		found.add("target", fmt.Sprintf("%d targets are named", len(d.Target.specs())), "write exactly one, such as lambdaAlias: {function: ..., alias: ...}")
		return
	}
	path := "target." + string(t.Kind()) + "."
	for _, p := range t.Problems() {
		found.add(path+p.Field, p.Wrong, p.Remedy)
	}
	d.cannot(found)
	d.validateTests(found)
	d.validateMarks(found)
}

func (d Definition) validateStrategy(found *problems) {
	names := d.Strategy.set()
	if len(names) != 1 {
		found.add("strategy", fmt.Sprintf("%d strategies are given", len(names)),
			"write exactly one of allAtOnce, canary, linear, exponential, blueGreen")
		return
	}
	path := "strategy." + names[0]
	if l := d.Strategy.Linear; l != nil {
		found.check(l.Step >= slowest && l.Step <= All, path+".step", fmt.Sprintf("%v does not lead to all traffic in 1 to %d steps", l.Step, most), "write a percentage from 1 to 100")
	}
	if e := d.Strategy.Exponential; e != nil {
		found.weight(path+".start", e.Start, 1, All)
		found.check(e.Factor >= slowestFactor && e.Factor <= 100, path+".factor", fmt.Sprintf("%v is not a factor to grow by", e.Factor), "write a number from 1.1 to 100, such as 2")
	}
	if c := d.Strategy.Canary; c != nil {
		c.validate(path, found)
	}
	d.climbs(path, found)
	target := d.Target.Facts()
	for i, s := range d.Strategy.Steps() {
		found.check(target.Smallest == 0 || target.Express(int(s.Weight)), fmt.Sprintf("%s.steps[%d].weight", path, i), fmt.Sprintf("%s cannot give %v", an(target.Title), s.Weight),
			expressible(target))
		found.between(fmt.Sprintf("%s.steps[%d].bake", path, i), s.Bake, 0, 14*day)
	}
}

// climbs adds a problem when the target's service cannot give the candidate these weights one after the other.
func (d Definition) climbs(path string, found *problems) {
	c, picky := d.Target.Spec().(kind.Climbing)
	weights := Release{Definition: d, Steps: d.Strategy.Steps()}.Course().Weights
	if !picky || len(weights) == 0 {
		return
	}
	ladder := make([]int, len(weights))
	for i, w := range weights {
		ladder[i] = int(w)
	}
	if p := c.Climbs(ladder); p != nil {
		found.add(path, p.Wrong, p.Remedy)
	}
}

// expressible says which weights a kind can give.
func expressible(f kind.Facts) string {
	if f.Most > 0 {
		return fmt.Sprintf("write a multiple of %v up to %v, or 100%%", Weight(f.Smallest), Weight(f.Most))
	}
	return fmt.Sprintf("write a multiple of %v", Weight(f.Smallest))
}

func (c Canary) validate(path string, found *problems) {
	found.check(len(c.Steps) > 0, path+".steps", "there are no steps", "write at least one, such as {weight: 10, bake: 10m}")
	found.check(len(c.Steps) <= most, path+".steps", fmt.Sprintf("%d steps are too many", len(c.Steps)), fmt.Sprintf("write at most %d", most))
	last := Weight(-1)
	for i, s := range c.Steps {
		at := fmt.Sprintf("%s.steps[%d]", path, i)
		found.weight(at+".weight", s.Weight, 0, All)
		found.check(s.Weight > last, at+".weight", fmt.Sprintf("%v does not rise above %v", s.Weight, last), "write weights in rising order")
		found.check(!s.Marked || s.Weight == None, at+".marked", fmt.Sprintf("a step with %v gives the candidate other requests, too", s.Weight), "write weight: 0 in this step, and a step with a weight after it")
		found.check(s.Weight == All || s.Bake > 0 || s.Test != nil && !s.Marked, at+".bake", "the step is not watched at all", "write how long it bakes, such as 10m")
		last = s.Weight
	}
}

func (d Definition) validateGuard(found *problems) {
	found.check(len(d.Guard.Alarms) > 0 || d.Checks.act(), "guard.alarms", "nothing watches the release",
		"name at least one CloudWatch alarm here, or a check under checks that is not a dry run, such as errors: [{}]")
	found.check(len(d.Guard.Alarms) <= 100, "guard.alarms", fmt.Sprintf("%d alarms are too many", len(d.Guard.Alarms)), "name at most 100, or combine them in a composite alarm")
	found.alarms("guard.alarms", d.Guard.Alarms)
	oneOf(found, "guard.whenMuted", d.Guard.WhenMuted, Hold, RollBack)
	oneOf(found, "guard.whenNoData", d.Guard.WhenNoData, Hold, RollBack)
	oneOf(found, "guard.whenRed", d.Guard.WhenRed, RedRejects, RedWaits)
	oneOf(found, "guard.whenMoved", d.Guard.WhenMoved, MovedStays, MovedGoesBack)
	oneOf(found, "whenRunning", d.WhenRunning, Queue, Supersede, Reject)
}
