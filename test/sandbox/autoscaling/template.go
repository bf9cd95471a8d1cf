package autoscaling

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/test/sandbox/program"
	"sluice/test/sandbox/wire"
)

// template is a launch template: what instances of each version run. A version without a program has an image that does not exist.
type template struct {
	id, name string
	versions []program.Program
	role     string // ARN of the role in its instance profile; empty: it names none
	tags     bool   // what it launches
}

// PutTemplate makes a launch template without versions, and tells its id.
func (s *Service) PutTemplate(name string) (id string) {
	defer s.lock()()
	t := &template{id: "lt-" + s.id(17), name: name}
	s.templates = append(s.templates, t)
	return t.id
}

// PutVersion makes the next version of a launch template, and tells its number. With a nil program its instances cannot be launched, because their
// image does not exist.
func (s *Service) PutVersion(id string, p program.Program) (version string) {
	defer s.lock()()
	for _, t := range s.templates {
		if t.id == id {
			t.versions = append(t.versions, p)
			return strconv.Itoa(len(t.versions))
		}
	}
	return ""
}

// SetProfile has a launch template name an instance profile with a role, and tag what it launches.
func (s *Service) SetProfile(id, role string) {
	defer s.lock()()
	if t := s.template(&types.LaunchTemplateSpecification{LaunchTemplateId: &id}); t != nil {
		t.role, t.tags = role, true
	}
}

// specified is a launch template as a group has it: by id and name, with the version that was given. The words of the refusals are undocumented.
func (s *Service) specified(given *types.LaunchTemplateSpecification) (*types.LaunchTemplateSpecification, error) {
	if given == nil {
		return nil, invalid("Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters, or a launch template.")
	}
	t := s.template(given)
	if t == nil {
		return nil, invalid("You must use a valid fully-formed launch template. The specified launch template, with template ID %s, does not exist.", aws.ToString(given.LaunchTemplateId))
	}
	version := aws.ToString(given.Version)
	if version == "" {
		version = byDefault
	}
	if t.number(version) == 0 {
		return nil, invalid("You must use a valid fully-formed launch template. Could not find the specified version %s for the launch template with ID %s.", version, t.id)
	}
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &t.id, LaunchTemplateName: &t.name, Version: &version}, nil
}

func (s *Service) template(given *types.LaunchTemplateSpecification) *template {
	i := slices.IndexFunc(s.templates, func(t *template) bool {
		return given.LaunchTemplateId != nil && t.id == *given.LaunchTemplateId || given.LaunchTemplateName != nil && t.name == *given.LaunchTemplateName
	})
	if i < 0 {
		return nil
	}
	return s.templates[i]
}

// Versions by another name than their number
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html). The default version stays the first here.
const (
	latest    = "$Latest"
	byDefault = "$Default"
)

// number of a version; 0 when there is none.
func (t *template) number(version string) int {
	n, err := strconv.Atoi(version)
	switch {
	case version == latest:
		n = len(t.versions)
	case version == byDefault:
		n = 1
	case err != nil:
		return 0
	}
	if n < 1 || n > len(t.versions) {
		return 0
	}
	return n
}

func invalid(format string, args ...any) error { return wire.Validation(format, args...) }
