// Package arch holds the rules of the house as tests: which package may use which, and that the state machine and the
// domain's transition table say the same.
package arch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sluice/shared/kind"
)

// A rule bans dependencies of some packages, with the reason.
type rule struct {
	of     string   // prefix of the package's path
	except []string // prefixes that the rule leaves out
	bans   []string // prefixes
	allows []string // prefixes taken out of bans
	why    string
}

const sdk = "github.com/aws/"

var rules = []rule{
	{of: "sluice/events", bans: []string{"sluice/", sdk}, allows: []string{"sluice/events"}, why: "the contract depends on nobody"},
	{
		of: "sluice/shared/kind", bans: []string{"sluice/", "github.com/", "golang.org/", "net/http"}, allows: []string{"sluice/shared/kind"},
		why: "the domain is pure: standard library only, no clock, no AWS",
	},
	{
		of: "sluice/shared/rollout", bans: []string{"sluice/", "github.com/", "golang.org/", "net/http"}, allows: []string{"sluice/shared/rollout", "sluice/shared/kind", "golang.org/x/sys"},
		why: "the domain is pure: standard library only, no clock, no AWS",
	},
	{
		of: "sluice/shared/judge", bans: []string{"sluice/", "github.com/", "golang.org/", "net/http"}, allows: []string{"sluice/shared/judge", "sluice/shared/rollout", "sluice/shared/kind"},
		why: "the domain is pure: standard library only, no clock, no AWS",
	},
	{
		of: "sluice/shared/gates", bans: []string{"sluice/", "github.com/", "golang.org/", "net/http"}, allows: []string{"sluice/shared/gates", "sluice/shared/rollout", "sluice/shared/kind"},
		why: "the domain is pure: standard library only, no clock, no AWS",
	},
	{of: "sluice/shared", bans: []string{"sluice/functions", "sluice/infra", "sluice/test"}, why: "adapters know nobody who uses them"},
	{of: "sluice/functions", bans: []string{"sluice/infra", "sluice/test"}, why: "what runs on AWS is not made of what deploys or tests it"},
	{of: "sluice/functions", bans: []string{"github.com/aws/aws-cdk-go", "github.com/aws/aws-sdk-go-v2/config", "go.yaml.in"}, why: "every linked package costs cold start"},
	{of: "sluice/infra", bans: []string{"sluice/functions", "sluice/test"}, why: "the stack names functions, it does not link them"},
	{of: "sluice/infra/plan", bans: []string{"github.com/aws/aws-cdk-go"}, why: "make plan answers at once"},
	{of: "sluice/infra/sluice", bans: []string{"github.com/aws/aws-cdk-go"}, why: "the command line answers at once, and is installed without the CDK"},
	{of: "sluice/infra/convert", bans: []string{"github.com/aws/", "net/http"}, why: "what a file means depends on the file alone"},
	{of: "sluice/infra/addition", bans: []string{"github.com/aws/"}, why: "make run adds one's own service, and has no CDK"},
	{of: "sluice/infra/build", bans: []string{"github.com/aws/aws-cdk-go"}, why: "make build compiles the functions, and not the CDK before them"},
	{of: "sluice/infra/picture", bans: []string{"github.com/"}, why: "the pictures are drawn from the domain's table alone"},
	{of: "sluice/test/sandbox/", bans: []string{"sluice/functions", "sluice/shared", "sluice/infra"}, except: []string{"sluice/test/sandbox/run"}, why: "the sandbox is AWS: it knows nothing of Sluice"},
}

func TestDependenciesPointOneWay(t *testing.T) {
	for pkg, deps := range dependencies(t) {
		for _, r := range rules {
			if !hasPrefix(pkg, []string{r.of}) || hasPrefix(pkg, r.except) {
				continue
			}
			for _, dep := range deps {
				if hasPrefix(dep, r.bans) && !hasPrefix(dep, r.allows) {
					t.Errorf("%s depends on %s, but %s", pkg, dep, r.why)
				}
			}
		}
	}
}

// TestFunctionsThatOpenTargetsAreBuiltForEachKind: one that is missing there would have the clients of all kinds in it.
func TestFunctionsThatOpenTargetsAreBuiltForEachKind(t *testing.T) {
	for pkg, deps := range dependencies(t) {
		name, program := strings.CutSuffix(strings.TrimPrefix(pkg, "sluice/functions/"), "/lambda")
		if opens := slices.Contains(deps, "sluice/shared/traffic/kinds"); program && opens != kind.Touches(name) {
			t.Errorf("%s opens targets: %v, but kind.Touches(%q) is %v", pkg, opens, name, !opens)
		}
	}
}

// TestFunctionsDoNotImportEachOther keeps what functions share in shared/.
func TestFunctionsDoNotImportEachOther(t *testing.T) {
	for pkg, deps := range dependencies(t) {
		folder, inside := strings.CutPrefix(pkg, "sluice/functions/")
		if !inside {
			continue
		}
		own := "sluice/functions/" + strings.Split(folder, "/")[0]
		for _, dep := range deps {
			if strings.HasPrefix(dep, "sluice/functions/") && dep != own {
				t.Errorf("%s imports %s: what functions share belongs in shared/", pkg, dep)
			}
		}
	}
}

// dependencies lists, for every package of the module, everything that it links.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "sluice/...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		found[fields[0]] = fields[1:]
	}
	return found
}

// hasPrefix compares whole path elements.
func hasPrefix(pkg string, prefixes []string) bool {
	for _, p := range prefixes {
		if pkg == strings.TrimSuffix(p, "/") || strings.HasPrefix(pkg, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}
