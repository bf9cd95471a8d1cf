package lambdaalias

import (
	"fmt"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// version is what Lambda says about the version that is to be released, and about stable.
type version struct {
	number                 string
	missing                bool   // there is no such version
	role, stableRole       string // execution roles of the two versions: a weighted alias needs them to be the same
	deadLetter, stableDead string // dead-letter queues of the two versions: they must be the same, too
	provisioned            bool   // the alias has provisioned concurrency, so it can have no weights
	state                  string // Active, Pending, Inactive or Failed; "" is Active
	why                    string // why it is not Active: Lambda's code and words
}

// check refuses what AWS would refuse in the middle of the release, before anything is touched
// (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
func (c version) check(t kind.LambdaAlias) *rollout.Rejection {
	switch {
	case c.number == "":
		return rollout.Because("the request names no revision", "put the Lambda version to release into detail.revision")
	case c.number == "$LATEST":
		return rollout.Because("$LATEST is not a revision: it changes under the release", "publish a version (aws lambda publish-version) and release its number")
	case c.missing:
		return rollout.Because(fmt.Sprintf("function %s has no version %s", t.Function, c.number),
			fmt.Sprintf("publish it, or choose one of: aws lambda list-versions-by-function --function-name %s", t.Function))
	case c.state == "Failed": // https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
		return rollout.Because(fmt.Sprintf("version %s of function %s will never be ready: Lambda could not prepare it%s", c.number, t.Function, because(c)),
			"mend what it names, publish a new version and release that one")
	case c.provisioned:
		return rollout.Because(fmt.Sprintf("alias %s:%s has provisioned concurrency, which AWS does not allow together with weights", t.Function, t.Alias),
			fmt.Sprintf("aws lambda delete-provisioned-concurrency-config --function-name %s --qualifier %s, or release all at once by hand", t.Function, t.Alias))
	case c.role != c.stableRole:
		return rollout.Because(fmt.Sprintf("version %s runs with role %s, stable with %s: AWS splits traffic only between versions with one role", c.number, c.role, c.stableRole),
			"publish the version with stable's execution role, or move the alias once by hand")
	case c.deadLetter != c.stableDead:
		return rollout.Because(fmt.Sprintf("version %s has another dead-letter queue than stable: AWS splits traffic only between versions with the same one", c.number),
			"publish the version with stable's dead-letter configuration")
	}
	return nil
}

// unready is the rollout.NotReady of a version that is still being prepared; nil otherwise. check handles a version that has failed.
func (c version) unready(t kind.LambdaAlias) error {
	switch c.state {
	case "Pending", "Inactive":
		return &rollout.NotReady{What: fmt.Sprintf("version %s of function %s is not ready yet: it is %s%s", c.number, t.Function, c.state, because(c))}
	}
	return nil
}

func because(c version) string {
	if c.why == "" {
		return ""
	}
	return " (" + c.why + ")"
}
