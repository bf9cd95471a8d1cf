package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"sluice/shared/dynamo"
	"sluice/test/sandbox"
	"sluice/test/sandbox/codebuild"
	"sluice/test/sandbox/github"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/slack"
	"sluice/test/sandbox/wire"
)

const (
	service = exhibit.Service
	alias   = "live"
	alarm   = "checkout-errors"
	stack   = "sluice-sandbox"

	channel  = "C0CHECKOUT" // in infra/services/sandbox/checkout.yaml
	approver = "U0GRACE"
)

// The secrets of this run. A program on this machine that cannot read them speaks for nobody.
var (
	botToken      = "xoxb-" + rand.Text()
	signingSecret = rand.Text()
	webhookSecret = rand.Text()
	gitHubToken   = "github_pat_" + rand.Text()
)

// world is the running sandbox with the demo service in it, seen by the person at the keyboard.
type world struct {
	sandbox  *sandbox.Sandbox
	endpoint string
	lambda   *lambda.Client
	alarms   *cloudwatch.Client
	events   *eventbridge.Client
	store    *dynamo.Store
	topics   *sns.Client
	slack    *slack.Workspace
	traffic  *traffic
	board    *board      // what else is to be shown
	code     *repository // nil where nothing is pushed
	ear      *ear
	logs     *os.File
	keyFile  string // shell commands that hold what box.Environment says, for the person at the keyboard

	production production
	performer  exhibit.Performer // nil until the show's service is up
}

// free is the port if it can be listened on, and any free one for 0: the template wants to know it before anything listens.
func free(port int) (int, error) {
	box, err := sandbox.Boot(context.Background(), sandbox.Options{ListenAddr: fmt.Sprintf("127.0.0.1:%d", port)})
	if err != nil {
		return 0, err
	}
	defer box.Close()
	_, text, _ := strings.Cut(strings.TrimPrefix(box.Endpoint(), "http://"), ":")
	return strconv.Atoi(text)
}

// stage starts AWS with Sluice in it, and nothing that could be released.
func stage(ctx context.Context, port int, b *built, home place, p production) (*world, error) {
	stacks, err := p.templates()
	if err != nil {
		return nil, err
	}
	logs, err := os.Create(filepath.Join(b.handlers, p.file("functions.log")))
	if err != nil {
		return nil, fmt.Errorf("opening the log of the functions: %w", err)
	}
	chat, key, ear, notes := slack.New(botToken, channel), sandbox.NewKey(), newEar(), &board{}
	box, err := sandbox.Boot(ctx, sandbox.Options{
		Template: stacks[0], Beside: stacks[1:], Key: key, ListenAddr: fmt.Sprintf("127.0.0.1:%d", port),
		Parameters: map[string]string{"SlackApi": fmt.Sprintf("http://127.0.0.1:%d/_slack/api", port), "GitHubApi": fmt.Sprintf("http://127.0.0.1:%d/_github/api", port)},
		Mounts:     map[string]http.Handler{"/_slack/": chat, "/_github/": github.New(gitHubToken, "acme/checkout")},
		Build: codebuild.Checkout{
			Repositories: map[string]string{location: home.bare()}, Path: []string{filepath.Join(b.demo, tools)},
			Env: []string{"AWS_ACCESS_KEY_ID=" + key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + key.SecretAccessKey, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", fmt.Sprintf("AWS_ENDPOINT_URL=http://127.0.0.1:%d", port)},
		}.Run,
		Binaries: func(function string) (string, error) { return b.handler(function), nil },
		Hop:      ear.hop, Heard: ear.heard, Parts: append(p.Parts, more()...), Wrap: func(next http.Handler) http.Handler { return withoutTheRest(notes, next) },
		Logs: func(function string, line []byte) { fmt.Fprintf(logs, "%s %s\n", function, line) },
	})
	if err != nil {
		return nil, err
	}
	person := box.Config("")
	w := &world{
		sandbox: box, endpoint: box.Endpoint(), lambda: lambda.NewFromConfig(person), alarms: cloudwatch.NewFromConfig(person),
		events: eventbridge.NewFromConfig(person), topics: sns.NewFromConfig(person), store: dynamo.New(person, stack), logs: logs, slack: chat, ear: ear, board: notes,
	}
	ear.store.Store(w.store)
	w.traffic = newTraffic(ctx)
	if err = w.handOut(filepath.Join(b.handlers, p.file("environment"))); err == nil {
		err = w.install(ctx)
	}
	if err != nil {
		w.close()
		return nil, fmt.Errorf("setting up what people use: %w", err)
	}
	return w, nil
}

func (w *world) close() {
	if w.traffic != nil {
		w.traffic.stop()
	}
	if w.performer != nil {
		w.performer.Close()
	}
	w.sandbox.Close()
	_ = w.logs.Close()
	_ = os.Remove(w.keyFile) // what it opens is gone
}

// handOut writes the key of this run into a file that the person at the keyboard, and nobody else on this machine, may read.
func (w *world) handOut(file string) error {
	w.keyFile = file
	_ = os.Remove(file) // one that is there keeps the mode that it has
	text := "# The sandbox of make run, for a shell: . " + file + "\n"
	for _, setting := range w.sandbox.Environment() {
		text += "export " + setting + "\n"
	}
	return os.WriteFile(file, []byte(text), 0o600)
}

// install puts the secrets where Sluice looks for them, sets the app up in Slack, and subscribes the person at the keyboard.
func (w *world) install(ctx context.Context) error {
	for name, value := range map[string]string{"slack": botToken, "slack-signing": signingSecret, "links": rand.Text(), "people": rand.Text(), "webhook-github": webhookSecret, "github": gitHubToken} {
		_, err := w.sandbox.SecretsManager.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String(stack + "/" + name), SecretString: &value})
		if err != nil {
			return err
		}
	}
	out, err := w.lambda.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String(stack + "-button")})
	if err != nil {
		return err
	}
	w.slack.Install(slack.App{
		Interactions: aws.ToString(out.FunctionUrl), SigningSecret: signingSecret, HTTP: &http.Client{Transport: wire.Client(w.sandbox.Handler())},
		Self: w.endpoint + "/_slack", Users: []string{approver, "U0LINUS", "U0ADA"},
	})
	topic := aws.String("arn:aws:sns:us-east-1:123456789012:sluice-sandbox-people")
	_, err = w.topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("email"), Endpoint: aws.String("you@example.com")})
	return err
}
