package kind

import (
	"regexp"
	"strconv"
	"time"
)

// Spec is one target of a kind, as its definition names it.
type Spec interface {
	Kind() ID
	Name() string                    // its name among the targets of its kind: "checkout:live"
	String() string                  // its name in a sentence: "alias live of function checkout"
	Problems() []Problem             // what is wrong with what the definition says
	Metrics(revision string) Metrics // what its service counts of one revision, or of the whole target when it is empty
	Restore(revision string) string  // the command by which a person lets one revision serve everything
	Needs(function string, u Uses) []Need
}

// Problem is what is wrong with a field of a spec, and what would be right.
type Problem struct{ Field, Wrong, Remedy string }

// Metrics are the metrics that a target's service publishes in CloudWatch by itself. Those that it does not publish are Absent.
type Metrics struct{ Requests, Errors, Duration Metric }

// Metric names one metric, or is made of several.
type Metric struct {
	Namespace  string
	Name       string
	Dimensions map[string]string
	Stat       string // of a count; empty: Sum

	Of   map[string]Metric                   // what it is made of; the names above are empty then
	Made func(of map[string]float64) float64 // its value in a minute; what has no value in it counts as 0
}

// Absent says whether there is no such metric.
func (m Metric) Absent() bool { return m.Name == "" && m.Made == nil }

// Sum is the sum of metrics.
func Sum(of ...Metric) Metric {
	return combined(of, func(sum, next float64) float64 { return sum + next })
}

// Largest is the largest of metrics, none of which is below 0.
func Largest(of ...Metric) Metric {
	return combined(of, func(largest, next float64) float64 { return max(largest, next) })
}

func combined(of []Metric, join func(soFar, next float64) float64) Metric {
	parts := map[string]Metric{}
	for i, m := range of {
		parts[strconv.Itoa(i)] = m
	}
	return Metric{Of: parts, Made: func(of map[string]float64) (all float64) {
		for _, value := range of {
			all = join(all, value)
		}
		return all
	}}
}

// A Standing spec has its revisions counted by where they stand, such as a target group, and not by their names.
type Standing interface {
	// Stands says where a revision stands, for Metrics, by the tag of the split that its router read last; empty when the tag does not say.
	Stands(revision, tag string) (place string)
}

// Need is a grant that a function needs. Its resource is given by the parts of an ARN: the service, and what follows account and Region. Without a
// service it is about everything, which AWS wants for some actions that only read.
type Need struct {
	Sid      string
	Actions  []string
	Service  string
	Resource string
}

// A Several spec moves several things at once. Its Name is that of the first, and no other target may have any of them.
type Several interface {
	Names() []string // of all, each as the Name of a target of it alone would be
}

// Uses says what a definition asks of its target besides moving traffic.
type Uses struct {
	Tests   bool // a step tries the candidate before it gets traffic
	Marks   bool // a step gives the candidate marked requests alone
	Samples bool // looks make requests of their own
	Fills   bool // objects of S3 become its revisions
	Images  bool // a gate asks which image a revision is made of
	Evicts  bool // a deployment that somebody else began is taken back, to make way for a release
}

// A Fronted spec may have a place of its own where requests reach a revision that has no traffic yet.
type Fronted interface {
	Front() (url string) // empty when it names none
}

// A Marking spec may say by what requests are marked that are to meet the candidate before all others.
type Marking interface {
	Marks() string // "requests with the header X-Canary: 1"; empty when it names nothing
}

// A Conditioned spec grants some of what it needs under conditions.
type Conditioned interface {
	// When is the condition of a need, by its Sid: operator, then key, then value; nil: there is none. A value is the same for all targets of the kind,
	// or a list, and the lists of several targets are joined where their grants are one statement.
	When(sid string) map[string]map[string]any
}

// A Blended spec may have metrics that do not tell its revisions apart. Then nothing is compared, and what is judged by them is judged weakly.
type Blended interface {
	Blends() (why string) // a clause: "Service Connect counts by service, and not by revision"; empty when they are told apart
}

// A Climbing spec's service gives a candidate only some ladders of weights.
type Climbing interface {
	// Climbs says what is wrong with a ladder: weights above 0 in rising order, in hundredths of a percent, of which the last is 10000.
	Climbs(weights []int) *Problem
}

// A Telling spec says itself what its silence means, because targets of its kind differ in that.
type Telling interface{ Silence() Silence }

// A Bypassed target stands before something that callers can also reach without it. Such requests are counted elsewhere and never meet the candidate.
type Bypassed interface {
	Bypass() (all Metric, of string) // the metric that counts all requests, also those past the target, and what receives them: "function checkout"
}

// An Answering spec stands behind something that answers some requests with errors by itself, and does not say for which revision.
type Answering interface {
	Answers() (errors Metric, who string) // the metric that counts those, and who answers: "the load balancer"; empty when nobody does
}

// A Lingering spec says itself how long its way back takes.
type Lingering interface {
	WayBack() time.Duration
	Caution() string // what makes it longer than it has to be, and what would be right; empty when nothing does
}

// named says whether a name in a spec matches a pattern.
func named(pattern, word string) bool { return regexp.MustCompile(pattern).MatchString(word) }

// An Imaged spec may make revisions of images.
type Imaged interface {
	Image(revision string) bool // says whether what is asked for is an image, of which a revision is still to be made
}

// A Publishing spec names the source from which its revisions come when its service publishes them: "lambda/checkout", "ecr/checkout". Empty when there
// is none.
type Publishing interface{ Publishes() string }

// A Passing spec has functions pass roles to services of AWS.
type Passing interface{ Passes() []Pass }

// A Pass is what functions may give to a service, and nothing else.
type Pass struct {
	Sid       string
	Functions []string
	Service   string   // "ecs-tasks.amazonaws.com"
	Roles     []string // ARNs
}

// A Retiring spec may have the pool that does not serve retired once nobody may come back to what stands in it.
type Retiring interface{ Retires() bool }

// A Sticky spec may keep clients with the revision that they met first; then clients are spread over revisions, whatever its kind spreads by itself.
type Sticky interface{ Sticks() bool }

// A Deploying spec's service carries out deployments of whoever asks it.
type Deploying interface {
	// Underway names the deployment that a split's tag is of, as a clause ("deployment 7 of version 42"), and the command by which a person has it taken back.
	Underway(tag string) (what, end string)
}

// A Ticking spec has its service ask Sluice at each tick of a deployment whether it may go on.
type Ticking interface {
	Asks() (service, resource string) // what it asks for, by the parts of an ARN
}
