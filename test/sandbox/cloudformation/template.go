package cloudformation

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
)

// mostBody is how long a template in a request may be; one in S3 may have 1 MB, which cfn checks
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const mostBody = 51_200

// template reads what a request names: a body, or an object of S3.
func (s *Service) template(body, url *string) (string, *cfn.Template, error) {
	text := aws.ToString(body)
	switch {
	case (body == nil) == (url == nil):
		return "", nil, invalid("Either Template URL or Template Body must be specified.")
	case len(text) > mostBody:
		return "", nil, invalid("1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to %d", mostBody)
	case url != nil:
		bucket, key, ok := bucketed(*url)
		if !ok {
			return "", nil, invalid("TemplateURL must be a supported URL.")
		}
		object, found := s.o.Object(bucket, key)
		if !found {
			return "", nil, invalid("S3 error: The specified key does not exist.")
		}
		text = string(object)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return "", nil, wire.NotImplemented("a template that is not JSON")
	}
	t, err := cfn.Parse([]byte(text))
	if err != nil {
		return "", nil, invalid("Template format error: %v", err)
	}
	for id, r := range t.Resources {
		if _, known := s.o.Keepers[r.Type]; !known {
			return "", nil, wire.NotImplemented("resource " + id + " of type " + r.Type + " in a stack")
		}
	}
	return text, t, nil
}

// towards is what a stack is to be: the parameters that are given, that are kept, and the defaults of the others
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html).
func (s *Service) towards(st *stack, text string, t *cfn.Template, given []types.Parameter) (shape, error) {
	to := shape{text: text, template: t, parameters: map[string]string{}}
	for _, p := range given {
		name := aws.ToString(p.ParameterKey)
		if _, declared := t.Parameters[name]; !declared {
			return to, invalid("Parameters: [%s] do not exist in the template", name)
		}
		switch before, had := st.parameters[name]; {
		case aws.ToBool(p.UsePreviousValue) && !had:
			return to, invalid("Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter key not in the previous template", name)
		case aws.ToBool(p.UsePreviousValue):
			to.parameters[name] = before
		default:
			to.parameters[name] = aws.ToString(p.ParameterValue)
		}
	}
	for name, declared := range t.Parameters {
		if _, set := to.parameters[name]; set {
			continue
		}
		if declared.Default == nil {
			return to, invalid("Parameters: [%s] must have values", name)
		}
		to.parameters[name] = cfn.Text(declared.Default)
	}
	return to, nil
}

// GetTemplate answers a template as it was given. Which one a stack answers during an update is not documented: here it is the one that the update
// brings.
func (s *Service) GetTemplate(_ context.Context, in *awscfn.GetTemplateInput) (*awscfn.GetTemplateOutput, error) {
	if in.TemplateStage == types.TemplateStageProcessed {
		return nil, wire.NotImplemented("GetTemplate of the processed stage")
	}
	defer s.lock()()
	if in.ChangeSetName != nil {
		_, set, err := s.changeSet(in.StackName, in.ChangeSetName)
		if err != nil {
			return nil, err
		}
		return &awscfn.GetTemplateOutput{TemplateBody: &set.to.text, StagesAvailable: []types.TemplateStage{types.TemplateStageOriginal}}, nil
	}
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	return &awscfn.GetTemplateOutput{TemplateBody: aws.String(st.text), StagesAvailable: []types.TemplateStage{types.TemplateStageOriginal}}, nil
}
