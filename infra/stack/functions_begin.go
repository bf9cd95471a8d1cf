package stack

import "sluice/events"

// From a request or a push to the moment before the first traffic.

var trigger = function{
	name: "trigger", about: "Starts a release for each request, push and artifact, once",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "trigger", ownBus: true, pattern: events.ReleaseRequestPattern(), about: "Somebody asks for a release"},
		rule{name: "trigger-pushes", ownBus: true, pattern: events.PushPattern(), about: "A commit was pushed, or an artifact published"},
	),
	variables: "SLUICE_PLACE SLUICE_TABLE SLUICE_BUS SLUICE_STATE_MACHINE SLUICE_DEFINITIONS SLUICE_SOURCES SLUICE_CONSOLE",
	may: []permission{
		readDefinitions, readSources,
		items(
			access{"GetItem", "release service", ""},
			access{"PutItem", "release", "id parent service place kind revision authors unlisted building reason by event fixes page abort definition state step created started bakeUntil thawed end ended rejection execution machines open audit"},
			access{"UpdateItem", "release", unended + "abort epoch audit"},
			access{"UpdateItem", "service", "release at older seen"},
			rings,
		),
		start, wake, emit(events.ReleaseRejected),
	},
}

var plan = function{
	name: "plan", about: "Looks at the target and lays out the steps",
	seconds: 30, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_DEFINITIONS",
	may: []permission{
		readDefinitions,
		items(
			access{"GetItem", "release target", ""},
			access{"UpdateItem", "release", unended + "state definition steps building revision preview carried served abort rejection audit"},
			looks,
		),
	},
}

var build = function{
	name: "build", about: "Has the revision of a pushed commit made, and waits for it",
	seconds: 60, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"UpdateItem", "release", unended + "state building revision rejection audit"},
			access{"UpdateItem", "job", "release ttl"},
			waits,
		),
		wake, emit(events.ReleaseBuilding),
	},
}

var admit = function{
	name: "admit", about: "Takes the lease and says what comes next",
	seconds: 30, memory: 256, woken: byMachine,
	variables: "SLUICE_PLACE SLUICE_TABLE SLUICE_BUS SLUICE_WATCH_RULE",
	may: []permission{
		items(
			access{"GetItem Query", "release target queue freeze", ""},
			access{"UpdateItem", "release", unended + "state epoch stable started step takes takesLater preview evicted served abort rejection audit"},
			access{"UpdateItem", "target", whoseLease + "target spec service expires returned promote held heard alarms red guard armedUntil began clears promise stable candidate weight tag moving since stirred baking retiring idle"},
			looks,
			access{"PutItem UpdateItem DeleteItem", "queue", "release created supersededBy"},
			access{"BatchWriteItem", "alarm", ""},
			access{"PutItem", "watch", ""},
		),
		readAlarms, wake, emit(events.ReleaseStarted, events.ReleaseQueued), wakeWatch,
	},
}

var gates = function{
	name: "gates", about: "Looks at the gates of a release and has its tests run",
	seconds: 150, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS SLUICE_SCAN",
	may: []permission{
		items(
			access{"GetItem Query", "release queue freeze", ""},
			access{"UpdateItem", "release", unended + "state gates rejection audit"},
			looks,
			access{"DeleteItem", "queue", ""},
		),
		wake, emit(events.ReleaseHeld),
	},
}

var scan = function{
	name: "scan", about: "Asks AWS Config, ECR and Inspector about what is released",
	seconds: 60, memory: 256, woken: byFunction,
}
