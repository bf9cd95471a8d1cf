package convert

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// Predefined are the deployment configurations of CodeDeploy that shift traffic
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html). SAM names those of Lambda by their end
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html).
var predefined = map[string][]string{
	"Lambda": {
		"Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes",
		"Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce",
	},
	"ECS": {"Canary10Percent5Minutes", "Canary10Percent15Minutes", "Linear10PercentEvery1Minutes", "Linear10PercentEvery3Minutes", "AllAtOnce"},
}

// shape is how a name of a configuration says its increments.
var shape = regexp.MustCompile(`(?i)^(CodeDeployDefault\.)?(Lambda|ECS)?(?:(Canary)(\d+)Percent(\d+)Minutes?|(Linear)(\d+)PercentEvery(\d+)Minutes?|(AllAtOnce))$`)

// An increment is how CodeDeploy shifts traffic.
type increment struct {
	how     string  // Canary, Linear, AllAtOnce
	percent float64 // of the first shift, or of each
	minutes float64
	known   bool // it is one of the predefined ones
}

// named reads the name of a configuration, also one that nobody predefined but that says its increments in the same way.
func named(name, platform string) (increment, bool) {
	m := shape.FindStringSubmatch(strings.TrimSpace(name))
	if m == nil {
		return increment{}, false
	}
	if m[2] != "" && !strings.EqualFold(m[2], platform) {
		return increment{}, false
	}
	end := name[len(m[1])+len(m[2]):]
	i := increment{how: "AllAtOnce", known: slices.ContainsFunc(predefined[platform], func(p string) bool { return strings.EqualFold(p, end) })}
	switch {
	case m[3] != "":
		i.how, i.percent, i.minutes = "Canary", digits(m[4]), digits(m[5])
	case m[6] != "":
		i.how, i.percent, i.minutes = "Linear", digits(m[7]), digits(m[8])
	}
	return i, i.possible()
}

func digits(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// possible says whether CodeDeploy would take it.
func (i increment) possible() bool {
	return i.how == "AllAtOnce" || i.percent > 0 && i.percent < 100 && i.minutes > 0
}

// strategy is the same in Sluice's words: what CodeDeploy calls the interval is how long the weight before bakes.
func (i increment) strategy() rollout.Strategy {
	bake := rollout.Duration(i.minutes * float64(time.Minute))
	switch i.how {
	case "Canary":
		return rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{{Weight: rollout.Percent(i.percent), Bake: bake}}}}
	case "Linear":
		return rollout.Strategy{Linear: &rollout.Linear{Step: rollout.Percent(i.percent), Bake: bake}}
	}
	return rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{}}
}

// String is what it does, as a clause.
func (i increment) String() string {
	bake := rollout.Duration(i.minutes * float64(time.Minute))
	switch i.how {
	case "Canary":
		return fmt.Sprintf("canary: %v %% for %s, then 100 %%", i.percent, bake)
	case "Linear":
		return fmt.Sprintf("linear: %v %% more every %s", i.percent, bake)
	}
	return "allAtOnce: everything in one step, which the guard can take back within the revert window"
}

// custom reads a configuration that a template makes itself: TrafficRoutingConfig of AWS::CodeDeploy::DeploymentConfig.
func custom(v *value) (i increment, ok bool) {
	routing := v.at("TrafficRoutingConfig")
	switch routing.at("Type").string() {
	case "TimeBasedCanary":
		i.how = "Canary"
		i.percent, _ = routing.at("TimeBasedCanary", "CanaryPercentage").number()
		i.minutes, _ = routing.at("TimeBasedCanary", "CanaryInterval").number()
	case "TimeBasedLinear":
		i.how = "Linear"
		i.percent, _ = routing.at("TimeBasedLinear", "LinearPercentage").number()
		i.minutes, _ = routing.at("TimeBasedLinear", "LinearInterval").number()
	case "AllAtOnce":
		i.how = "AllAtOnce"
	default:
		return i, false
	}
	return i, i.possible()
}

// configs are the names that may be given for a platform.
func configs(platform string) (names []string) {
	for _, end := range predefined[platform] {
		names = append(names, "CodeDeployDefault."+platform+end)
	}
	return names
}

// wantConfig asks for the configuration.
func wantConfig(platform, why string) Missing {
	return Missing{Flag: "deployment-config", Ask: "Deployment configuration of CodeDeploy (or any of that form, such as Canary20Percent7Minutes)", Why: why, Choices: configs(platform)}
}
