package ssm

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

const (
	standardLimit = 4096
	advancedLimit = 8192
	maxNameLength = 1011
	maxLevels     = 15
	maxVersions   = 100
	defaultKey    = "alias/aws/ssm"
)

var parameterName = regexp.MustCompile(`^[a-zA-Z0-9_.\-/]+$`)

// PutParameter makes a parameter or, with Overwrite, a new version of it.
func (s *Service) PutParameter(ctx context.Context, in *awsssm.PutParameterInput) (*awsssm.PutParameterOutput, error) {
	name := aws.ToString(in.Name)
	if err := checkName(name); err != nil {
		return nil, err
	}
	overwrite := aws.ToBool(in.Overwrite)
	if overwrite && len(in.Tags) > 0 {
		return nil, wire.Validation("Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.")
	}
	if aws.ToString(in.Policies) != "" && *in.Policies != "[]" {
		return nil, wire.NotImplemented("PutParameter with Policies")
	}
	v, err := newVersion(in, wire.Caller(ctx))
	if err != nil {
		return nil, err
	}
	if err := s.store(name, v, in.Tags, overwrite); err != nil {
		return nil, err
	}
	return &awsssm.PutParameterOutput{Version: v.number, Tier: v.tier}, nil
}

// store completes a version from the one before it, if any, and appends it.
func (s *Service) store(name string, v *version, tags []types.Tag, overwrite bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.parameters[name]
	complete := v.begin
	switch {
	case p == nil:
		p = &parameter{name: name, tags: map[string]string{}}
	case overwrite:
		complete = func() error { return v.succeed(p.current()) }
	default:
		return &types.ParameterAlreadyExists{Message: aws.String("The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")}
	}
	if err := complete(); err != nil {
		return err
	}
	if err := v.settle(); err != nil {
		return err
	}
	if len(p.versions) == maxVersions && len(p.versions[0].labels) > 0 {
		return &types.ParameterMaxVersionLimitExceeded{Message: aws.String(fmt.Sprintf("You attempted to create a new version of %s by calling the PutParameter API with the overwrite flag. Version %d, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.", name, p.versions[0].number))}
	}
	for _, t := range tags {
		p.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	p.versions = append(p.versions, *v)
	if len(p.versions) > maxVersions {
		p.versions = slices.Clone(p.versions[1:])
	}
	s.parameters[name] = p
	return nil
}

// begin completes the first version of a parameter.
func (v *version) begin() error {
	v.number = 1
	if v.kind == "" {
		return wire.Validation("A parameter type is required when you create a parameter.")
	}
	return nil
}

// succeed takes over from the version before what was not said anew, and keeps to what cannot change.
func (v *version) succeed(old *version) error {
	if v.kind == "" {
		v.kind = old.kind
	}
	if v.keyID == nil {
		v.keyID = old.keyID
	}
	if v.tier == "" {
		v.tier = old.tier
	}
	if (v.kind == types.ParameterTypeSecureString) != (old.kind == types.ParameterTypeSecureString) {
		return &types.HierarchyTypeMismatchException{Message: aws.String("Parameter Store doesn't support changing a parameter type in a hierarchy.")}
	}
	if old.tier == types.ParameterTierAdvanced && v.tier == types.ParameterTierStandard {
		return wire.Validation("This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.")
	}
	v.number = old.number + 1
	return nil
}

func newVersion(in *awsssm.PutParameterInput, caller string) (*version, error) {
	v := &version{
		value: aws.ToString(in.Value), kind: in.Type, dataType: "text", description: in.Description,
		tier: in.Tier, allowedPattern: in.AllowedPattern, by: caller, at: time.Now(),
	}
	if in.DataType != nil {
		v.dataType = *in.DataType
	}
	if v.dataType != "text" {
		return nil, wire.NotImplemented("PutParameter with DataType " + v.dataType)
	}
	if v.kind != "" && !slices.Contains(v.kind.Values(), v.kind) {
		return nil, &types.UnsupportedParameterType{Message: aws.String("The parameter type " + string(v.kind) + " is not supported.")}
	}
	if v.kind == types.ParameterTypeSecureString {
		v.keyID = aws.String(defaultKey)
		if in.KeyId != nil {
			v.keyID = in.KeyId
		}
	}
	return v, v.checkPattern()
}

func (v *version) checkPattern() error {
	if aws.ToString(v.allowedPattern) == "" {
		return nil
	}
	pattern, err := regexp.Compile(*v.allowedPattern)
	if err != nil {
		return &types.InvalidAllowedPatternException{Message: aws.String("The allowed pattern is not a valid regular expression.")}
	}
	if !pattern.MatchString(v.value) {
		return &types.ParameterPatternMismatchException{Message: aws.String("Parameter value, cannot be validated against allowedPattern: " + *v.allowedPattern)}
	}
	return nil
}

// settle picks the tier and holds the value against its limit.
func (v *version) settle() error {
	size := len(v.value)
	switch asked := v.tier; asked {
	case "", types.ParameterTierStandard:
		v.tier = types.ParameterTierStandard
	case types.ParameterTierIntelligentTiering:
		v.tier = types.ParameterTierStandard
		if size > standardLimit {
			v.tier = types.ParameterTierAdvanced
		}
	case types.ParameterTierAdvanced:
	default:
		return wire.Validation("Value '%s' at 'tier' failed to satisfy constraint: Member must satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]", asked)
	}
	switch {
	case size == 0:
		return wire.Validation("1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.")
	case v.tier == types.ParameterTierStandard && size > standardLimit:
		return wire.Validation("Standard tier parameters support a maximum parameter value of %d characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.", standardLimit)
	case size > advancedLimit:
		return wire.Validation("Advanced tier parameters support a maximum parameter value of %d characters.", advancedLimit)
	}
	return nil
}

func checkName(name string) error {
	if !parameterName.MatchString(name) || len(name) > maxNameLength || strings.HasSuffix(name, "/") || strings.Contains(name, "//") {
		return wire.Validation("Parameter name: can't be empty and can include only letters, numbers and the symbols . - _ and / between them: %q", name)
	}
	if strings.Contains(name, "/") && name[0] != '/' {
		return wire.Validation("Parameter name must be a fully qualified name: %q contains a slash but does not begin with one", name)
	}
	levels := strings.Split(strings.TrimPrefix(name, "/"), "/")
	first := strings.ToLower(levels[0])
	if strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
		return wire.Validation("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive): %q", name)
	}
	if len(levels) > maxLevels {
		return &types.HierarchyLevelLimitExceededException{Message: aws.String("A parameter hierarchy can have a maximum of 15 levels.")}
	}
	return nil
}
