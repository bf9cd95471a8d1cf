// Package ssm is AWS Systems Manager on one machine, as far as Sluice needs it: the Parameter Store (named values with versions),
// the states of Change Calendars, and executions of Automation documents. Here Go code carries out the documents.
//
// Parameters live in a hierarchy of names ("/sluice/production/services/checkout"); every write makes a new version, of
// which the last hundred are kept, and a value may be 4 KB, or 8 KB in the advanced tier. SecureStrings are shown in
// clear text only to a caller who asks for decryption; nothing is really encrypted. Labels stay with a version until they are moved; policies and resource
// sharing are refused.
//
// Documentation followed: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html and
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html.
package ssm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// Options are what executions of documents need.
type Options struct {
	Context context.Context // in which they run
	Emit    func(ctx context.Context, detailType string, resources []string, detail any)
}

// A Service is one account's Systems Manager in one region.
type Service struct {
	home    wire.Home
	options Options

	mu         sync.RWMutex
	parameters map[string]*parameter
	calendars  map[string]Calendar
	documents  map[string]Document
	executions map[string]*execution
	byToken    map[string]*execution
}

// New makes a service without parameters.
func New(home wire.Home, o Options) *Service {
	return &Service{
		home: home, options: o, parameters: map[string]*parameter{}, calendars: map[string]Calendar{}, documents: map[string]Document{},
		executions: map[string]*execution{}, byToken: map[string]*execution{},
	}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "ssm", Target: "AmazonSSM", JSONVersion: "1.1", UpperCamel: true, EpochTimes: true,
		Impl: s, Scope: s.scope,
	}
}

// A parameter has at least one version; the last is current.
type parameter struct {
	name     string
	versions []version
	tags     map[string]string
}

// A version is one value of a parameter, with all that was said when it was put.
type version struct {
	number         int64
	value          string
	kind           types.ParameterType
	tier           types.ParameterTier
	dataType       string
	keyID          *string
	description    *string
	allowedPattern *string
	by             string
	at             time.Time
	labels         []string
}

func (p *parameter) current() *version { return &p.versions[len(p.versions)-1] }

// arn has no second slash before a name that begins with one.
func (s *Service) arn(name string) string {
	return s.home.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// find takes a name or ARN, perhaps with a version after a colon. The selector is what came after the name.
func (s *Service) find(reference string) (p *parameter, v *version, selector string, err error) {
	name, selector := split(reference)
	if strings.HasPrefix(name, "arn:") {
		name = s.nameOf(name)
	}
	p = s.parameters[name]
	if p == nil {
		return nil, nil, "", notFound(name)
	}
	if selector == "" {
		return p, p.current(), "", nil
	}
	number, err := strconv.ParseInt(selector, 10, 64)
	for i := range p.versions {
		if err == nil && p.versions[i].number == number || slices.Contains(p.versions[i].labels, selector) {
			return p, &p.versions[i], ":" + selector, nil
		}
	}
	return nil, nil, "", &types.ParameterVersionNotFound{
		Message: aws.String(fmt.Sprintf("Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)),
	}
}

// split cuts "name:3" in two; an ARN has five colons before its name.
func split(reference string) (name, selector string) {
	start := 0
	if strings.HasPrefix(reference, "arn:") {
		start = strings.Index(reference, ":parameter/") + 1
	}
	if i := strings.IndexByte(reference[start:], ':'); i >= 0 {
		return reference[:start+i], reference[start+i+1:]
	}
	return reference, ""
}

// nameOf undoes arn: a name without a slash inside has none at its beginning either.
func (s *Service) nameOf(arn string) string {
	name := strings.TrimPrefix(arn, s.home.ARN("ssm", "parameter/"))
	if _, there := s.parameters["/"+name]; there || strings.Contains(name, "/") {
		return "/" + name
	}
	return name
}

func notFound(name string) error {
	return &types.ParameterNotFound{Message: aws.String("Parameter " + name + " not found.")}
}
