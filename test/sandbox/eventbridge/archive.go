package eventbridge

import (
	"context"
	"regexp"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/eventbridge/pattern"
	"sluice/test/sandbox/wire"
)

// An archive keeps the events of a bus that match its pattern.
type archive struct {
	name, arn, busARN, description, patternSource string
	pattern                                       *pattern.Pattern // nil: all events
	retention                                     int32            // days; 0: for ever
	created                                       time.Time

	mu   sync.Mutex
	kept []*message
}

var archiveName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,48}$`)

// CreateArchive begins to keep the events of a bus; it is ready at once.
func (s *Service) CreateArchive(_ context.Context, in *awseventbridge.CreateArchiveInput) (*awseventbridge.CreateArchiveOutput, error) {
	name := aws.ToString(in.ArchiveName)
	if !archiveName.MatchString(name) {
		return nil, wire.Validation("Parameter ArchiveName is not valid. Reason: %q must match %s", name, archiveName)
	}
	if in.KmsKeyIdentifier != nil {
		return nil, wire.NotImplemented("CreateArchive with KmsKeyIdentifier")
	}
	a := &archive{
		name: name, arn: s.options.Home.ARN("events", "archive/"+name), description: aws.ToString(in.Description),
		patternSource: aws.ToString(in.EventPattern), retention: aws.ToInt32(in.RetentionDays), created: time.Now(),
	}
	var err error
	if a.patternSource != "" {
		if a.pattern, err = compile(a.patternSource); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.busOf(in.EventSourceArn)
	if err != nil {
		return nil, err
	}
	if s.archives[name] != nil {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("Archive " + name + " already exists.")}
	}
	a.busARN = b.arn
	s.archives[name] = a
	return &awseventbridge.CreateArchiveOutput{ArchiveArn: &a.arn, CreationTime: &a.created, State: types.ArchiveStateEnabled}, nil
}

// archivesOf finds the archives that a message belongs in. Replayed events are not archived again.
func (s *Service) archivesOf(b *bus, m *message) []*archive {
	if m.event.ReplayName != "" {
		return nil
	}
	var into []*archive
	for _, a := range s.archives {
		if a.busARN == b.arn && (a.pattern == nil || a.pattern.Match(m.tree)) {
			into = append(into, a)
		}
	}
	return into
}

func (a *archive) keep(m *message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = append(a.kept, m)
}

// content is what is kept now, after what is past its retention has gone.
func (a *archive) content() []*message {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.retention > 0 {
		oldest := time.Now().AddDate(0, 0, -int(a.retention))
		for len(a.kept) > 0 && a.kept[0].received.Before(oldest) {
			a.kept = a.kept[1:]
		}
	}
	return a.kept[:len(a.kept):len(a.kept)]
}

func (a *archive) shown() types.Archive {
	kept := a.content()
	size := 0
	for _, m := range kept {
		size += len(m.body())
	}
	return types.Archive{
		ArchiveName: &a.name, EventSourceArn: &a.busARN, CreationTime: &a.created, RetentionDays: &a.retention,
		EventCount: int64(len(kept)), SizeBytes: int64(size), State: types.ArchiveStateEnabled,
	}
}

func (s *Service) archiveOf(name *string) (*archive, error) {
	if a := s.archives[aws.ToString(name)]; a != nil {
		return a, nil
	}
	return nil, notFound("Archive %s does not exist.", aws.ToString(name))
}

// DescribeArchive tells what an archive keeps, and how much of it.
func (s *Service) DescribeArchive(_ context.Context, in *awseventbridge.DescribeArchiveInput) (*awseventbridge.DescribeArchiveOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, err := s.archiveOf(in.ArchiveName)
	if err != nil {
		return nil, err
	}
	shown := a.shown()
	return &awseventbridge.DescribeArchiveOutput{
		ArchiveArn: &a.arn, ArchiveName: &a.name, EventSourceArn: &a.busARN, Description: optional(a.description),
		EventPattern: optional(a.patternSource), RetentionDays: &a.retention, CreationTime: &a.created,
		EventCount: shown.EventCount, SizeBytes: shown.SizeBytes, State: shown.State,
	}, nil
}

// ListArchives lists the archives by name.
func (s *Service) ListArchives(_ context.Context, in *awseventbridge.ListArchivesInput) (*awseventbridge.ListArchivesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var archives []types.Archive
	for _, a := range sorted(s.archives, in.NamePrefix) {
		if in.EventSourceArn == nil || a.busARN == *in.EventSourceArn {
			archives = append(archives, a.shown())
		}
	}
	shown, next, err := page(archives, in.Limit, in.NextToken)
	return &awseventbridge.ListArchivesOutput{Archives: shown, NextToken: next}, err
}

// DeleteArchive forgets an archive and what it keeps.
func (s *Service) DeleteArchive(_ context.Context, in *awseventbridge.DeleteArchiveInput) (*awseventbridge.DeleteArchiveOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.archiveOf(in.ArchiveName)
	if err != nil {
		return nil, err
	}
	delete(s.archives, a.name)
	return &awseventbridge.DeleteArchiveOutput{}, nil
}
