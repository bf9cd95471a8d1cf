package secretsmanager_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/secretsmanager"
	"sluice/test/sandbox"
)

func TestSecretIsReadAgainAfterARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		ctx, name := context.Background(), aws.String("sluice-sandbox/slack")
		secret := secretsmanager.New(box.Config(""), *name, time.Now)
		if _, err := secret.Value(ctx); !errors.Is(err, secretsmanager.ErrMissing) {
			t.Errorf("%v, want that it is missing", err)
		}
		if _, err := box.SecretsManager.CreateSecret(ctx, &service.CreateSecretInput{Name: name, SecretString: aws.String("old\n")}); err != nil {
			t.Fatal(err)
		}
		want := func(value string) {
			t.Helper()
			if got, err := secret.Value(ctx); got != value || err != nil {
				t.Errorf("%q, %v, want %q", got, err, value)
			}
		}
		want("old")
		if _, err := box.SecretsManager.PutSecretValue(ctx, &service.PutSecretValueInput{SecretId: name, SecretString: aws.String("new")}); err != nil {
			t.Fatal(err)
		}
		want("old")
		time.Sleep(6 * time.Minute)
		want("new")
	})
}

// The other side of a shared secret changes later or earlier than we do: the last two count.
func TestPairKnowsTheSecretBeforeTheCurrentOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		ctx, name := context.Background(), aws.String("sluice-sandbox/github")
		pair := secretsmanager.NewPair(box.Config(""), *name, time.Now)
		if _, err := pair.Values(ctx); !errors.Is(err, secretsmanager.ErrMissing) {
			t.Errorf("%v, want that it is missing", err)
		}
		if _, err := box.SecretsManager.CreateSecret(ctx, &service.CreateSecretInput{Name: name, SecretString: aws.String("first")}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"first", "second first", "third second"} {
			got, err := pair.Values(ctx)
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
			next := map[string]string{"first": "second", "second first": "third", "third second": "fourth"}[want]
			if _, err := box.SecretsManager.PutSecretValue(ctx, &service.PutSecretValueInput{SecretId: name, SecretString: &next}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(6 * time.Minute)
		}
	})
}
