package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
)

// Source says what is released without a request. Exactly one of Repository, S3 and Published is set.
type Source struct {
	Repository        string      `json:"repository,omitempty"`        // repository whose pushes count, with its host: "github/acme/checkout"
	Branches          []string    `json:"branches,omitempty"`          // patterns of branches whose pushes count; default main, unless tags are named
	Tags              []string    `json:"tags,omitempty"`              // patterns of tags whose pushes count
	Paths             []string    `json:"paths,omitempty"`             // patterns of files: a push that changes none of them does not count
	Workflow          string      `json:"workflow,omitempty"`          // a workflow of GitHub Actions: the push counts when it has succeeded
	Build             *Build      `json:"build,omitempty"`             // how a commit becomes a revision
	S3                *Object     `json:"s3,omitempty"`                // objects, which Sluice publishes as versions
	Published         bool        `json:"published,omitempty"`         // versions of the target's function that somebody publishes, or images that somebody pushes
	WhenPushed        WhenPushed  `json:"whenPushed,omitempty"`        // what a push means for earlier pushes
	WhenSkipped       WhenSkipped `json:"whenSkipped,omitempty"`       // what to do with a push whose message asks for no CI
	WhenUnknownAuthor WhenUnknown `json:"whenUnknownAuthor,omitempty"` // what to do with a push whose authors are not all among people
}

// Object selects objects of a bucket.
type Object struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`              // pattern
	KMSKey string `json:"kmsKey,omitempty"` // ARN of the customer's key that the objects are encrypted under
}

// WhenPushed says what a push means for the releases of earlier pushes that have not begun yet.
type WhenPushed string

// The policies for pushes: the newest takes the place of those that wait, or every one is released in turn.
const (
	Newest WhenPushed = "newest"
	Every  WhenPushed = "every"
)

// WhenSkipped says what to do with a push whose last commit asks for no CI: "[skip ci]".
type WhenSkipped string

// The policies for such a push: it releases nothing, or counts as any other.
const (
	SkipSkipped    WhenSkipped = "skip"
	ReleaseSkipped WhenSkipped = "release"
)

// WhenUnknown says what to do with a push that people are asked about when its authors are not all among people.
type WhenUnknown string

// The policies for unknown authors: the release is rejected, or everybody who is asked and not known to be an author may answer.
const (
	RejectUnknown WhenUnknown = "reject"
	AllowUnknown  WhenUnknown = "allow"
)

// Building is the making of a release's revision.
type Building struct {
	Build string    `json:"build,omitempty"` // ARN of CodeBuild's build, or the pipeline and its execution: "shop/1b2c..."
	Page  string    `json:"page,omitempty"`  // where people read its log
	Since time.Time `json:"since,omitzero"`
	Log   []string  `json:"log,omitempty"`   // last lines of a build that failed
	S3    *Object   `json:"s3,omitempty"`    // what is published as a version
	Image string    `json:"image,omitempty"` // what a revision is made of
	ID    string    `json:"id,omitempty"`    // of the object's version; empty where the bucket keeps none
}

// The environment variables by which a build and Sluice tell each other what they need.
const (
	HookVariable     = "SLUICE_HOOK"     // name of the hook that runs
	EndVariable      = "SLUICE_END"      // how the release ended, for a hook after that
	RevisionVariable = "SLUICE_REVISION" // exported by the build: the version that it published
	ReleaseVariable  = "SLUICE_RELEASE"  // given to the build: the release that it is for
	ServiceVariable  = "SLUICE_SERVICE"  // given to the build: the service
)

// SourceName is the name of the source in events: "github/acme/checkout", "s3/artifacts", "lambda/checkout". An empty name is no source.
func (d Definition) SourceName() string {
	switch s := d.Source; {
	case s == nil:
		return ""
	case s.S3 != nil:
		return "s3/" + s.S3.Bucket
	case s.Published:
		return d.Target.Publishes()
	default:
		return s.Repository
	}
}

// SourceKey is the name under which the services of a source are kept. It is a digest without regard to capitals: hosts write the same
// repository in capitals and in small letters, and repositories may have characters that names of parameters may not.
func SourceKey(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return hex.EncodeToString(sum[:16])
}

// Holds says whether an object is selected.
func (o Object) Holds(key string) bool { return matches(o.Key, key) }

// chosen says whether patterns select a text. The last pattern that matches decides; a pattern that begins with ! takes the text out again,
// as in GitHub's workflows.
func chosen(patterns []string, text string) (in bool) {
	for _, p := range patterns {
		p, out := strings.CutPrefix(p, "!")
		if in == out && matches(p, text) {
			in = !out
		}
	}
	return in
}

func matches(pattern, text string) bool {
	return regexp.MustCompile(glob(pattern)).MatchString(text)
}

// glob is a pattern as a regular expression: * is anything without a slash, ** is anything, **/ may be nothing, ? is one character except a slash.
func glob(pattern string) string {
	quoted := regexp.QuoteMeta(pattern)
	for _, r := range [][2]string{{`\*\*/`, "\x00"}, {`\*\*`, "\x01"}, {`\*`, `[^/]*`}, {`\?`, `[^/]`}, {"\x00", `(.*/)?`}, {"\x01", `.*`}} {
		quoted = strings.ReplaceAll(quoted, r[0], r[1])
	}
	return `(?s)^` + quoted + `$`
}

// Fixes is what a commit mends, by the first line of its message: "fixes: errors at checkout (INC-42)".
func Fixes(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	kind, what, found := strings.Cut(line, ":")
	if !found || !strings.EqualFold(strings.TrimSpace(kind), "fixes") {
		return ""
	}
	return strings.TrimSpace(what)
}

// Unbuilt says whether the revision has still to be made.
func (r Release) Unbuilt() bool { return r.Revision.Version == "" }
