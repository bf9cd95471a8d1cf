package ssm

import (
	"context"
	"flag"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// holding is a Parameter Store whose every parameter has one value.
type holding string

func (h holding) GetParameter(context.Context, *awsssm.GetParameterInput, ...func(*awsssm.Options)) (*awsssm.GetParameterOutput, error) {
	return &awsssm.GetParameterOutput{Parameter: &types.Parameter{Value: aws.String(string(h))}}, nil
}

// Whatever a parameter holds, a release either has a plan or hears why not.
func FuzzDefinition(f *testing.F) {
	const sound = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},"strategy":{"linear":{"step":10,"bake":"5m"}},"guard":{"alarms":["a"]}}`
	f.Add(sound)
	if !mutating() {
		f.Add(strings.Replace(sound, `"a"`, `"`+strings.Repeat("a", 8<<10)+`"`, 1))
		f.Add(strings.Repeat(`{"strategy":`, 11_000))
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := (&Definitions{ssm: api{GetParameter: holding(text).GetParameter}, path: "/sluice/"}).Definition(t.Context(), "checkout")
		if err != nil {
			if why := Rejection(err); why == nil || why.Reason == "" || why.Remedy == "" || len(why.Reason) > 2000 {
				t.Errorf("no rejection that people can act on: %+v for %.200v", why, err)
			}
			return
		}
		if steps := d.Strategy.Steps(); len(steps) == 0 || d.Target.LambdaAlias == nil || d.WhenRunning == "" {
			t.Errorf("let through without a plan, target or policy: %+v", d)
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
