package limits

import "strings"

// A Limit is one of AWS's limits, on what grows with the definitions.
type Limit struct {
	What   string
	Most   int
	Source string
	Filled bool // the stack splits what is longer, so that being full is no news

	measure func(template) map[string]int // how much is taken, by what takes it
}

const (
	iamQuotas    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
	cfnQuotas    = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
	eventQuotas  = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
	lambdaQuotas = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
	statesQuotas = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
	tiersOfSSM   = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)

// Limits is every limit that an engine could come up against.
var Limits = []Limit{
	{What: "resources of a stack", Most: 500, Source: cfnQuotas, measure: resources},
	// The quotas say "1 MB"; CloudFormation's error names this number ("Template may not exceed 1000000 bytes in size").
	{What: "bytes of a template", Most: 1_000_000, Source: cfnQuotas, measure: size},
	{What: "managed policies of a role", Most: 10, Source: iamQuotas, measure: attached},
	{What: "characters of a managed policy", Most: 6144, Source: iamQuotas, Filled: true, measure: managed},
	{What: "characters of a role's inline policies", Most: 10240, Source: iamQuotas, measure: inline},
	{What: "characters of a trust policy", Most: 2048, Source: iamQuotas, measure: trust},
	{What: "characters of an event pattern", Most: 2048, Source: eventQuotas, Filled: true, measure: patterns},
	// 300 in most Regions, 100 in some; the lower one counts. AWS's own rules and those of others are on the default bus too.
	{What: "rules of an event bus", Most: 100, Source: eventQuotas, measure: rules},
	{What: "characters of a function's resource policy", Most: 20480, Source: lambdaQuotas, measure: permissions},
	{What: "bytes of a function's environment variables", Most: 4096, Source: lambdaQuotas, measure: variables},
	{What: "bytes of a state machine's definition", Most: 1 << 20, Source: statesQuotas, measure: machines},
	{What: "bytes of a parameter", Most: 8192, Source: tiersOfSSM, measure: parameters},
}

func resources(t template) map[string]int { return map[string]int{"": len(t.Resources)} }

func size(t template) map[string]int { return map[string]int{"": t.bytes} }

func attached(t template) map[string]int {
	return t.each("AWS::IAM::Role", func(r resource) int {
		policies, _ := r.Properties["ManagedPolicyArns"].([]any)
		return len(policies)
	})
}

func managed(t template) map[string]int {
	return t.each("AWS::IAM::ManagedPolicy", func(r resource) int { return t.characters(r.Properties["PolicyDocument"]) })
}

func inline(t template) map[string]int {
	return t.each("AWS::IAM::Role", func(r resource) (sum int) {
		policies, _ := r.Properties["Policies"].([]any)
		for _, p := range policies {
			policy, _ := p.(map[string]any)
			sum += t.characters(policy["PolicyDocument"])
		}
		return sum
	})
}

func trust(t template) map[string]int {
	return t.each("AWS::IAM::Role", func(r resource) int { return t.characters(r.Properties["AssumeRolePolicyDocument"]) })
}

func patterns(t template) map[string]int {
	return t.each("AWS::Events::Rule", func(r resource) int { return len(t.json(r.Properties["EventPattern"])) })
}

func rules(t template) map[string]int {
	buses := map[string]int{}
	for _, r := range t.Resources {
		if r.Type == "AWS::Events::Rule" {
			bus := "Sluice's own bus"
			if r.Properties["EventBusName"] == nil {
				bus = "the default bus"
			}
			buses[bus]++
		}
	}
	return buses
}

// permissions adds up what Lambda makes of each permission: a statement with an id, the principal, the function and the source.
func permissions(t template) map[string]int {
	const frame = len(`{"Version":"2012-10-17","Id":"default","Statement":[]}`)
	functions := map[string]int{}
	for id, r := range t.Resources {
		if r.Type != "AWS::Lambda::Permission" {
			continue
		}
		function := t.json(r.Properties["FunctionName"])
		whose := t.owner(r.Properties["FunctionName"])
		if functions[whose] == 0 {
			functions[whose] = frame
		}
		functions[whose] += len(`{"Sid":"-------------","Effect":"Allow","Principal":{"Service":},"Action":,"Resource":,"Condition":{"ArnLike":{"AWS:SourceArn":}}},`) +
			len(t.name()) + len(id) + len(t.json(r.Properties["Principal"])) + len(t.json(r.Properties["Action"])) + len(function) + len(t.json(r.Properties["SourceArn"]))
	}
	return functions
}

func variables(t template) map[string]int {
	return t.each("AWS::Lambda::Function", func(r resource) int {
		environment, _ := r.Properties["Environment"].(map[string]any)
		return len(t.json(environment["Variables"]))
	})
}

func machines(t template) map[string]int {
	return t.each("AWS::StepFunctions::StateMachine", func(r resource) int { return len(t.text(r.Properties["DefinitionString"])) })
}

func parameters(t template) map[string]int {
	return t.each("AWS::SSM::Parameter", func(r resource) int { return len(t.text(r.Properties["Value"])) })
}

// characters is the length of a policy document as IAM counts it: without white space.
func (t template) characters(document any) int {
	if document == nil {
		return 0
	}
	return len(strings.Join(strings.Fields(t.json(document)), ""))
}
