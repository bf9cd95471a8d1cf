package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/test/bench/budget"
)

// env is enough for any function to start.
var env = []string{
	"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_LAMBDA_FUNCTION_NAME=bench", "SLUICE_ENVIRONMENT=bench", "SLUICE_KIND=lambdaAlias",
	"SLUICE_TABLE=t", "SLUICE_BUS=b", "SLUICE_STATE_MACHINE=arn:aws:states:us-east-1:123456789012:stateMachine:m", "SLUICE_DEFINITIONS=/d/", "SLUICE_SOURCES=/s/", "SLUICE_TOPIC=arn:aws:sns:us-east-1:123456789012:t", "SLUICE_SLACK_API=https://slack.com/api", "SLUICE_SLACK_SECRET=s",
	"SLUICE_SLACK_SIGNING_SECRET=s", "SLUICE_LINKS_SECRET=s", "SLUICE_PEOPLE_SECRET=s", "SLUICE_CONSOLE=https://example.com/", "SLUICE_CONSOLE_FUNCTION=c", "SLUICE_DECIDE=d", "SLUICE_TRIGGER=t", "SLUICE_SCAN=s", "SLUICE_LOOK=l", "SLUICE_GUARD=g", "SLUICE_WATCH_RULE=w", "SLUICE_PLACE=aws/123456789012/us-east-1", "SLUICE_SLACK_FUNCTION=s", "SLUICE_WEBHOOK_SECRETS=s", "SLUICE_GITHUB_API=https://api.github.com", "SLUICE_GITHUB_SECRET=s",
}

// A function that lacks a variable ends before it asks for work, and nothing would be measured.
func TestFunctionsAreStartedWithEveryVariableThatTheyHave(t *testing.T) {
	template, err := os.ReadFile("../../infra/testdata/golden.template.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(SLUICE_[A-Z_]+)":`).FindAllSubmatch(template, -1) {
		if name := string(m[1]); !slices.ContainsFunc(env, func(given string) bool { return strings.HasPrefix(given, name+"=") }) {
			t.Errorf("%s is not given", name)
		}
	}
}

const coldStarts = 20

// A start is how a function compares with a hello handler in the same run.
type start struct {
	name        string
	cold, hello time.Duration
	size        float64 // MB, zipped
}

func (s start) ratio() float64 { return float64(s.cold) / float64(s.hello) }

// functions prints the worst beside their budgets, and then each.
func functions(t *testing.T) {
	var guard, slowest, largest start
	all := measured(t, "*")
	for _, s := range all {
		switch {
		case s.name == "guard":
			guard = s
		case slowest.name == "" || s.ratio() > slowest.ratio():
			slowest = s
		}
		if s.size > largest.size {
			largest = s
		}
	}
	fmt.Println(budget.GuardStart.Row(guard.ratio()))
	for _, s := range guards(t) {
		fmt.Println(budget.EachGuard.Row(s.ratio(), s.name))
	}
	alone, crowded := kinds(t)
	fmt.Println(budget.KindStart.Row(float64(alone.cold) / float64(crowded.cold)))
	fmt.Println(budget.KindSize.Row(alone.size / crowded.size))
	fmt.Println(budget.Start.Row(slowest.ratio(), slowest.name))
	fmt.Println(budget.Zipped.Row(largest.size, largest.name))
	for _, s := range all {
		fmt.Printf("    %-9s %5.1f ms, hello %4.1f ms: %.2fx; zipped %.1f MB\n", s.name, ms(s.cold), ms(s.hello), s.ratio(), s.size)
	}
}

// measured compiles and starts the functions that a pattern matches.
func measured(t *testing.T, pattern string) (all []start) {
	t.Helper()
	dir := t.TempDir()
	mains, err := filepath.Glob("../../functions/" + pattern + "/lambda")
	if err != nil || len(mains) == 0 {
		t.Fatalf("finding functions %s: %v", pattern, err)
	}
	hello := build(t, dir, "hello", "./hello", OneKind)
	for _, main := range mains {
		s := start{name: filepath.Base(filepath.Dir(main))}
		bootstrap := build(t, dir, s.name, main, OneKind)
		s.hello, s.cold = inTurns(t, hello, bootstrap)
		s.size = size(t, main, OneKind)
		all = append(all, s)
	}
	return all
}

// guards measures the guard of each kind but the first as it is deployed.
func guards(t *testing.T) (all []start) {
	t.Helper()
	dir := t.TempDir()
	hello := build(t, dir, "hello", "./hello", OneKind)
	for _, k := range kind.All() {
		if k.SandboxOnly || k.ID == kind.LambdaAliasID {
			continue
		}
		s := start{name: string(k.ID)}
		s.hello, s.cold = inTurns(t, hello, build(t, dir, s.name, "../../functions/guard/lambda", OnlyKind(k.ID)), "SLUICE_KIND="+s.name)
		all = append(all, s)
	}
	return all
}

// kinds measures guard as it is deployed for one kind of target, and with all kinds in: a kind more must cost the first one nothing.
func kinds(t *testing.T) (alone, crowded start) {
	t.Helper()
	dir, main := t.TempDir(), "../../functions/guard/lambda"
	one, all := build(t, dir, "one", main, OneKind), build(t, dir, "all", main, AllKinds)
	alone.cold, crowded.cold = inTurns(t, one, all)
	alone.size, crowded.size = size(t, main, OneKind), size(t, main, AllKinds)
	return alone, crowded
}

// inTurns starts two programs often, so that both meet the same machine, and answers what is usual of each.
func inTurns(t *testing.T, one, other string, variables ...string) (time.Duration, time.Duration) {
	t.Helper()
	var first, second []time.Duration
	for range coldStarts {
		first, second = append(first, begin(t, one, variables)), append(second, begin(t, other, variables))
	}
	return Median(first), Median(second)
}

// size is how large a function's package is, in MB, as it is deployed.
func size(t *testing.T, main, tags string) float64 {
	t.Helper()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	if err := Build(main, bootstrap, tags, "arm64"); err != nil {
		t.Fatal(err)
	}
	bytes, err := ZipSize(bootstrap)
	if err != nil {
		t.Fatal(err)
	}
	return float64(bytes) / 1e6
}

func build(t *testing.T, dir, name, pkg, tags string) string {
	t.Helper()
	out := filepath.Join(dir, name)
	if err := Build(pkg, out, tags, runtime.GOARCH); err != nil {
		t.Fatal(err)
	}
	return out
}

func begin(t *testing.T, bootstrap string, variables []string) time.Duration {
	t.Helper()
	d, err := ColdStart(bootstrap, append(slices.Clone(env), variables...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
