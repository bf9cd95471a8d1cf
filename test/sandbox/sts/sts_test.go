package sts

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"

	"sluice/test/sandbox/wire"
)

var (
	home = wire.Home{Region: "us-east-1", Account: "123456789012"}
	role = "arn:aws:iam::123456789012:role/service-role/sluice-guard"
)

func issue(_, _ string) aws.Credentials {
	return aws.Credentials{AccessKeyID: "ASIAGUARD", SecretAccessKey: "secret", SessionToken: "token"}
}

func TestCallerIsRootOrTheRolesSession(t *testing.T) {
	s := New(Options{Home: home})
	person, err := s.GetCallerIdentity(t.Context(), &awssts.GetCallerIdentityInput{})
	if err != nil || *person.Arn != "arn:aws:iam::123456789012:user/you" || *person.Account != home.Account {
		t.Errorf("person is %+v, error %v", person, err)
	}
	guard, err := s.GetCallerIdentity(wire.WithCaller(t.Context(), role), &awssts.GetCallerIdentityInput{})
	if err != nil || *guard.Arn != "arn:aws:sts::123456789012:assumed-role/sluice-guard/sandbox" {
		t.Errorf("role is %+v, error %v", guard, err)
	}
}

func TestAssumeRoleGivesKeysThatExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Home: home, Issue: issue})
		out, err := s.AssumeRole(t.Context(), &awssts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("ci"), DurationSeconds: aws.Int32(900)})
		if err != nil {
			t.Fatal(err)
		}
		if *out.Credentials.AccessKeyId != "ASIAGUARD" || !out.Credentials.Expiration.Equal(time.Now().Add(15*time.Minute)) {
			t.Errorf("credentials %+v", out.Credentials)
		}
		if *out.AssumedRoleUser.Arn != "arn:aws:sts::123456789012:assumed-role/sluice-guard/ci" {
			t.Errorf("user %s", *out.AssumedRoleUser.Arn)
		}
	})
}

func TestAssumeRoleRefuses(t *testing.T) {
	s := New(Options{Home: home, Issue: issue})
	for name, in := range map[string]*awssts.AssumeRoleInput{
		"what is no role": {RoleArn: aws.String("arn:aws:iam::123456789012:user/u"), RoleSessionName: aws.String("ci")},
		"no session name": {RoleArn: &role},
		"a day":           {RoleArn: &role, RoleSessionName: aws.String("ci"), DurationSeconds: aws.Int32(86400)},
		"session policy":  {RoleArn: &role, RoleSessionName: aws.String("ci"), Policy: aws.String("{}")},
	} {
		if _, err := s.AssumeRole(t.Context(), in); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(Options{Home: home}).AssumeRole(t.Context(), &awssts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("ci")}); err == nil {
		t.Error("gave keys without being able to")
	}
}

func TestKeysOfARoleActAsTheRole(t *testing.T) {
	server := wire.NewServer(home, New(Options{Home: home, Issue: issue}).Wire())
	server.Keys = func(id string) (wire.Key, bool) {
		if id == "ASIAGUARD" {
			return wire.Key{Secret: "secret", PrincipalARN: role}, true
		}
		return wire.Key{Secret: "secret"}, id == "person"
	}
	client := func(key string) *awssts.Client {
		return awssts.New(awssts.Options{
			Region: home.Region, BaseEndpoint: aws.String("http://127.0.0.1:4566"), HTTPClient: wire.Client(server),
			Credentials: credentials.NewStaticCredentialsProvider(key, "secret", ""),
		})
	}
	out, err := client("person").AssumeRole(t.Context(), &awssts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("ci")})
	if err != nil {
		t.Fatal(err)
	}
	who, err := client(*out.Credentials.AccessKeyId).GetCallerIdentity(t.Context(), &awssts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != "arn:aws:sts::123456789012:assumed-role/sluice-guard/sandbox" {
		t.Errorf("caller %+v, error %v", who, err)
	}
}
