package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"sluice/infra/typed"
)

// An Engine is one installation of Sluice, and AWS with the rights of whoever types.
type Engine struct {
	Environment string
	AWS         aws.Config
}

// Name is that of its stack, its table and its bus; the names of its functions begin with it.
func (e Engine) Name() string { return "sluice-" + e.Environment }

// Function is the name of one of its functions.
func (e Engine) Function(name string) string { return e.Name() + "-" + name }

// Definitions is the path of the parameters that hold the definitions of its services.
func (e Engine) Definitions() string { return "/sluice/" + e.Environment + "/services/" }

// The environments that need not be named.
const (
	Production = "production"
	Sandbox    = "sandbox" // that of make run
)

// Handed is where make run leaves the endpoint and the key of the run that is up, below the checkout. Other shows than the first write a
// file of their own beside it, whose name ends with the same word.
const Handed = "dist/host/environment"

// Checkout is the folder in which the repository is that somebody works in; their own folder where there is none.
func Checkout(folder string) string {
	for at := folder; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "infra", "services")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return folder
		}
	}
}

// Find opens the engine of an environment. Where none is named, it is the make run that is up in the checkout, or else production. An account
// that somebody has chosen for the AWS CLI is never mistaken for make run: then they have to say which is meant.
func Find(ctx context.Context, named, checkout string) (Engine, error) {
	if named != "" {
		if err := typed.Environment(named); err != nil {
			return Engine{}, err
		}
	}
	run, up := handed(checkout)
	chosen := run.chosen()
	switch {
	case named == "" && up && chosen != "":
		return Engine{}, fmt.Errorf("a make run is up here, and %s names an account: say which is meant, -e %s or -e %s", chosen, Sandbox, Production)
	case up && (named == "" || named == Sandbox):
		cfg, err := run.open(ctx)
		return Engine{Sandbox, cfg}, err
	}
	if named == "" {
		named = Production
	}
	cfg, err := Open(ctx)
	if err != nil && named == Sandbox {
		err = fmt.Errorf("no make run is up here (%s): start one in another terminal, or go to its folder", filepath.Join(checkout, Handed))
	}
	return Engine{named, cfg}, err
}

// local is what make run has left.
type local map[string]string

// handed reads what make run has left in a checkout: of the run that is up, if one is.
func handed(checkout string) (run local, up bool) {
	first := filepath.Join(checkout, filepath.FromSlash(Handed))
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(first), "*-"+filepath.Base(first))) // the pattern is well formed
	for _, file := range append([]string{first}, others...) {
		if run = readLocal(file); run.listens() {
			return run, true
		}
	}
	return nil, false
}

func readLocal(file string) local {
	run := local{}
	text, err := os.ReadFile(file)
	if err != nil {
		return run
	}
	for line := range strings.Lines(string(text)) {
		if setting, isExport := strings.CutPrefix(strings.TrimSpace(line), "export "); isExport {
			name, value, _ := strings.Cut(setting, "=")
			run[name] = value
		}
	}
	return run
}

// listens says whether somebody is at the endpoint: a run that was killed leaves its key.
func (l local) listens() bool {
	address, err := url.Parse(l["AWS_ENDPOINT_URL"])
	if err != nil || address.Host == "" {
		return false
	}
	conn, err := net.DialTimeout("tcp", address.Host, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// chosen is the variable by which somebody has chosen an account; empty when nobody has, or when it is this run's own.
func (l local) chosen() string {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID"} {
		if value := os.Getenv(name); value != "" && value != l[name] {
			return name
		}
	}
	return ""
}

// open is AWS as make run serves it.
func (l local) open(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(l["AWS_REGION"]), config.WithBaseEndpoint(l["AWS_ENDPOINT_URL"]),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(l["AWS_ACCESS_KEY_ID"], l["AWS_SECRET_ACCESS_KEY"], "")),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil))
	if err != nil {
		return cfg, errors.Join(fmt.Errorf("reading %s", Handed), err)
	}
	return cfg, nil
}
