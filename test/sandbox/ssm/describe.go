package ssm

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// DescribeParameters tells everything about parameters but their values.
func (s *Service) DescribeParameters(_ context.Context, in *awsssm.DescribeParametersInput) (*awsssm.DescribeParametersOutput, error) {
	if len(in.Filters) > 0 || in.Shared != nil {
		return nil, wire.NotImplemented("DescribeParameters with Filters or Shared (use ParameterFilters)")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []types.ParameterMetadata
	for _, p := range s.sorted() {
		ok, err := p.passes(in.ParameterFilters)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		v := p.current()
		all = append(all, types.ParameterMetadata{
			ARN: aws.String(s.arn(p.name)), Name: &p.name, Type: v.kind, Tier: v.tier, Version: v.number,
			DataType: aws.String(v.dataType), LastModifiedDate: aws.Time(v.at), LastModifiedUser: aws.String(s.user(v)),
			Description: v.description, KeyId: v.keyID, AllowedPattern: v.allowedPattern,
		})
	}
	shown, next, err := page(all, in.MaxResults, 50, in.NextToken)
	return &awsssm.DescribeParametersOutput{Parameters: shown, NextToken: next}, err
}

// passes holds a parameter against all filters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
func (p *parameter) passes(filters []types.ParameterStringFilter) (bool, error) {
	for _, f := range filters {
		one, err := matcher(f)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(f.Values, func(value string) bool { return one(p, value) }) {
			return false, nil
		}
	}
	return true, nil
}

type match func(p *parameter, value string) bool

func matcher(f types.ParameterStringFilter) (match, error) {
	key, option := aws.ToString(f.Key), aws.ToString(f.Option)
	if tag, isTag := strings.CutPrefix(key, "tag:"); isTag {
		return func(p *parameter, value string) bool { return p.tags[tag] == value }, nil
	}
	switch key {
	case "Name":
		return byName(option)
	case "Path":
		if option != "" && option != "Recursive" && option != "OneLevel" {
			return nil, &types.InvalidFilterOption{Message: aws.String("The filter option " + option + " is not valid for Path.")}
		}
		return func(p *parameter, value string) bool { return under(value, p.name, option == "Recursive") }, nil
	case "Type":
		return func(p *parameter, value string) bool { return string(p.current().kind) == value }, nil
	case "Tier":
		return func(p *parameter, value string) bool { return string(p.current().tier) == value }, nil
	case "DataType":
		return func(p *parameter, value string) bool { return p.current().dataType == value }, nil
	case "KeyId":
		return func(p *parameter, value string) bool { return aws.ToString(p.current().keyID) == value }, nil
	}
	return nil, &types.InvalidFilterKey{Message: aws.String("The filter key " + key + " is not valid.")}
}

func byName(option string) (match, error) {
	switch option {
	case "", "Equals":
		return func(p *parameter, value string) bool { return p.name == value }, nil
	case "BeginsWith":
		return func(p *parameter, value string) bool { return strings.HasPrefix(p.name, value) }, nil
	case "Contains":
		return func(p *parameter, value string) bool { return strings.Contains(p.name, value) }, nil
	}
	return nil, &types.InvalidFilterOption{Message: aws.String("The filter option " + option + " is not valid for Name.")}
}

// page cuts one page out of a listing; the token is the place where the next begins.
func page[T any](all []T, limit *int32, most int, token *string) ([]T, *string, error) {
	size := most
	if limit != nil {
		size = int(*limit)
	}
	if size < 1 || size > most {
		return nil, nil, wire.Validation("Value '%d' at 'maxResults' failed to satisfy constraint: Member must be between 1 and %d", size, most)
	}
	start := 0
	if token != nil {
		n, err := strconv.Atoi(*token)
		if err != nil || n < 0 {
			return nil, nil, &types.InvalidNextToken{Message: aws.String("The specified token is not valid.")}
		}
		start = min(n, len(all))
	}
	end := min(start+size, len(all))
	if end == len(all) {
		return all[start:], nil, nil
	}
	return all[start:end], aws.String(strconv.Itoa(end)), nil
}
