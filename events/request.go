package events

// Events that people and CI send to Sluice's bus, from any source but Sluice's own.
const (
	ReleaseRequested = "release.requested"
	AbortRequested   = "release.abort-requested"
	PromoteRequested = "release.promote-requested"
)

// ReleaseRequest asks for a release: the detail of ReleaseRequested.
type ReleaseRequest struct {
	Service   string `json:"service"`             // as in the definition
	Revision  string `json:"revision"`            // Lambda version, such as "42"
	Commit    string `json:"commit,omitempty"`    // commit that the revision was built from
	Author    string `json:"author,omitempty"`    // who wrote the commit
	Reason    string `json:"reason,omitempty"`    // why, for the record
	Requester string `json:"requester,omitempty"` // who or what asks; the event's source when empty
}

// ControlRequest speaks to a release that runs: the detail of AbortRequested and PromoteRequested.
type ControlRequest struct {
	Release string `json:"release"`          // release id
	By      string `json:"by"`               // who asks
	Reason  string `json:"reason,omitempty"` // why, for the record
}

// ReleaseRequestPattern feeds trigger.
func ReleaseRequestPattern() Pattern { return pattern(ReleaseRequested) }

// ControlRequestPattern feeds decide.
func ControlRequestPattern() Pattern { return pattern(AbortRequested, PromoteRequested) }
