// Package codebuild is AWS CodeBuild on one machine: projects and builds. Whoever makes the sandbox says how builds are carried out
// (Options.Run); Checkout carries them out for real.
//
// Artifacts, caches, batches, reports, webhooks, VPCs and secondary sources are not implemented. Documentation followed:
// https://docs.aws.amazon.com/codebuild/latest/APIReference/Welcome.html and
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html.
package codebuild

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"

	"sluice/test/sandbox/wire"
)

// A Job is the work of one build.
type Job struct {
	Project  string
	ID       string // "project:1b2c..."
	ARN      string
	Location string            // of the source
	Commit   string            // that is checked out
	Env      map[string]string // the project's variables and those of StartBuild
	Print    func(line string) // writes into the build's log
}

// An Outcome is how a job ended.
type Outcome struct {
	Exported map[string]string // variables that the buildspec exports
	Phase    string            // that failed: "BUILD"
	Failed   string            // what failed; empty when nothing did
}

// Options of a Service.
type Options struct {
	Home  wire.Home
	Run   func(ctx context.Context, j Job) Outcome // nil: no build can be started
	Emit  func(ctx context.Context, detailType string, resources []string, detail any)
	Write func(group, stream string, lines ...string) // to CloudWatch Logs
}

// A Service is one account's CodeBuild. Its builds end with ctx.
type Service struct {
	Options
	ctx      context.Context
	mu       sync.Mutex
	projects map[string]*project
	builds   map[string]*build // by id
}

type project struct {
	types.Project
	count  int64
	ids    []string // of its builds, newest last
	tokens map[string]token
}

// A token names a build for five minutes.
type token struct {
	request *codebuild.StartBuildInput
	build   string
	until   time.Time
}

const tokenLife = 5 * time.Minute

// New makes a service without projects.
func New(ctx context.Context, o Options) *Service {
	return &Service{Options: o, ctx: ctx, projects: map[string]*project{}, builds: map[string]*build{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "codebuild", Target: "CodeBuild_20161006", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

func invalid(message string) error { return &types.InvalidInputException{Message: &message} }

func missing(name string) error {
	return &types.ResourceNotFoundException{Message: aws.String("Project cannot be found: " + name)}
}

// CreateProject makes a project. Of its settings the source's location, the variables and the time-out have an effect.
func (s *Service) CreateProject(_ context.Context, in *codebuild.CreateProjectInput) (*codebuild.CreateProjectOutput, error) {
	name := aws.ToString(in.Name)
	switch {
	case name == "" || in.Source == nil || in.Environment == nil || in.ServiceRole == nil || in.Artifacts == nil:
		return nil, invalid("Invalid project: name, source, artifacts, environment and service role are required")
	case in.Artifacts.Type != types.ArtifactsTypeNoArtifacts:
		return nil, wire.NotImplemented("CreateProject with artifacts")
	case in.Source.Buildspec != nil:
		return nil, wire.NotImplemented("CreateProject with a buildspec of its own (it is read from the source)")
	}
	for _, v := range in.Environment.EnvironmentVariables {
		if v.Type != "" && v.Type != types.EnvironmentVariableTypePlaintext {
			return nil, wire.NotImplemented("CreateProject with variables of type " + string(v.Type))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.projects[name] != nil {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("Project already exists: " + s.projectARN(name))}
	}
	now, minutes := time.Now(), in.TimeoutInMinutes
	if minutes == nil {
		minutes = aws.Int32(60)
	}
	p := &project{tokens: map[string]token{}, Project: types.Project{
		Name: in.Name, Arn: aws.String(s.projectARN(name)), Source: in.Source, SourceVersion: in.SourceVersion, Environment: in.Environment, ServiceRole: in.ServiceRole,
		Artifacts: &types.ProjectArtifacts{Type: in.Artifacts.Type}, TimeoutInMinutes: minutes, Created: &now, LastModified: &now,
	}}
	s.projects[name] = p
	return &codebuild.CreateProjectOutput{Project: &p.Project}, nil
}

// BatchGetProjects describes projects by name.
func (s *Service) BatchGetProjects(_ context.Context, in *codebuild.BatchGetProjectsInput) (*codebuild.BatchGetProjectsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &codebuild.BatchGetProjectsOutput{}
	for _, name := range in.Names {
		if p := s.projects[name]; p != nil {
			out.Projects = append(out.Projects, p.Project)
		} else {
			out.ProjectsNotFound = append(out.ProjectsNotFound, name)
		}
	}
	return out, nil
}

func (s *Service) projectARN(name string) string { return s.arn("project/" + name) }

func (s *Service) arn(resource string) string {
	return s.Home.ARN("codebuild", resource)
}

// scope is the ARN of each project that a call is about
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html).
func (s *Service) scope(operation string, input any) []wire.Grant {
	var grants []wire.Grant
	v := reflect.ValueOf(input).Elem()
	for _, field := range []string{"ProjectName", "Name", "Id", "Names", "Ids"} {
		f := v.FieldByName(field)
		if !f.IsValid() {
			continue
		}
		names, _ := f.Interface().([]string)
		if one, ok := f.Interface().(*string); ok {
			names = []string{aws.ToString(one)}
		}
		for _, name := range names {
			name, _, _ = strings.Cut(strings.TrimPrefix(name, s.arn("build/")), ":")
			grants = append(grants, wire.Grant{Action: "codebuild:" + operation, Resource: s.projectARN(name)})
		}
	}
	if grants == nil {
		grants = []wire.Grant{{Action: "codebuild:" + operation, Resource: "*"}}
	}
	return grants
}
