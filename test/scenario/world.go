package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/infra/definition"
	"sluice/shared/dynamo"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/github"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/slack"
	"sluice/test/sandbox/wire"
	"sluice/test/shop"
)

// Names of the stack in the golden template.
const (
	stackName = "sluice-sandbox"
	tableName = stackName
	busName   = stackName
)

// Here is where stories are, unless they say otherwise.
var Here = rollout.Place{Partition: "aws", Account: "123456789012", Region: "us-east-1"}

// World is an account with Sluice deployed in it, and a person who looks at it.
type World struct {
	T       testing.TB
	Sandbox *sandbox.Sandbox
	Store   *dynamo.Store

	Lambda     *lambda.Client
	Events     *eventbridge.Client
	CloudWatch *cloudwatch.Client
	Machine    *sfn.Client
	Parameters *ssm.Client
	Slack      *slack.Workspace
	GitHub     *github.Host

	*journal
	behaviour
	builders *builders
	handlers *sync.Map        // built handlers, by function
	testers  *sync.Map        // what functions that test releases do, by name
	givenUp  *sync.Map        // functions whose dead letters the story speaks of
	hosts    *network.Network // hosts of the internet, where the world has no load balancers of its own
	beyond   Wrap             // of Options.Outside
	kind     Kind             // of its target; nil for an alias
	shop     *shop.Shop       // behind a load balancer
	agent    *appconfig.Agent // whom clients of a feature flag ask
	service  string
	home     wire.Home
	now      func() time.Time // of the functions
	log      slog.Handler     // of the functions
	ctx      context.Context
	end      context.CancelFunc
}

// Close ends everything that runs in the world.
func (w *World) Close() {
	w.end()
	w.Sandbox.Close()
}

// Options change a world before it begins.
type Options struct {
	Edit        func(t *cfn.Template) // changes the deployed template: a copy of the golden one
	Beside      string                // template of a stack of the team's own
	Middleware  []wire.Middleware     // faults of calls
	Hop         Hop                   // faults of deliveries
	Wrap        Wrap                  // sees what goes over the wire
	Outside     Wrap                  // sees what goes to Slack and GitHub
	Objects     map[string][]byte     // of S3, by bucket and key
	Services    bool                  // more than one: functions may touch any service's target
	Now         func() time.Time      // the clock of the functions; nil is the world's
	Log         slog.Handler          // what the functions log; nil discards it
	Direct      bool                  // skips the wire protocols of the SDK's clients: faster. A target in memory has another client, which has a wire
	Concurrency int                   // of the account; 0 is AWS's default
	Region      string                // where all of this is; empty: us-east-1
	Kind        Kind                  // the target is of this kind, and no alias
	ListenAddr  string                // serves the APIs on a loopback address, for a story in real time
}

// Run tells a story in a bubble of virtual time.
func Run(t *testing.T, story func(w *World)) { RunWith(t, Options{}, story) }

// Wrap is sandbox.Options.Wrap.
type Wrap = func(http.Handler) http.Handler

// Hop is sandbox.Options.Hop.
type Hop = func(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error

// RunWith is Run in a changed world. No story may end with an event in a dead-letter queue, unless it says so by GivesUp.
func RunWith(t *testing.T, o Options, story func(w *World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t, o)
		defer w.Close()
		story(w)
		w.Pass(lastTry)
		w.nothingGivenUp()
	})
}

// New boots a world; whoever calls it closes it.
func New(t testing.TB, o Options) *World {
	t.Helper()
	w := &World{T: t, Slack: slack.New(botToken, Channel), GitHub: github.New(gitHubToken, Repository), journal: newJournal(), behaviour: newBehaviour(), builders: &builders{outcomes: map[string]outcome{}}, handlers: &sync.Map{}, testers: &sync.Map{}, givenUp: &sync.Map{}, service: Service, home: wire.Home{Region: Here.Region, Account: Here.Account}, now: time.Now, log: o.Log, beyond: o.Outside, hosts: network.New(), kind: o.Kind}
	if w.log == nil {
		w.log = slog.DiscardHandler
	}
	if o.Now != nil {
		w.now = o.Now
	}
	if o.Region != "" {
		w.home.Region = o.Region
	}
	w.ctx, w.end = context.WithCancel(context.Background())
	template, err := deployed()
	if o.Services {
		template, err = forAnyService()
	}
	if w.kind != nil {
		template, err = engineFor(w.kind.ID())
	}
	if k, grants := w.kind.(interface{ Edit(t *cfn.Template) }); grants && o.Edit == nil {
		o.Edit = k.Edit
	}
	w.must(err)
	if o.Edit != nil {
		template = template.Clone()
		o.Edit(template)
	}
	further, err := beside()
	w.must(err)
	teams := []string{o.Beside}
	if k, needs := w.kind.(interface{ Beside() string }); needs {
		teams = append(teams, k.Beside())
	}
	for _, text := range teams {
		if text != "" {
			more, err := cfn.Parse([]byte(text))
			w.must(err)
			further = append(slices.Clip(further), more)
		}
	}
	w.Sandbox, err = sandbox.Boot(w.ctx, sandbox.Options{
		Template: template, Beside: further, Home: w.home, InProcess: w.inProcess, Build: w.run, Objects: o.Objects, Parts: parts.All(), Seed: 1, Direct: o.Direct, Concurrency: o.Concurrency, ListenAddr: o.ListenAddr, Hop: o.Hop, Wrap: o.Wrap,
		Middleware: append([]wire.Middleware{w.record}, o.Middleware...),
	})
	w.must(err)
	person := w.Sandbox.Config("")
	w.Store = dynamo.New(person, tableName)
	w.Lambda, w.Events = lambda.NewFromConfig(person), eventbridge.NewFromConfig(person)
	w.CloudWatch, w.Machine = cloudwatch.NewFromConfig(person), sfn.NewFromConfig(person)
	w.Parameters = ssm.NewFromConfig(person)
	w.createSecrets()
	return w
}

var goldenText = sync.OnceValues(func() ([]byte, error) { return testdata("golden.template.json") })

func testdata(name string) ([]byte, error) {
	root, err := root()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(root, "infra/testdata", name))
}

// root is the folder of go.mod, above the package that is tested.
func root() (string, error) {
	at, err := os.Getwd()
	for ; err == nil; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("there is no go.mod above the working directory: run this inside the repository")
		}
	}
	return "", err
}

// beside is the stacks beside the golden template's, which hold the definitions and what they are released from.
var beside = sync.OnceValues(func() (all []*cfn.Template, err error) {
	for _, name := range []string{"golden.definitions.template.json", "golden.sources.template.json"} {
		text, err := testdata(name)
		if err != nil {
			return nil, err
		}
		template, err := cfn.Parse(text)
		if err != nil {
			return nil, err
		}
		all = append(all, template)
	}
	return all, nil
})

// deployed is the golden template, which a sandbox only reads.
var deployed = sync.OnceValues(func() (*cfn.Template, error) {
	text, err := goldenText()
	if err != nil {
		return nil, err
	}
	return cfn.Parse(text)
})

// forAnyService grants to each function on every service what the golden template grants on the one that it defines.
var forAnyService = sync.OnceValues(func() (*cfn.Template, error) {
	text, err := goldenText()
	if err != nil {
		return nil, err
	}
	return cfn.Parse(anyService(text))
})

func anyService(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte(":function:"+Service), []byte(":function:*"))
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// For is the same world, seen by the people of another service.
func (w *World) For(service string) *World {
	other := *w
	other.service = service
	return &other
}

func (w *World) target() string {
	id := kind.LambdaAliasID
	if w.kind != nil {
		id = w.kind.ID()
	}
	var t rollout.Target
	w.must(json.Unmarshal([]byte(definition.Sample(id, w.service)), &t))
	return t.ID()
}

// Pass lets virtual time go by.
func (w *World) Pass(d time.Duration) { time.Sleep(d) }
