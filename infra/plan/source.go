package plan

import (
	"fmt"
	"strings"

	"sluice/shared/rollout"
)

// source says what is released without anybody asking, and which pushes are not.
func source(d rollout.Definition) [][2]string {
	s := d.Source
	switch {
	case s == nil:
		return [][2]string{{"Source", "none: a release is asked for, by release.requested"}}
	case s.S3 != nil:
		return [][2]string{{"Source", fmt.Sprintf("objects s3://%s/%s, each published as a version", s.S3.Bucket, s.S3.Key)}}
	case s.Published && d.Target.LambdaAlias == nil:
		return [][2]string{{"Source", "every image that somebody pushes to " + strings.TrimPrefix(d.Target.Publishes(), "ecr/")}}
	case s.Published:
		return [][2]string{{"Source", "every version that somebody publishes of " + d.Target.LambdaAlias.Function}}
	}
	all := []string{s.Repository + ", " + s.Where()}
	if len(s.Paths) > 0 {
		all = append(all, "only when files change: "+strings.Join(s.Paths, ", "))
	}
	if s.Workflow != "" {
		all = append(all, fmt.Sprintf("once the workflow %q has succeeded for the push", s.Workflow))
	}
	if s.Build != nil {
		all = append(all, fmt.Sprintf("built by %s within %s", s.Build, s.Build.Within))
	}
	earlier := map[rollout.WhenPushed]string{rollout.Newest: "it takes the place of those that wait", rollout.Every: "each is released in turn"}[s.WhenPushed]
	return append(list("Source", all), [2]string{"", fmt.Sprintf("a newer push: %s; [skip ci]: %s; unknown author: %s", earlier, s.WhenSkipped, s.WhenUnknownAuthor)})
}
