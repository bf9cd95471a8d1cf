// Package sts is AWS STS on one machine: it tells callers who they are, and lets them take on a role.
//
// Who calls is known from the access key id of the request (wire.Caller); the person at the keyboard has none and is
// the IAM user "you". The keys of a role come from Options.Issue, so that whoever enforces permissions knows them.
//
// Documentation followed: https://docs.aws.amazon.com/STS/latest/APIReference/Welcome.html.
package sts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home wire.Home

	// Issue gives what a role signs with. Nil: AssumeRole is refused.
	Issue func(roleARN, session string) aws.Credentials
}

// A Service is one account's STS. It keeps nothing.
type Service struct{ options Options }

// New makes a service.
func New(o Options) *Service { return &Service{o} }

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "sts", QueryVersion: "2011-06-15", XMLNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Impl: s, Scope: s.scope,
	}
}

// GetCallerIdentity tells the caller's ARN, for a role that of its session.
func (s *Service) GetCallerIdentity(ctx context.Context, _ *awssts.GetCallerIdentityInput) (*awssts.GetCallerIdentityOutput, error) {
	account := s.options.Home.Account
	arn, user := Identity(s.options.Home, wire.Caller(ctx), "sandbox")
	return &awssts.GetCallerIdentityOutput{Account: &account, Arn: &arn, UserId: &user}, nil
}

// Identity is how a caller appears in their own account, by ARN and unique id; no ARN is the person at the keyboard
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable).
func Identity(home wire.Home, callerARN, session string) (arn, userID string) {
	if callerARN == "" {
		return home.Global("iam", "user/you"), "AIDASANDBOXYOU"
	}
	user := (&Service{Options{Home: home}}).session(callerARN, session)
	return aws.ToString(user.Arn), aws.ToString(user.AssumedRoleId)
}

// session is how a role appears once it is taken on: without the role's path, with the session's name. A caller that
// is no role appears as itself.
func (s *Service) session(roleARN, name string) types.AssumedRoleUser {
	_, role, isRole := strings.Cut(roleARN, ":role/")
	if !isRole {
		return types.AssumedRoleUser{Arn: &roleARN, AssumedRoleId: aws.String(uniqueID(roleARN))}
	}
	role = role[strings.LastIndexByte(role, '/')+1:]
	return types.AssumedRoleUser{
		Arn:           aws.String(s.options.Home.Global("sts", "assumed-role/"+role+"/"+name)),
		AssumedRoleId: aws.String(uniqueID(roleARN) + ":" + name),
	}
}

// uniqueID has the look of a role's id, and is the same for the same role.
func uniqueID(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return "AROA" + strings.ToUpper(hex.EncodeToString(sum[:]))[:17]
}

var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// AssumeRole gives keys for a role. Whether the role trusts the caller is not checked here.
func (s *Service) AssumeRole(_ context.Context, in *awssts.AssumeRoleInput) (*awssts.AssumeRoleOutput, error) {
	role, name := aws.ToString(in.RoleArn), aws.ToString(in.RoleSessionName)
	if !strings.HasPrefix(role, "arn:"+s.options.Home.Partition()+":iam::") || !strings.Contains(role, ":role/") {
		return nil, invalid("%s is invalid", role)
	}
	if !sessionName.MatchString(name) {
		return nil, invalid("Value '%s' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", name, sessionName)
	}
	if s.options.Issue == nil || in.Policy != nil || len(in.PolicyArns) > 0 || in.SerialNumber != nil || len(in.ProvidedContexts) > 0 {
		return nil, wire.NotImplemented("AssumeRole with session policies, MFA or contexts")
	}
	seconds := aws.ToInt32(in.DurationSeconds)
	if in.DurationSeconds == nil {
		seconds = 3600
	}
	if seconds < 900 || seconds > 43200 {
		return nil, invalid("Value '%d' at 'durationSeconds' failed to satisfy constraint: Member must be between 900 and 43200", seconds)
	}
	user, keys := s.session(role, name), s.options.Issue(role, name)
	return &awssts.AssumeRoleOutput{
		AssumedRoleUser: &user, SourceIdentity: in.SourceIdentity,
		Credentials: &types.Credentials{
			AccessKeyId: &keys.AccessKeyID, SecretAccessKey: &keys.SecretAccessKey, SessionToken: &keys.SessionToken,
			Expiration: aws.Time(time.Now().Add(time.Duration(seconds) * time.Second).UTC()),
		},
	}, nil
}

// invalid is STS's own code for a bad parameter, which it shares with the other services of the query protocol.
func invalid(format string, args ...any) error {
	return &wire.Error{Code: "ValidationError", Message: fmt.Sprintf(format, args...)}
}

// scope: everybody may ask who they are, "no permissions are required to perform this operation"
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	if assume, ok := in.(*awssts.AssumeRoleInput); ok {
		return []wire.Grant{{Action: "sts:" + operation, Resource: aws.ToString(assume.RoleArn)}}
	}
	return nil
}
