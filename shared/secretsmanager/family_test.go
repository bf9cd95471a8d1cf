package secretsmanager_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/secretsmanager"
	"sluice/test/sandbox"
)

// A secret that is put in later counts soon, and until then it is not asked for at every delivery.
func TestMemberOfAFamilyThatDoesNotExistIsRememberedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		ctx := context.Background()
		family := secretsmanager.NewFamily(box.Config(""), "sluice-sandbox/webhook-github", secretsmanager.Any, time.Now)
		want := func(name, values string) {
			t.Helper()
			got, err := family.Values(ctx, name)
			if err != nil || strings.Join(got, " ") != values {
				t.Errorf("%s: %q, %v, want %q", name, got, err, values)
			}
		}
		want("/acme/checkout", "")
		_, err = box.SecretsManager.CreateSecret(ctx, &service.CreateSecretInput{Name: aws.String("sluice-sandbox/webhook-github/acme/checkout"), SecretString: aws.String("own")})
		if err != nil {
			t.Fatal(err)
		}
		want("/acme/checkout", "")
		time.Sleep(6 * time.Minute)
		want("/acme/checkout", "own")
		for i := range 2500 { // strangers may name any repository
			want("/acme/"+strings.Repeat("x", i%50)+string(rune('a'+i%26)), "")
		}
		want("/acme/checkout", "own")
	})
}
