package distribution

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/shared/rollout"
)

// A lock is everything that a write depends on, as one reading found it: so a rollback knows which call leads back, and makes no other. It travels as
// the tag of a split,
// whose first words say where a configuration is counted (kind.Distribution.Stands).
type lock struct {
	primary, staging held
	policy           string         // its ETag
	domain           string         // of the staging distribution, which the policy names it by
	weight           rollout.Weight // the staging distribution's share
	announced        announcement
}

// held is a configuration, and the version of the distribution that has it.
type held struct{ digest, etag string }

// String writes a lock.
func (l lock) String() string {
	return strings.Join([]string{l.primary.digest, l.primary.etag, l.staging.digest, l.staging.etag, l.policy, l.domain, strconv.Itoa(int(l.weight)), l.announced.String()}, " ")
}

// parse reads a lock.
func parse(tag string) (lock, error) {
	w := strings.Fields(tag)
	if len(w) != 8 {
		return lock{}, fmt.Errorf("reading the lock %q of a distribution: it has %d words", tag, len(w))
	}
	weight, err := strconv.Atoi(w[6])
	if err != nil {
		return lock{}, fmt.Errorf("reading the lock %q of a distribution: %w", tag, err)
	}
	l := lock{primary: held{w[0], w[1]}, staging: held{w[2], w[3]}, policy: w[4], domain: w[5], weight: rollout.Weight(weight), announced: announcementOf(w[7])}
	return l, nil
}
