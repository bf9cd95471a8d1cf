package scenario

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/appconfig"
)

// Flag has the target be a feature flag of AppConfig. Its variants are called 1 to 5, as stories call versions that they tell of any kind; everybody has 1
// at first. The profile has another flag, "list", which is off.
type Flag struct {
	Simple bool // the flag has no variants: it is on or off, and off at first
}

// ID implements Kind.
func (Flag) ID() kind.ID { return kind.FeatureFlagID }

// Make implements Kind.
func (k Flag) Make(w *World) {
	w.T.Helper()
	f, s := w.featureFlag(), w.AppConfig()
	s.Name(f.Application, f.Environment, f.Profile, f.Strategy)
	s.SetPace(appconfig.Pace{Tick: time.Minute, Alarms: 30 * time.Second, Settle: 3 * time.Second, Minute: time.Minute}) // not at the moment of a look, every 5 s
	_, err := s.CreateApplication(w.ctx, &api.CreateApplicationInput{Name: &w.service})
	w.must(err)
	_, err = s.CreateEnvironment(w.ctx, &api.CreateEnvironmentInput{ApplicationId: &f.Application, Name: aws.String("prod")})
	w.must(err)
	w.FlagProfile("flags")
	_, err = s.CreateDeploymentStrategy(w.ctx, &api.CreateDeploymentStrategyInput{Name: aws.String("at once"), GrowthFactor: aws.Float32(100), DeploymentDurationInMinutes: aws.Int32(0)})
	w.must(err)
	w.DeploysFlags(k.flags(f.Flag), f.Strategy)
	w.Pass(time.Minute)
}

// flags is the document that is deployed at first.
func (k Flag) flags(name string) map[string]any {
	value := map[string]any{"enabled": false}
	if !k.Simple {
		var variants []map[string]any
		for n := 5; n >= 1; n-- {
			variants = append(variants, map[string]any{"name": strconv.Itoa(n), "enabled": true, "rule": "(split pct::0 by::$userId)"})
		}
		delete(variants[4], "rule")
		value = map[string]any{"_variants": variants}
	}
	return map[string]any{
		"version": "1", "flags": map[string]any{name: map[string]any{"name": name}, "list": map[string]any{"name": "list"}},
		"values": map[string]any{name: value, "list": map[string]any{"enabled": false}},
	}
}

// FlagProfile makes a profile of feature flags.
func (w *World) FlagProfile(name string) (id string) {
	w.T.Helper()
	out, err := w.AppConfig().CreateConfigurationProfile(w.ctx, &api.CreateConfigurationProfileInput{
		ApplicationId: &w.featureFlag().Application, Name: &name, LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
	})
	w.must(err)
	return *out.Id
}

// Serves implements Kind: how the version divides users that AppConfig has deployed, or is about to. What every agent gets stands in the sandbox.
func (Flag) Serves(w *World) rollout.Split {
	w.T.Helper()
	version := w.flagsDeployed()
	s, err := FlagSplitOf(w.FlagsOf(version.Stable), w.featureFlag().Flag)
	w.must(err)
	s.Tag, s.Moving = version.Tag, version.Moving
	return s
}

// flagsDeployed is the version of the profile that is deployed, or about to be, as a split.
func (w *World) flagsDeployed() rollout.Split {
	w.T.Helper()
	return w.deployedOf(w.featureFlag().Of(), "flags")
}

// FlagSplitOf is how a document divides the users of a flag.
func FlagSplitOf(document map[string]any, flag string) (rollout.Split, error) {
	value, _ := document["values"].(map[string]any)[flag].(map[string]any)
	variants, several := value["_variants"].([]any)
	if !several {
		return rollout.Split{Stable: map[bool]string{true: "on", false: "off"}[value["enabled"] == true]}, nil
	}
	var s rollout.Split
	for _, v := range variants {
		one := v.(map[string]any)
		rule, ruled := one["rule"].(string)
		if !ruled {
			s.Stable = one["name"].(string)
			continue
		}
		var percent int
		if _, err := fmt.Sscanf(rule, "(split pct::%d by::$userId)", &percent); err != nil {
			return s, err
		}
		if percent > 0 {
			s.Candidate, s.Weight = one["name"].(string), rollout.Weight(percent*100)
		}
	}
	return s, nil
}

// featureFlag is the world's target.
func (w *World) featureFlag() *kind.FeatureFlag {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(definition.Sample(kind.FeatureFlagID, w.service)), &t))
	return t.FeatureFlag
}

// FlagsOf is the document of a version.
func (w *World) FlagsOf(version string) (document map[string]any) {
	w.T.Helper()
	f := w.featureFlag()
	number, err := strconv.ParseInt(version, 10, 32)
	w.must(err)
	out, err := w.AppConfig().GetHostedConfigurationVersion(w.ctx, &api.GetHostedConfigurationVersionInput{ApplicationId: &f.Application, ConfigurationProfileId: &f.Profile, VersionNumber: aws.Int32(int32(number))})
	w.must(err)
	w.must(json.Unmarshal(out.Content, &document))
	return document
}

// DeploysFlags has somebody store a document and deploy it by a strategy, past Sluice.
func (w *World) DeploysFlags(document map[string]any, strategy string) {
	w.T.Helper()
	f := w.featureFlag()
	w.deploys(f.Profile, w.stores(f.Profile, document), strategy)
}

// DeploysElsewhere has somebody deploy another profile of the environment.
func (w *World) DeploysElsewhere(strategy string) {
	w.T.Helper()
	profile := w.FlagProfile("others")
	w.deploys(profile, w.stores(profile, Flag{Simple: true}.flags("other")), strategy)
}

func (w *World) stores(profile string, document map[string]any) (version string) {
	w.T.Helper()
	text, err := json.Marshal(document)
	w.must(err)
	out, err := w.AppConfig().CreateHostedConfigurationVersion(w.ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &w.featureFlag().Application, ConfigurationProfileId: &profile, Content: text, ContentType: aws.String("application/json"),
	})
	w.must(err)
	return strconv.Itoa(int(out.VersionNumber))
}

func (w *World) deploys(profile, version, strategy string) {
	w.T.Helper()
	f := w.featureFlag()
	_, err := w.AppConfig().StartDeployment(w.ctx, &api.StartDeploymentInput{
		ApplicationId: &f.Application, EnvironmentId: &f.Environment, ConfigurationProfileId: &profile, ConfigurationVersion: &version, DeploymentStrategyId: &strategy,
	})
	w.must(err)
}

// Turned has somebody turn the other flag of the profile on, on top of what is deployed.
func (w *World) Turned() {
	w.T.Helper()
	document := w.FlagsOf(w.flagsDeployed().Stable)
	document["values"].(map[string]any)["list"] = map[string]any{"enabled": true}
	w.DeploysFlags(document, w.featureFlag().Strategy)
}

// FlagAgents are so many agents, each asking AppConfig at its own time.
func (w *World) FlagAgents(n int) []*appconfig.Agent {
	w.T.Helper()
	f, all := w.featureFlag(), make([]*appconfig.Agent, n)
	for i := range all {
		agent, err := w.AppConfig().Agent(f.Application, f.Environment, f.Profile, appconfig.UsualPoll)
		w.must(err)
		all[i] = agent
	}
	return all
}

// Users have requests come, so many a minute, from a thousand users at five agents until the world ends. The application counts by variant.
func (w *World) Users(perMinute int) {
	w.T.Helper()
	agents, n := w.FlagAgents(5), 0
	w.steadily(perMinute, func() {
		got, _ := agents[n%len(agents)].Flag(w.service, map[string]string{"userId": strconv.Itoa(n % 1000)})
		n++
		variant := VariantOf(got)
		failed := map[bool]float64{true: 1}[w.answer(variant) != nil]
		for _, dimensions := range []map[string]string{nil, {"Variant": variant}} {
			w.Sandbox.CloudWatch.Record(w.service, "Requests", dimensions, "Count", 1, time.Now(), 60)
			w.Sandbox.CloudWatch.Record(w.service, "Errors", dimensions, "Count", failed, time.Now(), 60)
		}
	})
}

// VariantOf is the variant of an answer; a flag without variants is on or off.
func VariantOf(got appconfig.Flag) string {
	switch {
	case got.Variant != "":
		return got.Variant
	case got.Enabled:
		return "on"
	}
	return "off"
}

// asksFlag has one user after the other ask an agent of a story's own.
func (w *World) asksFlag(candidate string) bool {
	if w.agent == nil {
		w.agent = w.FlagAgents(1)[0]
	}
	for user := range 40 {
		if got, _ := w.agent.Flag(w.service, map[string]string{"userId": strconv.Itoa(user)}); got.Variant == candidate {
			return true
		}
	}
	return false
}

// Shares has somebody give a variant alone to a share of the users, past Sluice.
func (w *World) Shares(variant string, percent int) {
	w.T.Helper()
	f := w.featureFlag()
	document := Flag{}.flags(f.Flag)
	variants := document["values"].(map[string]any)[f.Flag].(map[string]any)["_variants"].([]map[string]any)
	for _, v := range variants {
		if v["name"] == variant {
			v["rule"] = fmt.Sprintf("(split pct::%d by::$userId)", percent)
		}
	}
	w.DeploysFlags(document, f.Strategy)
}
