package kind

import (
	"fmt"
	"strings"
	"time"
)

// ConfigurationID is the kind of configurations and feature flags that AWS AppConfig deploys.
const ConfigurationID ID = "configuration"

// configuration: AppConfig lets a version grow by a strategy, and tells callers of it at their next poll, which is a minute away unless they ask for
// another time. The way back is one call; callers learn of it in the same way
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-deploying-reverting.html).
var configuration = Facts{
	ID: ConfigurationID, Title: "AppConfig configuration", Prefix: "appconfig", Suffix: "-configuration",
	Revision: Revision{
		Word: "version", Example: "7", Grammar: `[1-9][0-9]{0,9}|[0-9]{0,9}[A-Za-z._+-][A-Za-z0-9._+-]{0,53}`,
		Remedy: "write the number or the label of a hosted version of the configuration profile: aws appconfig list-hosted-configuration-versions",
	},
	Smallest: 10000, // growth is the strategy's, and cannot rest
	Spreads:  SpreadClients,
	Silence:  Ticks,
	Ticks:    true,
	Slow:     true,
	Way:      Way{During: time.Minute, After: time.Minute},
}

// instantly is the predefined strategy that has no growth. AppConfig watches alarms for ten minutes after it
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-deployment-strategy-predefined.html).
const instantly = "AppConfig.AllAtOnce"

// Configuration is a configuration profile of an AppConfig application, as one environment gets it.
type Configuration struct {
	Application string       `json:"application"`
	Environment string       `json:"environment"`
	Profile     string       `json:"profile"`
	Strategy    string       `json:"strategy"`       // how a version grows
	Back        string       `json:"back,omitempty"` // the strategy of a way back that is a deployment of its own
	Counts      *PoolMetrics `json:"metrics,omitempty"`
}

// Labelled says whether a revision is named by its label, which "must contain at least one non-numeric character"
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateHostedConfigurationVersion.html).
func (Configuration) Labelled(revision string) bool { return named("[^0-9]", revision) }

// Kind implements Spec.
func (Configuration) Kind() ID { return ConfigurationID }

// Name implements Spec.
func (c Configuration) Name() string {
	return c.Application + "/" + c.Environment + "/" + c.Profile
}

// String implements Spec.
func (c Configuration) String() string {
	return fmt.Sprintf("configuration %s of application %s in environment %s", c.Profile, c.Application, c.Environment)
}

// Returns is the strategy by which stable is deployed anew, where AppConfig cannot go back by itself.
func (c Configuration) Returns() string {
	if c.Back != "" {
		return c.Back
	}
	return instantly
}

const (
	appConfigID = `^[a-z0-9]{4,7}$`                                // https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_StartDeployment.html
	strategyID  = `^([a-z0-9]{4,7}|AppConfig\.[A-Za-z0-9]{9,40})$` // the same page
)

// Problems implements Spec.
func (c Configuration) Problems() []Problem {
	var found []Problem
	wrong := func(ok bool, field, what, remedy string) {
		if !ok {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(named(appConfigID, c.Application), "application", fmt.Sprintf("%.60q is not an application's id", c.Application), "write the id, such as abc1234: aws appconfig list-applications")
	wrong(named(appConfigID, c.Environment), "environment", fmt.Sprintf("%.60q is not an environment's id", c.Environment), "write the id, such as abc1234: aws appconfig list-environments --application-id "+c.Application)
	wrong(named(appConfigID, c.Profile), "profile", fmt.Sprintf("%.60q is not a configuration profile's id", c.Profile), "write the id, such as abc1234: aws appconfig list-configuration-profiles --application-id "+c.Application)
	wrong(named(strategyID, c.Strategy), "strategy", fmt.Sprintf("%.60q is not a deployment strategy's id", c.Strategy), "write the id, such as AppConfig.Linear20PercentEvery6Minutes: aws appconfig list-deployment-strategies")
	wrong(c.Back == "" || named(strategyID, c.Back), "back", fmt.Sprintf("%.60q is not a deployment strategy's id", c.Back), "write the id of a strategy of 0 minutes without a bake, or leave it out")
	return found
}

// Asks implements Ticking: AppConfig calls extensions for the deployments to an environment that they are associated with.
func (c Configuration) Asks() (service, resource string) {
	return "appconfig", "application/" + c.Application + "/environment/" + c.Environment
}

// Metrics implements Spec, by what the definition names: AppConfig counts nothing of an application. They are of all callers, whatever the version.
func (c Configuration) Metrics(string) Metrics {
	if c.Counts == nil {
		return Metrics{}
	}
	return c.Counts.metrics()
}

// Blends says why the metrics do not tell versions apart.
func (Configuration) Blends() string {
	return "AppConfig counts nothing of an application, and an application's metrics count callers of both versions together"
}

// Climbs says which weights a release may have.
func (Configuration) Climbs(weights []int) *Problem {
	if len(weights) == 1 && weights[0] == all {
		return nil
	}
	return &Problem{"strategy", "AppConfig's growth cannot rest at a weight", "write allAtOnce here, and choose how the version grows under target.configuration.strategy"}
}

// Underway implements Deploying.
func (c Configuration) Underway(number string) (what, end string) {
	return "deployment " + number, fmt.Sprintf("aws appconfig stop-deployment --application-id %s --environment-id %s --deployment-number %s", c.Application, c.Environment, number)
}

// Restore implements Spec.
func (c Configuration) Restore(version string) string {
	return fmt.Sprintf("aws appconfig start-deployment --application-id %s --environment-id %s --configuration-profile-id %s --configuration-version %s --deployment-strategy-id %s",
		c.Application, c.Environment, c.Profile, version, c.Returns())
}

// Needs implements Spec. An action on what is in an application must be allowed on the application, too, and one on a deployment on its environment
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html).
func (c Configuration) Needs(function string, _ Uses) []Need {
	switch function {
	case "plan":
		return append(c.needs("GetDeployment ListDeployments GetEnvironment GetHostedConfigurationVersion ListHostedConfigurationVersions", "GetDeployment ListDeployments GetEnvironment", "GetDeployment", "GetHostedConfigurationVersion ListHostedConfigurationVersions"),
			need("AppConfigStrategies", "deploymentstrategy/"+c.Strategy, "GetDeploymentStrategy"))
	case "admit":
		return c.needs("GetDeployment ListDeployments", "GetDeployment ListDeployments", "GetDeployment", "")
	case "shift", "rollback", "settle", "guard":
		const moves = "GetDeployment ListDeployments StartDeployment StopDeployment"
		needs := append(c.needs(moves, moves, "GetDeployment StopDeployment", "StartDeployment"), need("AppConfigStrategies", "deploymentstrategy/"+c.Returns(), "StartDeployment"))
		if function == "shift" && c.Strategy != c.Returns() {
			needs = append(needs, need("AppConfigStrategies", "deploymentstrategy/"+c.Strategy, "StartDeployment"))
		}
		return needs
	}
	return nil
}

// needs are what actions are needed on the target's application, environment, deployments and profile.
func (c Configuration) needs(application, environment, deployments, profile string) []Need {
	app := "application/" + c.Application
	needs := []Need{
		need("AppConfigApplications", app, application), need("AppConfigEnvironments", app+"/environment/"+c.Environment, environment),
		need("AppConfigDeployments", app+"/environment/"+c.Environment+"/deployment/*", deployments),
	}
	if profile != "" {
		needs = append(needs, need("AppConfigProfiles", app+"/configurationprofile/"+c.Profile, profile))
	}
	return needs
}

func need(sid, resource, actions string) Need {
	n := Need{Sid: sid, Service: "appconfig", Resource: resource}
	for _, action := range strings.Fields(actions) {
		n.Actions = append(n.Actions, "appconfig:"+action)
	}
	return n
}
