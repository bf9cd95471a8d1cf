package appconfig

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/cfn"
)

// Creators make what stacks make of AppConfig.
func (s *Service) Creators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::AppConfig::Extension":            s.createExtension,
		"AWS::AppConfig::ExtensionAssociation": s.createAssociation,
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appconfig-extension.html
func (s *Service) createExtension(ctx context.Context, _ string, properties map[string]any) (ref string, attributes map[string]string, err error) {
	var p struct {
		Name, Description string
		Actions           map[string][]struct{ Name, Uri, RoleArn string }
	}
	if err := cfn.Decode(properties, &p, nil); err != nil {
		return "", nil, err
	}
	in := &api.CreateExtensionInput{Name: &p.Name, Description: &p.Description, Actions: map[string][]types.Action{}}
	for point, actions := range p.Actions {
		for _, a := range actions {
			in.Actions[point] = append(in.Actions[point], types.Action{Name: &a.Name, Uri: &a.Uri, RoleArn: &a.RoleArn})
		}
	}
	out, err := s.CreateExtension(ctx, in)
	if err != nil {
		return "", nil, err
	}
	return *out.Id, map[string]string{"Arn": *out.Arn, "Id": *out.Id}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appconfig-extensionassociation.html
func (s *Service) createAssociation(ctx context.Context, _ string, properties map[string]any) (ref string, attributes map[string]string, err error) {
	var p struct{ ExtensionIdentifier, ResourceIdentifier string }
	if err := cfn.Decode(properties, &p, nil); err != nil {
		return "", nil, err
	}
	out, err := s.CreateExtensionAssociation(ctx, &api.CreateExtensionAssociationInput{ExtensionIdentifier: &p.ExtensionIdentifier, ResourceIdentifier: aws.String(p.ResourceIdentifier)})
	if err != nil {
		return "", nil, err
	}
	return *out.Id, map[string]string{"Arn": *out.Arn, "Id": *out.Id}, nil
}
