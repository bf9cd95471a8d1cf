// Package browser looks at Sluice's pages as people do: in Chromium, over loopback, in real time.
package browser

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

var pictures = flag.Bool("screenshots", false, "write the pictures of the README (make screenshots)")

// asking bakes for two seconds, and then asks grace.
const asking = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"2s"},{"weight":50,"bake":"2s"}]}},
	"people":{"grace":{"slack":"T0SANDBOX/U0GRACE","event":"grace"},"linus":{"slack":"T0SANDBOX/U0LINUS","event":"linus"}},
	"approvals":[{"before":"last","from":["grace","linus"],"within":"10m"}],
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// world is a Sluice that listens.
func world(t *testing.T) *scenario.World {
	t.Helper()
	w := scenario.New(t, scenario.Options{ListenAddr: "127.0.0.1:0"})
	t.Cleanup(w.Close)
	w.Make(asking)
	w.AlarmGreen(scenario.Alarm)
	return w
}

// link lets somebody in who may invoke the console; nobody named may look.
func link(t *testing.T, w *scenario.World, release, who string) string {
	t.Helper()
	payload := fmt.Sprintf(`{"link":{"release":%q,"how":"slack","by":%q}}`, release, who)
	out, err := w.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("sluice-sandbox-console"), Payload: []byte(payload)})
	if err != nil || out.FunctionError != nil {
		t.Fatalf("asking for a link: %v %s", err, out.Payload)
	}
	var made struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(out.Payload, &made); err != nil || made.URL == "" {
		t.Fatalf("the link is %s (%v)", out.Payload, err)
	}
	return made.URL
}

// installed is the path of Chromium. Without it a test says that it shows nothing.
func installed(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: there is no Chromium on PATH, so nothing here shows that the pages work in a browser")
	return ""
}

// chromium opens a browser with a profile of its own, for a minute. complaints gets what its console says that is no plain message.
func chromium(t *testing.T) (ctx context.Context, complaints func() []string) {
	t.Helper()
	program := installed(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(profile(t)), chromedp.WindowSize(1100, 900))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, closed := chromedp.NewContext(ctx)
	t.Cleanup(closed)
	ctx, timeUp := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(timeUp)
	var mu sync.Mutex
	var said []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			said = append(said, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
		case *runtime.EventExceptionThrown:
			said = append(said, e.ExceptionDetails.Error())
		}
	})
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return said
	}
}

// profile is a folder for a browser, whose helpers may still write into it for a moment when it has closed.
func profile(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "sluice-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for begun := time.Now(); os.RemoveAll(folder) != nil && time.Since(begun) < 5*time.Second; time.Sleep(50 * time.Millisecond) {
		}
	})
	return folder
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var text string
		_ = chromedp.Run(ctx, chromedp.Text("body", &text))
		t.Fatalf("%v; the page says\n%s", err, text)
	}
}

// until waits for what a script finds on the page, whichever page that is by then.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
			var found bool
			if err := chromedp.Evaluate("Boolean("+expression+")", &found).Do(ctx); err == nil && found {
				return nil
			}
		}
		return fmt.Errorf("never came: %s", expression)
	})
}

// The whole way of an answer, with every step that a person takes.
func TestPersonApprovesInABrowser(t *testing.T) {
	w := world(t)
	ctx, complaints := chromium(t)
	id := w.Requested("2")
	var path string
	do(t, ctx, chromedp.Navigate(link(t, w, id, "T0SANDBOX/U0GRACE")), chromedp.Click(`form[action="/open"] button`), chromedp.WaitVisible("#hero"),
		until(`document.querySelector("#question textarea")`), // it comes by itself: nobody reloads
		chromedp.SendKeys("#comment", "Looks <b>good</b>"), chromedp.Click(`#question button.go`),
		until(`document.querySelector("main").innerText.includes("Looks <b>good</b>")`),
		until(`document.title.startsWith("Promoted") || document.querySelector("#hero").innerText.includes("The candidate serves all traffic")`),
		chromedp.Location(&path))
	path, _, _ = strings.Cut(path, "?")
	if !strings.HasSuffix(path, "/releases/"+id) {
		t.Errorf("the browser is at %s", path)
	}
	if r, _ := w.Recorded(id); r.End != rollout.Succeeded || len(r.Answers) != 1 || r.Answers["2/grace"].Comment != "Looks <b>good</b>" {
		t.Errorf("it ended %q with %+v", r.End, r.Answers)
	}
	do(t, ctx, chromedp.Navigate(strings.TrimSuffix(path, "releases/"+id)), until(`document.querySelector("main").innerText.includes("checkout")`))
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(said, "\n"))
	}
}

// Somebody's browser runs no script: everything is there all the same, and forms decide.
func TestPageWorksWithoutScript(t *testing.T) {
	w := world(t)
	ctx, _ := chromium(t)
	id := w.Requested("2")
	asked(t, w, id)
	do(t, ctx, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(link(t, w, id, "T0SANDBOX/U0LINUS")), chromedp.Click(`form[action="/open"] button`),
		chromedp.WaitVisible("#question textarea"), chromedp.Click(`#question button.stop`), chromedp.WaitVisible(".notice, [role=status], #hero"))
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if r, _ := w.Recorded(id); r.End == rollout.Aborted {
			return
		} else if time.Since(begun) > 20*time.Second {
			t.Fatalf("it was rejected and ended %q; its story:\n%s", r.End, scenario.Story(r))
		}
	}
}

func asked(t *testing.T, w *scenario.World, id string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if r, _ := w.Recorded(id); r.Asked != nil {
			return
		}
	}
	t.Fatal("nobody was asked")
}

// Both pages, by day and by night, on a phone and on a desk.
func TestPagesFitTheScreen(t *testing.T) {
	w := world(t)
	ctx, _ := chromium(t)
	id := w.Requested("2")
	asked(t, w, id)
	if *pictures { // with something before it
		for i, answer := range []string{events.Reject, events.Approve} {
			w.Answered(id, "grace", answer)
			settled(t, w, id)
			id = w.Requested([]string{"2", "3"}[i])
			asked(t, w, id)
		}
	}
	var home string
	do(t, ctx, chromedp.Navigate(link(t, w, id, "T0SANDBOX/U0GRACE")), chromedp.Click(`form[action="/open"] button`), chromedp.WaitVisible("#question textarea"), chromedp.Location(&home))
	home = strings.TrimSuffix(home, "releases/"+id)
	for name, size := range map[string][2]int64{"phone": {390, 844}, "desk": {1280, 900}} {
		grounds := map[string]bool{}
		for _, scheme := range []string{"light", "dark"} {
			for _, path := range []string{"", "releases/" + id} {
				var wide bool
				var ground string
				do(t, ctx, chromedp.EmulateViewport(size[0], size[1]),
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
					chromedp.Navigate(home+path), chromedp.WaitVisible("#main"),
					chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide),
					chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &ground))
				if wide {
					t.Errorf("on a %s /%s is wider than the screen", name, path)
				}
				grounds[scheme+ground] = true
			}
		}
		if len(grounds) != 2 {
			t.Errorf("on a %s the grounds are %v, want one by day and one by night", name, grounds)
		}
	}
	if *pictures {
		shoot(t, ctx, home, "releases/"+id, "docs/page.png")
		shoot(t, ctx, home, "", "docs/releases.png")
	}
}

func settled(t *testing.T, w *scenario.World, id string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if r, _ := w.Recorded(id); r.End != "" && r.Open == "" {
			return
		}
	}
	t.Fatalf("release %s has not ended", id)
}

// shoot writes a picture of a page into the repository.
func shoot(t *testing.T, ctx context.Context, home, path, file string) {
	t.Helper()
	var picture []byte
	do(t, ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}),
		chromedp.EmulateViewport(820, 900), chromedp.Navigate(home+path), chromedp.WaitVisible("#main"), chromedp.CaptureScreenshot(&picture))
	if err := os.WriteFile(filepath.Join("../..", file), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A page that nobody is let into says so, in a browser, too.
func TestStrangerSeesNothing(t *testing.T) {
	w := world(t)
	ctx, _ := chromium(t)
	id := w.Requested("2")
	var path, text string
	do(t, ctx, chromedp.Navigate(link(t, w, id, "T0SANDBOX/U0GRACE")), chromedp.Location(&path))
	base, _, _ := strings.Cut(path, "/open")
	response, err := chromedp.RunResponse(ctx, chromedp.Navigate(base+"/releases/"+id))
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Text("body", &text))
	if response.Status != http.StatusUnauthorized || strings.Contains(text, "checkout") {
		t.Errorf("without a session: %d\n%s", response.Status, text)
	}
}
