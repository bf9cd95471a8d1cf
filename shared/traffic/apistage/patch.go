package apistage

import (
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// The paths of what is changed (https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch).
const (
	canaryPath     = "/canarySettings"
	overridesPath  = canaryPath + "/stageVariableOverrides"
	deploymentPath = "/deploymentId"
	variablesPath  = "/variables"
)

// withoutCanary takes the canary away, and with it all that it serves.
var withoutCanary = []types.PatchOperation{{Op: types.OpRemove, Path: aws.String(canaryPath)}}

// toward is the next change on the way from the stage as it is to a split; none when it is there.
func (st stage) toward(to rollout.Split) []types.PatchOperation {
	switch {
	case to.Candidate == "" && st.stable() == to.Stable && st.canary == nil:
		return nil
	case st.stable() == to.Stable && to.Candidate != "":
		return st.divide(to)
	case st.stable() == to.Stable:
		return withoutCanary
	case st.canary == nil:
		return st.deploy(to.Stable)
	case st.candidate() == to.Stable:
		return st.promote()
	}
	return withoutCanary // API Gateway gives a stage with a canary no other deployment
}

// deploy has the stage itself serve a revision.
func (st stage) deploy(revision string) (change []types.PatchOperation) {
	to := kind.ReadStageRevision(revision)
	if st.deployment != to.Deployment {
		change = append(change, replace(deploymentPath, to.Deployment))
	}
	return append(change, differences(variablesPath, st.variables, to.Variables)...)
}

// promote has the stage serve what its canary serves, as API Gateway's guide does it
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/promote-canary-deployment.html). Whether variables stay that the canary does not
// override is undocumented, so it is made to override all of them first.
func (st stage) promote() []types.PatchOperation {
	missing := maps.Clone(st.variables)
	maps.DeleteFunc(missing, func(name, _ string) bool { _, has := st.canary.overrides[name]; return has })
	return append(differences(overridesPath, nil, missing),
		replace(canaryPath+"/percentTraffic", "0.0"),
		types.PatchOperation{Op: types.OpCopy, From: aws.String(overridesPath), Path: aws.String(variablesPath)},
		types.PatchOperation{Op: types.OpCopy, From: aws.String(canaryPath + deploymentPath), Path: aws.String(deploymentPath)})
}

// divide gives the canary a candidate and its weight. A canary that serves the candidate already keeps what else somebody gave it. Any other gets the
// stage's variables with the candidate's over them, and answers from the stage's cache if the stage does: otherwise it would be slower only because it
// is the canary. API Gateway keeps what two deployments answer apart.
func (st stage) divide(to rollout.Split) (change []types.PatchOperation) {
	c := canary{}
	if st.canary != nil {
		c = *st.canary
	}
	if st.canary == nil || st.candidate() != to.Candidate {
		wants := kind.ReadStageRevision(to.Candidate)
		variables := over(st.variables, wants.Variables)
		if st.canary == nil || c.deployment != wants.Deployment {
			change = append(change, replace(canaryPath+deploymentPath, wants.Deployment))
		}
		for _, name := range slices.Sorted(maps.Keys(c.overrides)) {
			if _, keep := variables[name]; !keep {
				change = append(change, types.PatchOperation{Op: types.OpRemove, Path: aws.String(overridesPath + "/" + name)})
			}
		}
		change = append(change, differences(overridesPath, c.overrides, variables)...)
		change = append(change, replace(canaryPath+"/useStageCache", strconv.FormatBool(st.cached)))
	}
	if rollout.Percent(c.percent) != to.Weight {
		change = append(change, replace(canaryPath+"/percentTraffic", strconv.FormatFloat(float64(to.Weight)/100, 'f', -1, 64)))
	}
	return change
}

// differences sets what is not yet as it should be.
func differences(path string, are, should map[string]string) (change []types.PatchOperation) {
	for _, name := range slices.Sorted(maps.Keys(should)) {
		if is, set := are[name]; !set || is != should[name] {
			change = append(change, replace(path+"/"+name, should[name]))
		}
	}
	return change
}

func replace(path, value string) types.PatchOperation {
	return types.PatchOperation{Op: types.OpReplace, Path: &path, Value: &value}
}
