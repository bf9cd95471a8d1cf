package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// active is the secrets that count: two at most, the present one and the one that it replaces or that replaces it. Empty secrets
// are left out: they match nothing.
func active(secrets []string) []string {
	secrets = secrets[:min(len(secrets), 2)]
	return slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == "" })
}

func unauthorized(reason, remedy string) *Refusal {
	return &Refusal{http.StatusUnauthorized, reason, remedy}
}

func verifyGitHub(d Delivery, secrets []string, _ time.Time) *Refusal {
	signature, sent := d.Header["x-hub-signature-256"]
	if _, old := d.Header["x-hub-signature"]; !sent && old {
		return unauthorized("the delivery is signed with SHA-1 only", "send X-Hub-Signature-256, which GitHub and GitHub Enterprise Server since 2.23 do")
	}
	return verifyHub(d.Body, signature, secrets)
}

// verifyBitbucket verifies deliveries of Bitbucket Cloud and Data Center: both put SHA-256 into X-Hub-Signature
// (https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/). Data Center's test of a connection may be unsigned, and
// is then refused.
func verifyBitbucket(d Delivery, secrets []string, _ time.Time) *Refusal {
	return verifyHub(d.Body, d.Header["x-hub-signature"], secrets)
}

// verifyHub compares signatures as text: there is only one way to write a signature.
func verifyHub(body []byte, signature string, secrets []string) *Refusal {
	if signature == "" {
		return unauthorized("the delivery is not signed", "enter Sluice's secret as the webhook's secret")
	}
	matches := false
	for _, secret := range secrets {
		want := "sha256=" + hex.EncodeToString(sum([]byte(secret), body))
		matches = hmac.Equal([]byte(signature), []byte(want)) || matches
	}
	return mismatch(matches, secrets)
}

// verifyGitLab verifies GitLab's signature if there is one, and its token otherwise. The token of a signed delivery does not
// count, because it only proves who sent the delivery, and not what was sent.
func verifyGitLab(d Delivery, secrets []string, now time.Time) *Refusal {
	if signature, signed := d.Header["webhook-signature"]; signed {
		return verifySigned(d, signature, secrets, now)
	}
	token := d.Header["x-gitlab-token"]
	if token == "" {
		return unauthorized("the delivery has neither signature nor token", "enter Sluice's secret as the webhook's signing token or secret token")
	}
	got, matches := sha256.Sum256([]byte(token)), false // digests have one length, so the comparison does not reveal the length of the secret
	for _, secret := range secrets {
		want := sha256.Sum256([]byte(secret))
		matches = hmac.Equal(got[:], want[:]) && !strings.HasPrefix(secret, keyPrefix) || matches
	}
	return mismatch(matches, secrets)
}

const (
	keyPrefix = "whsec_" // begins a signing token; the key follows in base64. It is never sent, so it does not count as a plain token
	tolerance = 300      // seconds
)

// verifySigned follows https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, as GitLab
// does since 2026 (https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944).
func verifySigned(d Delivery, signatures string, secrets []string, now time.Time) *Refusal {
	id, sent := d.Header["webhook-id"], d.Header["webhook-timestamp"]
	content := slices.Concat([]byte(id+"."+sent+"."), d.Body)
	matches := false
	for _, secret := range secrets {
		key := signingKey(secret)
		want := "v1," + base64.StdEncoding.EncodeToString(sum(key, content))
		for signature := range strings.FieldsSeq(signatures) {
			matches = hmac.Equal([]byte(signature), []byte(want)) && len(key) > 0 || matches
		}
	}
	if !matches {
		return mismatch(false, secrets)
	}
	at, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || id == "" || at < now.Unix()-tolerance || at > now.Unix()+tolerance {
		return unauthorized("the delivery was not signed within five minutes of now", "send it again, and set the sender's clock if it happens again")
	}
	return nil
}

// signingKey is the key in a signing token; nil for any other secret.
func signingKey(secret string) []byte {
	text, is := strings.CutPrefix(secret, keyPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !is || err != nil {
		return nil
	}
	return key
}

func sum(key, content []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(content)
	return h.Sum(nil)
}

func mismatch(matches bool, secrets []string) *Refusal {
	switch {
	case len(secrets) == 0:
		return unauthorized("Sluice has no secret for this host", "put a secret into Sluice, and enter the same at the webhook")
	case !matches:
		return unauthorized("no active secret fits the delivery", "enter Sluice's secret at the webhook again, and let nothing on the way change the body")
	}
	return nil
}
