package appconfig_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	dataapi "github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	datatypes "github.com/aws/aws-sdk-go-v2/service/appconfigdata/types"
)

func (r *rig) write(of, content string, latest *int32) error {
	_, err := r.CreateHostedConfigurationVersion(r.ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &r.app, ConfigurationProfileId: &of, Content: []byte(content), ContentType: aws.String("application/json"), LatestVersionNumber: latest,
	})
	return err
}

func TestVersionIsWrittenOnTopOfTheLatest(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		refused[*types.ConflictException](t, r.write(r.of, "four", aws.Int32(2)))
		r.must(r.write(r.of, "four", aws.Int32(3)))
		out, err := r.GetHostedConfigurationVersion(r.ctx, &api.GetHostedConfigurationVersionInput{ApplicationId: &r.app, ConfigurationProfileId: &r.of, VersionNumber: aws.Int32(4)})
		r.must(err)
		if string(out.Content) != "four" || out.VersionNumber != 4 || *out.ContentType != "application/json" {
			t.Errorf("it reads %+v", out)
		}
		refused[*types.PayloadTooLargeException](t, r.write(r.of, string(bytes.Repeat([]byte("x"), 2<<20+1)), nil))
	})
}

const twoFlags = `{"version":"1","flags":{"cart":{"name":"cart","attributes":{"size":{}}},"list":{"name":"list"}},
	"values":{"cart":{"enabled":true,"size":3},"list":{"enabled":false}}}`

func TestFlagsFollowTheirSchema(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		good    bool
	}{
		"two flags":                  {twoFlags, true},
		"no JSON":                    {`cart`, false},
		"another version":            {`{"version":"2","flags":{},"values":{}}`, false},
		"a key that is none":         {`{"version":"1","flags":{"Cart":{"name":"cart"}},"values":{}}`, false},
		"a value of no flag":         {`{"version":"1","flags":{},"values":{"cart":{"enabled":true}}}`, false},
		"an attribute of no flag":    {`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"enabled":true,"size":3}}}`, false},
		"neither on nor off":         {`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"enabled":"yes"}}}`, false},
		"variants, the default last": {`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"_variants":[{"name":"new","enabled":true,"rule":"(eq $a \"b\")"},{"name":"default","enabled":false}]}}}`, true},
		"variants without a default": {`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"_variants":[{"name":"new","enabled":true,"rule":"(eq $a \"b\")"}]}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, nil, func(r *rig) {
				made, err := r.CreateConfigurationProfile(r.ctx, &api.CreateConfigurationProfileInput{
					ApplicationId: &r.app, Name: aws.String("flags"), LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
				})
				r.must(err)
				if err := r.write(*made.Id, test.content, nil); (err == nil) != test.good {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// What the schema of a profile refuses can be stored, and is not deployed.
func TestValidatorsAreAskedAtTheStart(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		made, err := r.CreateConfigurationProfile(r.ctx, &api.CreateConfigurationProfileInput{
			ApplicationId: &r.app, Name: aws.String("limits"), LocationUri: aws.String("hosted"),
			Validators: []types.Validator{{Type: types.ValidatorTypeJsonSchema, Content: aws.String(`{"type":"object","required":["limit"]}`)}},
		})
		r.must(err)
		r.of = *made.Id
		r.must(r.write(r.of, `{"limit":1}`, nil))
		r.must(r.write(r.of, `{"lmit":1}`, nil))
		_, err = r.start("2", "AppConfig.AllAtOnce")
		refused[*types.BadRequestException](t, err)
		r.started("1", "AppConfig.AllAtOnce")
	})
}

func TestCallersGetFlagsWithoutTheAttributesOfThoseThatAreOff(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		made, err := r.CreateConfigurationProfile(r.ctx, &api.CreateConfigurationProfileInput{
			ApplicationId: &r.app, Name: aws.String("flags"), LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
		})
		r.must(err)
		r.of = *made.Id
		r.must(r.write(r.of, twoFlags, nil))
		r.started("1", "AppConfig.AllAtOnce")
		time.Sleep(time.Minute)
		if got := r.poll(r.callers(1)); got[`{"cart":{"enabled":true,"size":3},"list":{"enabled":false}}`] != 1 {
			t.Errorf("it knows %v", got)
		}
	})
}

func TestTokensAreGoodForOneCallAndForADay(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		ask := func(token *string) (*dataapi.GetLatestConfigurationOutput, error) {
			return r.data.GetLatestConfiguration(r.ctx, &dataapi.GetLatestConfigurationInput{ConfigurationToken: token})
		}
		says := func(err error, want datatypes.InvalidParameterProblem) {
			t.Helper()
			var bad *datatypes.BadRequestException
			if !errors.As(err, &bad) || bad.Details.(*datatypes.BadRequestDetailsMemberInvalidParameters).Value["ConfigurationToken"].Problem != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		begun, err := r.data.StartConfigurationSession(r.ctx, &dataapi.StartConfigurationSessionInput{
			ApplicationIdentifier: &r.app, EnvironmentIdentifier: &r.env, ConfigurationProfileIdentifier: &r.of, RequiredMinimumPollIntervalInSeconds: aws.Int32(30),
		})
		r.must(err)
		first, err := ask(begun.InitialConfigurationToken)
		r.must(err)
		if string(first.Configuration) != "one" || first.NextPollIntervalInSeconds != 30 || *first.ContentType != "text/plain" {
			t.Errorf("the first answer is %+v", first)
		}
		_, err = ask(begun.InitialConfigurationToken)
		says(err, datatypes.InvalidParameterProblemCorrupted)
		_, err = ask(first.NextPollConfigurationToken)
		says(err, datatypes.InvalidParameterProblemPollIntervalNotSatisfied)
		time.Sleep(31 * time.Second)
		second, err := ask(first.NextPollConfigurationToken)
		r.must(err)
		if len(second.Configuration) > 0 {
			t.Errorf("nothing is new, and it gets %s", second.Configuration)
		}
		time.Sleep(25 * time.Hour)
		_, err = ask(second.NextPollConfigurationToken)
		says(err, datatypes.InvalidParameterProblemExpired)
	})
}

// https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_ListHostedConfigurationVersions.html
func TestVersionsAreFoundByTheirLabel(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		label := func(name string) error {
			_, err := r.CreateHostedConfigurationVersion(r.ctx, &api.CreateHostedConfigurationVersionInput{
				ApplicationId: &r.app, ConfigurationProfileId: &r.of, Content: []byte(name), ContentType: aws.String("text/plain"), VersionLabel: &name,
			})
			return err
		}
		r.must(label("v2"))
		r.must(label("v2.1"))
		refused[*types.BadRequestException](t, label("21"))
		for wanted, count := range map[string]int{"v2": 1, "v2*": 2, "v": 0, "v*": 2} {
			out, err := r.ListHostedConfigurationVersions(r.ctx, &api.ListHostedConfigurationVersionsInput{ApplicationId: &r.app, ConfigurationProfileId: &r.of, VersionLabel: &wanted})
			r.must(err)
			if len(out.Items) != count {
				t.Errorf("%d versions have the label %s, want %d", len(out.Items), wanted, count)
			}
		}
	})
}
