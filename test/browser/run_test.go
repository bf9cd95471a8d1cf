package browser

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A program is `make run`, as its process tells of itself.
type program struct {
	*testing.T
	mu    sync.Mutex
	lines []string
}

// makeRun starts the process of `make run` on a free port. It and all that it starts end with the test.
func makeRun(t *testing.T) *program {
	t.Helper()
	t.Chdir("../..")
	binary := filepath.Join(t.TempDir(), "run")
	if out, err := exec.Command("go", "build", "-o", binary, "./test/sandbox/run").CombinedOutput(); err != nil {
		t.Fatalf("building the show: %v\n%s", err, out)
	}
	cmd := exec.Command(binary, "-port", "0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, with all that it starts
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p, done := &program{T: t}, make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.lines = append(p.lines, lines.Text())
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		<-done
		_ = cmd.Wait() // it was interrupted
	})
	return p
}

// says waits for a line that has something in it, and answers what the first group of the expression found.
func (p *program) says(expression string) string {
	p.Helper()
	for begun := time.Now(); time.Since(begun) < 3*time.Minute; time.Sleep(50 * time.Millisecond) {
		if m := regexp.MustCompile(expression).FindStringSubmatch(p.text()); m != nil {
			return m[len(m)-1]
		}
	}
	p.Fatalf("the show never said %q:\n%s", expression, p.text())
	return ""
}

func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// From a push to a promotion: git, webhook, build, canary, the question in Slack, the page, its form, and Slack again. The show presses
// the button itself after twelve seconds; whoever looks is quicker.
func TestPushIsApprovedOnThePageOfTheShow(t *testing.T) {
	installed(t)
	p := makeRun(t)
	p.says(`git push`)
	p.says(`webhook: 202`)
	p.says(`Built (version 2) from commit`)
	chat := p.says(`Your answer is asked for: open (\S+)`)
	ctx, complaints := chromium(t)
	var link string
	do(t, ctx, chromedp.Navigate(chat),
		chromedp.SetValue(`select[name=user]`, "U0GRACE"), chromedp.Click(`button[value=page]`),
		until(`document.querySelector(".whisper a")`), chromedp.Evaluate(`document.querySelector(".whisper a").href`, &link))
	do(t, ctx, chromedp.Navigate(link), chromedp.Click(`form[action="/open"] button`), until(`document.querySelector("#question textarea")`),
		chromedp.SendKeys("#comment", "Seen on the page"), chromedp.Click(`#question button.go`),
		until(`document.querySelector("main").innerText.includes("Seen on the page")`))
	p.says(`grace +approve: 100 % of the traffic \(by slack\)\. Seen on the page`)
	p.says(`SUCCEEDED`)
	do(t, ctx, until(`document.querySelector("#hero").innerText.includes("The candidate serves all traffic")`),
		chromedp.Navigate(chat), until(`document.body.innerText.includes("✅")`), until(`document.body.innerText.includes("Seen on the page")`))
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(said, "\n"))
	}
}
