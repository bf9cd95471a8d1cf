package rollout

// Definition says how one service is released. People write it as YAML in infra/services; the CDK app checks it
// against events/definition.schema.json and Validate, and stores it as JSON in an SSM parameter.
type Definition struct {
	Service       string            `json:"service"`
	Target        Target            `json:"target"`
	Source        *Source           `json:"source,omitempty"` // what is released without a request
	Strategy      Strategy          `json:"strategy"`
	Guard         Guard             `json:"guard"`
	Checks        Checks            `json:"checks,omitzero"`
	People        map[string]Person `json:"people,omitempty"`        // who may be asked, by name
	Approvals     []Approval        `json:"approvals,omitempty"`     // before which steps people are asked
	Gates         *Gates            `json:"gates,omitempty"`         // what must hold before the release begins
	Hooks         []Hook            `json:"hooks,omitempty"`         // what is run during a release, and after it
	Slack         *Slack            `json:"slack,omitempty"`         // where people are told
	RevertWindow  Duration          `json:"revertWindow,omitzero"`   // how long the guard stays armed after promotion
	WhenRunning   WhenRunning       `json:"whenRunning,omitempty"`   // what a new release does when another one holds the target
	WhenDeploying WhenDeploying     `json:"whenDeploying,omitempty"` // what it does when its service carries out a deployment that somebody else began
	QueueLimit    Duration          `json:"queueLimit,omitzero"`     // how long a queued release waits before it is rejected
}

// Slack names the channel in which people are told of the service's releases.
type Slack struct {
	Channel string `json:"channel"` // id, such as C0123456789: names can change
}

// Guard names the alarms that bring traffic back, and what the unclear cases mean.
type Guard struct {
	Alarms     []string   `json:"alarms"`
	WhenMuted  WhenUnsure `json:"whenMuted,omitempty"`  // when a guard alarm goes red inside a mute window or with suppressed actions
	WhenNoData WhenUnsure `json:"whenNoData,omitempty"` // when a guard alarm goes to INSUFFICIENT_DATA
	WhenRed    WhenRed    `json:"whenRed,omitempty"`    // when a guard alarm is red before the release begins
	WhenMoved  WhenMoved  `json:"whenMoved,omitempty"`  // when somebody moves the traffic to a version of their own during the release
}

// WhenUnsure says what happens when a guard alarm is unclear: muted, or without data.
type WhenUnsure string

// What an unclear alarm may do. Hold leaves the traffic where it is and makes the step's verdict Inconclusive.
const (
	Hold     WhenUnsure = "hold"
	RollBack WhenUnsure = "rollBack"
)

// WhenRed says what a release does if a guard alarm is red before it has moved anything.
type WhenRed string

// What a red alarm at the start may do.
const (
	RedRejects WhenRed = "reject"
	RedWaits   WhenRed = "wait"
)

// WhenMoved says what happens when somebody moves traffic by hand to a version that is neither stable nor the candidate.
type WhenMoved string

// What may happen then. MovedStays ends the release stuck and calls people: only they know which version shall serve.
const (
	MovedStays    WhenMoved = "leave"
	MovedGoesBack WhenMoved = "rollBack"
)

// WhenRunning says what a new release does when another release holds the target.
type WhenRunning string

// The policies for a release that is already running.
const (
	Queue     WhenRunning = "queue"
	Supersede WhenRunning = "supersede"
	Reject    WhenRunning = "reject"
)

// WhenDeploying says what a new release does when it finds its target in a deployment that somebody else began, past Sluice.
type WhenDeploying string

// The policies for such a deployment. One that serves everybody already is not taken back by any of them.
const (
	DeployingWaits   WhenDeploying = "wait"
	DeployingRejects WhenDeploying = "reject"
	DeployingEvicted WhenDeploying = "supersede" // its service takes it back, and the release begins from what served before
)

// WithDefaults fills in what the definition leaves out.
func (d Definition) WithDefaults() Definition {
	d.WhenRunning = or(d.WhenRunning, Queue)
	d.WhenDeploying = or(d.WhenDeploying, DeployingWaits)
	d.QueueLimit = or(d.QueueLimit, Duration(24*hour))
	d.Guard.WhenMuted = or(d.Guard.WhenMuted, Hold)
	d.Guard.WhenNoData = or(d.Guard.WhenNoData, Hold)
	d.Guard.WhenRed = or(d.Guard.WhenRed, RedRejects)
	d.Guard.WhenMoved = or(d.Guard.WhenMoved, MovedStays)
	d.Checks = d.Checks.withDefaults(d.Strategy, d.Target)
	d.Approvals = append([]Approval(nil), d.Approvals...)
	if d.Source != nil {
		s := *d.Source
		s.WhenPushed = or(s.WhenPushed, Newest)
		s.WhenSkipped = or(s.WhenSkipped, SkipSkipped)
		s.WhenUnknownAuthor = or(s.WhenUnknownAuthor, RejectUnknown)
		if s.Build != nil {
			b := *s.Build
			b.Within = or(b.Within, Duration(hour))
			if b.CodePipeline != nil {
				p := *b.CodePipeline
				p.SourceAction = or(p.SourceAction, "Source")
				b.CodePipeline = &p
			}
			s.Build = &b
		}
		d.Source = &s
	}
	for i := range d.Approvals {
		d.Approvals[i] = d.Approvals[i].withDefaults()
	}
	if d.Gates != nil {
		d.Gates = d.Gates.withDefaults()
	}
	d.Hooks = d.hooksWithDefaults()
	return d
}

func (a Approval) withDefaults() Approval {
	a.Quorum, a.Within, a.WhenSilent = or(a.Quorum, 1), or(a.Within, Duration(24*hour)), or(a.WhenSilent, SilenceRejects)
	return a
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
