package rollout

import "time"

// Gates must all be open before a release takes its target. They are looked at again after each wait. A red guard alarm, another
// release that holds the target, or a target that cannot be released is not a gate: nobody can override those.
type Gates struct {
	Unmuted    bool        `json:"unmuted,omitempty"`    // no guard alarm may be muted or suppressed, because it would not bring the release back
	Windows    []Window    `json:"windows,omitempty"`    // traffic may begin to move only inside one of these
	Freezes    []Freeze    `json:"freezes,omitempty"`    // traffic may not begin to move inside any of these
	Calendars  []string    `json:"calendars,omitempty"`  // SSM Change Calendars, by document name or ARN: all must be open
	Flags      []Flag      `json:"flags,omitempty"`      // what SSM parameters must hold
	Features   []Feature   `json:"features,omitempty"`   // what feature flags of AppConfig must be
	Config     *Compliance `json:"config,omitempty"`     // what AWS Config must say of the function
	Scan       *Scan       `json:"scan,omitempty"`       // how many findings scanners may have in the candidate
	InSync     bool        `json:"inSync,omitempty"`     // nobody changed resources of the stack past its template
	Tests      []Job       `json:"tests,omitempty"`      // run once for each release, when all other gates are open
	WhenShut   WhenShut    `json:"whenShut,omitempty"`   // when a gate is shut that time or a person can open
	WhenFailed WhenShut    `json:"whenFailed,omitempty"` // when a gate has failed: a test, a scan, compliance
	Override   []string    `json:"override,omitempty"`   // who may override gates, by their names in Definition.People
}

// WhenShut says what a release does before a gate that is not open.
type WhenShut string

// A release waits, up to its queue limit, or is rejected at once.
const (
	ShutWaits   WhenShut = "wait"
	ShutRejects WhenShut = "reject"
)

// Window is a part of the week in a time zone. What the clock of the zone shows counts, also on days when the clock is changed.
type Window struct {
	Days  []Day  `json:"days,omitempty"`  // on which it begins; every day when empty
	From  string `json:"from,omitempty"`  // "09:00"; default 00:00
	Until string `json:"until,omitempty"` // "16:00", not included; before From: on the next day; default 24:00
	Zone  string `json:"zone"`            // "Europe/Berlin"
}

// Day of the week, by the first three letters of its English name.
type Day string

// Freeze keeps releases out for a while, for a reason.
type Freeze struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // not included
	Owner  string    `json:"owner"` // whom to ask
	Reason string    `json:"reason"`
}

// Flag is an SSM parameter that must hold a value.
type Flag struct {
	Parameter string `json:"parameter"` // its name
	Equals    string `json:"equals"`
}

// Feature is a feature flag of AppConfig, as callers of one environment get it, that must be on, or off.
type Feature struct {
	Application string `json:"application"` // ids
	Environment string `json:"environment"`
	Profile     string `json:"profile"`
	Flag        string `json:"flag"`          // its key
	Off         bool   `json:"off,omitempty"` // it must be off
}

// Name is the name of the feature's gate: "feature shop/prod/flags/cart".
func (f Feature) Name() string {
	return "feature " + f.Application + "/" + f.Environment + "/" + f.Profile + "/" + f.Flag
}

// Compliance asks AWS Config about the target's function: each rule must have found it COMPLIANT.
type Compliance struct {
	Rules []string `json:"rules"` // names of Config rules
}

// Scan counts findings of a severity or above in the candidate: ECR's findings in the image of a function that is an image, and
// Inspector's findings in the function.
type Scan struct {
	Severity  Severity `json:"severity,omitempty"`  // default HIGH
	Most      int      `json:"most,omitempty"`      // so many findings are let pass
	ECR       string   `json:"ecr,omitempty"`       // repository of the function's image: findings of ECR's own or enhanced scanning, by digest
	Inspector bool     `json:"inspector,omitempty"` // active findings of Inspector for the function
}

// Severity of a finding, as ECR and Inspector both name it.
type Severity string

// Severities lists the severities from the worst on. An untriaged finding counts as the worst: nobody knows yet.
var Severities = []Severity{"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"}

func (g Gates) withDefaults() *Gates {
	g.WhenShut, g.WhenFailed = or(g.WhenShut, ShutWaits), or(g.WhenFailed, ShutRejects)
	g.Windows = append([]Window(nil), g.Windows...)
	for i := range g.Windows {
		g.Windows[i].From, g.Windows[i].Until = or(g.Windows[i].From, "00:00"), or(g.Windows[i].Until, "24:00")
	}
	if g.Scan != nil {
		s := *g.Scan
		s.Severity = or(s.Severity, "HIGH")
		g.Scan = &s
	}
	g.Tests = append([]Job(nil), g.Tests...)
	for i, t := range g.Tests {
		g.Tests[i] = t.withDefaults()
	}
	return &g
}
