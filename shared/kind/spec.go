package kind

import "regexp"

// Spec is one target of a kind, as its definition names it.
type Spec interface {
	Kind() ID
	Name() string                    // among the targets of its kind: "checkout:live"
	String() string                  // in a sentence: "alias live of function checkout"
	Problems() []Problem             // what is wrong with its words
	Metrics(revision string) Metrics // what its service counts of one revision, or of the whole target when it is empty
	Restore(revision string) string  // the command by which a person has one revision serve everything
	Needs(function string, u Uses) []Need
}

// Problem is a word of a spec that cannot be right, by the name of its field.
type Problem struct{ Field, Wrong, Remedy string }

// Metrics are what a target's service publishes in CloudWatch without anybody asking.
type Metrics struct{ Requests, Errors, Duration Metric }

// Metric names one metric.
type Metric struct {
	Namespace  string
	Name       string
	Dimensions map[string]string
}

// Need is what a function must be allowed. The resource is the end of an ARN: its service and what follows account and Region.
type Need struct {
	Sid      string
	Actions  []string
	Service  string
	Resource string
}

// Uses is what a definition has done to its target besides moving it.
type Uses struct {
	Tests   bool // a step tries the candidate before it gets traffic
	Samples bool // looks make requests of their own
	Fills   bool // objects of S3 become its revisions
	Images  bool // a gate asks which image a revision is made of
}

// A Bypassed target can be reached by ways that do not name it, whose requests are counted elsewhere: nothing tries the candidate on those.
type Bypassed interface {
	Bypass() (all Metric, of string) // what counts requests by whichever way, and of what: "function checkout"
}

// named says whether a word of a spec looks as it must.
func named(pattern, word string) bool { return regexp.MustCompile(pattern).MatchString(word) }
