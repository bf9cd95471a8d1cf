package eventbridge

import (
	"context"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

var archiveName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,48}$`)

// CreateArchive checks what an archive is made of, and takes its name. Nothing reads archived events here, so none is kept.
func (s *Service) CreateArchive(_ context.Context, in *awseventbridge.CreateArchiveInput) (*awseventbridge.CreateArchiveOutput, error) {
	name := aws.ToString(in.ArchiveName)
	if !archiveName.MatchString(name) {
		return nil, wire.Validation("Parameter ArchiveName is not valid. Reason: %q must match %s", name, archiveName)
	}
	if in.KmsKeyIdentifier != nil {
		return nil, wire.NotImplemented("CreateArchive with KmsKeyIdentifier")
	}
	if in.EventPattern != nil {
		if _, err := compile(*in.EventPattern); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.busOf(in.EventSourceArn); err != nil {
		return nil, err
	}
	if s.archives[name] {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("Archive " + name + " already exists.")}
	}
	s.archives[name] = true
	return &awseventbridge.CreateArchiveOutput{
		ArchiveArn: aws.String(s.options.Home.ARN("events", "archive/"+name)), CreationTime: aws.Time(time.Now()), State: types.ArchiveStateEnabled,
	}, nil
}
