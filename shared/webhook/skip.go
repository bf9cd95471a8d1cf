package webhook

import (
	"regexp"
	"strings"
)

// skipWords are the words in a commit's message that ask for no CI: GitHub's five
// (https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs), of which GitLab
// (https://docs.gitlab.com/ci/pipelines/#skip-a-pipeline) and Bitbucket
// (https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-faqs/) take two.
var skipWords = []string{"[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"}

// skipTrailer is GitHub's trailer, at the end of a message.
const skipTrailer = `(?im)^skip-checks:[ \t]*true\s*\z`

// skip is the part of a message that asks for no CI, in capitals or not; empty when none does. The hosts look only at the last commit of a push.
func skip(message string) string {
	small := strings.ToLower(message)
	for _, word := range skipWords {
		if strings.Contains(small, word) {
			return word
		}
	}
	if strings.Contains(small, "skip-checks") && regexp.MustCompile(skipTrailer).MatchString(message) {
		return "skip-checks: true"
	}
	return ""
}
