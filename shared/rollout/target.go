package rollout

import (
	"slices"

	"sluice/shared/kind"
)

// Target is what carries the traffic. Exactly one member is set: that of its kind. A new kind needs a member here and a row in specs.
type Target struct {
	LambdaAlias  *kind.LambdaAlias  `json:"lambdaAlias,omitempty"`
	ALBRule      *kind.ALBRule      `json:"albRule,omitempty"`
	Memory       *kind.Memory       `json:"memory,omitempty"`
	Fleet        *kind.Fleet        `json:"fleet,omitempty"`
	Distribution *kind.Distribution `json:"distribution,omitempty"`
	APIStage     *kind.APIStage     `json:"apiStage,omitempty"`
	RecordSet    *kind.RecordSet    `json:"recordSet,omitempty"`

	KeyValueStore *kind.KeyValueStore `json:"keyValueStore,omitempty"`
	Configuration *kind.Configuration `json:"configuration,omitempty"`
	FeatureFlag   *kind.FeatureFlag   `json:"featureFlag,omitempty"`
	ECSService    *kind.ECSService    `json:"ecsService,omitempty"`
	Stack         *kind.Stack         `json:"stack,omitempty"`
}

// specs lists the members that are set.
func (t Target) specs() []kind.Spec {
	var set []kind.Spec
	if t.LambdaAlias != nil {
		set = append(set, *t.LambdaAlias)
	}
	if t.APIStage != nil {
		set = append(set, *t.APIStage)
	}
	if t.ALBRule != nil {
		set = append(set, *t.ALBRule)
	}
	if t.Memory != nil {
		set = append(set, *t.Memory)
	}
	if t.Fleet != nil {
		set = append(set, *t.Fleet)
	}
	if t.Distribution != nil {
		set = append(set, *t.Distribution)
	}
	if t.KeyValueStore != nil {
		set = append(set, *t.KeyValueStore)
	}
	if t.Configuration != nil {
		set = append(set, *t.Configuration)
	}
	if t.FeatureFlag != nil {
		set = append(set, *t.FeatureFlag)
	}
	if t.ECSService != nil {
		set = append(set, *t.ECSService)
	}
	if t.RecordSet != nil {
		set = append(set, *t.RecordSet)
	}
	if t.Stack != nil {
		set = append(set, *t.Stack)
	}
	return set
}

// Spec is the target as its definition names it; nil when none or several are named.
func (t Target) Spec() kind.Spec {
	if set := t.specs(); len(set) == 1 {
		return set[0]
	}
	return nil
}

// Kind is the target's kind; empty when none is named.
func (t Target) Kind() kind.ID {
	if s := t.Spec(); s != nil {
		return s.Kind()
	}
	return ""
}

// Facts are those of the target's kind.
func (t Target) Facts() kind.Facts {
	return kind.Of(t.Kind())
}

// Spreads says what the target spreads over two revisions.
func (t Target) Spreads() kind.Spread {
	if s, may := t.Spec().(kind.Sticky); may && s.Sticks() {
		return kind.SpreadClients
	}
	return t.Facts().Spreads
}

// Blends says why metrics of the target do not tell its revisions apart; empty when they do.
func (t Target) Blends() string {
	if b, may := t.Spec().(kind.Blended); may {
		return b.Blends()
	}
	return ""
}

// Silence is what happens to the target when nobody moves its traffic any more.
func (t Target) Silence() kind.Silence {
	if s, tells := t.Spec().(kind.Telling); tells {
		return s.Silence()
	}
	return t.Facts().Silence
}

// Publishes is the source from which revisions come that the target's own service publishes; empty when there is none.
func (t Target) Publishes() string {
	if p, does := t.Spec().(kind.Publishing); does {
		return p.Publishes()
	}
	return ""
}

// Image says whether what is asked for is an image, of which a revision is still to be made.
func (t Target) Image(revision string) bool {
	i, may := t.Spec().(kind.Imaged)
	return may && i.Image(revision)
}

// Retires says whether the pool that does not serve is to be retired once nobody may come back to what stands in it.
func (t Target) Retires() bool {
	r, may := t.Spec().(kind.Retiring)
	return may && r.Retires()
}

// ID names the target in leases, guards and logs: "lambda:checkout:live".
func (t Target) ID() string {
	if s := t.Spec(); s != nil {
		return t.Facts().Prefix + ":" + s.Name()
	}
	return ""
}

// IDs are those of everything that the target moves at once: the first is its own.
func (t Target) IDs() []string {
	several, is := t.Spec().(kind.Several)
	if !is {
		return []string{t.ID()}
	}
	var ids []string
	for _, name := range several.Names() {
		ids = append(ids, t.Facts().Prefix+":"+name)
	}
	return ids
}

// Revision names a revision of the target in a sentence: "version 42".
func (t Target) Revision(revision string) string { return t.Facts().Names(revision) }

// Uses says what the definition needs of its target besides moving traffic.
func (d Definition) Uses() kind.Uses {
	return kind.Uses{
		Tests:   slices.ContainsFunc(d.Strategy.Steps(), func(s Step) bool { return s.Test != nil }),
		Marks:   slices.ContainsFunc(d.Strategy.Steps(), func(s Step) bool { return s.Marked }),
		Samples: d.Checks.Synthetic != nil,
		Fills:   d.Source != nil && d.Source.S3 != nil,
		Images:  d.Gates != nil && d.Gates.Scan != nil && d.Gates.Scan.ECR != "",
		Evicts:  d.WhenDeploying == DeployingEvicted,
	}
}

// cannot adds a problem for each thing that the definition needs and its kind of target cannot do.
func (d Definition) cannot(found *problems) {
	wants, can, title := d.Uses(), d.Target.Facts().Can, an(d.Target.Facts().Title)
	found.check(can.Tests || !wants.Tests, "strategy", title+" cannot try a revision that has no traffic", "leave out test and blueGreen, and give the candidate a step of its own")
	found.check(can.Marks || !wants.Marks, "strategy", title+" cannot give the candidate marked requests alone", "leave out marked, and give the candidate a small weight")
	found.check(can.Samples || !wants.Samples, "checks.synthetic", title+" cannot be asked by a revision's name", "leave it out, and count users' requests")
	found.check(can.Fills || !wants.Fills, "source.s3", "no object of S3 becomes a revision of "+title, "name a build, or request releases of a revision that is there")
	found.check(can.Images || !wants.Images, "gates.scan.ecr", "revisions of "+title+" are not known by an image", "leave it out")
	d.deploying(found)
}
