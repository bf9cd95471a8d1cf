package lambda

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// checkAlias refuses an alias that AWS refuses. It looks at the alias as it would be after the call, so that a primary
// version moved onto a weight that was left in place is refused too
// (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html). The caller holds the lock.
func (s *Service) checkAlias(f *function, a *alias) error {
	primary := f.version(a.version)
	if primary == nil {
		return notFound("Function not found: %s", s.arn(reference{f.name, a.version}))
	}
	if err := f.ready(a.version, types.StateInactive, types.StateFailed); err != nil {
		return err
	}
	if len(a.weights) == 0 && f.provisioned[a.name] == nil {
		return nil
	}
	if len(a.weights) == 0 {
		return f.checkProvisioned(a)
	}
	if len(a.weights) > 1 {
		return invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
	}
	for number, weight := range a.weights {
		if err := f.checkWeight(a, number, weight); err != nil {
			return err
		}
		if err := compatible(primary, f.version(number)); err != nil {
			return err
		}
		if err := f.ready(number, types.StateInactive, types.StateFailed); err != nil {
			return err
		}
	}
	if f.provisioned[a.name] != nil {
		return invalid("Alias with weights can not be used with Provisioned Concurrency")
	}
	return nil
}

// checkWeight refuses a share that cannot be, or of a version that cannot have one.
func (f *function) checkWeight(a *alias, number string, weight float64) error {
	switch {
	case number == latest || a.version == latest:
		return invalid("$LATEST is not supported for an alias pointing to more than 1 version")
	case !(weight >= 0 && weight <= 1): // written so that NaN is refused
		return invalid("1 validation error detected: Value '{%s=%v}' at 'routingConfig.additionalVersionWeights' failed to satisfy "+
			"constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "+
			"Member must have value greater than or equal to 0.0]", number, weight)
	case number == a.version:
		return invalid("Invalid function version %s. Function version %s is already included in routing configuration.", number, number)
	case f.version(number) == nil:
		return invalid("Invalid function version %s. Function version %s does not exist.", number, number)
	}
	return nil
}

// compatible refuses two versions behind one alias whose invocations would not have the same rights or the same end.
func compatible(v, w *version) error {
	if deref(v.config.Role) != deref(w.config.Role) {
		return invalid("Function versions %s and %s must have the same execution role to share an alias", *v.config.Version, *w.config.Version)
	}
	if v.deadLetters() != w.deadLetters() {
		return invalid("Function versions %s and %s must have the same dead-letter queue configuration to share an alias",
			*v.config.Version, *w.config.Version)
	}
	return nil
}

// deadLetters is the ARN of the queue or topic for failed events, or "".
func (v *version) deadLetters() string {
	if v.config.DeadLetterConfig == nil {
		return ""
	}
	return deref(v.config.DeadLetterConfig.TargetArn)
}

// choose picks the version that serves one invocation of an alias.
func (a *alias) choose(random func() float64) string {
	for number, weight := range a.weights { // at most one
		if random() < weight {
			return number
		}
	}
	return a.version
}

func (a *alias) refersTo(number string) bool {
	_, weighted := a.weights[number]
	return weighted || a.version == number
}

// aliasesOf lists the aliases that refer to a version, by name.
func (f *function) aliasesOf(number string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(f.aliases)) {
		if f.aliases[name].refersTo(number) {
			names = append(names, name)
		}
	}
	return names
}
