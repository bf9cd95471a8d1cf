package codepipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// executing is a stage that has Step Functions carry out an execution.
func executing(configuration map[string]string) types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Machine"), ActionTypeId: of(types.ActionCategoryInvoke, "StepFunctions"), Configuration: configuration,
	}}}
}

func TestActionOfStepFunctionsIsAnExecutionUnderItsOwnName(t *testing.T) {
	for name, test := range map[string]struct {
		configuration map[string]string
		done          Executed
		err           error
		input, failed string
	}{
		"without an input":        {map[string]string{"StateMachineArn": "m"}, Executed{ARN: "e"}, nil, "{}", ""},
		"of what the source has":  {map[string]string{"StateMachineArn": "m", "Input": `"#{Source.CommitId}"`}, Executed{ARN: "e"}, nil, `"1"`, ""},
		"that fails":              {map[string]string{"StateMachineArn": "m"}, Executed{ARN: "e", Failed: "it is over"}, nil, "{}", "it is over"},
		"that it may not begin":   {map[string]string{"StateMachineArn": "m"}, Executed{}, errors.New("denied"), "{}", "denied"},
		"of what nobody has made": {map[string]string{"StateMachineArn": "m", "Input": "#{Build.VERSION}"}, Executed{}, nil, "", "The variable #{Build.VERSION} cannot be resolved"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(r *rig) {
				var carried []Execution
				r.Execute = func(_ context.Context, role string, e Execution) (Executed, error) {
					if role != "arn:aws:iam::123456789012:role/pipeline" {
						t.Errorf("%s begins it", role)
					}
					carried = append(carried, e)
					time.Sleep(time.Minute)
					return test.done, test.err
				}
				test.configuration["ExecutionNamePrefix"] = "shop"
				r.makes(executing(test.configuration))
				id := r.starts("1")
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				a := r.actions(id)["Machine"]
				if test.input != "" && (len(carried) != 1 || carried[0] != Execution{"m", "shop-" + *a.ActionExecutionId, test.input}) {
					t.Errorf("it carries out %+v", carried)
				}
				failed := ""
				if d := a.Output.ExecutionResult.ErrorDetails; d != nil {
					failed = *d.Message
				}
				made := a.Output.OutputVariables
				if failed != test.failed || (made["ExecutionArn"] == "e" && made["StateMachineArn"] == "m") != (test.failed == "") {
					t.Errorf("it is %s (%s), and later actions may read %v", a.Status, failed, made)
				}
			})
		})
	}
}

func TestActionOfStepFunctionsThatIsRefused(t *testing.T) {
	for name, configuration := range map[string]map[string]string{
		"without a machine":   {"Input": "{}"},
		"with a misspelt key": {"StateMachineArn": "m", "Inputs": "{}"},
	} {
		play(t, func(r *rig) {
			var refused *types.InvalidStructureException
			if _, err := r.CreatePipeline(t.Context(), &codepipeline.CreatePipelineInput{Pipeline: declared(executing(configuration))}); !errors.As(err, &refused) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
