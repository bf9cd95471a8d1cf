package appconfig

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// A trace is what a deployment of a flag says about itself in its description, and what a tag says of a deployment: which version brings everybody back.
type trace struct {
	number int32
	ours   bool   // Sluice deployed it for this flag
	back   string // the version in which everybody has stable; empty when it is not known
	stable string
}

// tag is a trace as the tag of a split: "12", or "12 7 off".
func (t trace) tag() string {
	if t.back == "" {
		return strconv.Itoa(int(t.number))
	}
	return fmt.Sprintf("%d %s %s", t.number, t.back, t.stable)
}

// parsed is the trace of a tag. One that cannot be read says nothing.
func parsed(tag string) (t trace) {
	words := strings.SplitN(tag, " ", 3)
	number, _ := strconv.ParseInt(words[0], 10, 32)
	t.number = int32(number)
	if len(words) == 3 {
		t.back, t.stable = words[1], words[2]
	}
	return t
}

// told says in the description of a version or deployment what Sluice did.
func told(f kind.FeatureFlag, to rollout.Split) string {
	return fmt.Sprintf("Sluice, flag %s: %v.", f.Flag, to)
}

// described is the description of a deployment, from which traced reads the way back.
func described(f kind.FeatureFlag, o order) string {
	if o.back == "" {
		return told(f, o.to)
	}
	return fmt.Sprintf("%s Back: version %s, %s", told(f, o.to), o.back, o.to.Stable)
}

var wayBack = regexp.MustCompile(`\. Back: version ([0-9]+), (.+)$`)

// traced reads the description of a deployment.
func traced(f kind.FeatureFlag, number int32, description string) trace {
	t := trace{number: number, ours: strings.HasPrefix(description, "Sluice, flag "+f.Flag+": ")}
	if said := wayBack.FindStringSubmatch(description); t.ours && said != nil {
		t.back, t.stable = said[1], said[2]
	}
	return t
}
