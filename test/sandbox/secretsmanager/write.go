package secretsmanager

import (
	"context"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssecretsmanager "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"sluice/test/sandbox/wire"
)

var secretName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// CreateSecret makes a secret, with a first version if there is a value.
func (s *Service) CreateSecret(_ context.Context, in *awssecretsmanager.CreateSecretInput) (*awssecretsmanager.CreateSecretOutput, error) {
	name := aws.ToString(in.Name)
	if !secretName.MatchString(name) {
		return nil, invalid("Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
	}
	if len(in.AddReplicaRegions) > 0 || in.Type != nil {
		return nil, wire.NotImplemented("CreateSecret with AddReplicaRegions or Type")
	}
	v, err := newVersion(in.SecretString, in.SecretBinary)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, err := s.find(in.Name); err == nil {
		return s.createAgain(old, in, v)
	}
	now := time.Now()
	sec := &secret{
		name: name, arn: s.arn(name), description: in.Description, key: in.KmsKeyId, tags: in.Tags,
		versions: map[string]*version{}, created: now, changed: now,
	}
	out := &awssecretsmanager.CreateSecretOutput{ARN: &sec.arn, Name: &sec.name}
	if v != nil {
		id, err := sec.add(in.ClientRequestToken, v, nil)
		if err != nil {
			return nil, err
		}
		out.VersionId = &id
	}
	s.secrets[name] = sec
	return out, nil
}

// createAgain succeeds when it is the same request once more.
func (s *Service) createAgain(sec *secret, in *awssecretsmanager.CreateSecretInput, v *version) (*awssecretsmanager.CreateSecretOutput, error) {
	if sec.deleteAt != nil {
		return nil, &types.InvalidRequestException{Message: aws.String("You can't create this secret because a secret with this name is already scheduled for deletion.")}
	}
	if old := sec.versions[aws.ToString(in.ClientRequestToken)]; old != nil && v != nil && old.equal(v) {
		return &awssecretsmanager.CreateSecretOutput{ARN: &sec.arn, Name: &sec.name, VersionId: in.ClientRequestToken}, nil
	}
	return nil, &types.ResourceExistsException{Message: aws.String("The operation failed because the secret " + sec.name + " already exists.")}
}

// PutSecretValue adds a version, which becomes current unless other stages are named.
func (s *Service) PutSecretValue(_ context.Context, in *awssecretsmanager.PutSecretValueInput) (*awssecretsmanager.PutSecretValueOutput, error) {
	v, err := newVersion(in.SecretString, in.SecretBinary)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, invalid("You must provide either SecretString or SecretBinary.")
	}
	if in.RotationToken != nil {
		return nil, wire.NotImplemented("PutSecretValue with RotationToken")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sec, err := s.living(in.SecretId)
	if err != nil {
		return nil, err
	}
	id, err := sec.add(in.ClientRequestToken, v, in.VersionStages)
	if err != nil {
		return nil, err
	}
	return &awssecretsmanager.PutSecretValueOutput{
		ARN: &sec.arn, Name: &sec.name, VersionId: &id, VersionStages: sec.stages()[id],
	}, nil
}

// UpdateSecret changes what is said about a secret and, if there is one, its value.
func (s *Service) UpdateSecret(_ context.Context, in *awssecretsmanager.UpdateSecretInput) (*awssecretsmanager.UpdateSecretOutput, error) {
	if in.Type != nil {
		return nil, wire.NotImplemented("UpdateSecret with Type")
	}
	v, err := newVersion(in.SecretString, in.SecretBinary)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sec, err := s.living(in.SecretId)
	if err != nil {
		return nil, err
	}
	out := &awssecretsmanager.UpdateSecretOutput{ARN: &sec.arn, Name: &sec.name}
	if v != nil {
		id, err := sec.add(in.ClientRequestToken, v, nil)
		if err != nil {
			return nil, err
		}
		out.VersionId = &id
	}
	if in.Description != nil {
		sec.description = in.Description
	}
	if in.KmsKeyId != nil {
		sec.key = in.KmsKeyId
	}
	sec.changed = time.Now()
	return out, nil
}

// DeleteSecret marks a secret for deletion after its recovery window, or removes it at once when forced.
func (s *Service) DeleteSecret(_ context.Context, in *awssecretsmanager.DeleteSecretInput) (*awssecretsmanager.DeleteSecretOutput, error) {
	force := aws.ToBool(in.ForceDeleteWithoutRecovery)
	if force && in.RecoveryWindowInDays != nil {
		return nil, invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
	}
	days := int64(30)
	if in.RecoveryWindowInDays != nil {
		days = *in.RecoveryWindowInDays
	}
	if days < 7 || days > 30 {
		return nil, invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sec, err := s.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if force {
		delete(s.secrets, sec.name)
		return &awssecretsmanager.DeleteSecretOutput{ARN: &sec.arn, Name: &sec.name, DeletionDate: &now}, nil
	}
	if sec.deleteAt != nil {
		return nil, &types.InvalidRequestException{Message: aws.String("You can't perform this operation on the secret because it was already scheduled for deletion.")}
	}
	sec.deleteAskedAt, sec.deleteAt = &now, aws.Time(now.AddDate(0, 0, int(days)))
	return &awssecretsmanager.DeleteSecretOutput{ARN: &sec.arn, Name: &sec.name, DeletionDate: sec.deleteAt}, nil
}

// RestoreSecret takes back a deletion within the recovery window.
func (s *Service) RestoreSecret(_ context.Context, in *awssecretsmanager.RestoreSecretInput) (*awssecretsmanager.RestoreSecretOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sec, err := s.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	sec.deleteAskedAt, sec.deleteAt = nil, nil
	return &awssecretsmanager.RestoreSecretOutput{ARN: &sec.arn, Name: &sec.name}, nil
}
