// Package jobs runs what definitions name as tests and hooks: functions of Lambda, endpoints of HTTP, builds of CodeBuild, and documents of SSM
// Automation.
package jobs

import (
	"context"

	"sluice/shared/builds"
	"sluice/shared/codebuild"
	"sluice/shared/gates"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
)

// Runner starts jobs, looks at them and stops them.
type Runner struct {
	functions   *lambda.Tester
	endpoints   *Endpoints
	builds      *codebuild.Builds
	automations *ssm.Automations
}

// New opens the services of a function's account and Region, and the internet.
func New(w start.World) *Runner {
	return &Runner{
		functions: lambda.NewTester(w.AWS), endpoints: &Endpoints{http: w.Public, aws: w.AWS, now: w.Now},
		builds: codebuild.New(w.AWS), automations: ssm.NewAutomations(w.AWS),
	}
}

// IsRefused says whether a job can never be started: there is no such project or document, or it takes something else.
func IsRefused(err error) bool { return builds.IsRefused(err) || ssm.IsRefused(err) }

// Invoke has the function or the endpoint of a job answer. A second try asks it again, with the same event. Where it takes longer than it may, its run
// is one whose time is over: it goes on by itself, and nobody waits for what it says.
func (r *Runner) Invoke(ctx context.Context, j rollout.Job, e rollout.JobEvent, run rollout.Run) (rollout.Run, gates.Progress, error) {
	var p gates.Progress
	var err error
	if j.HTTP != "" {
		p, err = r.endpoints.Post(ctx, j, e)
	} else {
		p, err = r.functions.Test(ctx, j.Lambda, e, j.Within.Std())
	}
	run.Handle = j.Runs()
	if err == nil && !p.Ended {
		run.Since = run.Since.Add(-j.Within.Std()) // its time is over, whatever the clock says
	}
	return run, p, err
}

// Start begins a build or a document, which somebody has to look at later. A second try with the same key finds the run of the first: of a build for
// five minutes, of a document for long.
func (r *Runner) Start(ctx context.Context, j rollout.Job, key string, e rollout.JobEvent, run rollout.Run) (rollout.Run, error) {
	if j.Automation != "" {
		var err error
		run.Handle, err = r.automations.Start(ctx, j.Automation, key, j.Parameters)
		return run, err
	}
	b, err := r.builds.Start(ctx, builds.Order{By: rollout.Build{CodeBuild: j.CodeBuild}, Token: key, Variables: variables(e)})
	run.Handle, run.Page = b.Handle, b.Page
	return run, err
}

// variables are what a build is told of its release.
func variables(e rollout.JobEvent) map[string]string {
	all := map[string]string{rollout.ReleaseVariable: e.Release, rollout.ServiceVariable: e.Service, rollout.RevisionVariable: e.Revision}
	if e.Hook != "" {
		all[rollout.HookVariable] = e.Hook
	}
	if e.End != "" {
		all[rollout.EndVariable] = string(e.End)
	}
	return all
}

// Progress reads how far a build or a document is.
func (r *Runner) Progress(ctx context.Context, j rollout.Job, handle string) (gates.Progress, error) {
	if j.Automation != "" {
		return r.automations.Progress(ctx, handle)
	}
	b, err := r.builds.Build(ctx, handle)
	switch {
	case err != nil || b.Status == builds.Running:
		return gates.Progress{}, err
	case b.Status == builds.Failed:
		return gates.Progress{Ended: true, Failed: b.Why}, nil
	}
	return gates.Progress{Ended: true}, nil
}

// Stop ends a build or a document that nobody waits for any more; it may have ended by itself. A function and an endpoint cannot be stopped.
func (r *Runner) Stop(ctx context.Context, j rollout.Job, handle string) error {
	switch {
	case j.Automation != "":
		return r.automations.Stop(ctx, handle)
	case j.CodeBuild != "":
		return r.builds.Stop(ctx, handle)
	}
	return nil
}
