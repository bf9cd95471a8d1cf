package definition

import (
	"fmt"
	"time"
	_ "time/tzdata" // which zones are known must not depend on the machine that deploys

	"sluice/shared/rollout"
)

// zones finds windows in time zones that do not exist. The domain cannot find them: it has no database of zones.
func zones(d rollout.Definition) []rollout.Problem {
	if d.Gates == nil {
		return nil
	}
	var found []rollout.Problem
	for i, w := range d.Gates.Windows {
		if _, err := time.LoadLocation(w.Zone); err != nil {
			found = append(found, rollout.Problem{
				Path: fmt.Sprintf("gates.windows[%d].zone", i), Wrong: fmt.Sprintf("%.60q is no time zone", w.Zone), Remedy: "write a name of the IANA database, such as Europe/Berlin",
			})
		}
	}
	return found
}
