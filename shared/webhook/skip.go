package webhook

import (
	"regexp"
	"strings"
)

// skipWords are what people write into a commit's message for no CI: GitHub's five
// (https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs), of which GitLab
// (https://docs.gitlab.com/ci/pipelines/#skip-a-pipeline) and Bitbucket
// (https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-faqs/) take two.
var skipWords = []string{"[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"}

// skipTrailer is GitHub's trailer, at the end of a message.
const skipTrailer = `(?im)^skip-checks:[ \t]*true\s*\z`

// skip is what in the message of a push's last commit asks for no CI, in whatever capitals: the hosts look at that commit alone.
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
