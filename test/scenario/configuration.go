package scenario

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	dataapi "github.com/aws/aws-sdk-go-v2/service/appconfigdata"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
)

// Configured has the target be a configuration of AppConfig. What a version says is its number, and its label is v1, v2 and so on; version 1 is deployed at first.
type Configured struct {
	Alarms  []string // that AppConfig itself watches
	Unasked bool     // the environment is not associated with Sluice's extension
	Grows   int32    // minutes, in five steps, and then as long a bake; 0: half an hour
}

// ID implements Kind.
func (Configured) ID() kind.ID { return kind.ConfigurationID }

// Make implements Kind.
func (k Configured) Make(w *World) {
	w.T.Helper()
	c, s := w.configuration(), w.AppConfig()
	s.Name(c.Application, c.Environment, c.Profile, c.Strategy, c.Back)
	_, err := s.CreateApplication(w.ctx, &api.CreateApplicationInput{Name: &w.service})
	w.must(err)
	var monitors []types.Monitor
	for _, alarm := range k.Alarms {
		monitors = append(monitors, types.Monitor{AlarmArn: aws.String("arn:aws:cloudwatch:us-east-1:123456789012:alarm:" + alarm)})
	}
	_, err = s.CreateEnvironment(w.ctx, &api.CreateEnvironmentInput{ApplicationId: &c.Application, Name: aws.String("prod"), Monitors: monitors})
	w.must(err)
	_, err = s.CreateConfigurationProfile(w.ctx, &api.CreateConfigurationProfileInput{ApplicationId: &c.Application, Name: aws.String("cart"), LocationUri: aws.String("hosted")})
	w.must(err)
	minutes := cmp.Or(k.Grows, 30)
	_, err = s.CreateDeploymentStrategy(w.ctx, &api.CreateDeploymentStrategyInput{Name: aws.String("in steps"), GrowthFactor: aws.Float32(20), DeploymentDurationInMinutes: &minutes, FinalBakeTimeInMinutes: minutes})
	w.must(err)
	_, err = s.CreateDeploymentStrategy(w.ctx, &api.CreateDeploymentStrategyInput{Name: aws.String("at once"), GrowthFactor: aws.Float32(100), DeploymentDurationInMinutes: aws.Int32(0)})
	w.must(err)
	for version := 1; version <= 5; version++ {
		_, err = s.CreateHostedConfigurationVersion(w.ctx, &api.CreateHostedConfigurationVersionInput{
			ApplicationId: &c.Application, ConfigurationProfileId: &c.Profile, Content: []byte(strconv.Itoa(version)), ContentType: aws.String("text/plain"),
			VersionLabel: aws.String("v" + strconv.Itoa(version)),
		})
		w.must(err)
	}
	if !k.Unasked {
		_, err = s.CreateExtensionAssociation(w.ctx, &api.CreateExtensionAssociationInput{
			ExtensionIdentifier: aws.String("sluice-sandbox-tick"), ResourceIdentifier: aws.String("arn:aws:appconfig:us-east-1:123456789012:application/" + c.Application + "/environment/" + c.Environment),
		})
		w.must(err)
	}
	w.Deploys("1", c.Back)
	w.Pass(time.Minute)
}

// Serves implements Kind: what AppConfig has deployed, or is about to.
func (Configured) Serves(w *World) rollout.Split {
	w.T.Helper()
	return w.deployedOf(*w.configuration(), "cart")
}

// deployedOf is the version of a profile that is deployed, or about to be, as a split.
func (w *World) deployedOf(c kind.Configuration, name string) (now rollout.Split) {
	w.T.Helper()
	out, err := w.AppConfig().ListDeployments(w.ctx, &api.ListDeploymentsInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment})
	w.must(err)
	for _, d := range out.Items {
		if *d.ConfigurationName != name {
			continue
		}
		if now.Tag == "" {
			now.Tag = strconv.Itoa(int(d.DeploymentNumber))
		}
		switch d.State {
		case types.DeploymentStateDeploying, types.DeploymentStateRollingBack:
			now.Moving = string(d.State)
		}
		if d.State == types.DeploymentStateRolledBack || d.State == types.DeploymentStateReverted || d.State == types.DeploymentStateRollingBack {
			continue
		}
		now.Stable = *d.ConfigurationVersion
		break
	}
	return now
}

// AppConfig is the sandbox's.
func (w *World) AppConfig() *appconfig.Service { return sandbox.PartOf[appconfig.Service](w.Sandbox) }

// configuration is the world's target.
func (w *World) configuration() *kind.Configuration {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(definition.Sample(kind.ConfigurationID, w.service)), &t))
	return t.Configuration
}

// Deploys has somebody deploy a version by a strategy, past Sluice.
func (w *World) Deploys(version, strategy string) {
	w.T.Helper()
	c := w.configuration()
	_, err := w.AppConfig().StartDeployment(w.ctx, &api.StartDeploymentInput{
		ApplicationId: &c.Application, EnvironmentId: &c.Environment, ConfigurationProfileId: &c.Profile, ConfigurationVersion: &version, DeploymentStrategyId: &strategy,
	})
	w.must(err)
}

// LastDeployment is the newest in the target's environment.
func (w *World) LastDeployment() *api.GetDeploymentOutput {
	w.T.Helper()
	c := w.configuration()
	all, err := w.AppConfig().ListDeployments(w.ctx, &api.ListDeploymentsInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment})
	w.must(err)
	out, err := w.AppConfig().GetDeployment(w.ctx, &api.GetDeploymentInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment, DeploymentNumber: &all.Items[0].DeploymentNumber})
	w.must(err)
	return out
}

// A Poller is an application that asks AppConfig each minute what it is to know.
type Poller struct {
	token string
	asked time.Time
	Knows string // the version
}

// Pollers are so many applications, which serve so many requests a minute together until the world ends. A version may make them fail. They count what
// they serve as the sample's definition names it, whatever version they know.
func (w *World) Pollers(n, perMinute int) []*Poller {
	w.T.Helper()
	c, all, next := w.configuration(), make([]*Poller, n), 0
	for i := range all {
		out, err := w.AppConfig().Data().StartConfigurationSession(w.ctx, &dataapi.StartConfigurationSessionInput{
			ApplicationIdentifier: &c.Application, EnvironmentIdentifier: &c.Environment, ConfigurationProfileIdentifier: &c.Profile,
		})
		w.must(err)
		all[i] = &Poller{token: *out.InitialConfigurationToken}
	}
	w.steadily(perMinute, func() {
		p := all[next%n]
		next++
		if time.Since(p.asked) >= time.Minute {
			w.poll(p)
		}
		count := func(name string, value float64) {
			w.Sandbox.CloudWatch.Record(w.service, name, nil, "Count", value, time.Now(), 60)
		}
		count("Requests", 1)
		count("Errors", map[bool]float64{true: 1}[w.answer(p.Knows) != nil])
	})
	return all
}

func (w *World) poll(p *Poller) {
	out, err := w.AppConfig().Data().GetLatestConfiguration(w.ctx, &dataapi.GetLatestConfigurationInput{ConfigurationToken: &p.token})
	if err != nil { // the world ends
		return
	}
	p.token, p.asked = *out.NextPollConfigurationToken, time.Now()
	if len(out.Configuration) > 0 {
		p.Knows = string(out.Configuration)
	}
}
