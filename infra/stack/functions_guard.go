package stack

import (
	"strings"

	"sluice/events"
)

// What brings traffic back between the steps, whatever state the machine is in.

var watch = function{
	name: "watch", about: "Looks after what is held or armed, each minute",
	seconds: 60, memory: 256, woken: byEvent,
	rules: always(
		rule{name: watchSchedule, minutes: 1, sleeps: true, about: "Looks after what is held or armed; admit enables it, watch puts it to rest"},
	),
	variables: "SLUICE_TABLE SLUICE_WATCH_RULE SLUICE_GUARD SLUICE_LOOK",
	may: []permission{
		items(
			access{"BatchGetItem", "target", ""},
			access{"Query DeleteItem", "watch", ""},
		),
		readMutes, invoke("guard"), invoke("look"), restWatch,
	},
}

var look = function{
	name: "look", about: "Judges releases while they bake, each minute",
	seconds: 60, memory: 256, woken: byEvent,
	variables: "SLUICE_TABLE",
	may:       judges("alarms red armedUntil retiring idle"),
}

// judges is what a function may do that judges a release while it is on its way, and what else it may write of the target.
func judges(target string) []permission {
	return []permission{
		listReleases,
		items(
			access{"GetItem", "release target evidence", ""},
			access{"UpdateItem", "release", "verdict audit"},
			rings,
			access{"UpdateItem", "evidence", "version ledger minutes ttl"},
			access{"UpdateItem", "target", strings.TrimSpace(whoseLease + "expires " + target)},
		),
		readAlarms, readMetrics, wake,
	}
}

// AppConfig waits for three seconds, and takes a failure for a no: what takes longer is a failure, too. A cold start is quicker with more memory.
// The reservation keeps a flood of other calls from taking good versions back. It is a limit, too: so many deployments are asked about in one second.
var tick = function{
	name: "tick", about: "Judges a release at each tick of the deployment that its service carries out",
	seconds: 3, memory: 512, reserved: 20, woken: byService,
	variables: "SLUICE_TABLE",
	may:       judges(""),
}

var guard = function{
	name: "guard", about: "Brings traffic back at once when a guard alarm goes red",
	seconds: 30, memory: 512, reserved: 20, woken: byEvent,
	rules: always(
		rule{name: "guard", pattern: events.AlarmPattern(), about: "An alarm went red, or lost its data"},
	),
	variables: "SLUICE_PLACE SLUICE_TABLE SLUICE_STATE_MACHINE SLUICE_ENVIRONMENT",
	may: []permission{
		items(
			access{"GetItem Query", "release target alarm", ""},
			access{"UpdateItem", "release", unended + "execution open machines audit"},
			access{"UpdateItem", "target", whoseLease + "expires returned held heard alarms red armedUntil began clears promise weight tag"},
			rings,
		),
		wake, start,
	},
}
