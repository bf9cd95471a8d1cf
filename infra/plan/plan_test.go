package plan

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var update = flag.Bool("update", false, "write testdata/plan.txt anew")

// says looks for words on a page, wherever its lines end.
func says(page, words string) bool {
	return strings.Contains(strings.Join(strings.Fields(page), " "), words)
}

func minutes(n int) rollout.Duration { return rollout.Duration(time.Duration(n) * time.Minute) }

// shop uses everything that a page can show.
func shop() rollout.Definition {
	return rollout.Definition{
		Service: "shop",
		Target:  rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "shop-api", Alias: "live"}},
		Strategy: rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{
			{Weight: rollout.None, Test: &rollout.Test{}}, {Weight: rollout.Percent(0.5), Bake: minutes(90)}, {Weight: rollout.Percent(33), Bake: minutes(24 * 60)},
		}}},
		Guard: rollout.Guard{Alarms: []string{"shop-errors", "shop-latency"}, WhenNoData: rollout.RollBack},
		Checks: rollout.Checks{
			Ceilings: []rollout.Ceiling{{Percent: 2, Errors: 5, Requests: 50}, {Percent: 0.1, Metrics: &rollout.Metric{
				Namespace: "Shop", Requests: "Requests", Errors: "Failures", RevisionDimension: "Version",
			}}},
			WhenInconclusive: rollout.WhenInconclusive{Extend: 2},
		},
		People: map[string]rollout.Person{"grace": {Event: "grace"}},
		Gates: &rollout.Gates{
			Unmuted: true, Windows: []rollout.Window{{Days: []rollout.Day{"mon", "thu"}, From: "09:00", Until: "16:00", Zone: "Europe/Berlin"}},
			Freezes:   []rollout.Freeze{{From: time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, 1, 2, 8, 0, 0, 0, time.UTC), Owner: "grace", Reason: "end of year"}},
			Calendars: []string{"company-changes"}, Flags: []rollout.Flag{{Parameter: "/shop/releases", Equals: "on"}},
			Config: &rollout.Compliance{Rules: []string{"in-vpc"}}, Scan: &rollout.Scan{ECR: "shop", Inspector: true},
			Tests: []rollout.Job{{Lambda: "shop-smoke"}, {CodeBuild: "shop-acceptance"}}, Override: []string{"grace"},
		},
		Hooks: []rollout.Hook{
			{Name: "migrate", Before: rollout.BeforeFirst, Job: rollout.Job{CodeBuild: "shop-migrate"}},
			{Name: "announce", After: rollout.AfterPromotion, Job: rollout.Job{Lambda: "shop-announce"}},
		},
		Slack:       &rollout.Slack{Channel: "C0123456789"},
		WhenRunning: rollout.Supersede,
	}.WithDefaults()
}

func TestThePageOfAReleaseIsTheGoldenOne(t *testing.T) {
	const golden = "testdata/plan.txt"
	page := report(shop(), "staging")
	if *update {
		if err := os.WriteFile(golden, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page); diff != "" {
		t.Errorf("(- golden, + page)\n%s\nIf this is what you want: go test ./infra/plan -update", diff)
	}
}

func TestThePageFitsOnATerminalOf80Columns(t *testing.T) {
	compared := shop()
	compared.Checks.Errors = []rollout.Compared{{Spreads: kind.SpreadClients}, {Enough: 100_000, DryRun: true}}
	compared.Checks.Latency = []rollout.Slower{{Quantiles: []float64{50, 90, 99, 99.9}}}
	pages := []rollout.Definition{shop(), compared.WithDefaults()}
	for _, k := range kind.All() {
		of := compared
		of.Target = rollout.Target{}
		if err := json.Unmarshal([]byte(definition.Sample(k.ID, "checkout")), &of.Target); err != nil {
			t.Fatal(err)
		}
		if of.Target.ALBRule != nil {
			of.Target.ALBRule.WhenIdle = kind.ScaleToNil
		}
		pages = append(pages, of.WithDefaults())
	}
	for _, d := range pages {
		for line := range strings.SplitSeq(report(d, "staging"), "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func TestAWeakVerdictIsAnnouncedBeforeTheRelease(t *testing.T) {
	for weak, compared := range map[bool]rollout.Compared{true: {Spreads: kind.SpreadClients}, false: {Spreads: kind.SpreadClients, Cluster: 20}} {
		d := shop()
		d.Checks.Errors = []rollout.Compared{compared}
		page := report(d.WithDefaults(), "production")
		if strings.Contains(page, "its verdict is weak") != weak {
			t.Errorf("with %+v the page says\n%s", compared, page)
		}
	}
}

func TestStepsFollowEachOtherFromTheStartOfTheRelease(t *testing.T) {
	rows := strings.Split(table(shop().Strategy.Steps(), false), "\n")
	for i, want := range []string{"+0s +0s tested", "+0s +1h30m", "+1h30m +25h30m", "+25h30m +25h30m"} {
		if got := strings.Join(strings.Fields(rows[i+1])[5:], " "); !strings.HasSuffix(got, want) {
			t.Errorf("step %d: got %q, want %q at the end", i+1, got, want)
		}
	}
}

func TestALittleTrafficIsNeverDrawnAsNone(t *testing.T) {
	for weight, full := range map[rollout.Weight]int{rollout.None: 0, 1: 1, rollout.Percent(4): 1, rollout.Percent(50): 10, rollout.Percent(99.99): 19, rollout.All: 20} {
		if got := strings.Count(bar(weight), "█"); got != full || utf8.RuneCountInString(bar(weight)) != 20 {
			t.Errorf("%v: %s", weight, bar(weight))
		}
	}
}

func TestTransitionsAreTheBudgetOfTheSteps(t *testing.T) {
	first := bill(shop())[0]
	if steps := 4; first.Count != 3*steps+4 || first.Dollars != float64(16)*0.025/1000 {
		t.Errorf("%+v", first)
	}
}

// What failed behind a load balancer takes five metrics to know, one of which tells the requests, too; one more tells what it answered by itself.
func TestALookIsPricedByTheMetricsThatItReads(t *testing.T) {
	for id, want := range map[kind.ID]int{kind.LambdaAliasID: 4, kind.ALBRuleID: 11, kind.APIStageID: 4, kind.DistributionID: 4, kind.RecordSetID: 4} {
		d := shop()
		d.Target = rollout.Target{}
		if err := json.Unmarshal([]byte(definition.Sample(id, "checkout")), &d.Target); err != nil {
			t.Fatal(err)
		}
		d.Checks = rollout.Checks{Errors: []rollout.Compared{{}}}
		if got := metricsOf(d.WithDefaults()); got != want {
			t.Errorf("%s: a look reads %d metrics, want %d", id, got, want)
		}
	}
}

func TestMovesThatTakeAWhileCostAWaitEach(t *testing.T) {
	d := shop()
	plain := bill(d)[0].Count
	d.Target = rollout.Target{RecordSet: &kind.RecordSet{}}
	if slow := bill(d)[0].Count; slow != plain+3*len(d.Steps()) {
		t.Errorf("%d transitions, and %d where each step takes a while", plain, slow)
	}
}

func TestAnUnknownServiceIsToldWhichOnesThereAre(t *testing.T) {
	err := run(t.Context(), Wish{Root: "../..", Environment: "production", Service: "chekout"}, io.Discard, io.Discard, world{})
	if err == nil || !strings.Contains(err.Error(), `"chekout"`) || !strings.Contains(err.Error(), "checkout") {
		t.Errorf("got %v", err)
	}
	if err := run(t.Context(), Wish{Root: "../..", Environment: "production"}, io.Discard, io.Discard, world{}); err == nil || !strings.Contains(err.Error(), "SERVICE=") {
		t.Errorf("without a service: got %v", err)
	}
}

func TestAnEnvironmentsOverlayIsPlanned(t *testing.T) {
	var page strings.Builder
	if err := run(t.Context(), Wish{Root: "../..", Environment: "sandbox", Service: "checkout"}, &page, io.Discard, world{nobody, alarmsOf(), lastWeekOf(600, 3), nil}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "checkout in sandbox") || !strings.Contains(page.String(), "10s") {
		t.Errorf("got\n%s", page.String())
	}
}

// Somebody else's mistake hinders nobody.
func TestAnotherServicesFaultyFileHindersNoPlan(t *testing.T) {
	root := t.TempDir()
	schema, err := os.ReadFile("../../" + definition.SchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("../../infra/services/checkout.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{definition.SchemaFile: schema, definition.Folder + "/checkout.yaml": own, definition.Folder + "/shop.yaml": []byte("service: shop\ntarget: {\n")} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	var page, complaints strings.Builder
	w := world{nobody, alarmsOf(), lastWeekOf(600, 3), nil}
	if err := run(t.Context(), Wish{Root: root, Environment: "production", Service: "checkout"}, &page, &complaints, w); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "checkout in production") || !strings.Contains(complaints.String(), "infra/services/shop.yaml:2: this is not YAML") {
		t.Errorf("the page of checkout is\n%s\nwith the complaints\n%s", page.String(), complaints.String())
	}
	err = run(t.Context(), Wish{Root: root, Environment: "production", Service: "shop"}, io.Discard, io.Discard, w)
	if err == nil || !strings.Contains(err.Error(), "infra/services/shop.yaml:2: this is not YAML") {
		t.Errorf("the plan of the faulty one says %v", err)
	}
}

// Whether a push of theirs is released is what people wonder first.
func TestThePageSaysWhatIsReleasedFromWhere(t *testing.T) {
	d := shop()
	for want, s := range map[string]rollout.Source{
		"github/acme/shop, branch main": {Repository: "github/acme/shop", Build: &rollout.Build{CodeBuild: "shop"}},
		`github/acme/shop, branch release/*, !release/old and tag v* only when files change: **, !docs/** once the workflow "build" has succeeded for the push built by CodeBuild project shop within 1h a newer push: each is released in turn; [skip ci]: release; unknown author: allow`: {
			Repository: "github/acme/shop", Branches: []string{"release/*", "!release/old"}, Tags: []string{"v*"}, Paths: []string{"**", "!docs/**"}, Workflow: "build",
			Build: &rollout.Build{CodeBuild: "shop"}, WhenPushed: rollout.Every, WhenSkipped: rollout.ReleaseSkipped, WhenUnknownAuthor: rollout.AllowUnknown,
		},
		"objects s3://artifacts/shop/*.zip, each published as a version": {S3: &rollout.Object{Bucket: "artifacts", Key: "shop/*.zip"}},
		"every version that somebody publishes of shop":                  {Published: true},
	} {
		d.Source = &s
		if page := strings.Join(strings.Fields(report(d.WithDefaults(), "production")), " "); !strings.Contains(page, "Source "+want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
}

// nobody has no credentials.
func nobody(context.Context) (account, error) { return nil, errNoAccount }

// What cannot be compared is said before anybody relies on it.
func TestPlanSaysByWhatRevisionsAreToldApart(t *testing.T) {
	for want, stage := range map[string]kind.APIStage{
		"nothing counts its revisions":                          {API: "a1b2c3d4e5", Stage: "prod"},
		"its revisions are counted by Sluice/ApiStage/Requests": {API: "a1b2c3d4e5", Stage: "prod", AccessLog: "/apis/shop"},
	} {
		d := shop()
		d.Target = rollout.Target{APIStage: &stage}
		if page := report(d, "staging"); !strings.Contains(page, want) {
			t.Errorf("the plan does not say %q:\n%s", want, page)
		}
	}
}

// How long clients keep to a pool that is out is the definition's doing.
func TestPlanSaysHowLongTheWayBackByNameTakes(t *testing.T) {
	for ttl, want := range map[int][]string{0: {"back within 2m"}, 300: {"back within 6m", "write ttl: 60"}} {
		d := shop()
		d.Target = rollout.Target{RecordSet: &kind.RecordSet{Zone: "Z1", TTL: ttl, Records: []kind.Record{{
			Name: "shop.example.com", Type: "A", To: map[string]kind.Endpoint{"blue": {Value: "192.0.2.1"}, "green": {Value: "192.0.2.2"}},
		}}}}
		page := report(d, "staging")
		for _, words := range want {
			if !says(page, words) {
				t.Errorf("with a TTL of %d s the plan does not say %q:\n%s", ttl, words, page)
			}
		}
	}
}

func TestEveryValueIsExplained(t *testing.T) {
	var page strings.Builder
	if err := run(t.Context(), Wish{Root: "../..", Environment: "sandbox", Service: "checkout", Explain: true}, &page, io.Discard, world{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"strategy.canary.steps[0].bake: 20s sandbox/checkout.yaml:", "target.lambdaAlias.alias: live checkout.yaml:", "guard.whenRed: reject default"} {
		if !says(page.String(), want) {
			t.Errorf("%q is not on\n%s", want, page.String())
		}
	}
	for line := range strings.Lines(page.String()) {
		if utf8.RuneCountInString(line) > 120 {
			t.Errorf("a long line: %s", line)
		}
	}
}
