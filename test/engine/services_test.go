package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"sluice/infra/definition"
)

// plain is how most services are released.
const plain = `service: SERVICE
target: { lambdaAlias: { function: SERVICE, alias: live } }
strategy: { canary: { steps: [ { weight: 10, bake: 10m } ] } }
guard: { alarms: [ SERVICE-errors ] }
`

// fullest names, for each service, all that a definition can name: a repository, a build and a pipeline, a gate of every
// sort with things of its own, tests before traffic, and requests of Sluice's own. What a company has one of is shared: the
// calendar of changes and the document that drills.
const fullest = `service: SERVICE
target: { lambdaAlias: { function: SERVICE, alias: live } }
source:
  repository: github/acme/SERVICE
  build: { codeBuild: SERVICE-build }
strategy: { blueGreen: { test: {}, bake: 30m } }
guard: { alarms: [ SERVICE-errors, SERVICE-latency ] }
checks:
  errors: [ {} ]
  synthetic: { payload: {}, perMinute: 10 }
people:
  ada: { event: ada }
  grace: { event: grace }
approvals:
  - before: last
    from: [ ada, grace ]
    pipeline: { name: SERVICE-pipe, stage: Release, action: Approve }
gates:
  unmuted: true
  calendars: [ changes ]
  flags: [ { parameter: /SERVICE/releases, equals: "on" } ]
  config: { rules: [ lambda-inside-vpc ] }
  scan: { ecr: acme/SERVICE, inspector: true }
  tests:
    - lambda: SERVICE-smoke
    - codeBuild: SERVICE-accept
    - automation: drill
revertWindow: 24h
`

// stored is the source of every third service: objects, which Sluice publishes itself.
const stored = `source:
  s3: { bucket: SERVICE-artifacts, key: "releases/*.zip" }
`

func services(t *testing.T, n int, text string) []definition.Service {
	t.Helper()
	schema, err := os.ReadFile("../../events/definition.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"events/definition.schema.json": {Data: schema}}
	for i := range n {
		name := fmt.Sprintf("shop-fulfilment-%03d", i)
		own := text
		if i%3 == 2 && strings.Contains(text, "  repository:") {
			before, rest, _ := strings.Cut(own, "source:")
			_, after, _ := strings.Cut(rest, "strategy:")
			own = before + stored + "strategy:" + after
		}
		files[definition.Folder+"/"+name+".yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(own, "SERVICE", name))}
	}
	made, err := definition.Load(files, "production")
	if err != nil {
		t.Fatal(err)
	}
	return made
}
