package events

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"sync"
)

const (
	plainName expression = `^[a-z][a-z0-9-]{0,39}$`
	version   expression = `^[0-9]{1,20}$`  // of a Lambda function
	revision  expression = `^[!-~]{1,256}$` // of any kind of target; the kind's own grammar is narrower
	releaseID expression = `^[a-z][a-z0-9-]{0,39}-[0-9a-f]{12}$`
)

// expression is a regular expression that is compiled at its first use, and not at every cold start of every function.
type expression string

var compiled sync.Map // *regexp.Regexp by expression

func (e expression) MatchString(s string) bool {
	known, ok := compiled.Load(e)
	if !ok {
		known, _ = compiled.LoadOrStore(e, regexp.MustCompile(string(e)))
	}
	return known.(*regexp.Regexp).MatchString(s)
}

// IsReleaseID says whether a text is the id of a release.
func IsReleaseID(text string) bool { return releaseID.MatchString(text) }

// ReleaseID is the id of the release that a request makes. It is the same for the same service, revision and event. So an
// event that comes twice makes one release, and the sender of the event knows the id. It is also an execution name, which
// has 80 characters at most and no blanks; a service name that does not fit is left out of it.
func ReleaseID(service, revision, event string) string {
	sum := sha256.Sum256([]byte(service + "\x00" + revision + "\x00" + event))
	name := "unknown"
	if plainName.MatchString(service) {
		name = service
	}
	return name + "-" + hex.EncodeToString(sum[:6])
}
