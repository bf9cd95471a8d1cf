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
		secret := secretsmanager.New(box.Config(""), *name, secretsmanager.Any, time.Now)
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
		pair := secretsmanager.NewPair(box.Config(""), *name, secretsmanager.Any, time.Now)
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

// Which ARN IAM is asked about when there is no secret of a name is not documented, and depends on it: "denied" must mean the same as
// "not found", or an unused feature breaks the function that could do without it.
func TestSecretThatMayNotBeReadIsAsGoodAsMissing(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for _, role := range []string{"", "nobody"} { // nobody may do nothing
		for _, name := range []string{"sluice/github", "sluice/deleted"} {
			if name == "sluice/deleted" {
				_, _ = box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: &name, SecretString: aws.String("secret")})
				if _, err := box.SecretsManager.DeleteSecret(t.Context(), &service.DeleteSecretInput{SecretId: &name}); err != nil && role == "" {
					t.Fatal(err)
				}
			}
			_, one := secretsmanager.New(box.Config(role), name, secretsmanager.Any, time.Now).Value(t.Context())
			_, two := secretsmanager.NewPair(box.Config(role), name, secretsmanager.Any, time.Now).Values(t.Context())
			for _, err := range []error{one, two} {
				if !errors.Is(err, secretsmanager.ErrMissing) || !strings.Contains(err.Error(), "aws secretsmanager ") || !strings.Contains(err.Error(), name) {
					t.Errorf("%s, asked for by %q: %v, want that it is missing, and the remedy", name, role, err)
				}
			}
		}
	}
}
