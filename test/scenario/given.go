package scenario

import (
	"archive/zip"
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// The service of most stories.
const (
	Service = "checkout"
	Alias   = "live"
	Target  = "lambda:checkout:live"
	Alarm   = "checkout-errors"
)

// Channel is where people are told in Slack, by definitions that say so.
const Channel = "C0123456789"

// Canary is the definition of most stories: three steps of ten minutes, one guard alarm, an hour to revert.
const Canary = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// Asking is Canary with a question before 100 %, to grace and linus. Ada, the author of every revision, is asked, too.
const Asking = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"people":{"ada":{"event":"ada"},"grace":{"event":"grace"},"linus":{"event":"linus"},"dan":{"mail":"dan@example.com"}},
	"approvals":[{"before":"last","from":["ada","grace","linus","dan"],"within":"4h"}],
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// Given makes the service with three versions, version 1 stable on its alias, a green guard alarm, and the definition.
func (w *World) Given(definition string) {
	w.T.Helper()
	w.Make(definition)
	w.Pass(2 * time.Minute) // the alarm is looked at for the first time
}

// Make is Given without the wait for the alarm's first look.
func (w *World) Make(definition string) {
	w.T.Helper()
	w.Define(definition)
	_, err := w.Lambda.CreateFunction(w.ctx, &lambda.CreateFunctionInput{
		FunctionName: &w.service, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Role: aws.String(w.home.Global("iam", "role/checkout")), Code: &types.FunctionCode{ZipFile: code(1)},
	})
	w.must(err)
	for version := 1; version <= 3; version++ {
		w.publish(version)
	}
	_, err = w.Lambda.CreateAlias(w.ctx, &lambda.CreateAliasInput{FunctionName: &w.service, Name: aws.String(Alias), FunctionVersion: aws.String("1")})
	w.must(err)
	if w.kind != nil {
		w.kind.Make(w)
	}
	w.GreenAlarm(w.service + "-errors")
}

// Define stores a definition as the stack does.
func (w *World) Define(definition string) {
	w.T.Helper()
	definition = w.ofKind(strings.ReplaceAll(definition, Service, w.service))
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{
		Name: aws.String("/sluice/sandbox/services/" + w.service), Value: &definition,
		Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true),
	})
	w.must(err)
}

func (w *World) publish(version int) {
	w.T.Helper()
	_, err := w.Lambda.UpdateFunctionCode(w.ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &w.service, ZipFile: code(version)})
	w.must(err)
	out, err := w.Lambda.PublishVersion(w.ctx, &lambda.PublishVersionInput{FunctionName: &w.service})
	w.must(err)
	if aws.ToString(out.Version) != strconv.Itoa(version) {
		w.T.Fatalf("published version %s, want %d", aws.ToString(out.Version), version)
	}
}

// GreenAlarm makes an alarm on the service's errors: more than three in a minute are red, silence is green.
func (w *World) GreenAlarm(name string) { w.alarm(name, 60, "notBreaching") }

// RedAlarm makes an alarm that is red for want of data.
func (w *World) RedAlarm(name string) {
	w.alarm(name, 60, "breaching")
	w.Pass(2 * time.Minute)
}

func (w *World) alarm(name string, period int32, missing string) {
	w.T.Helper()
	_, err := w.CloudWatch.PutMetricAlarm(w.ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("Errors"), Statistic: cwtypes.StatisticSum,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("FunctionName"), Value: &w.service}},
		Period:     &period, EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(3),
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: &missing,
	})
	w.must(err)
}

// Split leaves the alias as somebody else might have.
func (w *World) Split(stable, candidate string, weight float64) {
	w.T.Helper()
	_, err := w.Lambda.UpdateAlias(w.ctx, &lambda.UpdateAliasInput{
		FunctionName: &w.service, Name: aws.String(Alias), FunctionVersion: &stable,
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{candidate: weight}},
	})
	w.must(err)
}

// Traffic sends requests a minute to the alias until the world ends.
func (w *World) Traffic(perMinute int) {
	w.steadily(perMinute, func() {
		_, _ = w.Sandbox.Lambda.Call(w.ctx, w.service+":"+Alias, []byte(`{}`)) // a failed request is what the metrics are for
	})
}

// steadily does something so often a minute until the world ends.
func (w *World) steadily(perMinute int, do func()) {
	go func() {
		ticks := time.NewTicker(time.Minute / time.Duration(perMinute))
		defer ticks.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case <-ticks.C:
				do()
			}
		}
	}()
}

// code is a package that differs by version.
func code(version int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("bootstrap")
	if err == nil {
		_, err = f.Write([]byte(strconv.Itoa(version)))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}
