package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/codebuild"
	"sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// DefaultAddr is where a sandbox with compiled handlers listens, unless told otherwise.
const DefaultAddr = "127.0.0.1:4566"

// Home of a sandbox, unless told otherwise.
var defaultHome = wire.Home{Region: "us-east-1", Account: "123456789012"}

// Options say what a sandbox is made of.
type Options struct {
	// Template is what is deployed at boot. It is only read, so that one parsed template serves any number of
	// sandboxes. Nil boots empty services.
	Template *cfn.Template
	// Beside is further stacks, which are deployed after it.
	Beside     []*cfn.Template
	StackName  string            // default "Sluice-sandbox"
	Parameters map[string]string // of the template
	Home       wire.Home         // default us-east-1, account 123456789012

	// InProcess gives the handler of a function's version, or nil where there is none. It is asked when the version
	// is first invoked, so it may use the Sandbox that Boot returned.
	InProcess func(function, version string) func(ctx context.Context, payload []byte) ([]byte, error)
	// Binaries gives the file of a compiled handler by the key of its code in the template without ".zip" ("trigger").
	Binaries func(function string) (path string, err error)

	// Objects are objects of S3 that functions can be made from, by bucket and key ("artifacts/checkout/42.zip"), whatever their version.
	Objects map[string][]byte
	// Build carries out the builds of CodeBuild; nil: none can be started.
	Build func(ctx context.Context, j codebuild.Job) codebuild.Outcome

	// Parts are services that this sandbox has besides those that every sandbox has. What nobody lists is not compiled.
	Parts []Part

	// Concurrency is how many executions of functions the account allows at a time; 0 means AWS's default of 1,000.
	Concurrency int

	// Hop wraps every hop from one service to another: EventBridge to a target, Step Functions to a function. It calls
	// next to let it happen; what it returns is what the sending service hears.
	Hop func(ctx context.Context, h Hop, next func(context.Context) error) error
	// Heard learns of each event that comes to a bus, and how many rules listened; see eventbridge.Options.
	Heard func(bus string, e eventbridge.Event, rules int)
	// Wrap wraps the APIs as the network would see them: every request and answer in bytes.
	Wrap func(http.Handler) http.Handler
	// Middleware wraps every API call, also the refused ones; the first is the outermost.
	Middleware []wire.Middleware
	// Seed makes the sandbox's choices repeatable (which version an alias takes, jitter, ids); 0 makes them random.
	Seed uint64
	// Direct makes the clients of Config and ConfigFor skip the wire protocols (see wire.Server.Direct).
	Direct bool
	// Logs takes each line that a function writes.
	Logs   func(function string, line []byte)
	unread bool // there are no such lines to take

	// Mounts are further handlers on the sandbox's port, by the path that they are mounted at ("/_slack/"), which they do
	// not see: what is not AWS, such as the services that a stack talks to.
	Mounts map[string]http.Handler

	// Key is what the person at the keyboard signs with; NewKey makes one. The default is a new one.
	Key aws.Credentials

	// ListenAddr is a loopback address ("127.0.0.1:0" takes any free port). Empty means DefaultAddr where there are
	// Binaries, and otherwise that the sandbox does not listen at all.
	ListenAddr string
}

// A Part makes a service that not every sandbox has; package parts lists them.
type Part func(in Surroundings) interface{ Wire() wire.Service }

// Surroundings are what a Part may use of the sandbox that it is in.
type Surroundings struct {
	Context context.Context // ends with the sandbox
	Home    wire.Home
	Chance  func() float64 // in [0,1), safe for concurrent use
	// Record passes a service's own metric to CloudWatch, in one-minute resolution.
	Record func(namespace, name string, dimensions map[string]string, unit string, value float64, at time.Time)
	// Emit gives a source of events, such as "aws.ecs", what puts them on the default bus.
	Emit func(source string) func(ctx context.Context, detailType string, resources []string, detail any)
	// Call invokes a function of Lambda, a name or ARN with or without qualifier, and waits for its end.
	Call func(ctx context.Context, function string, payload []byte) (lambda.Result, error)
	// May decides whether an AWS service ("apigateway.amazonaws.com") may act on a resource, for one of its own, which has an ARN, too.
	May func(service, from, action, resource string) error
	// CallAs invokes a function on the permissions of a role that an AWS service takes on, and waits for its end.
	CallAs func(ctx context.Context, service, role, function string, payload []byte) (lambda.Result, error)
	// Alarm reads an alarm as such a role: its state, and whether its actions are enabled.
	Alarm func(service, role, arn string) (state string, actions bool, err error)
	// Red says which of the named alarms are in ALARM, to a service that asks on permissions of its own (a service-linked role).
	Red func(alarms []string) []string
	// Level is the state of a CloudWatch alarm by its name; empty when there is none.
	Level func(name string) string
	// Keepers make, change and delete the resources of stacks.
	Keepers map[string]cfn.Keeper
	// Write appends lines to a stream of CloudWatch Logs.
	Write func(group, stream string, lines ...string)
}

// PartOf is a service that Options.Parts made, nil if none did.
func PartOf[S any](s *Sandbox) *S {
	for _, part := range s.parts {
		if found, is := part.(*S); is {
			return found
		}
	}
	return nil
}

// A Hop is an event or a task on its way.
type Hop struct {
	From    string // "events", "states"
	Target  string // ARN
	Payload []byte
}

// NewKey is a key that nobody can guess, in the form of AWS's
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
func NewKey() aws.Credentials {
	return aws.Credentials{AccessKeyID: "AKIA" + rand.Text()[:16], SecretAccessKey: (rand.Text() + rand.Text())[:40]}
}

func (o Options) withDefaults() (Options, error) {
	if o.Home == (wire.Home{}) {
		o.Home = defaultHome
	}
	if o.StackName == "" {
		o.StackName = "Sluice-sandbox"
	}
	if !o.Key.HasKeys() {
		o.Key = NewKey()
	}
	if o.ListenAddr == "" && o.Binaries != nil {
		o.ListenAddr = DefaultAddr
	}
	if o.Hop == nil {
		o.Hop = func(ctx context.Context, _ Hop, next func(context.Context) error) error { return next(ctx) }
	}
	if o.Wrap == nil {
		o.Wrap = func(h http.Handler) http.Handler { return h }
	}
	if o.Logs == nil {
		o.Logs, o.unread = func(string, []byte) {}, true
	}
	if o.InProcess != nil && o.Binaries != nil {
		return o, errors.New("reading sandbox options: give InProcess or Binaries, not both")
	}
	return o, nil
}
