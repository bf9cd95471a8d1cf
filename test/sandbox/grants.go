package sandbox

import "sluice/test/sandbox/iam"

// UnusedGrants lists what the roles of the template allow and nobody has done since boot.
func (s *Sandbox) UnusedGrants() []iam.Grant { return s.access.policies.Unused() }

// Doubts lists what the roles of the template are granted and AWS would make nothing of (iam.Policies.Doubts).
func (s *Sandbox) Doubts() []string { return s.access.policies.Doubts() }
