package kind_test

import (
	"math"
	"slices"
	"testing"

	"sluice/shared/kind"
)

func shop() kind.Distribution {
	return kind.Distribution{Primary: "E1PRIMARY", Staging: "E2STAGING", Draft: "E3DRAFT", Previous: "E4PREVIOUS", Policy: "00000000-0000-4000-9000-000000000001"}
}

func TestADistributionsDefinitionIsChecked(t *testing.T) {
	for name, test := range map[string]struct {
		odd  func(*kind.Distribution)
		want []string
	}{
		"nothing":             {func(*kind.Distribution) {}, nil},
		"an ARN":              {func(d *kind.Distribution) { d.Primary = "arn:aws:cloudfront::123456789012:distribution/E1PRIMARY" }, []string{"primary"}},
		"one for two":         {func(d *kind.Distribution) { d.Previous = d.Draft }, []string{"previous"}},
		"no policy":           {func(d *kind.Distribution) { d.Policy = "" }, []string{"policy"}},
		"sessions of minutes": {func(d *kind.Distribution) { d.Session = 5 }, []string{"session"}},
		"sessions":            {func(d *kind.Distribution) { d.Session = 300 }, nil},
	} {
		d := shop()
		test.odd(&d)
		var fields []string
		for _, p := range d.Problems() {
			fields = append(fields, p.Field)
			if p.Wrong == "" || p.Remedy == "" {
				t.Errorf("%s: %+v leaves something open", name, p)
			}
		}
		if !slices.Equal(fields, test.want) {
			t.Errorf("%s: problems of %v, want %v", name, fields, test.want)
		}
	}
}

// CloudFront publishes shares of errors. How many they are, of one distribution and of both, is their product with the requests.
func TestErrorsOfADistributionAreItsRateOfItsRequests(t *testing.T) {
	one := shop().Metrics("E2STAGING").Errors
	if got := one.Made(map[string]float64{"requests": 200, "rate": 1.5}); got != 3 {
		t.Errorf("1.5 %% of 200 requests are %v", got)
	}
	both := shop().Metrics("").Errors
	if got := both.Made(map[string]float64{"primary": 1000, "primary rate": 0.1, "staging": 50, "staging rate": 10}); math.Abs(got-6) > 1e-9 {
		t.Errorf("0.1 %% of 1000 and 10 %% of 50 are %v", got)
	}
	for id, m := range both.Of {
		if m.Dimensions["Region"] != "Global" || m.Dimensions["DistributionId"] == "" {
			t.Errorf("%s is %+v", id, m)
		}
	}
}

// A promotion makes configurations change places, and they are counted where they stand.
func TestAConfigurationIsCountedWhereItStands(t *testing.T) {
	const tag = "aaaaaaaaaaaa E1TAG bbbbbbbbbbbb E2TAG E3TAG d1.cloudfront.net 500 -"
	for configuration, want := range map[string]string{"aaaaaaaaaaaa": "E1PRIMARY", "bbbbbbbbbbbb": "E2STAGING", "cccccccccccc": ""} {
		if got := shop().Stands(configuration, tag); got != want {
			t.Errorf("%s stands at %q, want %q", configuration, got, want)
		}
	}
	if got := shop().Stands("aaaaaaaaaaaa", ""); got != "" {
		t.Errorf("without a tag it stands at %q", got)
	}
}
