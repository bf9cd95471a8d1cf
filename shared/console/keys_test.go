package console_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/console"
	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
	"sluice/test/sandbox"
)

// The key decides what a pass may be, not the pass.
func TestPassOfOneSortIsNotOpenedByTheKeyOfTheOther(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	secret := func(name, key string) *secretsmanager.Pair {
		if _, err := box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: aws.String(name), SecretString: &key}); err != nil {
			t.Fatal(err)
		}
		return secretsmanager.NewPair(box.Config(""), name, secretsmanager.Any, time.Now)
	}
	look, people := secret("links", "looking"), secret("people", "naming")
	none := secretsmanager.NewPair(box.Config(""), "none", secretsmanager.Any, time.Now)
	until := time.Now().Add(time.Hour).Unix()
	looks, grace := pass.Pass{ID: "1", Until: until}, pass.Pass{ID: "1", How: "mail", By: "grace@example.com", Until: until}
	for name, test := range map[string]struct {
		keys *console.Keys
		p    pass.Pass
		key  string
		want error
	}{
		"looks, by its key":                     {console.NewKeys(look, people, time.Now), looks, "looking", nil},
		"names, by its key":                     {console.NewKeys(look, people, time.Now), grace, "naming", nil},
		"names, by the key for looking":         {console.NewKeys(look, people, time.Now), grace, "looking", pass.Forged},
		"names a way alone":                     {console.NewKeys(look, people, time.Now), pass.Pass{How: "mail", Until: until}, "looking", pass.Forged},
		"looks, by the key of people":           {console.NewKeys(look, people, time.Now), looks, "naming", pass.Forged},
		"names, while people have no key":       {console.NewKeys(look, none, time.Now), grace, "looking", secretsmanager.ErrMissing},
		"names, while nobody may look":          {console.NewKeys(none, people, time.Now), grace, "naming", nil},
		"names, while both secrets are the one": {console.NewKeys(look, look, time.Now), grace, "looking", secretsmanager.ErrMissing},
	} {
		for _, kind := range []pass.Kind{pass.Link, pass.Session, pass.Form} {
			if p, err := test.keys.Open(t.Context(), kind, pass.Sign(kind, test.p, []string{test.key})); !errors.Is(err, test.want) || err == nil && p.By != test.p.By {
				t.Errorf("%s, as a %s: %+v, %v, want %v", name, kind, p, err, test.want)
			}
		}
	}
}

// Whoever makes links has read the new key already, and the person at the link would be told that it is forged.
func TestLinkOpensThoughItsKeyIsNewerThanTheOneThatIsKnown(t *testing.T) {
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	now := time.Now()
	clock := func() time.Time { return now }
	secret := func(name, key string) *secretsmanager.Pair {
		if _, err := box.SecretsManager.CreateSecret(t.Context(), &service.CreateSecretInput{Name: aws.String(name), SecretString: &key}); err != nil {
			t.Fatal(err)
		}
		return secretsmanager.NewPair(box.Config(""), name, secretsmanager.Any, clock)
	}
	keys := console.NewKeys(secret("links", "looking"), secret("people", "naming"), clock)
	until := now.Add(time.Hour).Unix()
	for name, p := range map[string]pass.Pass{"links": {ID: "1", Until: until}, "people": {ID: "1", How: "mail", By: "grace@example.com", Until: until}} {
		if _, err := keys.Sign(t.Context(), pass.Link, p); err != nil {
			t.Fatal(err)
		}
		if _, err := box.SecretsManager.PutSecretValue(t.Context(), &service.PutSecretValueInput{SecretId: aws.String(name), SecretString: aws.String("new " + name)}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(10 * time.Second)
		if _, err := keys.Open(t.Context(), pass.Link, pass.Sign(pass.Link, p, []string{"new " + name})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := keys.Open(t.Context(), pass.Link, pass.Sign(pass.Link, p, []string{"guessed"})); !errors.Is(err, pass.Forged) {
			t.Errorf("%s: a guessed one: %v", name, err)
		}
	}
}
