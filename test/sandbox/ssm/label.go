package ssm

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const maxLabels = 10 // of a version

var labelName = regexp.MustCompile(`^[A-Za-z_.-][A-Za-z0-9_.-]{0,99}$`)

// LabelParameterVersion attaches labels to a version, the current one when none is named. A label that another version has moves
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html).
func (s *Service) LabelParameterVersion(_ context.Context, in *awsssm.LabelParameterVersionInput) (*awsssm.LabelParameterVersionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reference := aws.ToString(in.Name)
	if in.ParameterVersion != nil {
		reference = fmt.Sprintf("%s:%d", reference, *in.ParameterVersion)
	}
	p, v, _, err := s.find(reference)
	if err != nil {
		return nil, err
	}
	out := &awsssm.LabelParameterVersionOutput{ParameterVersion: v.number}
	var fit []string
	for _, label := range in.Labels {
		first := strings.ToLower(label)
		if !labelName.MatchString(label) || strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
			out.InvalidLabels = append(out.InvalidLabels, label)
		} else if !slices.Contains(v.labels, label) {
			fit = append(fit, label)
		}
	}
	if len(v.labels)+len(fit) > maxLabels {
		return nil, &types.ParameterVersionLabelLimitExceeded{Message: aws.String("A parameter version can have a maximum of ten labels.")}
	}
	for i := range p.versions {
		other := &p.versions[i]
		other.labels = slices.DeleteFunc(slices.Clone(other.labels), func(l string) bool { return slices.Contains(fit, l) })
	}
	v.labels = append(v.labels, fit...)
	return out, nil
}
