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

// identify reads who signed the request. Signatures are not verified: on one machine, whoever can reach the port could
// as well read the keys.
func (s *Server) identify(r *http.Request) context.Context {
	key, _, _ := strings.Cut(credential(r), "/")
	if s.Roles == nil || key == "" {
		return r.Context()
	}
	arn, known := s.Roles(key)
	if !known || arn == "" {
		return r.Context()
	}
	return WithCaller(r.Context(), arn)
}

// credential is the Credential of a version 4 signature, "AKID/20261123/us-east-1/lambda/aws4_request":
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
func credential(r *http.Request) string {
	_, after, found := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if !found {
		return r.URL.Query().Get("X-Amz-Credential")
	}
	scope, _, _ := strings.Cut(after, ",")
	return strings.TrimSpace(scope)
}

// signedFor is the service named by the signature, by which an unknown call can still be called by its name.
func signedFor(r *http.Request) string {
	parts := strings.Split(credential(r), "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[3]
}
