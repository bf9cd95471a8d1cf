package verify

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"

	"sluice/shared/cloudwatch"
)

// authorized finds the action in AWS's words: "User: ... is not authorized to perform: cloudwatch:DescribeAlarms on resource: ..."
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
var authorized = regexp.MustCompile(`not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)`)

// readers is the policy of AWS that lets somebody read all that is looked at here.
const readers = "arn:aws:iam::aws:policy/ReadOnlyAccess"

// unseen is the finding of what could not be looked at, with the permission that is missing if AWS refused it.
func unseen(path, what string, err error) Finding {
	f := Finding{Severity: Warning, Path: path, What: fmt.Sprintf("%s could not be looked at: %s", what, Why(err)), Why: unlooked, Unseen: true, Remedy: "try again"}
	if lacks(err) != "" {
		f.Remedy = "have it allowed to your role, or attach the policy " + readers + ", which holds it"
	}
	return f
}

// Why is an error in words for people: which permission is missing, or what AWS said.
func Why(err error) string {
	if action := lacks(err); action != "" {
		return "you may not " + action
	}
	return cloudwatch.Why(err)
}

// lacks is the action that AWS refused; empty when the error is another one.
func lacks(err error) string {
	var said smithy.APIError
	if !errors.As(err, &said) || !strings.Contains(said.ErrorCode(), "AccessDenied") && said.ErrorCode() != "UnauthorizedOperation" && said.ErrorCode() != "AuthorizationError" {
		return ""
	}
	if m := authorized.FindStringSubmatch(said.ErrorMessage()); m != nil {
		return m[1]
	}
	var call *smithy.OperationError
	if errors.As(err, &call) {
		return strings.ToLower(call.Service()) + ":" + call.Operation()
	}
	return "read that"
}
