package addition

import "sluice/shared/kind"

// A Home is where an engine is.
type Home struct{ Environment, Partition, Region, Account string }

// without are the services whose ARNs leave out the account or the Region, as the service authorization reference writes them
// (https://docs.aws.amazon.com/service-authorization/latest/reference/).
var without = map[string]struct{ account, region bool }{
	"apigateway": {account: true},               // arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/prod
	"route53":    {account: true, region: true}, // arn:aws:route53:::hostedzone/Z0123456789
	"s3":         {account: true, region: true}, // arn:aws:s3:::bucket/key
	"cloudfront": {region: true},                // arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7
}

// ARN names a resource of this account and Region: ("lambda", "function:checkout").
func (h Home) ARN(service, resource string) string {
	if without[service].account {
		h.Account = ""
	}
	if without[service].region {
		h.Region = ""
	}
	return "arn:" + h.Partition + ":" + service + ":" + h.Region + ":" + h.Account + ":" + resource
}

// resource is what a need is about.
func (h Home) resource(n kind.Need) string {
	if n.Service == "" {
		return "*"
	}
	return h.ARN(n.Service, n.Resource)
}

// Function is the ARN of one of Sluice's functions.
func (h Home) Function(name string) string { return h.ARN("lambda", "function:"+h.Name(name)) }

func (h Home) table() string { return h.ARN("dynamodb", "table/"+h.Name("")) }

// Name is "sluice-<environment>-<part>", or "sluice-<environment>" for an empty part.
func (h Home) Name(part string) string {
	if part == "" {
		return "sluice-" + h.Environment
	}
	return "sluice-" + h.Environment + "-" + part
}
