// Package configservice is AWS Config on one machine, as far as it says what rules found about a resource. Rules are not evaluated:
// Evaluate puts in what they say.
//
// Documentation followed: https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByResource.html.
package configservice

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"sluice/test/sandbox/wire"
)

// A Service is one account's AWS Config in one region.
type Service struct {
	mu    sync.Mutex
	found map[resource]map[string]types.EvaluationResult // by rule
}

type resource struct{ kind, id string }

// New makes a service whose rules have said nothing.
func New() *Service { return &Service{found: map[resource]map[string]types.EvaluationResult{}} }

// Wire registers the service's operations. IAM knows no resource for them.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "config", Target: "StarlingDoveService", JSONVersion: "1.1", UpperCamel: true, EpochTimes: true, Impl: s}
}

// Evaluate has a rule say something of a resource, such as "AWS::Lambda::Function" and its name.
func (s *Service) Evaluate(rule, kind, id string, said types.ComplianceType, annotation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := resource{kind, id}
	if s.found[of] == nil {
		s.found[of] = map[string]types.EvaluationResult{}
	}
	now := time.Now()
	s.found[of][rule] = types.EvaluationResult{
		ComplianceType: said, Annotation: &annotation, ResultRecordedTime: &now, ConfigRuleInvokedTime: &now,
		EvaluationResultIdentifier: &types.EvaluationResultIdentifier{OrderingTimestamp: &now, EvaluationResultQualifier: &types.EvaluationResultQualifier{
			ConfigRuleName: &rule, ResourceType: &kind, ResourceId: &id,
		}},
	}
}

// GetComplianceDetailsByResource tells what each rule said last of a resource.
func (s *Service) GetComplianceDetailsByResource(_ context.Context, in *awsconfig.GetComplianceDetailsByResourceInput) (*awsconfig.GetComplianceDetailsByResourceOutput, error) {
	if in.NextToken != nil || in.ComplianceTypes != nil || in.ResourceEvaluationId != nil {
		return nil, wire.NotImplemented("GetComplianceDetailsByResource with more than a resource")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &awsconfig.GetComplianceDetailsByResourceOutput{}
	of := s.found[resource{aws.ToString(in.ResourceType), aws.ToString(in.ResourceId)}]
	for _, rule := range slices.Sorted(maps.Keys(of)) {
		out.EvaluationResults = append(out.EvaluationResults, of[rule])
	}
	return out, nil
}
