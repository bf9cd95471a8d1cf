package scenario

import (
	"testing"
	"time"

	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	inspectortypes "github.com/aws/aws-sdk-go-v2/service/inspector2/types"

	"sluice/shared/rollout"
)

const (
	rule      = `"config":{"rules":["lambda-inside-vpc"]}`
	byECR     = `"scan":{"severity":"HIGH","most":1,"ecr":"checkout"}`
	inspected = `"scan":{"severity":"HIGH","inspector":true}`
	image     = "123456789012.dkr.ecr.us-east-1.amazonaws.com/checkout@sha256:2222222222222222222222222222222222222222222222222222222222222222"
	digest    = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

func TestWhatWatchersFoundOpensTheGateOrFailsIt(t *testing.T) {
	scanned := func(status ecrtypes.ScanStatus, counts map[string]int32) func(w *World) {
		return func(w *World) {
			w.Sandbox.Lambda.SayImage(Service, image)
			w.ECR().Scanned("checkout", digest, status, counts)
		}
	}
	evaluated := func(said configtypes.ComplianceType, why string) func(w *World) {
		return func(w *World) {
			w.AWSConfig().Evaluate("lambda-inside-vpc", "AWS::Lambda::Function", Service, said, why)
		}
	}
	found := func(version string, severity inspectortypes.Severity, status inspectortypes.FindingStatus) func(w *World) {
		return func(w *World) {
			w.Inspector().Watch(Service)
			w.Inspector().Find(Service, version, severity, status)
		}
	}
	const active, closed = inspectortypes.FindingStatusActive, inspectortypes.FindingStatusClosed
	const open, shut, failed = rollout.GatePass, rollout.GateWait, rollout.GateFail
	for name, test := range map[string]struct {
		gates, gate string
		given       func(w *World)
		verdict     rollout.GateVerdict
		why         string
	}{
		"compliant":                 {rule, "rule lambda-inside-vpc", evaluated(configtypes.ComplianceTypeCompliant, ""), open, "found function checkout compliant"},
		"not compliant":             {rule, "rule lambda-inside-vpc", evaluated(configtypes.ComplianceTypeNonCompliant, "it is in no VPC"), failed, "not compliant on Sat 1 Jan 00:02 UTC: it is in no VPC."},
		"of another kind":           {rule, "rule lambda-inside-vpc", evaluated(configtypes.ComplianceTypeNotApplicable, ""), failed, "does not look at function checkout"},
		"not evaluated yet":         {rule, "rule lambda-inside-vpc", func(*World) {}, shut, "has not said yet"},
		"an image with few":         {byECR, "scan ecr", scanned(ecrtypes.ScanStatusComplete, map[string]int32{"HIGH": 1, "MEDIUM": 9}), open, "1 findings are HIGH or worse"},
		"an image with too many":    {byECR, "scan ecr", scanned(ecrtypes.ScanStatusActive, map[string]int32{"HIGH": 1, "CRITICAL": 1}), failed, "2 findings are HIGH or worse, and 1 are let pass."},
		"untriaged counts as worst": {byECR, "scan ecr", scanned(ecrtypes.ScanStatusComplete, map[string]int32{"UNTRIAGED": 2}), failed, "2 findings"},
		"an image being scanned":    {byECR, "scan ecr", scanned(ecrtypes.ScanStatusInProgress, nil), shut, "the image is being scanned"},
		"an image not scanned":      {byECR, "scan ecr", func(w *World) { w.Sandbox.Lambda.SayImage(Service, image) }, shut, "the image has not been scanned"},
		"an image of no kind":       {byECR, "scan ecr", scanned(ecrtypes.ScanStatusUnsupportedImage, nil), failed, "ECR says UNSUPPORTED_IMAGE"},
		"no image at all":           {byECR, "scan ecr", func(*World) {}, failed, "no container image"},
		"nothing found":             {inspected, "scan inspector", func(w *World) { w.Inspector().Watch(Service) }, open, "0 findings"},
		"a finding in the version":  {inspected, "scan inspector", found("2", inspectortypes.SeverityCritical, active), failed, "1 findings are HIGH or worse"},
		"one in another version":    {inspected, "scan inspector", found("3", inspectortypes.SeverityCritical, active), open, "0 findings"},
		"one that is closed":        {inspected, "scan inspector", found("2", inspectortypes.SeverityCritical, closed), open, "0 findings"},
		"one that is mild":          {inspected, "scan inspector", found("2", inspectortypes.SeverityMedium, active), open, "0 findings"},
		"nobody who watches":        {inspected, "scan inspector", func(*World) {}, shut, "Inspector does not watch function checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithGates}, func(w *World) {
				w.Given(Gated(test.gates))
				test.given(w)
				id := w.Requested("2")
				w.Pass(10 * time.Second)
				w.wantGate(id, test.gate, test.verdict, test.why)
				r := w.asItIs(id)
				if begun, rejected := !r.Started.IsZero(), r.End == rollout.Rejected; begun != (test.verdict == open) || rejected != (test.verdict == failed) {
					t.Errorf("begun %v, rejected %v:\n%s", begun, rejected, Story(r))
				}
				w.quiet()
			})
		})
	}
}

func TestGateOpensWhenAWatcherHasSaidYes(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(rule))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.AWSConfig().Evaluate("lambda-inside-vpc", "AWS::Lambda::Function", Service, configtypes.ComplianceTypeCompliant, "")
		if r := w.Ended(id); r.End != rollout.Succeeded || r.Started.Sub(r.Created) > 5*time.Minute {
			t.Errorf("%s, begun after %v:\n%s", r.End, r.Started.Sub(r.Created), Story(r))
		}
	})
}
