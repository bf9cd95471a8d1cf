package sandbox

import "sluice/test/sandbox/iam"

// UnusedGrants lists what the roles of the template allow and nobody has done since boot.
func (s *Sandbox) UnusedGrants() []iam.Grant { return s.access.policies.Unused() }
