package iam

import (
	"context"

	"sluice/test/sandbox/wire"
)

// denied is the refusal as AWS words it:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func denied(c caller, r Request, reason string) error {
	return wire.AccessDenied("User: %s is not authorized to perform: %s on resource: %s %s", c, r.Action, r.Resource, reason)
}

// Middleware lets a call through when its caller may do all that the call does. It is a wire.Middleware.
func (p *Policies) Middleware(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		for _, g := range call.Grants {
			if err := p.Allow(Request{Principal: call.Caller, Action: g.Action, Resource: g.Resource, Keys: g.Keys}); err != nil {
				return nil, err
			}
		}
		return next(ctx, call)
	}
}
