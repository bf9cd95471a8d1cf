package appconfig

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/wire"
)

// notifications is the extension of AWS's own that tells EventBridge of deployments that start, complete, or go back
// (https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-about-predefined-notification-eventbridge.html).
const notifications = "AWS.AppConfig.DeploymentNotificationsToEventBridge"

// patience is how long AppConfig waits for a function: as AWS's sample of such an extension says
// (https://github.com/aws-samples/aws-appconfig-tick-extn-for-datadog, appconfig_tick_extn_stack.py). No page does.
const patience = 3 * time.Second

// extension is what AppConfig calls at its action points. Of these, only AT_DEPLOYMENT_TICK is here.
type extension struct {
	id, name string
	number   int32
	ticks    []types.Action
}

// association has an extension be called for one application, environment or profile.
type association struct {
	id         string
	extension  *extension
	resource   string // its ARN
	parameters map[string]string
}

// CreateExtension makes an extension whose actions are functions
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateExtension.html).
func (s *Service) CreateExtension(_ context.Context, in *api.CreateExtensionInput) (*api.CreateExtensionOutput, error) {
	if err := named(in.Name, 64); err != nil {
		return nil, err
	}
	made := &extension{name: *in.Name, number: 1}
	for point, actions := range in.Actions {
		if point != string(types.ActionPointAtDeploymentTick) {
			return nil, wire.NotImplemented("appconfig: actions at " + point)
		}
		for _, a := range actions {
			if !strings.Contains(aws.ToString(a.Uri), ":lambda:") || aws.ToString(a.RoleArn) == "" {
				return nil, wire.NotImplemented("appconfig: an action without a function, or without a role that may invoke it")
			}
		}
		made.ticks = actions
	}
	if len(made.ticks) == 0 {
		return nil, bad("An extension needs at least one action.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made.id = s.next()
	s.extensions[made.id] = made
	return &api.CreateExtensionOutput{Id: &made.id, Name: &made.name, Arn: aws.String(s.versioned(made)), VersionNumber: made.number, Actions: in.Actions}, nil
}

// versioned is an extension's ARN.
func (s *Service) versioned(x *extension) string {
	return s.arn(fmt.Sprintf("extension/%s/%d", x.id, x.number))
}

// CreateExtensionAssociation associates an extension with something that deployments are about. It is named by its id, its name, or its ARN
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateExtensionAssociation.html).
func (s *Service) CreateExtensionAssociation(_ context.Context, in *api.CreateExtensionAssociationInput) (*api.CreateExtensionAssociationOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var x *extension
	for _, known := range s.extensions {
		if id := aws.ToString(in.ExtensionIdentifier); id == known.id || id == known.name || id == s.versioned(known) || id == s.arn("extension/"+known.id) {
			x = known
		}
	}
	if x == nil {
		return nil, missing("Extension", aws.ToString(in.ExtensionIdentifier))
	}
	a := &association{id: s.next(), extension: x, resource: aws.ToString(in.ResourceIdentifier), parameters: in.Parameters}
	if !strings.HasPrefix(a.resource, s.arn("application/")) {
		return nil, bad("%s is not the ARN of an application, an environment or a configuration profile.", a.resource)
	}
	s.associations = append(s.associations, a)
	return &api.CreateExtensionAssociationOutput{
		Id: &a.id, Arn: aws.String(s.arn("extensionassociation/" + a.id)), ExtensionArn: aws.String(s.versioned(x)), ExtensionVersionNumber: x.number,
		ResourceArn: &a.resource, Parameters: a.parameters,
	}, nil
}

// associatedWith lists what is called for a deployment of a profile to an environment.
func (s *Service) associatedWith(e *environment, p *profile) []*association {
	var all []*association
	for _, a := range s.associations {
		switch a.resource {
		case s.arn("application/" + e.of.id), s.arn(e.arn()), s.arn(p.arn()):
			all = append(all, a)
		}
	}
	return all
}

// occasion is what an extension is told of a deployment. The fields of a tick besides those of an event follow AWS's page "Step 1: Create a Lambda function
// for a custom AWS AppConfig extension".
type occasion struct {
	InvocationID string            `json:"InvocationId"`
	Parameters   map[string]string `json:"Parameters"`
	Type         string            `json:"Type"`
	Application  resource          `json:"Application"`
	Environment  resource          `json:"Environment"`
	Profile      resource          `json:"ConfigurationProfile"`
	Number       int32             `json:"DeploymentNumber"`
	Description  string            `json:"Description,omitempty"`
	Version      string            `json:"ConfigurationVersion"`
	State        string            `json:"DeploymentState,omitempty"`
	Percent      string            `json:"PercentageComplete,omitempty"`
}

type resource struct {
	ID   string `json:"Id"`
	Name string `json:"Name"`
}

func (s *Service) occasion(d *deployment, a *association, kind string) occasion {
	parameters := a.parameters
	if parameters == nil {
		parameters = map[string]string{}
	}
	return occasion{
		InvocationID: s.next(), Parameters: parameters, Type: kind, Application: resource{d.to.of.id, d.to.of.name},
		Environment: resource{d.to.id, d.to.name}, Profile: resource{d.of.id, d.of.name}, Number: d.number, Version: strconv.Itoa(int(d.version.number)),
	}
}

// notify tells EventBridge of a deployment, if the extension for that is associated. The caller holds the lock; the event is on its way once that is
// given back.
func (s *Service) notify(d *deployment, detailType, kind string) {
	for _, a := range d.associated {
		if a.extension.id != notifications {
			continue
		}
		told := s.occasion(d, a, kind)
		go s.o.Emit(s.o.Context, detailType, []string{s.arn("extensionassociation/" + a.id)}, told)
	}
}

// refused calls the extensions at a tick, and turns the deployment round if one of them says so or fails: "if an extension experiences an error during
// an AT_* action point, the service stops the workflow and rolls back the deployment"
// (https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-creating-custom-extensions.html).
func (s *Service) refused(d *deployment) bool {
	for _, a := range d.associated {
		for _, action := range a.extension.ticks {
			s.mu.Lock()
			told := s.occasion(d, a, "AtDeploymentTick")
			told.Description, told.State, told.Percent = d.description, string(d.state), fmt.Sprintf("%.1f", d.percent)
			s.mu.Unlock()
			code, why := s.ask(action, told)
			if code == "" {
				continue
			}
			call := types.ActionInvocation{
				ExtensionIdentifier: &a.extension.id, ActionName: action.Name, Uri: action.Uri, RoleArn: action.RoleArn, InvocationId: &told.InvocationID,
				ErrorCode: &code, ErrorMessage: &why,
			}
			s.mu.Lock()
			s.turn(d, types.TriggeredByAppconfig, why, call)
			s.mu.Unlock()
			return true
		}
	}
	return false
}

// ask calls one function, and says why the deployment is to go back; code is empty when it may go on. A function answers nothing, or a directive, as
// AWS's sample does.
func (s *Service) ask(action types.Action, told occasion) (code, why string) {
	payload, err := json.Marshal(told)
	if err != nil {
		return "InternalServerError", err.Error()
	}
	ctx, cancel := context.WithTimeout(s.o.Context, patience)
	defer cancel()
	result, err := s.o.Call(ctx, aws.ToString(action.RoleArn), aws.ToString(action.Uri), payload)
	switch {
	case ctx.Err() != nil:
		return "Timeout", "The extension did not answer in time"
	case err != nil:
		return "InvocationFailed", err.Error()
	case result.FunctionError != "":
		return result.ErrorType, result.ErrorMessage
	}
	var answer struct{ Directive, Description string }
	if len(result.Payload) > 0 {
		if err := json.Unmarshal(result.Payload, &answer); err != nil {
			return "BadResponse", "The extension's answer is not a JSON object"
		}
	}
	switch answer.Directive {
	case "", "CONTINUE":
		return "", ""
	case "ROLL_BACK":
		return "RollBack", answer.Description
	}
	return "BadResponse", fmt.Sprintf("The extension answered the directive %q", answer.Directive)
}
