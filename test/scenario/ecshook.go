package scenario

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/cfn"
)

// Hooked is a service of ECS with a Lambda hook of its own: ECS calls the function "checkout-hook" at a stage, in every deployment.
type Hooked struct {
	OnECS
	At      types.DeploymentLifecycleHookStage
	Says    *Hook // what the function answers
	Unnamed bool  // the definition does not name the hook's role
}

// Hook is the function of such a hook.
type Hook struct {
	mu    sync.Mutex
	say   string
	Asked []HookOccasion // what it was told, the oldest first
}

// HookOccasion is what a hook is told that stories look at.
type HookOccasion struct {
	Stage   string         `json:"lifecycleStage"`
	Details map[string]any `json:"hookDetails"`
}

// Saying is a function that answers so.
func Saying(status string) *Hook { return &Hook{say: status} }

// Answers changes what the function says from now on: SUCCEEDED, FAILED, IN_PROGRESS.
func (h *Hook) Answers(status string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.say = status
}

// Times is how often the function was asked.
func (h *Hook) Times() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.Asked)
}

func (h *Hook) answer(_ context.Context, event []byte) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var told HookOccasion
	if err := json.Unmarshal(event, &told); err != nil {
		return nil, err
	}
	h.Asked = append(h.Asked, told)
	return json.Marshal(map[string]string{"hookStatus": h.say})
}

// hookRole is the role with which ECS calls the function.
const hookRole = "arn:aws:iam::123456789012:role/checkout-hooks"

// Target implements Kind.
func (k Hooked) Target(service string) string {
	target := k.OnECS.Target(service)
	if k.Unnamed {
		return target
	}
	return strings.Replace(target, `"service":"`+service+`"`, `"service":"`+service+`","hookRoles":["`+hookRole+`"]`, 1)
}

// Edit grants what the definition does.
func (k Hooked) Edit(t *cfn.Template) {
	may(t, `{"service":"checkout","target":`+k.Target(Service)+`,"strategy":{"allAtOnce":{"bake":"10m"}}}`)
}

// Beside is the team's own stack, with the hook's role (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html).
func (Hooked) Beside() string {
	return `{"Resources":{"Hooks":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"checkout-hooks",
		"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]},
		"Policies":[{"PolicyName":"call","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:123456789012:function:checkout-hook"}]}}]}}}}`
}

// Make implements Kind.
func (k Hooked) Make(w *World) {
	w.T.Helper()
	const name = "checkout-hook"
	w.testers.Store(name, k.Says.answer)
	_, err := w.Lambda.CreateFunction(w.ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(name), Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Role: aws.String(w.home.Global("iam", "role/checkout")), Code: &lambdatypes.FunctionCode{ZipFile: code(1)},
	})
	w.must(err)
	k.make(w, func(in *awsecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{
			Strategy: types.DeploymentStrategyBlueGreen, BakeTimeInMinutes: aws.Int32(0), LifecycleHooks: []types.DeploymentLifecycleHook{{
				TargetType: types.DeploymentLifecycleHookTargetTypeAwsLambda, HookTargetArn: aws.String(w.home.ARN("lambda", "function:"+name)), RoleArn: aws.String(hookRole),
				LifecycleStages: []types.DeploymentLifecycleHookStage{k.At}, HookDetails: document.NewLazyDocument(map[string]any{"suite": "smoke"}),
			}},
		}
	})
}
