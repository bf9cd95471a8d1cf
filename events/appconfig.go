package events

import (
	"slices"
	"strings"
)

const appConfigSource = "aws.appconfig"

// Configured is the detail of an event about a deployment of AppConfig, which it sends where its own extension for that is associated
// (https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-about-predefined-notification-eventbridge.html).
type Configured struct {
	Application appConfigResource `json:"Application"`
	Environment appConfigResource `json:"Environment"`
	Profile     appConfigResource `json:"ConfigurationProfile"`
}

type appConfigResource struct {
	ID string `json:"Id"`
}

// Target is the id of the target that the deployment is about, as leases have it.
func (c Configured) Target() string {
	return "appconfig:" + c.Application.ID + "/" + c.Environment.ID + "/" + c.Profile.ID
}

// ConfiguredPattern selects the ends of deployments of the given configurations, each named as application/environment/profile.
func ConfiguredPattern(configurations []string) Pattern {
	var profiles []string
	for _, name := range configurations {
		profiles = append(profiles, name[strings.LastIndex(name, "/")+1:])
	}
	slices.Sort(profiles)
	return fromAWS(appConfigSource, []string{"On Deployment Complete", "On Deployment Rollback"}, map[string]any{
		"ConfigurationProfile": map[string]any{"Id": slices.Compact(profiles)},
	})
}

// configured is the target that an event of AppConfig is about.
func configured(e Raw) (target string, err error) {
	var c Configured
	if err := Decode(e.Detail, "detail", &c); err != nil {
		return "", err
	}
	if c.Application.ID == "" || c.Environment.ID == "" || c.Profile.ID == "" {
		return "", &Malformed{"detail", "names no configuration", "send what AppConfig sends"}
	}
	return c.Target(), nil
}
