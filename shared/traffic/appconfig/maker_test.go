package appconfig_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/shared/rollout"
)

// A number is left alone, and nobody guesses which of two versions a label stands for.
func TestLabelStandsForOneVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		for _, label := range []string{"spring", "summer", "summer", "spring-2"} {
			must(f.of.CreateHostedConfigurationVersion(t.Context(), &api.CreateHostedConfigurationVersionInput{
				ApplicationId: &f.target.Application, ConfigurationProfileId: &f.target.Profile, Content: []byte(label), ContentType: aws.String("text/plain"), VersionLabel: &label,
			}))(t)
		}
		for wants, is := range map[string]string{"7": "7", "spring": "5", "summer": "2 versions", "autumn": "no version"} {
			got, why, err := f.ports.Maker.Make(t.Context(), rollout.Target{Configuration: &f.target}, wants, "checkout-1")
			if why != nil {
				got = why.Reason
			}
			if err != nil || !strings.HasPrefix(got, is) {
				t.Errorf("%s is %s, %v; want %s", wants, got, err, is)
			}
		}
	})
}
