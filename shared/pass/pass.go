// Package pass makes and reads the passes that admit a visitor to the pages: a link, which is sent to somebody, and the session
// that a browser gets for it. Pure.
//
// A pass is "<payload>.<signature>", both base64url. The payload is JSON; the signature is HMAC-SHA256 over the kind and the payload
// with a key that only functions can read. A pass says who was recognised, how, and until when; it grants nothing by itself.
package pass

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Kind keeps one sort of pass from being used as another.
type Kind string

// The kinds of pass.
const (
	Link    Kind = "link"    // is sent to somebody
	Session Kind = "session" // is in a cookie
	Form    Kind = "form"    // is in a form, against forms of other sites
)

// Pass is what a pass says.
type Pass struct {
	Key     string `json:"k"`           // id of the key that signed it
	ID      string `json:"i"`           // opaque; a link that names a person opens once
	Release string `json:"r,omitempty"` // release that it leads to
	How     string `json:"h,omitempty"` // how the person was recognised: slack or mail; empty: everybody who has the pass may look
	By      string `json:"b,omitempty"` // the name under which that way knows them
	Until   int64  `json:"u"`           // Unix seconds
}

// Looks says whether the pass is only for looking: it names nobody.
func (p Pass) Looks() bool { return p.How == "" && p.By == "" }

// Refusal says why a pass does not admit, in words for the visitor.
type Refusal string

// Error is the reason.
func (r Refusal) Error() string { return string(r) }

// What a pass may be refused for.
const (
	Forged  Refusal = "this link is not one of ours, or it was cut off on its way"
	Expired Refusal = "this link has expired"
)

// Sign makes a pass with the newest key.
func Sign(kind Kind, p Pass, keys []string) string {
	p.Key = keyID(keys[0])
	payload, _ := json.Marshal(p) // strings and a number never fail
	text := base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + signature(kind, text, keys[0])
}

// Claimed is what a pass says, before its signature is verified. It only serves to choose the keys that Open tries; nothing else may
// believe it. For a text that is no pass it is empty.
func Claimed(text string) (p Pass) {
	payload, _, _ := strings.Cut(text, ".")
	body, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	if err != nil || json.Unmarshal(body, &p) != nil {
		return Pass{}
	}
	return p
}

// Open reads a pass that was signed with one of the keys.
func Open(kind Kind, text string, keys []string, now time.Time) (Pass, error) {
	payload, signed, _ := strings.Cut(text, ".")
	p := Claimed(text)
	for _, key := range keys {
		if key != "" && p.Key == keyID(key) && hmac.Equal([]byte(signed), []byte(signature(kind, payload, key))) {
			if now.Unix() >= p.Until {
				return Pass{}, Expired
			}
			return p, nil
		}
	}
	return Pass{}, Forged
}

func signature(kind Kind, payload, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%s\x00%s", kind, payload)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// keyID names a key without telling it.
func keyID(key string) string {
	sum := sha256.Sum256([]byte("key id\x00" + key))
	return hex.EncodeToString(sum[:4])
}
