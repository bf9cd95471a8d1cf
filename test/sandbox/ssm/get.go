package ssm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// GetParameter tells a parameter's value, of the current version or of the one selected ("name:3").
func (s *Service) GetParameter(_ context.Context, in *awsssm.GetParameterInput) (*awsssm.GetParameterOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, v, selector, err := s.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	shown := s.shown(p, v, in.WithDecryption)
	if selector != "" {
		shown.Selector = &selector
	}
	return &awsssm.GetParameterOutput{Parameter: &shown}, nil
}

func (s *Service) shown(p *parameter, v *version, decrypt *bool) types.Parameter {
	return types.Parameter{
		ARN: aws.String(s.arn(p.name)), Name: &p.name, Type: v.kind, Value: aws.String(v.text(decrypt)), Version: v.number,
		DataType: aws.String(v.dataType), LastModifiedDate: aws.Time(v.at),
	}
}

// text hides a SecureString behind a digest, unless it is to be decrypted.
func (v *version) text(decrypt *bool) string {
	if v.kind != types.ParameterTypeSecureString || aws.ToBool(decrypt) {
		return v.value
	}
	sum := sha256.Sum256([]byte(v.value))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// GetParameters tells the values of up to ten parameters, and which names it does not know.
func (s *Service) GetParameters(_ context.Context, in *awsssm.GetParametersInput) (*awsssm.GetParametersOutput, error) {
	if len(in.Names) < 1 || len(in.Names) > 10 {
		return nil, wire.Validation("1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := &awsssm.GetParametersOutput{}
	for _, name := range in.Names {
		p, v, selector, err := s.find(name)
		if err != nil {
			out.InvalidParameters = append(out.InvalidParameters, name)
			continue
		}
		shown := s.shown(p, v, in.WithDecryption)
		if selector != "" {
			shown.Selector = &selector
		}
		out.Parameters = append(out.Parameters, shown)
	}
	return out, nil
}

// GetParametersByPath tells the values of the parameters right under a path or, recursively, of all below it.
func (s *Service) GetParametersByPath(_ context.Context, in *awsssm.GetParametersByPathInput) (*awsssm.GetParametersByPathOutput, error) {
	path := aws.ToString(in.Path)
	if !strings.HasPrefix(path, "/") {
		return nil, wire.Validation("The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\".")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []types.Parameter
	for _, p := range s.sorted() {
		if !under(path, p.name, aws.ToBool(in.Recursive)) {
			continue
		}
		ok, err := p.passes(in.ParameterFilters)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, s.shown(p, p.current(), in.WithDecryption))
		}
	}
	shown, next, err := page(all, in.MaxResults, 10, in.NextToken)
	return &awsssm.GetParametersByPathOutput{Parameters: shown, NextToken: next}, err
}

func under(path, name string, recursive bool) bool {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
	return ok && (recursive || !strings.Contains(rest, "/"))
}

func (s *Service) sorted() []*parameter {
	var all []*parameter
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		all = append(all, s.parameters[name])
	}
	return all
}

// GetParameterHistory tells a parameter's versions, oldest first.
func (s *Service) GetParameterHistory(_ context.Context, in *awsssm.GetParameterHistoryInput) (*awsssm.GetParameterHistoryOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, _, _, err := s.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	var all []types.ParameterHistory
	for i := range p.versions {
		v := &p.versions[i]
		all = append(all, types.ParameterHistory{
			Name: &p.name, Type: v.kind, Tier: v.tier, Value: aws.String(v.text(in.WithDecryption)), Version: v.number,
			DataType: aws.String(v.dataType), LastModifiedDate: aws.Time(v.at), LastModifiedUser: aws.String(s.user(v)),
			Description: v.description, KeyId: v.keyID, AllowedPattern: v.allowedPattern, Labels: v.labels,
		})
	}
	shown, next, err := page(all, in.MaxResults, 50, in.NextToken)
	return &awsssm.GetParameterHistoryOutput{Parameters: shown, NextToken: next}, err
}

// user is who put a version: a role, or the person at the keyboard.
func (s *Service) user(v *version) string {
	if v.by != "" {
		return v.by
	}
	return s.home.Global("iam", "root")
}
