package bench

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

var figures = flag.Bool("figures", false, "measure and print the figures (make bench)")

// env is enough for any function to start.
var env = []string{
	"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_LAMBDA_FUNCTION_NAME=bench", "SLUICE_ENVIRONMENT=bench", "SLUICE_KIND=lambdaAlias",
	"SLUICE_TABLE=t", "SLUICE_BUS=b", "SLUICE_STATE_MACHINE=arn:aws:states:us-east-1:123456789012:stateMachine:m", "SLUICE_DEFINITIONS=/d/", "SLUICE_SOURCES=/s/", "SLUICE_TOPIC=arn:aws:sns:us-east-1:123456789012:t", "SLUICE_SLACK_API=https://slack.com/api", "SLUICE_SLACK_SECRET=s",
	"SLUICE_SLACK_SIGNING_SECRET=s", "SLUICE_LINKS_SECRET=s", "SLUICE_PEOPLE_SECRET=s", "SLUICE_CONSOLE=https://example.com/", "SLUICE_CONSOLE_FUNCTION=c", "SLUICE_DECIDE=d", "SLUICE_SCAN=s", "SLUICE_LOOKS=l", "SLUICE_SLACK_FUNCTION=s", "SLUICE_WEBHOOK_SECRETS=s", "SLUICE_GITHUB_API=https://api.github.com", "SLUICE_GITHUB_SECRET=s",
}

// TestFigures prints what was measured beside its budget. It judges nothing: times depend on the machine.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("measures for half a minute: make bench")
	}
	fmt.Printf("%-58s %12s %10s\n", "what", "measured", "budget")
	calls(t)
	transitions(t)
	functions(t)
	throughput(t)
}

func row(what, measured, budget string) { fmt.Printf("%-58s %12s %10s\n", what, measured, budget) }

func calls(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.AlarmRed(scenario.Alarm)
		w.Ended(id)
		n := 0
		for _, c := range w.Calls("guard") {
			n++
			if c.Operation == "lambda:UpdateAlias" && c.Err == nil {
				break
			}
		}
		row("AWS calls from alarm event to traffic restored", fmt.Sprint(n), "<= 3")
	})
}

func transitions(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		r := w.Ended(w.Requested("2"))
		row("transitions of a healthy rollout of 4 steps", fmt.Sprint(w.Transitions(r)), fmt.Sprintf("<= %d", rollout.Transitions(4)))
	})
}

const coldStarts = 20

func functions(t *testing.T) {
	dir := t.TempDir()
	mains, err := filepath.Glob("../../functions/*/bootstrap")
	if err != nil || len(mains) == 0 {
		t.Fatalf("finding functions: %v", err)
	}
	hello := build(t, dir, "hello", "./hello")
	floor := map[string]time.Duration{}
	for _, main := range mains {
		name := filepath.Base(filepath.Dir(main))
		bootstrap := build(t, dir, name, main)
		var cold, base []time.Duration
		for range coldStarts { // in turns, so that both meet the same machine
			base, cold = append(base, start(t, hello)), append(cold, start(t, bootstrap))
		}
		floor[name] = Median(base)
		ratio, budget := float64(Median(cold))/float64(Median(base)), "<= 2.0x"
		if name == "guard" {
			budget = "<= 1.6x"
		}
		row(fmt.Sprintf("cold start of %-9s %5.1f ms, hello %4.1f ms", name, ms(Median(cold)), ms(Median(base))), fmt.Sprintf("%.2fx", ratio), budget)
		size, err := ZipSize(bootstrap)
		if err != nil {
			t.Fatal(err)
		}
		row(fmt.Sprintf("zipped %s", name), fmt.Sprintf("%.1f MB", float64(size)/1e6), "<= 5 MB")
	}
}

func build(t *testing.T, dir, name, pkg string) string {
	t.Helper()
	out := filepath.Join(dir, name)
	if filepath.IsAbs(pkg) || pkg[0] != '.' {
		pkg = "./" + pkg
	}
	if err := Build(pkg, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func start(t *testing.T, bootstrap string) time.Duration {
	t.Helper()
	d, err := ColdStart(bootstrap, env)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const releases = 300

// throughput runs whole releases one after the other on one core: real time, measured outside the bubble of virtual time.
func throughput(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a simulation is short-lived; memory is cheaper than its time
	begun := time.Now()
	ended := 0
	scenario.RunWith(t, scenario.Options{Direct: true}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		for i := range releases {
			if r := w.Ended(w.Requested([]string{"2", "3"}[i%2])); r.End == rollout.Succeeded {
				ended++
			}
		}
	})
	if ended != releases {
		t.Fatalf("%d of %d releases succeeded", ended, releases)
	}
	row("simulated releases per second and core, 4 steps each", fmt.Sprintf("%.0f", releases/time.Since(begun).Seconds()), ">= 200")
	_ = os.Stdout.Sync()
}
