package rollout

// A Step gives the candidate a weight and watches it for a while.
type Step struct {
	Weight Weight   `json:"weight"`
	Marked bool     `json:"marked,omitempty"` // the candidate gets the marked requests, and no others: the weight is 0 then
	Bake   Duration `json:"bake,omitzero"`    // how long the candidate is watched at this weight; 0 moves on at once
	Test   *Test    `json:"test,omitempty"`
}

// Steps are those of the strategy. Where the candidate has a pool of its own, a step without traffic comes first, in which the pool is filled.
func (d Definition) Steps() []Step {
	steps := d.Strategy.Steps()
	if d.Target.Facts().Pools && len(steps) > 0 && (steps[0].Weight > None || steps[0].Marked || steps[0].Test != nil) {
		steps = append([]Step{{Weight: None}}, steps...)
	}
	return steps
}

// Strategy says how the candidate climbs to all traffic. Exactly one member is set.
type Strategy struct {
	AllAtOnce   *AllAtOnce   `json:"allAtOnce,omitempty"`
	Canary      *Canary      `json:"canary,omitempty"`
	Linear      *Linear      `json:"linear,omitempty"`
	Exponential *Exponential `json:"exponential,omitempty"`
	BlueGreen   *BlueGreen   `json:"blueGreen,omitempty"`
}

// AllAtOnce gives the candidate everything in one step.
type AllAtOnce struct {
	Bake Duration `json:"bake,omitzero"`
}

// Canary climbs by a list of weights, each with its own bake. A step of 100 % is added at the end if it is missing.
type Canary struct {
	Steps []Step `json:"steps"`
}

// Linear climbs by the same amount each time.
type Linear struct {
	Step Weight   `json:"step"`
	Bake Duration `json:"bake"`
}

// Exponential multiplies the weight each time.
type Exponential struct {
	Start  Weight   `json:"start"`
	Factor float64  `json:"factor"`
	Bake   Duration `json:"bake"`
}

// BlueGreen tests the candidate at 0 %, then gives it everything.
type BlueGreen struct {
	Test Test     `json:"test"`
	Bake Duration `json:"bake,omitzero"`
}

// The slowest climbs: with less, a release would have more steps than it may.
const (
	slowest       = All / most
	slowestFactor = 1.1
)

// Steps is the strategy as the list that a release walks; the last step is always at 100 %.
// A strategy that does not pass Validate has no steps.
func (s Strategy) Steps() []Step {
	switch {
	case s.AllAtOnce != nil:
		return []Step{{Weight: All, Bake: s.AllAtOnce.Bake}}
	case s.Canary != nil:
		return toAll(s.Canary.Steps)
	case s.Linear != nil && s.Linear.Step >= slowest:
		return s.Linear.steps()
	case s.Exponential != nil && s.Exponential.Start > 0 && s.Exponential.Factor >= slowestFactor:
		return s.Exponential.steps()
	case s.BlueGreen != nil:
		return []Step{{Weight: None, Test: &s.BlueGreen.Test}, {Weight: All, Bake: s.BlueGreen.Bake}}
	}
	return nil
}

// Name is the strategy's name in definitions: "canary".
func (s Strategy) Name() string {
	names := s.set()
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

func (l Linear) steps() []Step {
	var steps []Step
	for w := l.Step; w < All; w += l.Step {
		steps = append(steps, Step{Weight: w, Bake: l.Bake})
	}
	return toAll(steps)
}

func (e Exponential) steps() []Step {
	var steps []Step
	last := None
	for w := float64(e.Start); w < float64(All); w *= e.Factor {
		if Weight(w) > last { // small weights may grow by less than a hundredth of a percent
			last = Weight(w)
			steps = append(steps, Step{Weight: last, Bake: e.Bake})
		}
	}
	return toAll(steps)
}

func toAll(steps []Step) []Step {
	if n := len(steps); n > 0 && steps[n-1].Weight == All {
		return steps
	}
	return append(append([]Step(nil), steps...), Step{Weight: All})
}

// set names the members that are set, in the order of the definition's schema.
func (s Strategy) set() []string {
	var names []string
	for _, m := range []struct {
		name string
		set  bool
	}{
		{"allAtOnce", s.AllAtOnce != nil},
		{"canary", s.Canary != nil},
		{"linear", s.Linear != nil},
		{"exponential", s.Exponential != nil},
		{"blueGreen", s.BlueGreen != nil},
	} {
		if m.set {
			names = append(names, m.name)
		}
	}
	return names
}
