package stack

import "sluice/events"

// What asks people, and what takes and counts their word.

var ask = function{
	name: "ask", about: "Asks people before a step and waits for their answers",
	seconds: 30, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"UpdateItem", "release", unended + "state asked audit"},
			access{"UpdateItem", "target", whoseLease + "expires"},
			waits,
		),
		wake, emit(events.ReleaseWaiting),
	},
}

var count = function{
	name: "count", about: "Counts the answers and says what follows",
	seconds: 30, memory: 256, woken: byMachine,
	variables: "SLUICE_TABLE",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"UpdateItem", "release", unended + "state asked given approved rejection audit"},
			looks,
			access{"UpdateItem", "target", whoseLease + "expires"},
		),
		readAlarms,
	},
}

var decide = function{
	name: "decide", about: "Carries out what a person says to a release",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "decide", ownBus: true, pattern: events.ControlRequestPattern(), about: "Somebody answers a release that is running"},
	),
	variables: "SLUICE_ENVIRONMENT SLUICE_TABLE SLUICE_BUS SLUICE_STATE_MACHINE SLUICE_SLACK_FUNCTION SLUICE_TRIGGER",
	may: []permission{
		items(
			access{"GetItem", "release target", ""},
			access{"Query", "freeze", ""},
			access{"UpdateItem", "release", unended + "abort answers given asked overrides frozen epoch execution open machines audit"},
			access{"UpdateItem", "target", whoseLease + "expires promote"},
			access{"UpdateItem", "freeze", "service by how reason at until ttl"},
			access{"DeleteItem", "freeze", ""},
			rings,
		),
		listReleases, listOpenReleases, wake, start, emit(events.ReleaseWaiting, events.ReleaseAnswered, events.FreezeSet, events.FreezeLifted), invoke("slack"), invoke("trigger"),
	},
}

var button = function{
	name: "button", about: "Takes the buttons that people press in Slack",
	seconds: 10, memory: 512, reserved: 10, woken: byVisitor,
	variables: "SLUICE_TABLE SLUICE_SLACK_SIGNING_SECRET SLUICE_PEOPLE_SECRET SLUICE_CONSOLE SLUICE_DECIDE",
	may: []permission{
		items(access{"GetItem", "release", ""}),
		readSecret("KnowSlack", signingSecret), readSecret("NamePeople", peopleSecret), speak("button"),
	},
}

var command = function{
	name: "command", about: "Takes what people say at the command line, as whom AWS says they are",
	seconds: 30, memory: 512, woken: bySigner,
	variables: "SLUICE_TABLE SLUICE_DECIDE SLUICE_TRIGGER SLUICE_LINKS_SECRET SLUICE_CONSOLE",
	may: []permission{
		items(access{"GetItem", "release", ""}),
		invoke("trigger"), speak("command"), readSecret("SignLinks", linksSecret),
	},
}

var console = function{
	name: "console", about: "Shows releases in a browser, and takes what people say there",
	seconds: 10, memory: 512, reserved: 10, woken: byVisitor,
	variables: "SLUICE_TABLE SLUICE_DEFINITIONS SLUICE_LINKS_SECRET SLUICE_PEOPLE_SECRET SLUICE_DECIDE SLUICE_CONSOLE_FUNCTION",
	may: []permission{
		items(
			access{"GetItem Query", "release evidence freeze", ""},
			access{"PutItem", "pass", ""},
		),
		listReleases, listDefinitions, readSecret("SignLinks", linksSecret), readSecret("NamePeople", peopleSecret), speak("console"),
		findAddress("console"),
	},
}

var pipeline = function{
	name: "pipeline", about: "Takes what people say in CodePipeline, and says there what was decided",
	seconds: 30, memory: 256, woken: byEvent,
	rules:     whereAsked,
	variables: "SLUICE_TABLE SLUICE_SOURCES SLUICE_DECIDE",
	may: []permission{
		items(access{"GetItem", "release", ""}),
		listReleases, readSources, speak("pipeline"),
	},
}

// whereAsked tells pipeline of answers, if any definition has people asked in CodePipeline.
func whereAsked(w wiring) []rule {
	if len(w.targets.rules("pipeline")) == 0 {
		return nil
	}
	return []rule{{name: "pipeline", ownBus: true, pattern: events.DecidedPattern(), about: "A question may be decided: the pipeline that waits is told"}}
}
