package stack

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// A handle is the ClientRequestToken of an update that Sluice began: where it leads, from where, and by which start. Each revision has 43 digits to the
// base of 62, so that all of it fits into the 128 characters that a token may have.
type handle struct{ to, from, start string }

// startLength is how much of a start's own token a handle bears.
const startLength = 30

// String is the token.
func (h handle) String() string { return short(h.to) + "-" + short(h.from) + "-" + h.start }

// parse reads a token. What comes before the last three parts says that the update was turned round, or has gone on: see backwards.
func parse(token string) (h handle, ours bool) {
	parts := strings.Split(token, "-")
	if len(parts) < 3 {
		return h, false
	}
	parts = parts[len(parts)-3:]
	h = handle{long(parts[0]), long(parts[1]), parts[2]}
	return h, h.to != "" && h.from != "" && len(h.start) == startLength
}

// base is a token without what stands before it.
func base(token string) string {
	if h, ours := parse(token); ours {
		return h.String()
	}
	return token
}

// backwards is the token of a call that turns an update round or has its way back go on. Events after it bear this token, and tell the same handle.
func backwards(h handle, n int) string { return fmt.Sprintf("b%d-%s", n, h) }

// tries is how many such calls a token tells of.
func tries(token string) (n int) {
	_, _ = fmt.Sscanf(token, "b%d-", &n)
	return n
}

// short writes a revision with 43 digits.
func short(revision string) string {
	n, ok := new(big.Int).SetString(revision, 16)
	if !ok {
		n = new(big.Int)
	}
	text := n.Text(62)
	return strings.Repeat("0", max(0, 43-len(text))) + text
}

// long reads a revision; empty when it is none.
func long(text string) string {
	n, ok := new(big.Int).SetString(text, 62)
	if len(text) != 43 || !ok || n.BitLen() > 256 {
		return ""
	}
	return hex.EncodeToString(n.FillBytes(make([]byte, 32)))
}
