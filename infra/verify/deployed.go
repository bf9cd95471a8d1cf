package verify

import (
	"context"
	"fmt"

	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// deployed says whether the engine knows the service and may touch its target: its functions' rights come with the definitions that are deployed.
func (a *Account) deployed(ctx context.Context, d rollout.Definition) []Finding {
	stands, err := ssm.New(a.engine.AWS, a.engine.Definitions()).Definition(ctx, d.Service)
	deploy := "deploy the definitions: make deploy ENVIRONMENT=" + a.engine.Environment
	switch why := ssm.Rejection(err); {
	case ssm.IsUnknown(err):
		return []Finding{{Severity: Warning, Path: "service", What: fmt.Sprintf("the engine %s does not have %s yet", a.engine.Name(), d.Service), Why: "Nothing of it can be released before.", Remedy: deploy}}
	case why != nil:
		return []Finding{rejected("service", why)}
	case err != nil:
		return []Finding{unseen("service", "what is deployed of "+d.Service, err)}
	case stands.Target.ID() != d.Target.ID():
		return []Finding{{
			Severity: Warning, Path: "target", What: fmt.Sprintf("the engine %s releases %s, and not %s yet", a.engine.Name(), stands.Target.Spec(), d.Target.Spec()),
			Why: "Its functions may not touch the new target before.", Remedy: deploy,
		}}
	}
	return nil
}
