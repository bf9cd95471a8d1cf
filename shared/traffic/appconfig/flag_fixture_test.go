package appconfig_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/appconfig"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// flagFixture is a profile with two flags. One has three variants, of which everybody has "old"; the other one is somebody else's.
type flagFixture struct {
	*conformance.Watch
	t      *testing.T
	of     *service.Service
	ports  traffic.Ports
	target kind.FeatureFlag
	asIs   bool // nothing waits until a deployment has come to its end
	quiet  bool // calls are not the router's
}

// settles is longer than a deployment at once, or the way back from it.
const settles = 10 * time.Second

// flagsAs are two flags, with the variants of one of them and the value of the other.
func flagsAs(variants, other string) string {
	return `{"version":"1","flags":{"cart":{"name":"Cart","attributes":{"size":{}}},"list":{"name":"list"}},"values":{"cart":{"_createdAt":"2026-01-01","_variants":[` + variants + `]},"list":` + other + `}}`
}

// shares are the variants of which candidate has a share, and everybody else stable.
func shares(stable, candidate string, percent int) string {
	rule := func(name string) string {
		if name != candidate {
			return `(split pct::0 by::$userId)`
		}
		return fmt.Sprintf(`(split pct::%d by::$userId)`, percent)
	}
	var all []string
	for _, name := range []string{"old", "new", "newer"} {
		if name != stable {
			all = append(all, fmt.Sprintf(`{"name":%q,"enabled":true,"rule":%q,"attributeValues":{"size":%d}}`, name, rule(name), len(name)))
		}
	}
	return strings.Join(append(all, fmt.Sprintf(`{"name":%q,"enabled":true,"attributeValues":{"size":%d}}`, stable, len(stable))), ",")
}

func newFlagFixture(t *testing.T) *flagFixture {
	t.Helper()
	f := &flagFixture{Watch: conformance.NewWatch("StartDeployment"), t: t}
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: service.Parts(), Middleware: []wire.Middleware{f.around}})
	f.of = sandbox.PartOf[service.Service](box)
	f.ports = appconfig.FlagPorts(box.Config(""))
	f.target = kind.FeatureFlag{Application: "shop001", Environment: "prod001", Profile: "flags01", Flag: "cart", By: "userId", Strategy: "atonce1"}
	f.of.Name(f.target.Application, f.target.Environment, f.target.Profile, f.target.Strategy)
	ctx := t.Context()
	must(f.of.CreateApplication(ctx, &api.CreateApplicationInput{Name: aws.String("shop")}))(t)
	must(f.of.CreateEnvironment(ctx, &api.CreateEnvironmentInput{ApplicationId: &f.target.Application, Name: aws.String("prod")}))(t)
	f.profile("flags")
	f.strategy(0, 0)
	f.deploy(flagsAs(shares("old", "", 0), `{"enabled":false}`))
	return f
}

// around counts calls as the suite wants them: of the calls that read a flag the one of its content stands for all, and the one that starts a deployment
// for a write. A deployment is over before the next call.
func (f *flagFixture) around(next wire.Handler) wire.Handler {
	watched := f.Around(func(ctx context.Context, call *wire.Call) (any, error) {
		out, err := next(ctx, call)
		if call.Operation == "StartDeployment" && !f.asIs {
			time.Sleep(settles)
		}
		return out, err
	})
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if o := call.Operation; !f.quiet && (o == "StartDeployment" || o == "GetHostedConfigurationVersion") {
			return watched(ctx, call)
		}
		return next(ctx, call)
	}
}

func (f *flagFixture) profile(name string) string {
	f.t.Helper()
	return *must(f.of.CreateConfigurationProfile(f.t.Context(), &api.CreateConfigurationProfileInput{
		ApplicationId: &f.target.Application, Name: &name, LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
	}))(f.t).Id
}

func (f *flagFixture) strategy(minutes, bake int32) string {
	f.t.Helper()
	return *must(f.of.CreateDeploymentStrategy(f.t.Context(), &api.CreateDeploymentStrategyInput{
		Name: aws.String("strategy"), GrowthFactor: aws.Float32(100), DeploymentDurationInMinutes: &minutes, FinalBakeTimeInMinutes: bake,
	}))(f.t).Id
}

func (f *flagFixture) store(text string) string {
	f.t.Helper()
	out := must(f.of.CreateHostedConfigurationVersion(f.t.Context(), &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &f.target.Application, ConfigurationProfileId: &f.target.Profile, Content: []byte(text), ContentType: aws.String("application/json"),
	}))(f.t)
	return fmt.Sprint(out.VersionNumber)
}

// deploy stores and deploys a document as somebody else does.
func (f *flagFixture) deploy(text string) {
	f.t.Helper()
	f.begin(f.target.Profile, f.store(text), f.target.Strategy)
	time.Sleep(settles)
}

func (f *flagFixture) begin(profile, version, strategy string) {
	f.t.Helper()
	must(f.of.StartDeployment(f.t.Context(), &api.StartDeploymentInput{
		ApplicationId: &f.target.Application, EnvironmentId: &f.target.Environment, ConfigurationProfileId: &profile, ConfigurationVersion: &version, DeploymentStrategyId: &strategy,
	}))(f.t)
}

// deployed is the document that is deployed, past the router.
func (f *flagFixture) deployed() string {
	f.t.Helper()
	all := must(f.of.ListDeployments(f.t.Context(), &api.ListDeploymentsInput{ApplicationId: &f.target.Application, EnvironmentId: &f.target.Environment}))(f.t)
	for _, one := range all.Items {
		if one.State == "COMPLETE" && *one.ConfigurationName == "flags" {
			return f.content(*one.ConfigurationVersion)
		}
	}
	f.t.Fatal("nothing is deployed")
	return ""
}

func (f *flagFixture) content(version string) string {
	f.t.Helper()
	var number int32
	_ = must(fmt.Sscan(version, &number))(f.t)
	return string(must(f.of.GetHostedConfigurationVersion(f.t.Context(), &api.GetHostedConfigurationVersionInput{
		ApplicationId: &f.target.Application, ConfigurationProfileId: &f.target.Profile, VersionNumber: &number,
	}))(f.t).Content)
}

func (f *flagFixture) Router() traffic.Router { return f.ports.Router }
func (f *flagFixture) Target() rollout.Target { return rollout.Target{FeatureFlag: &f.target} }
func (f *flagFixture) Locks() bool            { return true }

// Recurs says that a forward move is asked for again after it was made: a rollback that finds nothing to do leaves no trace.
func (f *flagFixture) Recurs() bool { return true }

// Rereads implements conformance.Rereading.
func (f *flagFixture) Rereads() bool { return true }

func (f *flagFixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "old", Candidate: "new", Other: "newer"}
}

// Serves is what users of an agent get, counted, with the tag that the router reads.
func (f *flagFixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	agent := must(f.of.Agent("shop", "prod", "flags", 0))(t)
	const users = 500
	met := map[string]int{}
	for user := range users {
		got, _ := agent.Flag("cart", map[string]string{"userId": fmt.Sprint(user)})
		met[got.Variant]++
	}
	rest, _ := agent.Flag("cart", nil)
	f.quiet = true
	now := must(f.ports.Router.Read(t.Context(), f.Target()))(t)
	f.quiet = false
	split := rollout.Split{Stable: rest.Variant, Tag: now.Tag}
	for name, n := range met {
		if name != rest.Variant {
			split.Candidate, split.Weight = name, now.Weight
			if real := rollout.FromFraction(float64(n) / users); real < now.Weight-500 || real > now.Weight+500 {
				t.Errorf("%v of the users have %s, and the router reads %v", real, name, now)
			}
		}
	}
	return split
}

// Move divides the users past the router.
func (f *flagFixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	to = to.Plain()
	f.deploy(flagsAs(shares(to.Stable, to.Candidate, int(to.Weight)/100), `{"enabled":false}`))
}
