package apigateway

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/test/sandbox/wire"
)

// UpdateStage changes a stage by patch operations, in their order; all of them or none
// (https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html). There is no compare-and-set: the operation test is refused.
func (s *Service) UpdateStage(_ context.Context, in *awsapigateway.UpdateStageInput) (*awsapigateway.UpdateStageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	a, st, err := s.stageOf(in.RestApiId, in.StageName)
	if err != nil {
		return nil, err
	}
	p := patching{stage: st, known: func(id string) bool { _, ok := a.deployments[id]; return ok }, doubts: s.o.Doubts}
	for _, op := range in.PatchOperations {
		if err := p.apply(op); err != nil {
			return nil, err
		}
	}
	p.stage.updated = time.Now()
	a.stages[st.name] = p.stage
	out := awsapigateway.UpdateStageOutput(p.stage.output())
	return &out, nil
}

// patching is a stage that is being changed.
type patching struct {
	stage  stage
	known  func(deployment string) bool
	doubts Doubts
}

// apply carries out one operation, if it is one of those that the table of
// https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch has, or that the guide shows. The refusals are as recorded.
func (p *patching) apply(op types.PatchOperation) error {
	path, value := text(op.Path), text(op.Value)
	switch op.Op {
	case types.OpReplace:
		return p.replace(path, value)
	case types.OpRemove:
		return p.remove(path)
	case types.OpCopy:
		return p.copy(text(op.From), path)
	}
	return refused("Invalid %s operation with path: %s", op.Op, path)
}

const (
	canaryPath    = "/canarySettings"
	overridesPath = canaryPath + "/stageVariableOverrides"
)

func (p *patching) replace(path, value string) error {
	switch st := &p.stage; path {
	case "/deploymentId":
		return p.deploy(value)
	case "/description":
		st.about = value
	case "/accessLogSettings/destinationArn":
		st.log.group = value
	case "/accessLogSettings/format":
		st.log.format = value
	case "/cacheClusterEnabled", "/cacheClusterSize", "/clientCertificateId", "/tracingEnabled":
		return wire.NotImplemented("UpdateStage with " + path)
	default:
		if name, ok := strings.CutPrefix(path, "/variables/"); ok {
			return set(&st.variables, name, value)
		}
		if strings.HasPrefix(path, canaryPath+"/") {
			return p.replaceCanary(path, value)
		}
		return wrongPath(path)
	}
	return nil
}

// deploy has the stage itself serve another deployment. While it has a canary, it cannot
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html); the words of the refusal are undocumented.
func (p *patching) deploy(id string) error {
	if !p.known(id) {
		return refused("Deployment id does not exist")
	}
	if p.stage.canary != nil && p.stage.deployment != id {
		return refused("Non canary deployment not supported on stage %s because Canary is enabled", p.stage.name)
	}
	p.stage.deployment = id
	return nil
}

// replaceCanary changes the canary, and makes one of the stage's own deployment first if there is none, as recorded.
func (p *patching) replaceCanary(path, value string) (err error) {
	c := canary{deployment: p.stage.deployment}
	if p.stage.canary != nil {
		c = *p.stage.canary
	}
	switch path {
	case canaryPath + "/deploymentId":
		if !p.known(value) {
			return refused("Deployment id does not exist")
		}
		c.deployment = value
	case canaryPath + "/percentTraffic":
		if c.percent, err = strconv.ParseFloat(value, 64); err != nil {
			return refused("Invalid number %s for %s", value, path) // the words are undocumented
		}
	case canaryPath + "/useStageCache":
		c.cached = value == "true"
	default:
		name, ok := strings.CutPrefix(path, overridesPath+"/")
		if !ok {
			return wrongPath(path)
		}
		if err := set(&c.overrides, name, value); err != nil {
			return err
		}
	}
	p.stage.canary = &c
	return checkCanary(&c)
}

func (p *patching) remove(path string) error {
	st := &p.stage
	if path == canaryPath {
		if st.canary == nil && p.doubts.Refuses {
			return nothingToRemove(path)
		}
		st.canary = nil
		return nil
	}
	if name, ok := strings.CutPrefix(path, "/variables/"); ok {
		delete(st.variables, name)
		return nil
	}
	name, ok := strings.CutPrefix(path, overridesPath+"/")
	if !ok || st.canary == nil {
		return nothingToRemove(path)
	}
	delete(st.canary.overrides, name)
	return nil
}

// copy promotes the canary: its deployment, or its variables. As recorded, variables that it does not override stay.
func (p *patching) copy(from, path string) error {
	st := &p.stage
	switch pair := [2]string{from, path}; {
	case pair != [2]string{canaryPath + "/deploymentId", "/deploymentId"} && pair != [2]string{overridesPath, "/variables"}:
		return refused("Invalid copy operation with path: %s and from %s. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [%s/deploymentId, %s]", path, from, canaryPath, overridesPath)
	case st.canary == nil:
		return refused("Promotion not available. Canary does not exist.")
	case path == "/deploymentId":
		st.deployment = st.canary.deployment
	default:
		if st.variables == nil || p.doubts.Replaces {
			st.variables = map[string]string{}
		}
		maps.Copy(st.variables, st.canary.overrides)
	}
	return nil
}

func set(all *map[string]string, name, value string) error {
	if *all == nil {
		*all = map[string]string{}
	}
	(*all)[name] = value
	return checkVariables(map[string]string{name: value})
}

func nothingToRemove(path string) error {
	return refused("Cannot remove method setting %s because there is no method setting for this method ", strings.TrimPrefix(path, "/"))
}

// wrongPath is AWS's answer, less the settings of methods, which are not implemented.
func wrongPath(path string) error {
	return refused("Invalid method setting path: %s. Must be one of: [/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /variables/{variable_name}, /tracingEnabled]", path)
}
