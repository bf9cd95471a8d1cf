package ssm

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow: the action on each parameter that the call names, on a path as if it were one, and
// on everything to describe (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	var names []string
	switch in := in.(type) {
	case *awsssm.PutParameterInput:
		names = []string{aws.ToString(in.Name)}
	case *awsssm.GetParameterInput:
		names = []string{aws.ToString(in.Name)}
	case *awsssm.GetParameterHistoryInput:
		names = []string{aws.ToString(in.Name)}
	case *awsssm.LabelParameterVersionInput:
		names = []string{aws.ToString(in.Name)}
	case *awsssm.DeleteParameterInput:
		names = []string{aws.ToString(in.Name)}
	case *awsssm.GetParametersByPathInput:
		names = []string{aws.ToString(in.Path)}
	case *awsssm.GetParametersInput:
		names = in.Names
	case *awsssm.DeleteParametersInput:
		names = in.Names
	case *awsssm.GetCalendarStateInput:
		return s.documentGrants(operation, in.CalendarNames)
	case *awsssm.DescribeDocumentInput:
		return s.documentGrants(operation, []string{aws.ToString(in.Name)})
	case *awsssm.StartAutomationExecutionInput:
		return s.startGrants(aws.ToString(in.DocumentName), in.Parameters[assumed])
	case *awsssm.GetAutomationExecutionInput:
		return []wire.Grant{{Action: "ssm:" + operation, Resource: s.home.ARN("ssm", "automation-execution/"+aws.ToString(in.AutomationExecutionId))}}
	case *awsssm.StopAutomationExecutionInput:
		return []wire.Grant{{Action: "ssm:" + operation, Resource: s.home.ARN("ssm", "automation-execution/"+aws.ToString(in.AutomationExecutionId))}}
	default:
		return []wire.Grant{{Action: "ssm:" + operation, Resource: "*"}}
	}
	var grants []wire.Grant
	for _, reference := range names {
		resource, _ := split(reference)
		if len(resource) < 4 || resource[:4] != "arn:" {
			resource = s.arn(resource)
		}
		grants = append(grants, wire.Grant{Action: "ssm:" + operation, Resource: resource})
	}
	return append(grants, s.keyGrants(in)...)
}

// keyGrants is what a call takes of a key of somebody's own. The one that AWS manages lets everybody in the account use it through Parameter Store
// (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
func (s *Service) keyGrants(in any) []wire.Grant {
	var action, key string
	switch in := in.(type) {
	case *awsssm.GetParameterInput:
		s.mu.RLock()
		defer s.mu.RUnlock()
		if _, v, _, err := s.find(aws.ToString(in.Name)); err == nil && aws.ToBool(in.WithDecryption) {
			action, key = "kms:Decrypt", aws.ToString(v.keyID)
		}
	case *awsssm.PutParameterInput:
		action, key = "kms:Encrypt", aws.ToString(in.KeyId)
		if in.Tier == types.ParameterTierAdvanced {
			action = "kms:GenerateDataKey"
		}
	}
	if key == "" || key == defaultKey {
		return nil
	}
	return []wire.Grant{{Action: action, Resource: key, Keys: map[string][]string{"kms:ViaService": {"ssm." + s.home.Region + ".amazonaws.com"}}}}
}

func (s *Service) documentGrants(operation string, names []string) []wire.Grant {
	var grants []wire.Grant
	for _, name := range names {
		if len(name) < 4 || name[:4] != "arn:" {
			name = s.home.ARN("ssm", "document/"+name)
		}
		grants = append(grants, wire.Grant{Action: "ssm:" + operation, Resource: name})
	}
	return grants
}

// assumed is the parameter that names the role which an automation runs with.
const assumed = "AutomationAssumeRole"

// startGrants is what starting an automation takes: the document and the execution, which the reference requires, and the definition,
// which it does not and which policies named before. Whether AWS still asks about that is undocumented; here it is asked about.
// Whoever names a role has to be allowed to pass it to Systems Manager
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html).
func (s *Service) startGrants(document string, roles []string) []wire.Grant {
	own := s.home
	if strings.HasPrefix(document, "AWS") { // Amazon's own are in no account
		own.Account = ""
	}
	const start = "ssm:StartAutomationExecution"
	grants := []wire.Grant{
		{Action: start, Resource: own.ARN("ssm", "document/"+document)},
		{Action: start, Resource: s.home.ARN("ssm", "automation-execution/*")}, // its id is not known yet
		{Action: start, Resource: s.home.ARN("ssm", "automation-definition/"+document+":$DEFAULT")},
	}
	for _, role := range roles {
		grants = append(grants, wire.PassRole(role, "ssm.amazonaws.com"))
	}
	return grants
}
