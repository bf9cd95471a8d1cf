// Package session opens AWS for the commands that people run, with the credentials and the Region of the AWS CLI.
package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"sluice/infra/typed"
)

// patience is how long reading the credentials may take. Where there are none, the SDK asks the machine for some, and on a laptop nobody answers.
const patience = 10 * time.Second

// Open opens AWS. It says what is missing, before a call fails in AWS's words.
func Open(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	var profile config.SharedConfigProfileNotExistError
	switch {
	case errors.As(err, &profile):
		return cfg, fmt.Errorf("there is no profile %q in the AWS configuration (AWS_PROFILE): `aws configure list-profiles` lists them", profile.Profile)
	case err != nil:
		return cfg, fmt.Errorf("reading the AWS configuration: %w", err)
	case cfg.Region == "":
		return cfg, errors.New("no Region is set: name the one that Sluice is in, such as AWS_REGION=eu-central-1")
	}
	if err := typed.Region(cfg.Region); err != nil {
		return cfg, fmt.Errorf("%w (AWS_REGION, or the profile's region)", err)
	}
	soon, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if _, err := cfg.Credentials.Retrieve(soon); err != nil {
		return cfg, fmt.Errorf("there are no AWS credentials that work: log in (aws sso login), or name a profile (AWS_PROFILE%s): %w", now(), err)
	}
	return cfg, nil
}

func now() string {
	if p := os.Getenv("AWS_PROFILE"); p != "" {
		return " is " + p
	}
	return ""
}
