package addition_test

import (
	"testing"

	"sluice/infra/addition"
)

func TestARNsAreWrittenAsTheServiceWritesThem(t *testing.T) {
	home := addition.Home{Environment: "staging", Partition: "aws", Region: "eu-central-1", Account: "123456789012"}
	for _, c := range []struct{ service, resource, want string }{
		{"lambda", "function:checkout", "arn:aws:lambda:eu-central-1:123456789012:function:checkout"},
		{"apigateway", "/restapis/a1b2c3d4e5/stages/prod", "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/prod"},
		{"route53", "hostedzone/Z0123456789", "arn:aws:route53:::hostedzone/Z0123456789"},
		{"cloudfront", "distribution/E1A2B3C4D5E6F7", "arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7"},
	} {
		if got := home.ARN(c.service, c.resource); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.service, c.resource, got, c.want)
		}
	}
}
