package kind

import "fmt"

// EdgeMark says which requests meet the candidate before all others: those with a header of this value.
type EdgeMark struct {
	Header string `json:"header"`
	Value  string `json:"value"`
}

// EdgeAnnounces is the header by which Sluice announces a share in a policy. No request has it.
const EdgeAnnounces = "aws-cf-cd-sluice-announces"

var _ Marking = Distribution{}

// Marks implements Marking.
func (d Distribution) Marks() string {
	if d.Marked == nil {
		return ""
	}
	return fmt.Sprintf("requests with the header %s: %s", d.Marked.Header, d.Marked.Value)
}

// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ContinuousDeploymentSingleHeaderConfig.html
func (d Distribution) problemsOfMark() (found []Problem) {
	if d.Marked == nil {
		return nil
	}
	if !named(`^aws-cf-cd-[a-z0-9-]{1,246}$`, d.Marked.Header) || d.Marked.Header == EdgeAnnounces {
		found = append(found, Problem{"marked.header", fmt.Sprintf("%.60q is not a header by which CloudFront chooses", d.Marked.Header), "write a name that begins with aws-cf-cd-, such as aws-cf-cd-canary"})
	}
	if !named(`^[\x21-\x7e]+$`, d.Marked.Value) || len(d.Marked.Value) > 1783 {
		found = append(found, Problem{"marked.value", fmt.Sprintf("%.60q is not a header's value", d.Marked.Value), "write 1 to 1783 visible characters"})
	}
	return found
}
