// Package ssm reads the definitions of services from parameters.
package ssm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/shared/rollout"
)

// api holds functions and is no interface. In a program with html/template, which looks methods up by name, the linker keeps every
// method of a value that is put into an interface, and the client has hundreds (docs/adr/0013).
type api struct {
	GetParameter        func(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
	GetParametersByPath lister
}

// lister is GetParametersByPath in the form that a paginator needs.
type lister func(context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error)

// GetParametersByPath implements ssm.GetParametersByPathAPIClient.
func (l lister) GetParametersByPath(ctx context.Context, in *ssm.GetParametersByPathInput, o ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error) {
	return l(ctx, in, o...)
}

func open(cfg aws.Config) api {
	c := ssm.NewFromConfig(cfg)
	return api{c.GetParameter, c.GetParametersByPath}
}

// Definitions are the parameters under one path, one for each service.
type Definitions struct {
	ssm  api
	path string
}

// New opens the definitions under a path that ends in a slash.
func New(cfg aws.Config, path string) *Definitions {
	return &Definitions{ssm: open(cfg), path: path}
}

// ErrUnknown means that no definition has that name.
var ErrUnknown = errors.New("unknown service")

// IsUnknown says whether a service has no definition.
func IsUnknown(err error) bool { return errors.Is(err, ErrUnknown) }

// invalid is the error of a stored definition that is invalid. Deployment checks each before it stores it, so somebody changed the parameter itself.
type invalid struct{ name, why string }

func (i *invalid) Error() string { return "parameter " + i.name + " holds no definition: " + i.why }

// Rejection is the rejection of a release whose service has an invalid definition; nil for another error.
func Rejection(err error) *rollout.Rejection {
	var i *invalid
	if !errors.As(err, &i) {
		return nil
	}
	return rollout.Because(i.Error(), "deploy again, which stores the definition of infra/services")
}

// Definition reads a service's definition, with its defaults filled in. For an invalid definition it returns an error that
// has a Rejection.
func (d *Definitions) Definition(ctx context.Context, service string) (rollout.Definition, error) {
	var def rollout.Definition
	out, err := d.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(d.path + service)})
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return def, fmt.Errorf("reading definition of %q: %w", service, ErrUnknown)
	}
	if err != nil {
		return def, fmt.Errorf("reading definition of %q: %w", service, err)
	}
	return parse(d.path+service, aws.ToString(out.Parameter.Value))
}

func parse(name, text string) (rollout.Definition, error) {
	var def rollout.Definition
	if err := json.Unmarshal([]byte(text), &def); err != nil {
		return rollout.Definition{}, &invalid{name, err.Error()}
	}
	if problems := def.Validate(); len(problems) > 0 {
		return rollout.Definition{}, &invalid{name, problems[0].String()}
	}
	return def.WithDefaults(), nil
}

// Names lists the services that have a definition, by name.
func (d *Definitions) Names(ctx context.Context) ([]string, error) {
	var names []string
	pages := ssm.NewGetParametersByPathPaginator(d.ssm.GetParametersByPath, &ssm.GetParametersByPathInput{Path: aws.String(strings.TrimSuffix(d.path, "/"))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing definitions: %w", err)
		}
		for _, p := range page.Parameters {
			names = append(names, strings.TrimPrefix(aws.ToString(p.Name), d.path))
		}
	}
	slices.Sort(names)
	return names, nil
}
