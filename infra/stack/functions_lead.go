package stack

import "sluice/events"

// From the first traffic to the end: the functions by which the state machine leads a release, and the one that looks after executions that died.

var shift = function{
	name: "shift", about: "Moves the weight, reads it back, then lets it bake",
	seconds: 180, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"Query", "freeze", ""},
			access{"UpdateItem", "release", unended + "state step bakeUntil takes takesLater unread preview frozen audit"},
			access{"UpdateItem", "target", whoseLease + "expires stable candidate weight tag moving since stirred promise takes takesLater baking"},
			waits,
		),
		wake, emit(events.ReleaseShifted, events.ReleaseHeld),
	},
}

var judge = function{
	name: "judge", about: "Reads alarms and error counts of a step, and gives the verdict",
	seconds: 60, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE",
	may: []permission{
		items(
			access{"GetItem", "release target evidence", ""},
			access{"Query", "freeze", ""},
			access{"UpdateItem", "release", unended + "state verdict extended unread holds frozen thawed audit"},
			looks,
			access{"UpdateItem", "evidence", "version ledger minutes ttl"},
			access{"UpdateItem", "target", whoseLease + "expires alarms red"},
		),
		listReleases, readAlarms, readMetrics,
	},
}

var hook = function{
	name: "hook", about: "Runs the hooks of a release and looks after them",
	seconds: 150, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"Query", "freeze", ""},
			access{"UpdateItem", "release", unended + "state hooks hooked audit"},
			access{"UpdateItem", "target", whoseLease + "expires"},
			waits,
		),
		wake, emit(events.ReleaseHookFailed),
	},
}

var wait = function{
	name: "wait", about: "Parks a release until something happens or time is up",
	seconds: 30, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE",
	may: []permission{
		items(
			access{"GetItem", "release target queue", ""},
			waits,
		),
		wake,
	},
}

var settle = function{
	name: "settle", about: "Ends a release: end state, lease, events",
	seconds: 60, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS SLUICE_ENVIRONMENT SLUICE_STATE_MACHINE",
	may: []permission{
		items(
			access{"GetItem Query", "release target queue", ""},
			access{"UpdateItem", "release", unended + "state ended cause rejection obstacle byHand unseen open machines audit"},
			access{"UpdateItem", "target", whoseLease + "expires returned promote promise held heard alarms red guard armedUntil began clears stable candidate weight tag stirred"},
			rings,
			access{"DeleteItem", "queue", ""},
		),
		start, wake, emit(ends()...),
	},
}

var rollback = function{
	name: "rollback", about: "Puts all traffic back on the stable revision",
	seconds: 60, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"UpdateItem", "release", unended + "state cause audit"},
			access{"UpdateItem", "target", whoseLease + "expires returned weight tag"},
			waits,
		),
		wake, emit(events.ReleaseRollingBack),
	},
}

var sweep = function{
	name: "sweep", about: "Finds releases whose machine is dead and finishes them",
	seconds: 120, memory: 256, woken: byEvent,
	rules: func(w wiring) []rule {
		return []rule{
			{name: "sweep-executions", pattern: events.ExecutionPattern(w.machine), about: "A release's execution died: somebody must finish it"},
			{name: "sweep-schedule", minutes: 5, about: "Looks after releases whose events never came"},
		}
	},
	variables: "SLUICE_TABLE SLUICE_BUS SLUICE_STATE_MACHINE SLUICE_ENVIRONMENT SLUICE_WATCH_RULE",
	may: []permission{
		listOpenReleases,
		items(
			access{"GetItem", "release", ""},
			access{"Query", "watch", ""},
			access{"UpdateItem", "release", unended + "state ended cause rejection obstacle byHand execution open machines audit"},
		),
		lookAtExecutions, listExecutions, start, emit(events.ReleaseStuck), wakeWatch,
	},
}
