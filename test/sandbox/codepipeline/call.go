package codepipeline

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// The clocks of a function that a pipeline waits for: "If the Lambda function has sent no reply after 20 minutes, the action times out. If, during the 20
// minutes, the Lambda function has replied that the action is still in progress, CodePipeline restarts the 20-minute timer and tries again. If not
// successful after 24 hours, CodePipeline sets the Lambda invoke action state to failed"
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html). How soon it tries again, no page says: half a minute is believed. That the
// clocks of a rule are those of an action is believed, too.
const (
	silent = 20 * time.Minute
	whole  = 24 * time.Hour
	again  = 30 * time.Second
)

// A call is a function that a pipeline waits for, in an action or in a rule. It may be invoked many times, each time as another job.
type call struct {
	pipeline      *pipeline
	execution     *execution
	name          string // of the action or rule
	role          string
	configuration map[string]string
	artifacts     []types.InputArtifact
	since         time.Time
	token         string // that the function has answered last
	job           string // id of the job that has no answer; empty between two jobs
	over          bool
	clock         *time.Timer
	ends          func(outcome) []news // with the lock held
}

// An outcome is how a call ends.
type outcome struct {
	failure   *types.ErrorDetails // nil: it has succeeded
	details   types.ExecutionDetails
	variables map[string]string
}

// stop has nobody wait for the call any more.
func (c *call) stop() {
	c.over = true
	if c.clock != nil {
		c.clock.Stop()
	}
}

// next invokes the function as a new job.
func (s *Service) next(c *call) {
	c.job = *s.id("job")
	s.jobs[c.job] = c
	payload, unresolved := c.event(s.Home.Account)
	if unresolved != "" { // believed: no page says how an action fails whose variable nobody has made
		s.later(c, 0, "InvalidActionConfiguration", unresolvable(unresolved))
		return
	}
	function := c.configuration["FunctionName"]
	if !strings.HasPrefix(function, "arn:") {
		function = s.Home.ARN("lambda", "function:"+function)
	}
	s.later(c, min(silent, whole-time.Since(c.since)), "JobFailed", "The action failed because no reply of the Lambda function arrived in time")
	go func() {
		if err := s.Invoke(s.ctx, c.role, function, payload); err != nil && s.ctx.Err() == nil {
			s.mu.Lock()
			s.later(c, 0, "JobFailed", "The function "+function+" cannot be invoked: "+err.Error())
			s.mu.Unlock()
		}
	}()
}

// later has a call fail after some time, unless something happens before.
func (s *Service) later(c *call, after time.Duration, code, message string) {
	s.wind(c, after, func() []news {
		return s.over(c, outcome{failure: &types.ErrorDetails{Code: &code, Message: &message}})
	})
}

// wind sets what happens to a call after some time, if nothing else does before.
func (s *Service) wind(c *call, after time.Duration, what func() []news) {
	if c.clock != nil {
		c.clock.Stop()
	}
	var mine *time.Timer
	mine = time.AfterFunc(after, func() {
		s.mu.Lock()
		var told []news
		if s.ctx.Err() == nil && !c.over && c.clock == mine {
			told = what()
		}
		s.mu.Unlock()
		s.tell(told)
	})
	c.clock = mine
}

func (s *Service) over(c *call, o outcome) []news {
	c.stop()
	return c.ends(o)
}

// event is what the function gets, as AWS's sample shows it (https://docs.aws.amazon.com/lambda/latest/dg/services-codepipeline.html); for a rule it is
// believed to be the same. The credentials are nobody's.
func (c *call) event(account string) (payload []byte, unresolved string) {
	configuration, unresolved := c.execution.resolve(c.configuration)
	artifacts := []any{}
	for _, a := range c.artifacts {
		var revision any
		if is := c.execution.revisions[*a.Name]; is != "" {
			revision = is
		}
		artifacts = append(artifacts, map[string]any{
			"name": *a.Name, "revision": revision, "location": map[string]any{"type": "S3", "s3Location": map[string]any{"bucketName": "artifacts", "objectKey": *c.pipeline.Name + "/" + *a.Name}},
		})
	}
	data := map[string]any{
		"actionConfiguration": map[string]any{"configuration": configuration}, "inputArtifacts": artifacts, "outputArtifacts": []any{},
		"artifactCredentials": map[string]any{"accessKeyId": "ASIASECRET", "secretAccessKey": "never-log-this", "sessionToken": "nor-this", "expirationTime": time.Now().Add(time.Hour).UnixMilli()},
	}
	if c.token != "" {
		data["continuationToken"] = c.token
	}
	payload, _ = json.Marshal(map[string]any{"CodePipeline.job": map[string]any{"id": c.job, "accountId": account, "data": data}}) // it cannot fail on texts
	return payload, unresolved
}

// variable is how a configuration names a variable of an action's namespace, or of the pipeline.
var variable = regexp.MustCompile(`#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}`)

// resolve puts the variables that the execution has into a configuration. One that nobody has made is named.
func (e *execution) resolve(configuration map[string]string) (resolved map[string]string, unresolved string) {
	resolved = map[string]string{}
	for key, value := range configuration {
		resolved[key] = variable.ReplaceAllStringFunc(value, func(name string) string {
			found := variable.FindStringSubmatch(name)
			is, known := e.variables[found[1]][found[2]]
			if !known {
				unresolved = name
			}
			return is
		})
	}
	return resolved, unresolved
}

func unresolvable(variable string) string { return "The variable " + variable + " cannot be resolved" }

// act has a function carry out an action.
func (s *Service) act(p *pipeline, st *stage, a *action, e *execution) {
	c := &call{pipeline: p, execution: e, name: *a.Name, role: p.roleOf(a.RoleArn), configuration: a.Configuration, artifacts: a.InputArtifacts, since: time.Now()}
	c.ends = func(o outcome) []news {
		a.last.ErrorDetails, a.last.Summary, a.last.ExternalExecutionId, a.made, a.call = o.failure, o.details.Summary, o.details.ExternalExecutionId, o.variables, nil
		status := types.ActionExecutionStatusSucceeded
		if o.failure != nil {
			status = types.ActionExecutionStatusFailed
		}
		return s.ends(p, st, a, e, status)
	}
	a.call = c
	s.next(c)
}

// roleOf is an action's or a rule's own role, or else the pipeline's.
func (p *pipeline) roleOf(own *string) string {
	if own != nil {
		return *own
	}
	return aws.ToString(p.RoleArn)
}

// PutJobSuccessResult is the answer of a function that has done its work, or that works on and wants to be asked again.
func (s *Service) PutJobSuccessResult(_ context.Context, in *codepipeline.PutJobSuccessResultInput) (*codepipeline.PutJobSuccessResultOutput, error) {
	if err := ofSuccess(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	c, err := s.waits(in.JobId)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	var o outcome
	if in.ExecutionDetails != nil {
		o.details = *in.ExecutionDetails
	}
	var told []news
	if token := aws.ToString(in.ContinuationToken); token != "" {
		c.token, c.job = token, ""
		c.says(o.details)
		s.wind(c, again, func() []news { s.next(c); return nil })
	} else {
		o.variables = in.OutputVariables
		told = s.over(c, o)
	}
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.PutJobSuccessResultOutput{}, nil
}

// says shows in the pipeline what a function has said that works on.
func (c *call) says(d types.ExecutionDetails) {
	for _, st := range c.pipeline.stages {
		for _, a := range st.actions {
			if a.call == c {
				a.last.Summary, a.last.ExternalExecutionId = d.Summary, d.ExternalExecutionId
			}
		}
		for _, r := range st.rules {
			if r.call == c {
				r.last.Summary, r.last.ExternalExecutionId = d.Summary, d.ExternalExecutionId
			}
		}
	}
}

// PutJobFailureResult is the answer of a function that has failed.
func (s *Service) PutJobFailureResult(_ context.Context, in *codepipeline.PutJobFailureResultInput) (*codepipeline.PutJobFailureResultOutput, error) {
	if err := ofFailure(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	c, err := s.waits(in.JobId)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	code := string(in.FailureDetails.Type)
	told := s.over(c, outcome{
		failure: &types.ErrorDetails{Code: &code, Message: in.FailureDetails.Message}, details: types.ExecutionDetails{ExternalExecutionId: in.FailureDetails.ExternalExecutionId},
	})
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.PutJobFailureResultOutput{}, nil
}

// waits finds the call that waits for the answer to a job.
func (s *Service) waits(job *string) (*call, error) {
	c := s.jobs[aws.ToString(job)]
	switch {
	case c == nil:
		return nil, &types.JobNotFoundException{Message: aws.String("The job '" + aws.ToString(job) + "' does not exist")}
	case c.over || c.job != *job:
		return nil, &types.InvalidJobStateException{Message: aws.String("The job '" + *job + "' is not in progress")}
	}
	return c, nil
}
