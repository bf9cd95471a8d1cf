package secretsmanager

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssecretsmanager "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A vault is a service for one test, with a secret "slack" whose value is "one".
type vault struct {
	t *testing.T
	*Service
	arn string
}

func newVault(t *testing.T) *vault {
	v := &vault{t: t, Service: New(home)}
	out, err := v.CreateSecret(t.Context(), &awssecretsmanager.CreateSecretInput{Name: aws.String("slack"), SecretString: aws.String("one")})
	if err != nil {
		t.Fatal(err)
	}
	v.arn = *out.ARN
	return v
}

func (v *vault) get(id string, stage ...string) (*awssecretsmanager.GetSecretValueOutput, error) {
	in := &awssecretsmanager.GetSecretValueInput{SecretId: &id}
	if len(stage) > 0 {
		in.VersionStage = &stage[0]
	}
	return v.GetSecretValue(v.t.Context(), in)
}

func (v *vault) put(value string, token *string, stages ...string) error {
	_, err := v.PutSecretValue(v.t.Context(), &awssecretsmanager.PutSecretValueInput{
		SecretId: aws.String("slack"), SecretString: &value, ClientRequestToken: token, VersionStages: stages,
	})
	return err
}

func (v *vault) expect(want string, stage ...string) {
	v.t.Helper()
	got, err := v.get("slack", stage...)
	if err != nil || *got.SecretString != want {
		v.t.Errorf("value %+v of %v, error %v, want %q", got, stage, err, want)
	}
}

func TestNewValueBecomesCurrentAndTheOldOnePrevious(t *testing.T) {
	v := newVault(t)
	v.expect("one")
	for _, value := range []string{"two", "three"} {
		if err := v.put(value, nil); err != nil {
			t.Fatal(err)
		}
	}
	v.expect("three", "AWSCURRENT")
	v.expect("two", "AWSPREVIOUS")
	described, err := v.DescribeSecret(t.Context(), &awssecretsmanager.DescribeSecretInput{SecretId: aws.String("slack")})
	if err != nil || len(described.VersionIdsToStages) != 2 {
		t.Errorf("versions %v, error %v, want the two that have a stage", described.VersionIdsToStages, err)
	}
}

func TestPendingValueDoesNotDisturbTheCurrentOne(t *testing.T) {
	v := newVault(t)
	if err := v.put("next", nil, "AWSPENDING"); err != nil {
		t.Fatal(err)
	}
	v.expect("one")
	v.expect("next", "AWSPENDING")
	var missing *types.ResourceNotFoundException
	if _, err := v.get("slack", "AWSPREVIOUS"); !errors.As(err, &missing) {
		t.Errorf("error %v, want ResourceNotFoundException", err)
	}
}

func TestSameTokenPutsOnce(t *testing.T) {
	v := newVault(t)
	token := aws.String(strings.Repeat("t", 32))
	for range 2 {
		if err := v.put("two", token); err != nil {
			t.Fatal(err)
		}
	}
	v.expect("one", "AWSPREVIOUS")
	var exists *types.ResourceExistsException
	if err := v.put("three", token); !errors.As(err, &exists) {
		t.Errorf("error %v, want ResourceExistsException", err)
	}
}

func TestSecretIsFoundByNameAndARN(t *testing.T) {
	v := newVault(t)
	if !strings.HasPrefix(v.arn, home.ARN("secretsmanager", "secret:slack-")) || len(v.arn) != len(home.ARN("secretsmanager", "secret:slack-"))+6 {
		t.Errorf("ARN %s, want six characters after the name", v.arn)
	}
	for _, id := range []string{"slack", v.arn, strings.TrimSuffix(v.arn, v.arn[len(v.arn)-7:])} {
		if got, err := v.get(id); err != nil || *got.ARN != v.arn {
			t.Errorf("%s: %+v, error %v", id, got, err)
		}
	}
}

func TestDeletedSecretCanBeRestoredDuringItsWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVault(t)
		id := aws.String("slack")
		remove := func() {
			if _, err := v.DeleteSecret(t.Context(), &awssecretsmanager.DeleteSecretInput{SecretId: id, RecoveryWindowInDays: aws.Int64(7)}); err != nil {
				t.Fatal(err)
			}
		}
		remove()
		var marked *types.InvalidRequestException
		if _, err := v.get("slack"); !errors.As(err, &marked) {
			t.Errorf("error %v, want InvalidRequestException", err)
		}
		if list, err := v.ListSecrets(t.Context(), &awssecretsmanager.ListSecretsInput{}); err != nil || len(list.SecretList) != 0 {
			t.Errorf("listed %v, error %v", list, err)
		}
		time.Sleep(6 * 24 * time.Hour)
		if _, err := v.RestoreSecret(t.Context(), &awssecretsmanager.RestoreSecretInput{SecretId: id}); err != nil {
			t.Fatal(err)
		}
		v.expect("one")
		remove()
		time.Sleep(7 * 24 * time.Hour)
		var gone *types.ResourceNotFoundException
		if _, err := v.get("slack"); !errors.As(err, &gone) {
			t.Errorf("error %v, want ResourceNotFoundException", err)
		}
	})
}

func TestForcedDeletionFreesTheName(t *testing.T) {
	v := newVault(t)
	if _, err := v.DeleteSecret(t.Context(), &awssecretsmanager.DeleteSecretInput{SecretId: &v.arn, ForceDeleteWithoutRecovery: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.CreateSecret(t.Context(), &awssecretsmanager.CreateSecretInput{Name: aws.String("slack"), SecretBinary: []byte("b")}); err != nil {
		t.Errorf("the name is not free: %v", err)
	}
}

func TestUpdateSecretChangesDescriptionAndValue(t *testing.T) {
	v := newVault(t)
	out, err := v.UpdateSecret(t.Context(), &awssecretsmanager.UpdateSecretInput{SecretId: &v.arn, Description: aws.String("for people")})
	if err != nil || out.VersionId != nil {
		t.Errorf("answer %+v, error %v, want no new version", out, err)
	}
	if _, err := v.UpdateSecret(t.Context(), &awssecretsmanager.UpdateSecretInput{SecretId: &v.arn, SecretString: aws.String("two")}); err != nil {
		t.Fatal(err)
	}
	v.expect("two")
	list, err := v.ListSecrets(t.Context(), &awssecretsmanager.ListSecretsInput{Filters: []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{"sl"}}}})
	if err != nil || len(list.SecretList) != 1 || *list.SecretList[0].Description != "for people" {
		t.Errorf("listed %+v, error %v", list, err)
	}
}

func TestSecretsManagerRefusesValuesAndNames(t *testing.T) {
	v := newVault(t)
	create := func(in *awssecretsmanager.CreateSecretInput) error {
		_, err := v.CreateSecret(t.Context(), in)
		return err
	}
	for name, err := range map[string]error{
		"name":       create(&awssecretsmanager.CreateSecretInput{Name: aws.String("a b")}),
		"twice":      create(&awssecretsmanager.CreateSecretInput{Name: aws.String("slack"), SecretString: aws.String("x")}),
		"two values": create(&awssecretsmanager.CreateSecretInput{Name: aws.String("x"), SecretString: aws.String("x"), SecretBinary: []byte("x")}),
		"64 KiB":     v.put(strings.Repeat("x", 65537), nil),
		"token":      v.put("x", aws.String("short")),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestScopeIsTheWholeARN(t *testing.T) {
	v := newVault(t)
	got := v.scope("GetSecretValue", &awssecretsmanager.GetSecretValueInput{SecretId: aws.String("slack")})
	if want := []wire.Grant{{Action: "secretsmanager:GetSecretValue", Resource: v.arn}}; !reflect.DeepEqual(got, want) {
		t.Errorf("grants %v, want %v", got, want)
	}
}

// AWS adds the six characters when a secret is made: a name that nobody has used yet has none.
func TestScopeOfANameWithoutASecretIsTheBareName(t *testing.T) {
	v := newVault(t)
	got := v.scope("GetSecretValue", &awssecretsmanager.GetSecretValueInput{SecretId: aws.String("nobody-made")})
	if len(got) != 1 || got[0].Action != "secretsmanager:GetSecretValue" || got[0].Resource != home.ARN("secretsmanager", "secret:nobody-made") {
		t.Errorf("grants %v, want the bare name", got)
	}
}
