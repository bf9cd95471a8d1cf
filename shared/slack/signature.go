package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// The reasons to refuse a request from Slack.
var (
	ErrUnsigned = errors.New("the request has no signature of Slack")
	ErrOld      = errors.New("the request is older than five minutes, or from the future")
	ErrForged   = errors.New("the signature does not fit the request")
)

// window is how far a request's own time may be from ours.
const window = 300 * time.Second

// Verify checks that Slack sent a body: the signature fits one of the signing secrets
// (https://docs.slack.dev/authentication/verifying-requests-from-slack). The body must be as it was sent, byte for byte.
func Verify(timestamp, signature string, body []byte, secrets []string, now time.Time) error {
	if timestamp == "" || signature == "" {
		return ErrUnsigned
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrUnsigned
	}
	if seconds < now.Add(-window).Unix() || seconds > now.Add(window).Unix() {
		return ErrOld
	}
	for _, secret := range secrets {
		if secret != "" && hmac.Equal([]byte(signature), []byte(Sign(timestamp, body, secret))) {
			return nil
		}
	}
	return ErrForged
}

// Sign is the signature that Slack puts on a body.
func Sign(timestamp string, body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
