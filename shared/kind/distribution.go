package kind

import (
	"fmt"
	"strings"
	"time"
)

// DistributionID is the kind of CloudFront distributions that are released by continuous deployment.
const DistributionID ID = "distribution"

var distribution = Facts{
	ID: DistributionID, Title: "CloudFront distribution", Prefix: "distribution", Suffix: "-distribution",
	Revision: Revision{
		Word: "configuration", Example: "3f9c2a1b44d0", Grammar: `[0-9a-f]{12}`,
		Remedy: "write the digest of the draft distribution's configuration, as docs/targets/distribution.md computes it",
	},
	Smallest: 1, // hundredths of a percent: CloudFront takes any fraction
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment-quotas-considerations.html
	Most:   1500,
	Region: "us-east-1", // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudfront-metrics.html
	Locks:  true,
	// Without sessions CloudFront chooses for each request anew; see Distribution.Sticks
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html).
	Spreads: SpreadRequests,
	Silence: Holds,
	Slow:    true,
	// A change is at all edges within minutes. AWS names no figure: this one is ours.
	Way: Way{During: 15 * time.Minute, After: 15 * time.Minute},
	Can: Uses{Marks: true},
}

// Distribution is a CloudFront distribution, with what its releases need: CloudFront promotes from a staging distribution, and knows no way back from a
// promotion. So three more distributions hold configurations, and only one of them is written by people.
type Distribution struct {
	Primary  string    `json:"primary"`          // what viewers use
	Staging  string    `json:"staging"`          // gets a share of their requests by the policy; Sluice writes it
	Draft    string    `json:"draft"`            // where people put the next configuration; it serves nobody
	Previous string    `json:"previous"`         // keeps the configuration to go back to; it serves nobody, and Sluice writes it
	Policy   string    `json:"policy"`           // the continuous deployment policy that is attached to primary and names staging
	Marked   *EdgeMark `json:"marked,omitempty"` // which requests meet the candidate before all others

	Session int `json:"session,omitempty"` // seconds for which a viewer stays with one configuration; 0: each request is chosen anew
}

var (
	_ Standing = Distribution{}
	_ Sticky   = Distribution{}
)

// Kind implements Spec.
func (Distribution) Kind() ID { return DistributionID }

// Name implements Spec.
func (d Distribution) Name() string { return d.Primary }

// String implements Spec.
func (d Distribution) String() string { return "distribution " + d.Primary }

// Problems implements Spec.
func (d Distribution) Problems() []Problem {
	var found []Problem
	seen := map[string]string{}
	for _, it := range []struct{ field, id string }{{"primary", d.Primary}, {"staging", d.Staging}, {"draft", d.Draft}, {"previous", d.Previous}} {
		if !named(`^E[A-Z0-9]{5,30}$`, it.id) {
			found = append(found, Problem{it.field, fmt.Sprintf("%.60q is not a distribution's id", it.id), "write the id alone, such as E1A2B3C4D5E6F7: aws cloudfront list-distributions"})
		} else if other := seen[it.id]; other != "" {
			found = append(found, Problem{it.field, fmt.Sprintf("%s is %s already", it.id, other), "each of the four is a distribution of its own: aws cloudfront copy-distribution makes one"})
		}
		seen[it.id] = it.field
	}
	if !named(`^[a-f0-9-]{36}$`, d.Policy) {
		found = append(found, Problem{"policy", fmt.Sprintf("%.60q is not a continuous deployment policy's id", d.Policy), "write its id: aws cloudfront list-continuous-deployment-policies"})
	}
	found = append(found, d.problemsOfMark()...)
	if d.Session != 0 && (d.Session < 300 || d.Session > 3600) {
		found = append(found, Problem{"session", fmt.Sprintf("CloudFront has no sessions of %d seconds", d.Session), "write 300 to 3600 seconds, or leave it out"})
	}
	return found
}

// Metrics implements Spec. CloudFront counts by distribution and not by configuration. Of errors it publishes the share in percent
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudfront-metrics.html). What it measures of time, it measures of
// origins, and for money.
func (d Distribution) Metrics(distribution string) Metrics {
	if distribution != "" {
		return edgeMetrics(distribution)
	}
	primary, staging := edgeMetrics(d.Primary), edgeMetrics(d.Staging)
	return Metrics{Requests: Sum(primary.Requests, staging.Requests), Errors: Metric{
		Of: map[string]Metric{
			"primary": primary.Requests, "primary rate": primary.Errors.Of["rate"], "staging": staging.Requests, "staging rate": staging.Errors.Of["rate"],
		},
		Made: func(of map[string]float64) float64 {
			return (of["primary"]*of["primary rate"] + of["staging"]*of["staging rate"]) / 100
		},
	}}
}

func edgeMetrics(distribution string) Metrics {
	metric := func(name, stat string) Metric {
		return Metric{Namespace: "AWS/CloudFront", Name: name, Stat: stat, Dimensions: map[string]string{"DistributionId": distribution, "Region": "Global"}}
	}
	requests := metric("Requests", "")
	return Metrics{Requests: requests, Errors: Metric{
		Of:   map[string]Metric{"requests": requests, "rate": metric("5xxErrorRate", "Average")},
		Made: func(of map[string]float64) float64 { return of["requests"] * of["rate"] / 100 },
	}}
}

// Stands implements Standing. The tag says what primary and staging have: the first and the third of its words. A promotion makes them change places.
func (d Distribution) Stands(configuration, tag string) string {
	switch words := strings.Fields(tag); {
	case len(words) < 3:
		return ""
	case words[0] == configuration:
		return d.Primary
	case words[2] == configuration:
		return d.Staging
	}
	return ""
}

// Sticks implements Sticky.
func (d Distribution) Sticks() bool { return d.Session > 0 }

// Restore implements Spec. It is for the time before a promotion. After one, the configuration to go back to is in staging.
func (d Distribution) Restore(configuration string) string {
	return fmt.Sprintf("if distribution %s has configuration %s, turn the policy off: aws cloudfront update-continuous-deployment-policy --id %s with Enabled false and the ETag of get-continuous-deployment-policy; "+
		"otherwise promote what staging keeps: aws cloudfront update-distribution-with-staging-config --id %s --staging-distribution-id %s --if-match '<ETag of %s>, <ETag of %s>'",
		d.Primary, configuration, d.Policy, d.Primary, d.Staging, d.Primary, d.Staging)
}

// Needs implements Spec. A promotion is authorised as GetDistribution and UpdateDistribution
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistributionWithStagingConfig.html).
func (d Distribution) Needs(function string, _ Uses) []Need {
	on := func(sid, resource string, actions ...string) Need { return Need{sid, actions, "cloudfront", resource} }
	read := func(ids ...string) (all []Need) {
		for _, id := range ids {
			all = append(all, on("ReadDistributions", "distribution/"+id, "cloudfront:GetDistribution"))
		}
		return append(all, on("ReadPolicies", "continuous-deployment-policy/"+d.Policy, "cloudfront:GetContinuousDeploymentPolicy"))
	}
	change := func(ids ...string) (all []Need) {
		for _, id := range ids {
			all = append(all, on("MoveDistributions", "distribution/"+id, "cloudfront:GetDistribution", "cloudfront:UpdateDistribution"))
		}
		return append(all, on("MovePolicies", "continuous-deployment-policy/"+d.Policy, "cloudfront:GetContinuousDeploymentPolicy", "cloudfront:UpdateContinuousDeploymentPolicy"))
	}
	switch function {
	case "plan":
		return read(d.Primary, d.Staging, d.Draft, d.Previous)
	case "admit":
		return read(d.Primary, d.Staging)
	case "shift":
		return append(change(d.Primary, d.Staging, d.Previous), on("ReadDrafts", "distribution/"+d.Draft, "cloudfront:GetDistribution"))
	case "rollback", "settle", "guard":
		return append(change(d.Primary, d.Staging), on("ReadKept", "distribution/"+d.Previous, "cloudfront:GetDistribution"))
	}
	return nil
}
