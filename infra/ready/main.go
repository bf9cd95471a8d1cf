// Ready looks, before anything is compiled, whether an environment can be deployed from here: who asks, to which account and Region, whether that is
// prepared for the CDK, and whether the environment and its definitions are meant.
//
//	go run ./infra/ready -environment staging
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

func main() {
	environment := flag.String("environment", "production", "which environment is to be deployed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.DirFS("."), *environment); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(ctx context.Context, root fs.FS, environment string) error {
	if err := meant(root, environment); err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	if err != nil {
		return fmt.Errorf("reading the AWS configuration: %w", err)
	}
	said, err := look(ctx, cfg, root, environment)
	if err == nil {
		fmt.Println(said)
	}
	return err
}
