package secretsmanager_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/secretsmanager"
	"sluice/test/sandbox"
)

const key = "9f2c7d1e0b6a4858a3c1f0e9d8b7a6c5"

// Whoever mistypes a secret is told what it looks like and what it should be, and nobody is told what is in it.
func TestMistypedSecretsAreToldByTheirShapeAlone(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for name, test := range map[string]struct {
		form   secretsmanager.Form
		text   string
		told   string // "" when it counts
		secret string // that must not be told; what counts, where it does
	}{
		"a line break at the end":        {secretsmanager.BotToken, "xoxb-1-abc\r\n", "", "xoxb-1-abc"},
		"what a page leaves at the ends": {secretsmanager.Key, "\ufeff " + key + "\u200b\t", "", key},
		"a token of an app":              {secretsmanager.BotToken, "xapp-1-A111", "begins with xapp-, which is an app-level token; put in the app's bot token (xoxb-...)", "A111"},
		"a token of a person":            {secretsmanager.BotToken, "xoxp-1-A111", "begins with xoxp-", "A111"},
		"an address for messages":        {secretsmanager.BotToken, "https://hooks.slack.com/services/T0/B0/A111", "which is an address", "A111"},
		"a bot token that signs":         {secretsmanager.Signing, "xoxb-1-A111", "begins with xoxb-, which is a bot token; put in the app's Signing Secret", "A111"},
		"a signing secret":               {secretsmanager.Signing, key, "", key},
		"key and value":                  {secretsmanager.Signing, `{"A111":""}`, "is JSON (1 key) and no plain text", "A111"},
		"quotation marks":                {secretsmanager.HostToken, `"github_pat_A111"`, "has quotation marks around it; put in a token of GitHub (github_pat_...", "A111"},
		"a key of SSH":                   {secretsmanager.HostToken, "ssh-ed25519 A111 ada", "which is a public key of SSH", "A111"},
		"two lines":                      {secretsmanager.HostToken, "github_pat_A111\ngithub_pat_B222", "has 2 lines", "A111"},
		"the command as it stands":       {secretsmanager.HostToken, "github_pat_...", "is the placeholder of a command", "reading it"},
		"the remedy as it stands":        {secretsmanager.Key, "...", "is the placeholder of a command", "reading it"},
		"a shell that did not run":       {secretsmanager.Key, "$(openssl rand -base64 48)", "is the placeholder of a command", "reading it"},
		"a key that can be guessed":      {secretsmanager.Key, "hunter2", `has 7 characters, and whoever guesses it has it; fewer than 16 are too few; put in a long text that nobody knows: "$(openssl rand -base64 48)"`, "hunter2"},
		"a key with spaces":              {secretsmanager.Key, "the key that signs links", "", "the key that signs links"},
		"nothing":                        {secretsmanager.Any, " \n", "is empty", "reading it"},
		"a webhook's, with spaces":       {secretsmanager.Any, "It's a Secret to Everybody", "", "It's a Secret to Everybody"},
	} {
		t.Run(name, func(t *testing.T) {
			id := strings.ReplaceAll(name, " ", "-")
			id = strings.NewReplacer("'", "", ",", "").Replace(id)
			if _, err := box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: &id, SecretString: &test.text}); err != nil {
				t.Fatal(err)
			}
			value, err := secretsmanager.New(box.Config(""), id, test.form, time.Now).Value(t.Context())
			if test.told == "" {
				if err != nil || value != test.secret {
					t.Errorf("%q, %v, want that it counts", value, err)
				}
				return
			}
			if !errors.Is(err, secretsmanager.ErrUnfit) || !secretsmanager.IsNotSetUp(err) || value != "" {
				t.Fatalf("%q, %v, want that it cannot be what is meant", value, err)
			}
			if said := err.Error(); !strings.Contains(said, test.told) || strings.Contains(said, test.secret) || !strings.Contains(said, "put-secret-value --secret-id "+id) {
				t.Errorf("it says %q, want %q and no word of what is in it", said, test.told)
			}
		})
	}
}

func TestBytesAreNoTextOfASecret(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	if _, err := box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: aws.String("bytes"), SecretBinary: []byte(key)}); err != nil {
		t.Fatal(err)
	}
	_, err = secretsmanager.New(box.Config(""), "bytes", secretsmanager.Any, time.Now).Value(t.Context())
	if !errors.Is(err, secretsmanager.ErrUnfit) || !strings.Contains(err.Error(), "holds 32 bytes (SecretBinary) and no text") {
		t.Errorf("it says %v", err)
	}
}

// A secret that was mended counts at once, whatever stood there before.
func TestSecretBeforeTheMendedOneCountsForNobody(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	name := aws.String("links")
	if _, err := box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: name, SecretString: aws.String("...")}); err != nil {
		t.Fatal(err)
	}
	if _, err := box.SecretsManager.PutSecretValue(t.Context(), &service.PutSecretValueInput{SecretId: name, SecretString: aws.String(key)}); err != nil {
		t.Fatal(err)
	}
	values, err := secretsmanager.NewPair(box.Config(""), *name, secretsmanager.Key, time.Now).Values(t.Context())
	if err != nil || len(values) != 1 || values[0] != key {
		t.Errorf("%q, %v, want the mended one alone", values, err)
	}
}
