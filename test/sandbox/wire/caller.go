package wire

import (
	"context"
	"net/http"
	"strings"
)

type callerKey struct{}

// Caller is the ARN of the role on whose behalf a context's call is made; "" is the person at the keyboard.
func Caller(ctx context.Context) string {
	arn, _ := ctx.Value(callerKey{}).(string)
	return arn
}

// WithCaller is a context in which calls are made on behalf of a role.
func WithCaller(ctx context.Context, principalARN string) context.Context {
	return context.WithValue(ctx, callerKey{}, principalARN)
}

// A Key is what a caller signs with.
type Key struct {
	Secret       string
	PrincipalARN string // whose it is; "" is the person at the keyboard
	Session      string // of a role: the name that whoever took it on has chosen
}

// Signer finds out whose key has signed a request with its body for a service. The error is the one that AWS answers.
func Signer(r *http.Request, body []byte, service string, keys func(accessKeyID string) (Key, bool)) (Key, *Error) {
	signed, ok := signatureOf(r)
	if !ok {
		return Key{}, unsigned
	}
	key, known := keys(signed.key())
	switch {
	case !known:
		return Key{}, unknownKey
	case service != "" && signedFor(r) != service, !signed.by(key.Secret, r, body):
		return Key{}, wrongSignature
	}
	return key, nil
}

// KeyID is the access key id by which a request is signed; empty when it is not.
func KeyID(r *http.Request) string {
	signed, ok := signatureOf(r)
	if !ok {
		return ""
	}
	return signed.key()
}

// identify finds out who signed the request, as AWS does: by the access key id, and by a signature that only the holder of
// its secret can make.
func (s *Server) identify(r *http.Request, body []byte) (context.Context, error) {
	if s.Keys == nil {
		return r.Context(), nil
	}
	key, refused := Signer(r, body, "", s.Keys)
	if refused != nil {
		return nil, refused
	}
	if key.PrincipalARN == "" {
		return r.Context(), nil
	}
	return WithCaller(r.Context(), key.PrincipalARN), nil
}

// remedy follows AWS's own words in the refusals: who reads them sits at the machine that the sandbox runs on.
const remedy = " Sandbox: it takes calls that are signed with a key of this run only. `make run` prints the key, and writes it to dist/host/environment: . dist/host/environment"

// The refusals of who is not known, with AWS's codes and words:
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
var (
	unsigned       = &Error{Status: http.StatusForbidden, Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token." + remedy}
	unknownKey     = &Error{Status: http.StatusForbidden, Code: "UnrecognizedClientException", Message: "The security token included in the request is invalid." + remedy}
	wrongSignature = &Error{Status: http.StatusForbidden, Code: "InvalidSignatureException", Message: "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method." + remedy}
)

// signedFor is the service named by the signature, by which an unknown call can still be called by its name.
func signedFor(r *http.Request) string {
	signed, ok := signatureOf(r)
	if !ok {
		return ""
	}
	return strings.TrimSpace(signed.scope[len(signed.scope)-2])
}
