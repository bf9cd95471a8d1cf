// Package kind holds what Sluice knows of each kind of target without asking AWS: one file per kind.
//
// A kind is a sort of thing that carries traffic: a Lambda alias, a listener rule, a service. Its Facts say what its revisions are called,
// which weights it can express, what happens when nobody moves its traffic, and how long the way back takes. A Spec is one target of a
// kind, as the definition names it: it knows the metrics that tell its revisions apart, what each function may do to it, and the command
// by which a person brings the traffic back by hand. What a kind does is behind the ports of shared/traffic.
//
// Everything here is pure: the standard library only, no clock, no AWS.
package kind

import (
	"cmp"
	"time"
)

// ID names a kind as definitions do: the key under target.
type ID string

// Facts are what holds for all targets of a kind.
type Facts struct {
	ID       ID
	Title    string   // "Lambda alias"
	Prefix   string   // what the ids of its targets begin with: "lambda" in "lambda:checkout:live"
	Suffix   string   // what the names of its functions end with: "-memory"; empty for the alias, which was the first kind
	Revision Revision // what is released to it
	Smallest int      // the smallest weight that it can express, and the step between weights, in hundredths of a percent
	Most     int      // the largest weight below all, in hundredths of a percent; 0: there is none
	Region   string   // the one Region in which its service and its metrics are; empty: any
	Locks    bool     // the service refuses a write that is based on an old reading
	Spreads  Spread
	Silence  Silence
	Slow     bool // its service takes a while to carry out each move, forward, too
	Way      Way
	Can      Uses // what a definition may ask of its targets besides moving traffic
	Pools    bool // the candidate has a pool of its own, which a first step at 0 % fills
	Ticks    bool // its service asks Sluice at each tick of a deployment (Ticking)
	Asks     bool // a step's test is an HTTP request, and not an invocation of a revision by its name

	SandboxOnly bool // no service of AWS: nothing of this kind can be deployed
}

// Revision says what a revision of the kind is called and looks like.
type Revision struct {
	Word    string // "version"
	Example string // "42"
	Grammar string // what it looks like, as a regular expression
	Remedy  string // for a person who names something else
	Short   int    // so many of its characters are enough in a sentence; 0: all
}

// Spread is what a target spreads over the revisions. An alias chooses a version for each request, so a client's tries meet both versions. Where
// clients are spread (sticky sessions, DNS, an edge that remembers), everything that one client does wrong counts against one version.
type Spread string

// The spreads.
const (
	SpreadRequests Spread = "requests"
	SpreadClients  Spread = "clients"
)

// Weak says whether a verdict under this spread is weak. Without a cluster in the definition, Sluice learns from earlier releases how many errors
// fall to one version together; where clients are spread, that does not show how many errors the next client may cause.
func (s Spread) Weak(cluster float64) bool { return s == SpreadClients && cluster == 0 }

// Silence is what happens to the traffic when nobody moves it any more.
type Silence string

// What silence may mean.
const (
	Holds    Silence = "the split stays as it is"
	GoesOn   Silence = "the service goes on by itself"
	GoesBack Silence = "the service goes back by itself"
	Ticks    Silence = "the service asks at each tick, and goes back by itself when nobody answers"
)

// Way is how long the way back takes at most, as far as the service says; zero means one call.
type Way struct {
	During time.Duration // while stable still stands ready
	After  time.Duration // once the candidate was promoted
}

// kinds is the list of kinds. A kind is added by its file and its row here.
func kinds() []Facts {
	return []Facts{
		lambdaAlias,
		albRule,
		apiStage,
		distribution,
		ecsService,
		keyValueStore,
		recordSet,
		configuration,
		featureFlag,
		stack,
		memory, fleet,
	}
}

// All lists the kinds that there are.
func All() []Facts { return kinds() }

// IDs lists their names.
func IDs() []ID {
	var ids []ID
	for _, f := range kinds() {
		ids = append(ids, f.ID)
	}
	return ids
}

// Of finds a kind's facts; a kind that does not exist has none.
func Of(id ID) Facts {
	for _, f := range kinds() {
		if f.ID == id {
			return f
		}
	}
	return Facts{ID: id}
}

// Names names a revision in a sentence: "version 42". Leases from before there were kinds say nothing of theirs.
func (f Facts) Names(revision string) string {
	return cmp.Or(f.Revision.Word, "revision") + " " + f.Brief(revision)
}

// Brief is as much of a revision as a sentence needs.
func (f Facts) Brief(revision string) string {
	if short := f.Revision.Short; short > 0 && len(revision) > short {
		return revision[:short]
	}
	return revision
}

// Reads says whether a word looks like a revision of the kind.
func (f Facts) Reads(revision string) bool { return named("^(?:"+f.Revision.Grammar+")$", revision) }

// Express says whether the kind can give a revision this weight, in hundredths of a percent.
func (f Facts) Express(weight int) bool {
	switch {
	case weight == 0 || weight == all:
		return true
	case f.Most > 0 && weight > f.Most:
		return false
	}
	return f.Smallest > 0 && weight%f.Smallest == 0
}

const all = 10000 // hundredths of a percent
