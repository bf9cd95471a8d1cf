package kind

import (
	"fmt"
	"strings"
	"time"
)

// StackID is the kind of CloudFormation stacks that are released by change sets.
const StackID ID = "stack"

var stack = Facts{
	ID: StackID, Title: "CloudFormation stack", Prefix: "stack", Suffix: "-stack",
	Revision: Revision{
		Word: "template", Example: strings.Repeat("4e", 32), Grammar: `[0-9a-f]{64}`, Short: 12,
		Remedy: "write the digest of the template with its parameters, under which both lie in the bucket: docs/targets/stack.md has the command",
	},
	Smallest: 10000, Spreads: SpreadRequests, Silence: GoesOn, Slow: true,
	// How long an update and its way back take is a matter of the resources. AWS names no bound.
	Way: Way{During: 30 * time.Minute, After: time.Hour},
}

// Stack is a stack that stands already, with the bucket in which its templates lie. A revision is a template with its parameters, by their digest: what
// the stack serves is computed from what stands, so nothing has to be remembered, and a stack that people updated themselves is taken as it is.
type Stack struct {
	Stack        string       `json:"name"`      // the stack's name
	Templates    string       `json:"templates"` // where templates lie: s3://bucket/prefix
	Role         string       `json:"role"`      // ARN of the stack's service role, which CloudFormation uses: Sluice itself may touch no resource, and passes no role
	Capabilities []string     `json:"capabilities,omitempty"`
	Composites   []string     `json:"composites,omitempty"` // guard alarms that are composite: CloudFormation wants to know
	Drift        string       `json:"drift,omitempty"`      // RevertsDrift, or empty: what somebody changed by hand is not looked at
	Policy       *StackPolicy `json:"policy,omitempty"`     // the stack's policy from the release on; nil leaves the policy to others
	Counts       *PoolMetrics `json:"metrics,omitempty"`    // what the whole of it counts
}

// RevertsDrift is a stack's drift that its releases undo.
const RevertsDrift = "revert"

// Reverts says whether a release undoes what somebody changed by hand.
func (s Stack) Reverts() bool { return s.Drift == RevertsDrift }

var (
	_ Blended     = Stack{}
	_ Lingering   = Stack{}
	_ Conditioned = Stack{}
)

// Kind implements Spec.
func (Stack) Kind() ID { return StackID }

// Name implements Spec.
func (s Stack) Name() string { return s.Stack }

// String implements Spec.
func (s Stack) String() string { return "stack " + s.Stack }

// Bucket is where templates lie.
func (s Stack) Bucket() (bucket, prefix string) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(s.Templates, "s3://"), "/")
	return bucket, strings.Trim(prefix, "/")
}

// Template is the key of a revision's template, Parameters that of its parameters.
func (s Stack) Template(revision string) string { return s.key(revision + ".template") }

// Parameters is the key of the parameters: one JSON object, by name. A value that is null keeps what the stack has, as it must for NoEcho.
func (s Stack) Parameters(revision string) string { return s.key(revision + ".parameters.json") }

// PolicyBefore is the key of what the stack's policy was while a revision stood, before Sluice set another one.
func (s Stack) PolicyBefore(revision string) string { return s.key(revision + ".policy.json") }

func (s Stack) key(name string) string {
	if _, prefix := s.Bucket(); prefix != "" {
		return prefix + "/" + name
	}
	return name
}

// stackName is what CloudFormation takes (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html). An alias of a stack
// looks the same and may lead to another stack tomorrow: it is for people to write the name.
const stackName = `^[A-Za-z][A-Za-z0-9-]{0,127}$`

// Problems implements Spec.
func (s Stack) Problems() (found []Problem) {
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(!named(stackName, s.Stack), "name", fmt.Sprintf("%.60q is not the name of a stack", s.Stack), "write the name alone, without ARN: aws cloudformation list-stacks")
	wrong(!named(`^s3://[a-z0-9][a-z0-9-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]{1,500})?$`, s.Templates), "templates", fmt.Sprintf("%.100q is not a place in a bucket", s.Templates),
		"write s3://bucket/prefix, with a bucket whose name has no dots, for it is part of a host's name")
	wrong(!named(roleARN, s.Role), "role", fmt.Sprintf("%.100q is not the ARN of a role", s.Role), "write the ARN of the role that CloudFormation uses for the stack")
	for i, c := range s.Capabilities {
		wrong(!named(`^CAPABILITY_(IAM|NAMED_IAM|AUTO_EXPAND)$`, c), fmt.Sprintf("capabilities[%d]", i), fmt.Sprintf("%.60q is no capability", c), "write CAPABILITY_IAM, CAPABILITY_NAMED_IAM or CAPABILITY_AUTO_EXPAND")
	}
	wrong(s.Drift != "" && !s.Reverts(), "drift", fmt.Sprintf("%.40q is nothing that a release does about drift", s.Drift), "write revert, or leave it out: then drift is not looked at")
	if s.Policy != nil {
		found = append(found, s.Policy.problems()...)
	}
	return found
}

// Blends implements Blended: an update changes the resources in place, for all.
func (Stack) Blends() string { return "an update of a stack changes its resources for everybody" }

// Metrics implements Spec, by what the definition names: CloudFormation counts no requests.
func (s Stack) Metrics(string) Metrics {
	if s.Counts == nil {
		return Metrics{}
	}
	return s.Counts.metrics()
}

// WayBack implements Lingering.
func (Stack) WayBack() time.Duration { return stack.Way.After }

// Caution implements Lingering.
func (Stack) Caution() string {
	return "CloudFormation changes the resources back one after the other, and what a replaced or deleted resource held does not come back"
}

// Underway implements Deploying. What somebody else began without a token has no name.
func (s Stack) Underway(token string) (what, end string) {
	what = "an update"
	if token != "" {
		what = "update " + token
	}
	return what, "aws cloudformation cancel-update-stack --stack-name " + s.Stack
}

// Restore implements Spec. The triggers are taken away, because a red alarm would turn the way back round; the bucket's host has to be that of its Region.
func (s Stack) Restore(revision string) string {
	bucket, _ := s.Bucket()
	given := fmt.Sprintf("$(aws s3 cp s3://%s/%s - | jq -c 'to_entries|map(if .value==null then {ParameterKey:.key,UsePreviousValue:true} else {ParameterKey:.key,ParameterValue:.value} end)')", bucket, s.Parameters(revision))
	text := fmt.Sprintf(`aws cloudformation update-stack --stack-name %s --template-url https://%s.s3.$AWS_REGION.amazonaws.com/%s --parameters "%s" --rollback-configuration '{"RollbackTriggers":[],"MonitoringTimeInMinutes":0}'`,
		s.Stack, bucket, s.Template(revision), given)
	if len(s.Capabilities) > 0 {
		text += " --capabilities " + strings.Join(s.Capabilities, " ")
	}
	return text
}
