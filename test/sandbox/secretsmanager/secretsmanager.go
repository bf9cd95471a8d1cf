// Package secretsmanager is AWS Secrets Manager on one machine: secrets, their versions, and the staging labels that
// tell which version is current.
//
// A new value becomes AWSCURRENT, and what was current becomes AWSPREVIOUS. A deleted secret can be restored during its
// recovery window and cannot be read in it. Nothing is encrypted. Rotation, replication and resource policies are not
// implemented.
//
// Documentation followed: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html and
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html.
package secretsmanager

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"sluice/test/sandbox/wire"
)

// A Service is one account's Secrets Manager in one region.
type Service struct {
	home wire.Home

	mu      sync.Mutex
	secrets map[string]*secret // by name
}

// New makes a service without secrets.
func New(home wire.Home) *Service {
	return &Service{home: home, secrets: map[string]*secret{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "secretsmanager", Target: "secretsmanager", JSONVersion: "1.1", UpperCamel: true, EpochTimes: true,
		Impl: s, Scope: s.scope,
	}
}

// A secret is a name with versions.
type secret struct {
	name, arn               string
	description, key        *string
	tags                    []types.Tag
	versions                map[string]*version // by id
	created, changed        time.Time
	accessed                *time.Time
	deleteAt, deleteAskedAt *time.Time
}

// arn of a name. AWS adds six random characters; here they are a digest of the name, so that they can be foretold.
func (s *Service) arn(name string) string {
	sum := sha256.Sum256([]byte(name))
	suffix := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:6]
	return s.home.ARN("secretsmanager", "secret:"+name+"-"+suffix)
}

// find takes a name, an ARN, or an ARN without its last six characters; whoever asks sees deleted secrets too.
func (s *Service) find(id *string) (*secret, error) {
	name := aws.ToString(id)
	if rest, isARN := strings.CutPrefix(name, s.home.ARN("secretsmanager", "secret:")); isARN {
		name = rest
		if i := strings.LastIndexByte(rest, '-'); i >= 0 && s.arn(rest[:i]) == *id {
			name = rest[:i]
		}
	}
	sec := s.secrets[name]
	if sec != nil && sec.deleteAt != nil && !time.Now().Before(*sec.deleteAt) {
		delete(s.secrets, name)
		sec = nil
	}
	if sec == nil {
		return nil, notFound("Secrets Manager can't find the specified secret.")
	}
	return sec, nil
}

// living finds a secret that is not marked for deletion.
func (s *Service) living(id *string) (*secret, error) {
	sec, err := s.find(id)
	if err == nil && sec.deleteAt != nil {
		return nil, &types.InvalidRequestException{Message: aws.String("You can't perform this operation on the secret because it was marked for deletion.")}
	}
	return sec, err
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func invalid(format string, args ...any) error {
	return &types.InvalidParameterException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func (sec *secret) sortedVersions() []string { return slices.Sorted(maps.Keys(sec.versions)) }

// newID is a random UUID, version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
