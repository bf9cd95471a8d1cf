package kind

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// FeatureFlagID is the kind of feature flags of AWS AppConfig that one variant after another is given to a share of users.
const FeatureFlagID ID = "featureFlag"

// featureFlag: the share is the rule of a variant, which each agent evaluates for each user. A change of it is a version of the configuration, deployed
// at once; agents learn of it when they ask next
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-multi-variant-feature-flags-rules.html).
var featureFlag = Facts{
	ID: FeatureFlagID, Title: "AppConfig feature flag", Prefix: "flag", Suffix: "-flag",
	Revision: Revision{
		Word: "variant", Example: "on", Grammar: variantName,
		Remedy: "write the name of one of the flag's variants; a flag without variants has on and off",
	},
	Smallest: 100,           // AWS's examples of a split have whole percents alone
	Spreads:  SpreadClients, // a user's id decides
	Silence:  Holds,
	Slow:     true,
	Way:      Way{During: settling + usualPoll*time.Second, After: settling + usualPoll*time.Second},
}

const (
	variantName = `[A-Za-z0-9][A-Za-z0-9_.-]{0,62}`

	// usualPoll is how often an agent asks, in seconds: POLL_INTERVAL
	// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-ec2.html).
	usualPoll = 45
	// settling is how long a deployment at once takes. AWS names no figure: this is ours.
	settling = 15 * time.Second
)

// FeatureFlag is one flag of a configuration profile, as one environment gets it. Other flags of the profile are not Sluice's.
type FeatureFlag struct {
	Application string       `json:"application"`
	Environment string       `json:"environment"`
	Profile     string       `json:"profile"`
	Flag        string       `json:"flag"`           // its key
	By          string       `json:"by"`             // the key of the context by whose value users are told apart: userId
	Strategy    string       `json:"strategy"`       // deploys at once, without a bake
	Poll        int          `json:"poll,omitempty"` // how often agents ask, in seconds; 0 means 45
	Counts      *FlagMetrics `json:"metrics,omitempty"`
}

// FlagMetrics are what an application counts, by variant.
type FlagMetrics struct {
	Requests  PoolMetric  `json:"requests"`
	Errors    PoolMetric  `json:"errors"`
	Duration  *PoolMetric `json:"duration,omitempty"`
	Dimension string      `json:"variantDimension"` // whose value is the variant
}

var _ Lingering = FeatureFlag{}

// Kind implements Spec.
func (FeatureFlag) Kind() ID { return FeatureFlagID }

// Name implements Spec.
func (f FeatureFlag) Name() string { return f.Of().Name() + "/" + f.Flag }

// String implements Spec.
func (f FeatureFlag) String() string { return "feature flag " + f.Flag + " of " + f.Of().String() }

// Of is the configuration that the flag is a part of.
func (f FeatureFlag) Of() Configuration {
	return Configuration{Application: f.Application, Environment: f.Environment, Profile: f.Profile, Strategy: f.Strategy, Back: f.Strategy}
}

// Problems implements Spec.
func (f FeatureFlag) Problems() []Problem {
	found := f.Of().Problems()
	wrong := func(ok bool, field, what, remedy string) {
		if !ok {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(named(`^[a-z][a-zA-Z0-9_-]{0,63}$`, f.Flag), "flag", fmt.Sprintf("%.80q is not a flag's key", f.Flag), "write the key as AppConfig shows it, such as cart")
	wrong(named(`^[A-Za-z][A-Za-z0-9_]{0,63}$`, f.By), "by", fmt.Sprintf("%.80q is not a key of the context", f.By), "write the key under which the application tells the agent who asks, such as userId")
	wrong(f.Poll >= 0 && f.Poll <= 86400, "poll", fmt.Sprintf("agents cannot ask every %d seconds", f.Poll), "write how often your agents ask, in seconds, or leave it out for 45")
	if c := f.Counts; c != nil {
		wrong(c.Dimension != "", "metrics.variantDimension", "the metrics are not told apart by variant", "name the dimension whose value is the variant that a user has")
		for at, m := range map[string]*PoolMetric{"requests": &c.Requests, "errors": &c.Errors, "duration": c.Duration} {
			wrong(m == nil || m.Dimensions[c.Dimension] == "", "metrics."+at, c.Dimension+" is the dimension of the variant", "leave it out here")
		}
	}
	return found
}

// Metrics implements Spec, by what the definition names: the agent counts nothing of an application.
func (f FeatureFlag) Metrics(variant string) Metrics {
	if f.Counts == nil {
		return Metrics{}
	}
	m := PoolMetrics{f.Counts.Requests, f.Counts.Errors, f.Counts.Duration}.metrics()
	if variant == "" {
		return m
	}
	for _, one := range []*Metric{&m.Requests, &m.Errors, &m.Duration} {
		if one.Name != "" {
			one.Dimensions = maps.Clone(one.Dimensions)
			if one.Dimensions == nil {
				one.Dimensions = map[string]string{}
			}
			one.Dimensions[f.Counts.Dimension] = variant
		}
	}
	return m
}

func (f FeatureFlag) poll() int {
	if f.Poll > 0 {
		return f.Poll
	}
	return usualPoll
}

// WayBack implements Lingering: it is how long it takes until all agents have asked again.
func (f FeatureFlag) WayBack() time.Duration { return settling + time.Duration(f.poll())*time.Second }

// Caution implements Lingering.
func (f FeatureFlag) Caution() string {
	if f.poll() <= usualPoll {
		return ""
	}
	return fmt.Sprintf("agents ask every %d s, and users keep the candidate until then: set their POLL_INTERVAL to %d", f.poll(), usualPoll)
}

// Restore implements Spec: a person turns the flag in the console, where its variants are seen.
func (f FeatureFlag) Restore(variant string) string {
	return fmt.Sprintf("aws appconfig list-deployments --application-id %s --environment-id %s # then deploy the version in which everybody has %s: %s", f.Application, f.Environment, variant, f.Of().Restore("VERSION"))
}

// Needs implements Spec. As configuration's; a version is made by an action on the profile, and on its application.
func (f FeatureFlag) Needs(function string, _ Uses) []Need {
	const reads, profiles = "GetDeployment ListDeployments", "GetHostedConfigurationVersion"
	strategies := func(action string) Need { return need("AppConfigStrategies", "deploymentstrategy/"+f.Strategy, action) }
	switch function {
	case "plan":
		const also = " ListHostedConfigurationVersions"
		return append(f.Of().needs(reads+" GetEnvironment "+profiles+also, reads+" GetEnvironment", "GetDeployment", profiles+also), strategies("GetDeploymentStrategy"))
	case "admit":
		return f.Of().needs(reads+" "+profiles, reads, "GetDeployment", profiles)
	case "shift", "rollback", "settle", "guard":
		const moves = reads + " StartDeployment StopDeployment"
		const writes = profiles + " CreateHostedConfigurationVersion"
		return append(f.Of().needs(strings.Join([]string{moves, writes}, " "), moves, "GetDeployment StopDeployment", "StartDeployment "+writes), strategies("StartDeployment"))
	}
	return nil
}
