package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// algorithm is what the SDKs and the AWS CLI use for the services here. CloudFront's key value stores want asymmetric.
const algorithm = "AWS4-HMAC-SHA256"

// simpleStorage is how S3 is called in signatures.
const simpleStorage = "s3"

// A signature is the Authorization header of a signature of version 4:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
type signature struct {
	algorithm string
	scope     []string // access key id, date, region, service, "aws4_request"; of an asymmetric one without region
	headers   []string // that were signed, in lower case
	value     string   // hexadecimal
}

func (s signature) key() string { return s.scope[0] }

// signatureOf reads the header; ok is false where there is none, or none of this form.
func signatureOf(r *http.Request) (s signature, ok bool) {
	s.algorithm, _, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	parts := map[string]int{algorithm: 5, asymmetric: 4}[s.algorithm]
	rest := strings.TrimPrefix(r.Header.Get("Authorization"), s.algorithm)
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			s.scope = strings.Split(value, "/")
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.value = value
		}
	}
	return s, parts > 0 && len(s.scope) == parts && len(s.headers) > 0 && s.value != ""
}

// by says whether the holder of a secret made this signature of the request with its body as it came.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func (s signature) by(secret string, r *http.Request, body []byte) bool {
	request := sha256.Sum256([]byte(s.canonical(r, body)))
	text := strings.Join([]string{s.algorithm, r.Header.Get("X-Amz-Date"), strings.Join(s.scope[1:], "/"), hex.EncodeToString(request[:])}, "\n")
	if s.algorithm == asymmetric {
		return s.verifies(secret, text)
	}
	key := []byte("AWS4" + secret)
	for _, part := range s.scope[1:] {
		key = keyed(key, part)
	}
	return hmac.Equal([]byte(s.value), []byte(hex.EncodeToString(keyed(key, text))))
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// canonical is the request in the one spelling that both sides sign. The path is escaped once more than it was sent, as
// for every service but S3.
func (s signature) canonical(r *http.Request, body []byte) string {
	var headers strings.Builder
	for _, name := range s.headers {
		fmt.Fprintf(&headers, "%s:%s\n", name, signedHeader(r, name))
	}
	digest := sha256.Sum256(body)
	path := escaped(r.URL.EscapedPath(), "/")
	if s.scope[len(s.scope)-2] == simpleStorage {
		path = r.URL.EscapedPath()
	}
	return strings.Join([]string{
		r.Method, path, canonicalQuery(r.URL.Query()), headers.String(), strings.Join(s.headers, ";"), hex.EncodeToString(digest[:]),
	}, "\n")
}

// signedHeader is a header as it is signed. Two of them a Go server keeps elsewhere.
func signedHeader(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.Join(strings.Fields(v), " "))
	}
	return strings.Join(values, ",")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, v := range values {
			pairs = append(pairs, escaped(name, "")+"="+escaped(v, ""))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// escaped escapes everything but RFC 3986's unreserved characters and those given.
func escaped(s, keep string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~"+keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() == 0 && keep == "/" {
		return "/"
	}
	return b.String()
}
