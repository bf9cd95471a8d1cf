package addition_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/infra/stack"
)

const root = "../.."

func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

var home = addition.Home{Environment: "sandbox", Partition: "P", Region: "R", Account: "A"}

// plain is the least that a definition says.
const plain = `service: catalog
target: { lambdaAlias: { function: catalog, alias: live } }
strategy: { canary: { steps: [ { weight: 10, bake: 10m } ] } }
guard: { alarms: [ catalog-errors ] }
`

// fullest names all that a definition can name.
const fullest = `service: catalog
target: { lambdaAlias: { function: catalog-fn, alias: current } }
source:
  repository: github/acme/catalog
  build: { codeBuild: catalog-build }
strategy: { blueGreen: { test: {}, bake: 30m } }
guard: { alarms: [ catalog-errors ] }
checks:
  errors: [ {} ]
  synthetic: { payload: {}, perMinute: 10 }
people:
  ada: { event: ada }
  grace: { event: grace }
approvals:
  - before: last
    from: [ ada, grace ]
    pipeline: { name: catalog-pipe, stage: Release, action: Approve }
gates:
  unmuted: true
  calendars: [ catalog-changes ]
  flags: [ { parameter: /catalog/releases, equals: "on" } ]
  config: { rules: [ lambda-inside-vpc ] }
  scan: { ecr: acme/catalog, inspector: true }
  tests:
    - lambda: catalog-smoke
    - codeBuild: catalog-accept
    - automation: catalog-drill
      parameters: { AutomationAssumeRole: [ "arn:aws:iam::123456789012:role/catalog-drill" ] }
`

// stored is made of objects, which Sluice publishes itself.
const stored = plain + `source:
  s3: { bucket: catalog-artifacts, key: "releases/*.zip", kmsKey: "arn:aws:kms:us-east-1:123456789012:key/1" }
`

// sharing is released from what checkout is released from, too.
const sharing = plain + `source: { repository: github/acme/checkout, build: { codeBuild: catalog-build } }
`

// An engine to which a definition is added allows, hears and reads the same as one that is deployed with it.
func TestEngineWithAnAdditionIsTheEngineThatIsDeployedWithIt(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: the CDK needs node, which is not on the PATH; nothing shows that an added service is what make golden would make of it")
	}
	golden := engine{}
	for _, file := range stack.GoldenFiles {
		text, err := os.ReadFile(root + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		golden.reads(t, text)
	}
	for name, text := range map[string]string{"plain": plain, "fullest": fullest, "stored": stored, "sharing": sharing} {
		t.Run(name, func(t *testing.T) {
			services := with(t, text)
			props, err := stack.Read(root, "sandbox", "")
			if err != nil {
				t.Fatal(err)
			}
			props.Services = services
			templates, err := stack.Synthesise(root, props)
			if err != nil {
				t.Fatal(err)
			}
			want, got := engine{}, maps.Clone(golden)
			for _, template := range templates {
				want.reads(t, template)
			}
			got.takes(t, services)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("deployed with it (-) and added (+):\n%s", diff)
			}
		})
	}
}

// with is the repository's definitions and one more.
func with(t *testing.T, text string) []definition.Service {
	t.Helper()
	files := fstest.MapFS{"infra/services/catalog.yaml": {Data: []byte(text)}}
	for _, name := range []string{"events/definition.schema.json", "infra/services/checkout.yaml", "infra/services/sandbox/checkout.yaml"} {
		text, err := os.ReadFile(root + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	services, err := definition.Load(files, "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	return services
}

// An engine is what functions may do, hear and read: each action on each resource, each name in a pattern, each parameter.
type engine map[string]string

// takes adds the service catalog.
func (e engine) takes(t *testing.T, services []definition.Service) {
	t.Helper()
	for name, value := range addition.Parameters("sandbox", services) {
		e["reads "+name] = value
	}
	for _, s := range services {
		if s.Definition.Service != "catalog" {
			continue
		}
		for _, g := range addition.Grants(home, s.Definition) {
			for _, f := range g.Functions {
				e.allows(t, f, g.Actions, g.Resources, g.Condition)
			}
		}
		for _, r := range addition.Rules(s.Definition) {
			e.hears(t, r.Function, r.Pattern)
		}
	}
}

func (e engine) allows(t *testing.T, function string, actions, resources []string, condition any) {
	for _, a := range actions {
		for _, r := range resources {
			e[fmt.Sprintf("%s may %s on %s where %s", function, a, r, canonical(t, condition))] = ""
		}
	}
}

// hears splits a pattern into one for each name in it: how many names share a rule is a matter of room.
func (e engine) hears(t *testing.T, function string, pattern any) {
	text := canonical(t, pattern)
	var names []string
	_ = json.Unmarshal([]byte(text), &pattern)
	each(pattern, func(texts []string) {
		if slices.ContainsFunc(texts, func(s string) bool { return strings.HasPrefix(s, "catalog") || s == "checkout" }) {
			names = texts
		}
	})
	if names == nil {
		e[function+" hears "+text] = ""
	}
	for _, name := range names {
		e[function+" hears "+strings.Replace(text, canonical(t, names), `["`+name+`"]`, 1)] = ""
	}
}

// each calls f with every list of texts in a value.
func each(v any, f func([]string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, one := range v {
			each(one, f)
		}
	case []any:
		var texts []string
		for _, one := range v {
			if text, is := one.(string); is {
				texts = append(texts, text)
			}
		}
		if len(texts) == len(v) {
			f(texts)
		}
	}
}

func canonical(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) == "{}" {
		return "null"
	}
	return string(text)
}
