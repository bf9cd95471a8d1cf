package events

// Tick is what AppConfig calls a function with at the action point AT_DEPLOYMENT_TICK: "invoked synchronously", while a deployment grows and bakes. A
// function that fails has the deployment rolled back
// (https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-creating-custom-extensions.html). The fields are those of
// AppConfig's other action points, and the deployment's state; nothing else is read.
type Tick struct {
	Configured
	Version string `json:"ConfigurationVersion"`
	State   string `json:"DeploymentState"`
	Percent string `json:"PercentageComplete"` // for the log
}

// Everywhere says whether all callers have the version.
func (t Tick) Everywhere() bool { return t.State == "BAKING" }

// Directive is the answer to a tick, as AWS's sample gives it
// (https://github.com/aws-samples/aws-appconfig-tick-extn-for-datadog, lambda/index.py).
type Directive struct {
	Directive   string
	Description string `json:",omitempty"`
}

// GoOn lets a deployment go on.
func GoOn() Directive { return Directive{Directive: "CONTINUE"} }

// mostDescribed is how long the description of an event in a deployment's log may be
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_DeploymentEvent.html).
const mostDescribed = 1024

// GoBack has a deployment go back, and says why in its log.
func GoBack(why string) Directive {
	why = "Sluice: " + Visible(why)
	if runes := []rune(why); len(runes) > mostDescribed {
		why = string(runes[:mostDescribed])
	}
	return Directive{Directive: "ROLL_BACK", Description: why}
}
