package scan_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	inspectortypes "github.com/aws/aws-sdk-go-v2/service/inspector2/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

const digest = "sha256:2222222222222222222222222222222222222222222222222222222222222222"

// What a definition may ask of the watchers.
var (
	inVPC     = gates.Inquiry{Config: &rollout.Compliance{Rules: []string{"in-vpc"}}}
	byECR     = gates.Inquiry{Scan: &rollout.Scan{Severity: "HIGH", ECR: "checkout"}, Repository: "checkout", Digest: digest}
	elsewhere = gates.Inquiry{Scan: &rollout.Scan{Severity: "HIGH", ECR: "checkout"}, Repository: "cart", Digest: digest}
	watched   = gates.Inquiry{Scan: &rollout.Scan{Severity: "HIGH", Inspector: true}}
	all       = gates.Inquiry{Config: inVPC.Config, Scan: &rollout.Scan{Severity: "HIGH", ECR: "checkout", Inspector: true}, Repository: "checkout", Digest: digest}
)

// asked is a world in which every watcher has looked and found nothing, and a way to ask about version 2.
func asked(t *testing.T, fault wire.Middleware, test func(w *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error))) {
	t.Helper()
	o := scenario.Options{Edit: scenario.WithGates}
	if fault != nil {
		o.Middleware = []wire.Middleware{byhand.For("scan", fault)}
	}
	byhand.RunWith(t, o, scenario.Canary, func(w *byhand.World) {
		w.AWSConfig().Evaluate("in-vpc", "AWS::Lambda::Function", scenario.Service, configtypes.ComplianceTypeCompliant, "")
		w.ECR().Scanned("checkout", digest, ecrtypes.ScanStatusComplete, nil)
		w.Inspector().Watch(scenario.Service)
		test(w, func(q gates.Inquiry) (found []rollout.Gate, err error) {
			q.Function, q.Revision = scenario.Service, "2"
			answer, err := w.Call("scan", q)
			if err == nil {
				err = json.Unmarshal(answer, &found)
			}
			return found, err
		})
	})
}

// said is the verdicts, by gate.
func said(found []rollout.Gate) string {
	var b strings.Builder
	for _, g := range found {
		b.WriteString(g.Name + ": " + string(g.Verdict) + ". ")
	}
	return strings.TrimSpace(b.String())
}

// Each watcher that is asked for nothing costs time at every look, and fails where it is not turned on.
func TestOnlyTheWatchersThatTheDefinitionNamesAreAsked(t *testing.T) {
	for name, test := range map[string]struct {
		q     gates.Inquiry
		calls []string
		says  string
	}{
		"nobody":                {gates.Inquiry{}, nil, ""},
		"Config":                {inVPC, []string{"config:GetComplianceDetailsByResource"}, "rule in-vpc: pass."},
		"ECR":                   {byECR, []string{"ecr:DescribeImageScanFindings"}, "scan ecr: pass."},
		"ECR, of another image": {elsewhere, nil, "scan ecr: fail."},
		"Inspector":             {watched, []string{"inspector2:ListCoverage", "inspector2:ListFindings"}, "scan inspector: pass."},
		"all of them": {
			all,
			[]string{"config:GetComplianceDetailsByResource", "ecr:DescribeImageScanFindings", "inspector2:ListCoverage", "inspector2:ListFindings"},
			"rule in-vpc: pass. scan ecr: pass. scan inspector: pass.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, nil, func(w *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
				found, err := ask(test.q)
				if err != nil || found == nil || said(found) != test.says {
					t.Errorf("it says %q (%v), want %q", said(found), err, test.says)
				}
				var made []string
				for _, c := range w.Calls("scan") {
					made = append(made, c.Operation)
				}
				if !slices.Equal(made, test.calls) {
					t.Errorf("it called %v, want %v", made, test.calls)
				}
			})
		})
	}
}

// A gate that is left out because nobody could be asked would be a gate that is open.
func TestWatcherThatCannotBeReadLeavesNoGateOut(t *testing.T) {
	for _, operation := range []string{"config:GetComplianceDetailsByResource", "ecr:DescribeImageScanFindings", "inspector2:ListCoverage", "inspector2:ListFindings"} {
		for name, answer := range map[string]error{"throttled": wire.Throttled("Rate exceeded"), "denied": wire.AccessDenied("no")} {
			t.Run(operation+" "+name, func(t *testing.T) {
				asked(t, sandboxtest.Fail(operation, sandboxtest.Always, answer), func(_ *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
					if found, err := ask(all); err == nil {
						t.Errorf("it says %q, want an error", said(found))
					}
				})
			})
		}
	}
}

// What stands on the second page is not read by whoever reads the first alone: the worst finding, or the rule that is named.
func TestLastPageCountsAsTheFirst(t *testing.T) {
	const second = "2"
	for name, test := range map[string]struct {
		q     gates.Inquiry
		paged wire.Middleware
		given func(w *byhand.World)
		says  string
	}{
		"of rules": {
			inVPC, paged(func(in *configservice.GetComplianceDetailsByResourceInput) (**string, any) {
				return &in.NextToken, &configservice.GetComplianceDetailsByResourceOutput{NextToken: aws.String(second)}
			}),
			func(w *byhand.World) {
				w.AWSConfig().Evaluate("in-vpc", "AWS::Lambda::Function", scenario.Service, configtypes.ComplianceTypeNonCompliant, "")
			},
			"rule in-vpc: fail.",
		},
		"of findings": {
			watched, paged(func(in *inspector2.ListFindingsInput) (**string, any) {
				return &in.NextToken, &inspector2.ListFindingsOutput{NextToken: aws.String(second)}
			}),
			func(w *byhand.World) {
				w.Inspector().Find(scenario.Service, "2", inspectortypes.SeverityCritical, inspectortypes.FindingStatusActive)
			},
			"scan inspector: fail.",
		},
		"of what is watched": {
			watched, paged(func(in *inspector2.ListCoverageInput) (**string, any) {
				return &in.NextToken, &inspector2.ListCoverageOutput{NextToken: aws.String(second)}
			}),
			func(*byhand.World) {}, "scan inspector: pass.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, test.paged, func(w *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
				test.given(w)
				if found, err := ask(test.q); err != nil || said(found) != test.says {
					t.Errorf("it says %q (%v), want %q", said(found), err, test.says)
				}
			})
		})
	}
}

// paged puts an empty page before the one that the sandbox answers. of is where an input holds its token, and the empty page.
func paged[In any](of func(*In) (token **string, empty any)) wire.Middleware {
	return func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			in, ok := call.Input.(*In)
			if !ok {
				return next(ctx, call)
			}
			token, empty := of(in)
			if *token == nil {
				return empty, nil
			}
			*token = nil
			return next(ctx, call)
		}
	}
}

// Inspector names the version in some findings, $LATEST in others and nothing in the rest: only one that names another is not about this one.
func TestFindingCountsUnlessItIsAboutAnotherVersion(t *testing.T) {
	for version, says := range map[string]string{"2": "scan inspector: fail.", "$LATEST": "scan inspector: fail.", "": "scan inspector: fail.", "1": "scan inspector: pass."} {
		t.Run("version "+version, func(t *testing.T) {
			asked(t, nil, func(w *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
				w.Inspector().Find(scenario.Service, version, inspectortypes.SeverityHigh, inspectortypes.FindingStatusActive)
				if found, err := ask(watched); err != nil || said(found) != says {
					t.Errorf("it says %q (%v), want %q", said(found), err, says)
				}
			})
		})
	}
}

// Nobody waits a week for a scan that will never be: the image was deleted, or Inspector was turned off.
func TestWatcherWhoWillNeverAnswerIsToldFromOneWhoWill(t *testing.T) {
	off := &inspector2.ListCoverageOutput{CoveredResources: []inspectortypes.CoveredResource{{
		ResourceId: aws.String("arn"), ScanStatus: &inspectortypes.ScanStatus{StatusCode: inspectortypes.ScanStatusCodeInactive},
	}}}
	for name, test := range map[string]struct {
		q         gates.Inquiry
		fault     wire.Middleware
		says, why string
	}{
		"the image is gone": {
			byECR, sandboxtest.Fail("ecr:DescribeImageScanFindings", 1, &ecrtypes.ImageNotFoundException{Message: aws.String("no such image")}),
			"scan ecr: fail.", "is not in repository checkout any more",
		},
		"the scan is not there yet": {
			byECR, sandboxtest.Fail("ecr:DescribeImageScanFindings", 1, &ecrtypes.ScanNotFoundException{Message: aws.String("no such scan")}),
			"scan ecr: wait.", "has not been scanned",
		},
		"Inspector has stopped watching": {watched, sandboxtest.Answer("inspector2:ListCoverage", 1, off), "scan inspector: wait.", "does not watch function checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, test.fault, func(_ *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
				found, err := ask(test.q)
				if err != nil || said(found) != test.says || !strings.Contains(found[0].Why, test.why) {
					t.Errorf("it says %+v (%v), want %q because it %q", found, err, test.says, test.why)
				}
			})
		})
	}
}

// One rule has said yes: that is no word of the others.
func TestEachRuleIsAGateOfItsOwn(t *testing.T) {
	asked(t, nil, func(w *byhand.World, ask func(gates.Inquiry) ([]rollout.Gate, error)) {
		w.AWSConfig().Evaluate("no-admin", "AWS::Lambda::Function", scenario.Service, configtypes.ComplianceTypeNonCompliant, "")
		w.AWSConfig().Evaluate("traced", "AWS::Lambda::Function", "cart", configtypes.ComplianceTypeCompliant, "")
		found, err := ask(gates.Inquiry{Config: &rollout.Compliance{Rules: []string{"traced", "in-vpc", "no-admin"}}})
		if want := "rule traced: wait. rule in-vpc: pass. rule no-admin: fail."; err != nil || said(found) != want {
			t.Errorf("it says %q (%v), want %q", said(found), err, want)
		}
	})
}
