package lambda

import (
	"context"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
)

// PublishVersion makes an immutable version of $LATEST. When neither code nor configuration has changed since the last
// one, it makes none and answers with that one (https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html).
func (s *Service) PublishVersion(_ context.Context, in *awslambda.PublishVersionInput) (*awslambda.PublishVersionOutput, error) {
	if in.PublishTo != "" {
		return nil, missing("PublishTo")
	}
	v, err := s.publishLatest(in)
	if err != nil {
		return nil, err
	}
	return as[awslambda.PublishVersionOutput](v.config), nil
}

func (s *Service) publishLatest(in *awslambda.PublishVersionInput) (*version, error) {
	ref, err := s.refer(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	now := f.latest.config
	if in.RevisionId != nil && *in.RevisionId != *now.RevisionId {
		return nil, stale()
	}
	if in.CodeSha256 != nil && *in.CodeSha256 != *now.CodeSha256 {
		return nil, invalid("CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). "+
			"Please try again with the CodeSHA256 in $LATEST.", *in.CodeSha256, *now.CodeSha256)
	}
	if last := f.newest(); last != nil && last.same(f.latest) {
		return last, nil
	}
	return s.publish(f, in.Description), nil
}

// newest is the version published last, if it still exists.
func (f *function) newest() *version {
	if len(f.versions) == 0 {
		return nil
	}
	return f.versions[len(f.versions)-1]
}

// same tells whether two versions have equal code and configuration.
func (v *version) same(w *version) bool {
	return *v.config.CodeSha256 == *w.config.CodeSha256 && *v.config.ConfigSha256 == *w.config.ConfigSha256
}
