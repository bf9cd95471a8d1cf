package stack

import "sluice/events"

// What hears of commits, artifacts and builds, and what tells others how releases go.

var source = function{
	name: "source", about: "Tells the bus of commits and artifacts that AWS knows of",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "source-codecommit", pattern: events.CodeCommitPattern(), about: "A branch or a tag was made or moved"},
		rule{name: "source-ecr", pattern: events.ECRPattern(), about: "An image was pushed"},
		rule{name: "source-codepipeline", pattern: events.CodePipelinePattern(), about: "A pipeline or one of its stages succeeded"},
		rule{name: "source-lambda", pattern: events.LambdaPublishedPattern(), about: "Somebody published a version"},
	),
	variables: "SLUICE_BUS",
	may:       []permission{emit(events.CommitPushed, events.ArtifactPublished)},
}

var stage = function{
	name: "stage", about: "Is an action, or a rule, of somebody's pipeline: has it wait for a release",
	seconds: 30, memory: 256, woken: byPipeline,
	variables: "SLUICE_TABLE SLUICE_BUS",
	may: []permission{
		items(access{"GetItem", "release", ""}),
		listReleases, request(events.StageSource), answerJobs,
	},
}

var webhook = function{
	name: "webhook", about: "Takes the webhooks of GitHub, GitLab and Bitbucket",
	seconds: 10, memory: 256, reserved: 10, woken: byVisitor,
	variables: "SLUICE_TABLE SLUICE_BUS SLUICE_WEBHOOK_SECRETS SLUICE_SOURCES SLUICE_DEFINITIONS",
	may: []permission{
		readDefinitions, readSources,
		items(access{"GetItem PutItem", "delivery", ""}),
		emit(events.CommitPushed), readSecret("KnowGitHub", webhookSecret(events.GitHub)),
		readSecret("KnowGitLab", webhookSecret(events.GitLab)), readSecret("KnowBitbucket", webhookSecret(events.Bitbucket)),
		readRepositorySecrets(events.GitHub, events.GitLab, events.Bitbucket),
	},
}

var progress = function{
	name: "progress", about: "Wakes a release whose build has ended, or whose target was moved",
	seconds: 30, memory: 256, woken: byEvent,
	variables: "SLUICE_TABLE",
	may: []permission{
		items(access{"GetItem", "job target", ""}, rings),
		wake,
	},
}

var notify = function{
	name: "notify", about: "Tells people how releases went",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "notify", ownBus: true, pattern: events.NotifyPattern(), about: "A release began or ended: people want to know"},
	),
	variables: "SLUICE_ENVIRONMENT SLUICE_TABLE SLUICE_BUS SLUICE_TOPIC SLUICE_LINKS_SECRET SLUICE_CONSOLE",
	may: []permission{
		items(access{"GetItem", "release", ""}),
		tellPeople, readSecret("SignLinks", linksSecret),
	},
}

var slack = function{
	name: "slack", about: "Keeps one message about each release in Slack",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "slack", ownBus: true, pattern: events.ProgressPattern(), about: "Something happened to a release: its message in Slack changes"},
	),
	variables: "SLUICE_ENVIRONMENT SLUICE_TABLE SLUICE_BUS SLUICE_DEFINITIONS SLUICE_SLACK_API SLUICE_SLACK_SECRET SLUICE_LINKS_SECRET SLUICE_CONSOLE",
	may: []permission{
		readDefinitions,
		items(
			access{"GetItem", "release", ""},
			access{"UpdateItem", "slack", ""},
		),
		readSecret("ReadBotToken", slackSecret), readSecret("SignLinks", linksSecret),
	},
}

var github = function{
	name: "github", about: "Tells GitHub how the release of a commit goes",
	seconds: 30, memory: 256, woken: byEvent,
	rules: always(
		rule{name: "github", ownBus: true, pattern: events.GitHubPattern(), about: "Something happened to a release of a commit of GitHub: GitHub is told"},
	),
	variables: "SLUICE_ENVIRONMENT SLUICE_TABLE SLUICE_GITHUB_API SLUICE_GITHUB_SECRET SLUICE_CONSOLE",
	may: []permission{
		items(
			access{"GetItem", "release", ""},
			access{"UpdateItem", "github", ""},
		),
		readSecret("ReadToken", githubSecret),
	},
}
