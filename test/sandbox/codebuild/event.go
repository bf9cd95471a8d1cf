package codebuild

import (
	"cmp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"
)

// tell sends what CodeBuild sends when a build's state changes
// (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html).
func (s *Service) tell(b *types.Build) {
	exported := []map[string]any{}
	for _, v := range b.ExportedEnvironmentVariables {
		exported = append(exported, map[string]any{"name": aws.ToString(v.Name), "value": aws.ToString(v.Value)})
	}
	phases := []map[string]any{}
	for _, p := range b.Phases {
		phase := map[string]any{"phase-type": string(p.PhaseType), "start-time": clock(p.StartTime), "phase-context": contexts(p)}
		if p.EndTime != nil {
			phase["end-time"], phase["phase-status"], phase["duration-in-seconds"] = clock(p.EndTime), string(p.PhaseStatus), int(p.EndTime.Sub(*p.StartTime).Seconds())
		}
		phases = append(phases, phase)
	}
	s.Emit(s.ctx, "CodeBuild Build State Change", []string{*b.Arn}, map[string]any{
		"build-status": string(b.BuildStatus), "project-name": *b.ProjectName, "build-id": *b.Arn, "current-phase": *b.CurrentPhase, "current-phase-context": "[]", "version": "1",
		"additional-information": map[string]any{
			"timeout-in-minutes": float64(*b.TimeoutInMinutes), "build-complete": b.BuildComplete, "initiator": *b.Initiator, "build-start-time": clock(b.StartTime),
			"queued-timeout-in-minutes": queuedTimeout, "artifact": map[string]any{"location": ""}, "cache": map[string]any{"type": "NO_CACHE"},
			"environment":                    environment(b.Environment),
			"source":                         map[string]any{"location": aws.ToString(b.Source.Location), "type": string(b.Source.Type)},
			"source-version":                 aws.ToString(b.SourceVersion),
			"logs":                           map[string]any{"group-name": *b.Logs.GroupName, "stream-name": *b.Logs.StreamName, "deep-link": *b.Logs.DeepLink},
			"exported-environment-variables": exported, "phases": phases,
		},
	})
}

// queuedTimeout is how long a build may wait for a machine when its project does not say: eight hours.
// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
const queuedTimeout = 480.0

func environment(e *types.ProjectEnvironment) map[string]any {
	variables := []map[string]any{}
	for _, v := range e.EnvironmentVariables {
		variables = append(variables, map[string]any{"name": aws.ToString(v.Name), "type": string(cmp.Or(v.Type, types.EnvironmentVariableTypePlaintext)), "value": aws.ToString(v.Value)})
	}
	return map[string]any{
		"image": aws.ToString(e.Image), "type": string(e.Type), "compute-type": string(e.ComputeType), "privileged-mode": aws.ToBool(e.PrivilegedMode),
		"image-pull-credentials-type": string(cmp.Or(e.ImagePullCredentialsType, types.ImagePullCredentialsTypeCodebuild)), "environment-variables": variables,
	}
}

func contexts(p types.BuildPhase) []string {
	texts := []string{}
	for _, c := range p.Contexts {
		texts = append(texts, aws.ToString(c.StatusCode)+": "+aws.ToString(c.Message))
	}
	return texts
}

// clock is a time as CodeBuild writes it in events: "Sep 1, 2017 4:12:29 PM".
func clock(t *time.Time) string { return t.UTC().Format("Jan 2, 2006 3:04:05 PM") }
