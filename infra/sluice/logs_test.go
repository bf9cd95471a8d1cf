package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/test/scenario"
)

// Without a word about what: what went wrong. With a service: all that its release left in the logs.
func TestLogsSayWhatWentWrongOrWhatAReleaseLeft(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		id := w.Requested("2")
		w.Sandbox.Logs.Write("/aws/lambda/sluice-sandbox-shift", "1",
			fmt.Sprintf(`{"time":"x","level":"INFO","msg":"moved","function":"shift","release":%q,"weight":5}`, id),
			`{"time":"x","level":"WARN","msg":"nobody can end this wait early","requestId":"r","error":"throttled"}`,
			`{"time":"x","type":"platform.start","record":{"requestId":"r"}}`, `{"_aws":{},"Releases":1}`)
		w.Pass(time.Second)
		w.Sandbox.Logs.Write("/aws/lambda/sluice-sandbox-guard-ecs", "1", `{"time":"x","type":"platform.report","record":{"requestId":"r","status":"timeout"}}`)
		for words, want := range map[string]string{
			"logs":                     "00:02:00 shift WARN nobody can end this wait early error: throttled 00:02:01 guard-ecs ERROR Lambda ended it: timeout",
			"logs --function guard":    "00:02:01 guard-ecs ERROR Lambda ended it: timeout",
			"logs checkout":            "00:02:00 shift moved release: " + id + " weight: 5",
			"logs --since 500ms":       "00:02:01 guard-ecs ERROR Lambda ended it: timeout",
			"logs --function gaurd":    "sluice: there is no log of a function gaurd; did you mean guard?",
			"logs --function shift -e": "sluice: flag needs an argument: 'e' in -e; sluice logs --help lists the flags",
			"logs --since -1h":         "sluice: --since -1h0m0s is no time in the past: write 15m or 3h",
		} {
			if seen, _ := as(w, center, "grace@example.com", strings.Fields(words)...); seen != want {
				t.Errorf("sluice %s:\n%s\nwant\n%s", words, seen, want)
			}
		}
		if seen, status := as(w, hobby, "grace@example.com", "logs"); status != wrongUse || !strings.Contains(seen, "OperatorPolicy") {
			t.Errorf("whoever may not: exit status %d, %s", status, seen)
		}
		if seen, _ := as(w, center, "grace@example.com", "logs", "--function", "shift", "--since", "1ms"); !strings.HasPrefix(seen, "Nothing was logged that is a warning or an error (--all shows the rest) since ") {
			t.Errorf("where there is nothing: %s", seen)
		}
	})
}

// What comes while somebody looks is shown once, until they have seen enough.
func TestLogsGoOnWithWhatComes(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		log := func(line string) { w.Sandbox.Logs.Write("/aws/lambda/sluice-sandbox-guard", "1", line) }
		log("one")
		ctx, enough := context.WithCancel(w.T.Context())
		var out bytes.Buffer
		d := desk{
			out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: "../..", now: time.Now, getenv: func(string) string { return "" },
			find: func(context.Context, string, string) (session.Engine, error) {
				return session.Engine{Environment: "sandbox", AWS: w.Sandbox.ConfigAs(arnOf(center), "grace@example.com")}, nil
			},
		}
		ended := make(chan int)
		go func() { ended <- d.run(ctx, strings.Fields("logs --all -f")) }()
		time.Sleep(time.Minute)
		log("two")
		time.Sleep(time.Minute)
		enough()
		synctest.Wait()
		if status := <-ended; status != done || strings.Count(out.String(), "one") != 1 || strings.Count(out.String(), "two") != 1 {
			t.Errorf("exit status %d:\n%s", status, out.String())
		}
	})
}
