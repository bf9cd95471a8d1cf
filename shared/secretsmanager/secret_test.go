package secretsmanager_test

import (
	"context"
	"errors"
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
