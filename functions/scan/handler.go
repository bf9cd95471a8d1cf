// Package scan asks AWS Config, ECR's scanning and Inspector what they found in what is released, and AppConfig what a feature flag is. It is a function of its own because
// linking their clients would make every look at a gate slower, and few definitions have such gates.
package scan

import (
	"context"

	"sluice/shared/appconfigdata"
	"sluice/shared/configservice"
	"sluice/shared/ecr"
	"sluice/shared/gates"
	"sluice/shared/inspector2"
	"sluice/shared/rollout"
	"sluice/shared/start"
)

type handler struct {
	start.World
	rules     *configservice.Rules
	images    *ecr.Scans
	inspector *inspector2.Inspector
	features  *appconfigdata.Features
}

// New builds the handler.
func New(w start.World) (any, error) {
	h := &handler{World: w, rules: configservice.New(w.AWS), images: ecr.New(w.AWS), inspector: inspector2.New(w.AWS), features: appconfigdata.New(w.AWS)}
	return start.Handle(w, "scan", h.handle), nil
}

// handle only reads, and answers one gate for each rule and each scanner.
func (h *handler) handle(ctx context.Context, q gates.Inquiry) ([]rollout.Gate, error) {
	found, err := h.compliance(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, f := range q.Features {
		is, err := h.features.Is(ctx, f)
		if err != nil {
			return nil, err
		}
		found = append(found, gates.Feature(f, is))
	}
	if q.Scan == nil {
		return found, nil
	}
	more, err := h.findings(ctx, q)
	return append(found, more...), err
}

// findings asks the scanners.
func (h *handler) findings(ctx context.Context, q gates.Inquiry) ([]rollout.Gate, error) {
	var found []rollout.Gate
	if q.Scan.ECR != "" {
		g, err := h.image(ctx, q)
		if err != nil {
			return nil, err
		}
		found = append(found, g)
	}
	if q.Scan.Inspector {
		f, err := h.inspector.Function(ctx, q.Function, q.Revision)
		if err != nil {
			return nil, err
		}
		found = append(found, gates.Scanned("scan inspector", f, *q.Scan))
	}
	return found, nil
}

func (h *handler) compliance(ctx context.Context, q gates.Inquiry) ([]rollout.Gate, error) {
	found := []rollout.Gate{}
	if q.Config == nil {
		return found, nil
	}
	said, err := h.rules.Function(ctx, q.Function)
	if err != nil {
		return nil, err
	}
	for _, rule := range q.Config.Rules {
		found = append(found, gates.Rule(rule, q.Function, said[rule]))
	}
	return found, nil
}

func (h *handler) image(ctx context.Context, q gates.Inquiry) (rollout.Gate, error) {
	const name = "scan ecr"
	if q.Repository != q.Scan.ECR {
		return gates.NotTheImage(name, q.Scan.ECR, q.Repository), nil
	}
	f, err := h.images.Image(ctx, q.Repository, q.Digest)
	return gates.Scanned(name, f, *q.Scan), err
}
