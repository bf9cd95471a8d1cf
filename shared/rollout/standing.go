package rollout

// Standing is a release with the lease of its target, even if another release holds it. Most states decide on these two.
type Standing struct {
	Release Release
	Lease   Lease
}

// Holds says whether the release still holds its target, or is armed on it.
func (s Standing) Holds() bool { return s.Lease.Owner == s.Release.ID && s.Lease.Phase != Free }
