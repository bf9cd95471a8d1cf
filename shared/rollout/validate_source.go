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
	found.check(!s.Published || d.Target.Spec() == nil || d.Target.Publishes() != "", "source.published", "nothing that is published becomes a revision of "+an(d.Target.Facts().Title), "leave it out; for images of ECR, name target.albRule.images")
	oneOf(found, "source.whenPushed", s.WhenPushed, Newest, Every)
	oneOf(found, "source.whenSkipped", s.WhenSkipped, SkipSkipped, ReleaseSkipped)
	oneOf(found, "source.whenUnknownAuthor", s.WhenUnknownAuthor, RejectUnknown, AllowUnknown)
	s.validateRepository(found, d.Approvals)
	if s.S3 != nil {
		found.check(bucketName.MatchString(s.S3.Bucket), "source.s3.bucket", fmt.Sprintf("%.60q is not a bucket's name", s.S3.Bucket), "write the name alone, without s3:// and key")
		found.check(s.S3.Key != "" && len(s.S3.Key) <= 200, "source.s3.key", "this does not say which objects", "write a pattern of at most 200 characters, such as checkout/*.zip")
		found.check(s.S3.KMSKey == "" || kmsKey.MatchString(s.S3.KMSKey), "source.s3.kmsKey", fmt.Sprintf("%.100q is not the ARN of a key", s.S3.KMSKey),
			"write the key's own ARN, not an alias: IAM allows keys, such as arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab")
	}
}

func (s Source) validateRepository(found *problems, approvals []Approval) {
	if s.Repository == "" {
		found.check(len(s.Branches)+len(s.Tags)+len(s.Paths)+len(s.Workflow) == 0 && s.Build == nil, "source", "branches, tags, paths, workflow and build belong to a repository", "name the repository, or leave them out")
		return
	}
	if wrong := repositoryWrong(s.Repository); wrong != "" {
		remedy := "write it with its host, such as github/acme/checkout (github, gitlab, bitbucket or codecommit)"
		if right := repositoryForm(s.Repository); right != "" {
			remedy = "write " + right
		}
		found.add("source.repository", fmt.Sprintf("%.60q matches nothing: %s", s.Repository, wrong), remedy)
	}
	s.validateBuild(found, approvals)
	found.check(s.Workflow == "" || strings.HasPrefix(s.Repository, "github/"), "source.workflow", "workflows are known of GitHub alone", "leave it out: the push is released")
	found.check(len(s.Workflow) <= 200, "source.workflow", "the name is too long", "write the workflow's name as GitHub shows it")
	for _, named := range []struct {
		name     string
		patterns []string
		forms    []form
	}{{"branches", s.Branches, refForms}, {"tags", s.Tags, refForms}, {"paths", s.Paths, pathForms}} {
		found.patterns("source."+named.name, named.patterns, named.forms)
	}
}

// patterns reports the patterns that would match nothing, each with its right form.
func (p *problems) patterns(at string, patterns []string, forms []form) {
	p.check(len(patterns) <= 50, at, fmt.Sprintf("%d patterns are too many", len(patterns)), "write at most 50")
	for i, pattern := range patterns {
		if wrong, remedy := formOf(pattern, forms); wrong != "" {
			p.add(fmt.Sprintf("%s[%d]", at, i), wrong, remedy)
		}
	}
	out := func(pattern string) bool { return strings.HasPrefix(pattern, "!") }
	p.check(len(patterns) == 0 || !out(patterns[0]), at+"[0]", "there is nothing yet that it could take out", `write what counts before it, such as "**"`)
}
