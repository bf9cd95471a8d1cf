// Package appconfig is AWS AppConfig: configurations that its own service stores, deployments of them that grow by themselves, and the data plane from
// which applications take what they are to know.
//
// A deployment is a small machine with real clocks: it grows by its strategy, bakes, has extensions called at each tick, watches the alarms of its
// environment, and goes back when one of them says so. Each session of the data plane is one caller: it sees the new version once the growth has
// passed it.
//
// Documentation followed: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_Operations.html and
// https://docs.aws.amazon.com/appconfig/latest/userguide/what-is-appconfig.html. What the pages leave open is marked "belief:" below.
package appconfig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// Options are what the service needs of those around it.
type Options struct {
	Home    wire.Home
	Context context.Context // ends the deployments
	Chance  func() float64  // in [0,1), safe for concurrent use
	// Call invokes a function as a role that AppConfig takes on.
	Call func(ctx context.Context, role, function string, payload []byte) (lambda.Result, error)
	// Alarm reads an alarm as such a role: its state, and whether its actions are enabled.
	Alarm func(role, arn string) (state string, actions bool, err error)
	// Emit tells an event of aws.appconfig on the default bus.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
}

// Pace is how long things take that AWS does not document.
type Pace struct {
	Tick   time.Duration // between two calls of the extensions at AT_DEPLOYMENT_TICK
	Alarms time.Duration // between two looks at the alarms of an environment
	Settle time.Duration // until a deployment begins, or has gone back
	Minute time.Duration // how long a minute of a strategy is: nobody would watch half an hour
}

// usual is a belief: AWS says none of these.
var usual = Pace{Tick: time.Minute, Alarms: 30 * time.Second, Settle: 5 * time.Second, Minute: time.Minute}

// A Service is one account's AppConfig in one Region.
type Service struct {
	o Options

	mu           sync.Mutex
	pace         Pace
	applications map[string]*application
	strategies   map[string]*types.DeploymentStrategy
	extensions   map[string]*extension
	associations []*association
	sessions     map[string]*session // by the token that is good for one more call
	ids          []string
	made         int
}

type application struct {
	id, name     string
	environments map[string]*environment
	profiles     map[string]*profile
}

type environment struct {
	of          *application
	id, name    string
	monitors    []types.Monitor
	deployments []*deployment       // the first is the oldest
	serves      map[string]*version // by profile
}

type profile struct {
	of         *application
	id, name   string
	kind       string
	validators []types.Validator
	versions   []*version // the first has the number 1
}

// version is a hosted configuration version. Its content never changes.
type version struct {
	number      int32
	content     []byte
	contentType string
	description string
	label       string // empty: none
}

// New makes a service that has only the predefined strategies.
func New(o Options) *Service {
	s := &Service{
		o: o, pace: usual, applications: map[string]*application{}, strategies: predefined(), extensions: map[string]*extension{},
		sessions: map[string]*session{},
	}
	s.extensions[notifications] = &extension{id: notifications, name: "AppConfig deployment events to Amazon EventBridge", number: 1}
	return s
}

// SetPace changes how long things take from now on.
func (s *Service) SetPace(p Pace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pace = p
}

// Name says which ids the next resources get. AWS chooses them.
func (s *Service) Name(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, ids...)
}

// next is an id in the form of AWS's: [a-z0-9]{4,7}.
func (s *Service) next() string {
	if len(s.ids) > 0 {
		id := s.ids[0]
		s.ids = s.ids[1:]
		return id
	}
	s.made++
	sum := sha256.Sum256(fmt.Appendf(nil, "appconfig %d", s.made))
	return hex.EncodeToString(sum[:])[:7]
}

func (s *Service) arn(resource string) string { return s.o.Home.ARN("appconfig", resource) }

func missing(what, name string) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf("Could not find %s %s.", what, name)), ResourceName: &name}
}

func bad(format string, args ...any) error {
	return &types.BadRequestException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func (s *Service) application(id *string) (*application, error) {
	if a := s.applications[aws.ToString(id)]; a != nil {
		return a, nil
	}
	return nil, missing("Application", aws.ToString(id))
}

func (s *Service) environment(app, id *string) (*environment, error) {
	a, err := s.application(app)
	if err != nil {
		return nil, err
	}
	if e := a.environments[aws.ToString(id)]; e != nil {
		return e, nil
	}
	return nil, missing("Environment", aws.ToString(id))
}

func (s *Service) profile(app, id *string) (*profile, error) {
	a, err := s.application(app)
	if err != nil {
		return nil, err
	}
	if p := a.profiles[aws.ToString(id)]; p != nil {
		return p, nil
	}
	return nil, missing("ConfigurationProfile", aws.ToString(id))
}

func (e *environment) arn() string { return "application/" + e.of.id + "/environment/" + e.id }
func (p *profile) arn() string     { return "application/" + p.of.id + "/configurationprofile/" + p.id }
