package stack_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// shell is the digest as a shell makes it: { printf '%s\n' "$(tr -d '\r' < template)"; jq -cS . parameters.json; } | sha256sum
func shell(template, parameters string) string {
	sum := sha256.Sum256([]byte(strings.TrimRight(template, "\n") + "\n" + parameters + "\n"))
	return hex.EncodeToString(sum[:])
}
