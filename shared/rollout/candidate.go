package rollout

import "fmt"

// Candidate is what a target's service says about the revision that is to be released, beside stable.
type Candidate struct {
	Version                string
	Missing                bool   // there is no such version
	Role, StableRole       string // execution roles: a weighted alias needs one and the same
	DeadLetter, StableDead string // dead-letter queues of the two versions: equal, too
	ProvisionedConcurrency bool   // the alias has it: no weights then
	State                  string // of the version: Active, Pending, Inactive or Failed; "" is Active
	Why                    string // it is not Active: Lambda's code and words
}

// Check refuses what AWS would refuse in the middle of the release, before anything is touched
// (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
func (c Candidate) Check(t LambdaAlias) *Rejection {
	switch {
	case c.Version == "":
		return Because("the request names no revision", "put the Lambda version to release into detail.revision")
	case c.Version == "$LATEST":
		return Because("$LATEST is not a revision: it changes under the release", "publish a version (aws lambda publish-version) and release its number")
	case c.Missing:
		return Because(fmt.Sprintf("function %s has no version %s", t.Function, c.Version),
			fmt.Sprintf("publish it, or choose one of: aws lambda list-versions-by-function --function-name %s", t.Function))
	case c.State == "Failed": // https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
		return Because(fmt.Sprintf("version %s of function %s will never be ready: Lambda could not prepare it%s", c.Version, t.Function, because(c)),
			"mend what it names, publish a new version and release that one")
	case c.ProvisionedConcurrency:
		return Because(fmt.Sprintf("alias %s:%s has provisioned concurrency, which AWS does not allow together with weights", t.Function, t.Alias),
			fmt.Sprintf("aws lambda delete-provisioned-concurrency-config --function-name %s --qualifier %s, or release all at once by hand", t.Function, t.Alias))
	case c.Role != c.StableRole:
		return Because(fmt.Sprintf("version %s runs with role %s, stable with %s: AWS splits traffic only between versions with one role", c.Version, c.Role, c.StableRole),
			"publish the version with stable's execution role, or move the alias once by hand")
	case c.DeadLetter != c.StableDead:
		return Because(fmt.Sprintf("version %s has another dead-letter queue than stable: AWS splits traffic only between versions with the same one", c.Version),
			"publish the version with stable's dead-letter configuration")
	}
	return nil
}
