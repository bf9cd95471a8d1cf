package apistage

import (
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// stage is a stage as API Gateway told it.
type stage struct {
	target     kind.APIStage
	deployment string
	variables  map[string]string
	cached     bool // it answers from a cache
	canary     *canary
}

type canary struct {
	deployment string
	percent    float64
	overrides  map[string]string // variables that differ from the stage's
	cached     bool              // it answers from the stage's cache, too
}

func stageOf(target kind.APIStage, out *apigateway.GetStageOutput) stage {
	st := stage{target: target, deployment: aws.ToString(out.DeploymentId), variables: out.Variables, cached: out.CacheClusterEnabled}
	if c := out.CanarySettings; c != nil {
		st.canary = &canary{aws.ToString(c.DeploymentId), c.PercentTraffic, c.StageVariableOverrides, c.UseStageCache}
	}
	return st
}

// stable is the revision that the stage itself serves.
func (st stage) stable() string { return st.target.RevisionOf(st.deployment, st.variables).String() }

// candidate is the revision that the canary serves; empty without a canary.
func (st stage) candidate() string {
	if st.canary == nil {
		return ""
	}
	return st.target.RevisionOf(st.canary.deployment, over(st.variables, st.canary.overrides)).String()
}

// split is how the stage divides its traffic. A canary of what the stage serves itself, or without traffic, is none: a promotion leaves the first, and
// whoever gives a release up by hand may leave the second. The tag is the split as text: a way back that knows it need not read the stage first.
func (st stage) split() rollout.Split {
	s := rollout.Split{Stable: st.stable()}
	if st.canary != nil && st.candidate() != s.Stable {
		s.Candidate, s.Weight = st.candidate(), rollout.Percent(st.canary.percent)
	}
	s = s.Plain()
	s.Tag = s.String()
	return s
}

// divided says whether a tag is that of a stage with a canary.
func divided(tag string) bool { return strings.Contains(tag, ", ") }

// over is variables with others over them.
func over(variables, overrides map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, variables)
	maps.Copy(all, overrides)
	return all
}
