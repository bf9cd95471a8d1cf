package scenario

import (
	"time"

	"sluice/shared/kind"
)

// A Contender is a kind of target with a definition that it can carry out, for what is measured of every kind.
type Contender struct {
	Name       string
	Kind       Kind // nil for an alias
	Definition string
	Candidate  func(w *World) (revision string)
	Moves      []string // the calls that move its traffic
}

// Contenders are the kinds whose traffic Sluice divides itself.
func Contenders() []Contender {
	two := func(*World) string { return "2" }
	return []Contender{
		{"Lambda alias", nil, Canary, two, []string{"lambda:UpdateAlias"}},
		{"load balancer rule, tasks of ECS", Tasks{}, Canary, func(w *World) string { return Tasks{}.Pushed(w) }, []string{"elasticloadbalancing:ModifyRule"}},
		{"load balancer rule, targets of somebody else", External{Green: "2"}, Canary, two, []string{"elasticloadbalancing:ModifyRule"}},
		{"API stage", APIStage{}, Canary, two, []string{"apigateway:UpdateStage"}},
		{"record set", Records{}, Canary, func(*World) string { return "green" }, []string{"route53:ChangeResourceRecordSets"}},
		{"distribution", Edge{Takes: 4 * time.Minute}, upToFifteen, two, []string{"cloudfront:UpdateContinuousDeploymentPolicy", "cloudfront:UpdateDistribution"}},
		{"key value store", EdgeFunction{Takes: 10 * time.Second}, Canary, two, []string{"cloudfront-keyvaluestore:PutKey"}},
	}
}

// upToFifteen is Canary with weights that CloudFront can give.
const upToFifteen = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":15,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// BackByAlarm has a release of the contender's candidate meet a red alarm while it bakes, and counts guard's calls until the traffic moved.
func (c Contender) BackByAlarm(w *World) (calls int) {
	w.T.Helper()
	w.Given(c.Definition)
	w.Pass(5 * time.Minute)
	id := w.Requested(c.Candidate(w))
	for range 60 {
		if r, _ := w.Recorded(id); !r.BakeUntil.IsZero() && time.Until(r.BakeUntil) > 2*time.Minute && w.Lease().Weight > 0 {
			break
		}
		w.Pass(time.Minute)
	}
	w.AlarmRed(Alarm)
	w.Ended(id)
	if calls = len(w.CallsUntil(c.guard(), c.Moves...)); calls == 0 {
		w.T.Errorf("guard did not move the traffic of the %s: %v", c.Name, w.Calls(c.guard()))
	}
	return calls
}

// guard is the name of the guard for the kind.
func (c Contender) guard() string {
	if c.Kind == nil {
		return "guard"
	}
	return kind.Of(c.Kind.ID()).Function("guard")
}
