package differential

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/test/sandbox"
	"sluice/test/sandbox/parts"
)

// Moto keeps hosted versions of AppConfig's configurations, too, and deploys none: the same versions have to have the same numbers and contents, and what
// is not there has to be refused in the same way. Left out is what moto 5.2.1 does not know: LatestVersionNumber, and what a feature flag may look like.
func TestHostedVersionsAreAsInMoto(t *testing.T) {
	moto := startMoto(t)
	theirs := hosted(t, appconfig.NewFromConfig(aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: &moto}))
	if ours, _ := hostedHere(t); !slices.Equal(ours, theirs) {
		t.Errorf("the sandbox answers\n%s\nmoto answers\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}

// AppConfig speaks as AWS describes its API, also when it refuses.
func TestHostedVersionsAreAsAWSDescribesThem(t *testing.T) {
	seen := map[string]int{}
	_, calls := hostedHere(t)
	described(t, calls, seen)
	for _, call := range []string{"CreateApplication", "CreateConfigurationProfile", "CreateHostedConfigurationVersion", "GetHostedConfigurationVersion"} {
		if seen["appconfig "+call] == 0 {
			t.Errorf("%s was not heard", call)
		}
	}
}

// hostedHere makes versions in the sandbox, and gives what went over the wire, too.
func hostedHere(t *testing.T) (said []string, calls []exchange) {
	t.Helper()
	ear := &ear{t: t}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: parts.All(), Wrap: ear.around})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	return hosted(t, appconfig.NewFromConfig(box.Config(""))), ear.heard
}

// hosted makes versions of a configuration, and says what is there then.
func hosted(t *testing.T, c *appconfig.Client) (said []string) {
	t.Helper()
	ctx := t.Context()
	app, err := c.CreateApplication(ctx, &appconfig.CreateApplicationInput{Name: aws.String("shop")})
	if err != nil {
		t.Fatal(err)
	}
	profile, err := c.CreateConfigurationProfile(ctx, &appconfig.CreateConfigurationProfileInput{ApplicationId: app.Id, Name: aws.String("checkout"), LocationUri: aws.String("hosted")})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`{"limit": 10}`, `{"limit": 20}`} {
		made, err := c.CreateHostedConfigurationVersion(ctx, &appconfig.CreateHostedConfigurationVersionInput{
			ApplicationId: app.Id, ConfigurationProfileId: profile.Id, Content: []byte(text), ContentType: aws.String("application/json"), Description: aws.String("a limit"),
		})
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, fmt.Sprintf("made %d: %s %s", made.VersionNumber, made.Content, aws.ToString(made.ContentType)))
	}
	for _, number := range []int32{1, 2, 3} {
		got, err := c.GetHostedConfigurationVersion(ctx, &appconfig.GetHostedConfigurationVersionInput{ApplicationId: app.Id, ConfigurationProfileId: profile.Id, VersionNumber: &number})
		if err != nil {
			said = append(said, fmt.Sprintf("got %d: %s", number, refusal(err)))
			continue
		}
		said = append(said, fmt.Sprintf("got %d: %s %s %s", got.VersionNumber, got.Content, aws.ToString(got.ContentType), aws.ToString(got.Description)))
	}
	return said
}
