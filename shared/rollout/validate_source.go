package rollout

import (
	"fmt"
	"strings"
)

const (
	repositoryName expression = `^(github|gitlab|bitbucket|codecommit)(/[A-Za-z0-9_.~-]+)+$`
	projectName    expression = `^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$`
	bucketName     expression = `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	kmsKey         expression = `^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`
)

func (d Definition) validateSource(found *problems) {
	s := d.Source
	if s == nil {
		return
	}
	kinds := 0
	for _, given := range []bool{s.Repository != "", s.S3 != nil, s.Published} {
		if given {
			kinds++
		}
	}
	found.check(kinds == 1, "source", fmt.Sprintf("%d sources are given", kinds), "write exactly one of repository, s3 and published: true")
	oneOf(found, "source.whenPushed", s.WhenPushed, Newest, Every)
	oneOf(found, "source.whenUnknownAuthor", s.WhenUnknownAuthor, RejectUnknown, AllowUnknown)
	s.validateRepository(found)
	if s.S3 != nil {
		found.check(bucketName.MatchString(s.S3.Bucket), "source.s3.bucket", fmt.Sprintf("%.60q is not a bucket's name", s.S3.Bucket), "write the name alone, without s3:// and key")
		found.check(s.S3.Key != "" && len(s.S3.Key) <= 200, "source.s3.key", "this does not say which objects", "write a pattern of at most 200 characters, such as checkout/*.zip")
		found.check(s.S3.KMSKey == "" || kmsKey.MatchString(s.S3.KMSKey), "source.s3.kmsKey", fmt.Sprintf("%.100q is not the ARN of a key", s.S3.KMSKey),
			"write the key's own ARN, not an alias: IAM allows keys, such as arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab")
	}
}

func (s Source) validateRepository(found *problems) {
	if s.Repository == "" {
		found.check(len(s.Branches)+len(s.Tags)+len(s.Paths) == 0 && s.Build == nil, "source", "branches, tags, paths and build belong to a repository", "name the repository, or leave them out")
		return
	}
	found.check(repositoryName.MatchString(s.Repository), "source.repository", fmt.Sprintf("%.60q is not a repository", s.Repository),
		"write it with its host, such as github/acme/checkout (github, gitlab, bitbucket or codecommit)")
	found.check(s.Build != nil, "source.build", "nothing makes a revision of a commit", "name the CodeBuild project that does, such as {codeBuild: checkout}; a pipeline that publishes versions wants source: {published: true}")
	if s.Build != nil {
		found.check(projectName.MatchString(s.Build.CodeBuild), "source.build.codeBuild", fmt.Sprintf("%.60q is not a project's name", s.Build.CodeBuild), "write the CodeBuild project's name alone, without ARN")
		found.check(s.Build.Within == 0 || s.Build.Within.Std() >= minute, "source.build.within", s.Build.Within.String()+" is too short for a build", "write 1m or more")
		found.between("source.build.within", s.Build.Within, 0, 8*hour)
	}
	for name, patterns := range map[string][]string{"branches": s.Branches, "tags": s.Tags, "paths": s.Paths} {
		found.check(len(patterns) <= 50, "source."+name, fmt.Sprintf("%d patterns are too many", len(patterns)), "write at most 50")
		for i, p := range patterns {
			found.check(p != "" && len(p) <= 200 && !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "refs/"), fmt.Sprintf("source.%s[%d]", name, i), fmt.Sprintf("%.60q matches nothing", p),
				"write a pattern from the root on, such as main, release/* or services/checkout/**")
		}
	}
}
