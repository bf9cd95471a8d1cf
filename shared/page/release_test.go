package page_test

import (
	"encoding/json"
	"errors"
	"html"
	"strings"
	"testing"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// sample is a release that has been at 10 % for a minute, and asks grace and linus before the rest.
func sample() rollout.Release {
	return rollout.Release{
		ID: "checkout-1f0c2b3a4d5e", Service: "checkout", Revision: rollout.Revision{Version: "42", Commit: "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", Author: "ada"},
		By: "ci", Reason: "Round down", Stable: "41", State: rollout.StateShift, Created: now.Add(-2 * time.Minute), Started: now.Add(-time.Minute), BakeUntil: now.Add(9 * time.Minute), Epoch: 1,
		Steps: []rollout.Step{{Weight: 1000, Bake: rollout.Duration(10 * time.Minute)}, {Weight: rollout.All}},
		Definition: rollout.Definition{
			Service: "checkout", Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}, Guard: rollout.Guard{Alarms: []string{"checkout-errors"}},
			People:    map[string]rollout.Person{"ada": {Event: "ada"}, "grace": {Event: "grace"}, "linus": {Slack: "T0/U1"}},
			Approvals: []rollout.Approval{{Before: rollout.BeforeLast, From: []string{"ada", "grace", "linus"}, Quorum: 1}},
		},
		Audit: []rollout.Line{{At: now.Add(-time.Minute), Who: "shift", What: "Version 42 gets 10 % of the traffic."}},
	}
}

// asking is the sample when its question is open.
func asking() rollout.Release {
	r := sample()
	r.State, r.Asked = rollout.StateAsk, &rollout.Asked{Step: 1, Since: now, Until: now.Add(time.Hour), Digest: r.Digest(1)}
	return r
}

func with(r rollout.Release, change func(r *rollout.Release)) rollout.Release {
	change(&r)
	return r
}

// texts are both forms of a page.
func texts(t *testing.T, r rollout.Release, v page.Visitor) (htmlText, jsonText string) {
	t.Helper()
	var h, j strings.Builder
	view := page.Release(r, judge.Ledger{}, v, now, page.Notice{})
	if err := view.HTML(&h); err != nil {
		t.Fatal(err)
	}
	if err := view.JSON(&j); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(j.String())) {
		t.Fatalf("this is no JSON: %s", j.String())
	}
	return h.String(), j.String()
}

func TestBothFormsTellTheSameOfEveryState(t *testing.T) {
	for name, test := range map[string]struct {
		release rollout.Release
		says    []string
	}{
		"asked for": {rollout.Release{ID: "checkout-1", Service: "checkout", Revision: rollout.Revision{Version: "42"}, Created: now}, []string{"Planning", "42"}},
		"baking":    {sample(), []string{"Running", "41", "42", "10 %", "Version 42 gets 10 % of the traffic.", "checkout-errors", "ada", "ci", "Round down"}},
		"asking":    {asking(), []string{"Waiting for approval", "grace", "linus", "100 %"}},
		"building":  {with(sample(), unbuilt), []string{"Building", "commit 4f1c2a9", "https://example.com/log"}},
		"not built": {with(sample(), func(r *rollout.Release) {
			unbuilt(r)
			r.End, r.Rejection = rollout.Rejected, rollout.Because("the build failed", "mend it")
		}), []string{"Rejected", "the build failed", "mend it", "exit status 1"}},
		"going back": {with(sample(), goBack), []string{"Going back", "checkout-errors went red"}},
		"went back":  {with(sample(), func(r *rollout.Release) { goBack(r); r.End = rollout.RolledBack }), []string{"Rolled back", rollout.RolledBack.Sentence(), "checkout-errors went red"}},
		"promoted":   {with(sample(), func(r *rollout.Release) { r.End, r.Step = rollout.Succeeded, 1 }), []string{"Succeeded", rollout.Succeeded.Sentence()}},
		"stuck":      {with(sample(), func(r *rollout.Release) { goBack(r); r.End = rollout.Stuck }), []string{"Stuck", rollout.Stuck.Sentence()}},
		"superseded": {with(sample(), func(r *rollout.Release) { r.End = rollout.Superseded }), []string{"Superseded", rollout.Superseded.Sentence()}},
		"aborted":    {with(sample(), func(r *rollout.Release) { r.End = rollout.Aborted }), []string{"Aborted", rollout.Aborted.Sentence()}},
		"reverted":   {with(sample(), func(r *rollout.Release) { r.End, r.Reverted = rollout.Succeeded, true; goBack(r) }), []string{"Going back"}},
		"answered": {with(asking(), func(r *rollout.Release) {
			r.Answers = map[string]rollout.Answer{"1/grace": {Step: 1, Person: "grace", Approve: true, Comment: "fine by me", How: rollout.BySlack, At: now}}
		}), []string{"grace", "fine by me"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, j := texts(t, test.release, page.Visitor{})
			for form, text := range map[string]string{"HTML": html.UnescapeString(h), "JSON": j} {
				for _, say := range append(test.says, test.release.ID, "checkout") {
					if !strings.Contains(text, say) {
						t.Errorf("the %s does not say %q", form, say)
					}
				}
			}
		})
	}
}

func TestAWeakVerdictIsCalledSoInBothForms(t *testing.T) {
	for weak, said := range map[bool]judge.Finding{true: {By: "errors", Why: "Fine.", Weak: true}, false: {By: "errors", Why: "Fine."}} {
		var h, j strings.Builder
		view := page.Release(sample(), judge.Ledger{Findings: []judge.Finding{said}}, page.Visitor{}, now, page.Notice{})
		if err := errors.Join(view.HTML(&h), view.JSON(&j)); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h.String(), ">weak<") != weak || strings.Contains(j.String(), `"weak": true`) != weak {
			t.Errorf("%+v is shown as\n%s\n%s", said, h.String(), j.String())
		}
	}
}

func unbuilt(r *rollout.Release) {
	r.Revision.Version, r.Started, r.BakeUntil, r.Epoch, r.Stable = "", time.Time{}, time.Time{}, 0, ""
	r.Building = &rollout.Building{Build: "arn:aws:codebuild:eu-central-1:123456789012:build/checkout:1b2c", Page: "https://example.com/log", Log: []string{"exit status 1"}}
}

func goBack(r *rollout.Release) {
	r.Cause = &rollout.Fence{Kind: rollout.ByAlarm, By: "checkout-errors", Reason: "Guard alarm checkout-errors went red", At: now}
}

// Whatever people, hosts and builds write is text, and never a part of the page.
func TestNothingFromOutsideBecomesPartOfThePage(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3)`
	r := asking()
	r.Service, r.By, r.Reason, r.Revision.Author, r.Revision.Commit, r.Revision.Repository, r.Verdict = evil, evil, evil, evil, evil, evil, "Pass: "+evil
	r.Building = &rollout.Building{Page: "javascript:alert(4)", Log: []string{evil}}
	r.Audit = []rollout.Line{{Who: evil, What: evil}}
	r.Definition.Guard.Alarms = []string{evil}
	r.Answers = map[string]rollout.Answer{"1/grace": {Step: 1, Person: "grace", Comment: evil, Origin: evil}}
	h, _ := texts(t, r, page.Visitor{Person: "linus", Session: evil, Name: evil})
	for _, part := range []string{"<script>alert", "<img src=x", `href="javascript:`, `href='javascript:`} {
		if strings.Contains(h, part) {
			t.Errorf("the page has %q in it", part)
		}
	}
	if !strings.Contains(h, "&lt;script&gt;alert(1)") {
		t.Error("what was written is not shown at all")
	}
}

func TestPageSaysWhereTheReleaseIsAndWhatItIsAPartOf(t *testing.T) {
	part := with(sample(), func(r *rollout.Release) {
		r.Parent, r.Place = "shop-0a1b2c3d4e5f", rollout.Place{Partition: "aws", Account: "123456789012", Region: "eu-central-1"}
	})
	h, j := texts(t, part, page.Visitor{})
	for _, want := range []string{"<dt>Place</dt><dd>eu-central-1 of account 123456789012</dd>", "<dt>Part of release</dt><dd><code>shop-0a1b2c3d4e5f</code></dd>"} {
		if !strings.Contains(h, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if !strings.Contains(j, `"parent": "shop-0a1b2c3d4e5f"`) || !strings.Contains(j, `"region": "eu-central-1"`) {
		t.Errorf("programs read\n%s", j)
	}
	if h, _ := texts(t, sample(), page.Visitor{}); strings.Contains(h, "<dt>Place</dt>") || strings.Contains(h, "Part of release") {
		t.Error("a record from before says where it is")
	}
}

func TestFormsAreForThoseWhoMay(t *testing.T) {
	answered := with(asking(), func(r *rollout.Release) { r.Answers = map[string]rollout.Answer{"1/grace": {Step: 1, Person: "grace"}} })
	for name, test := range map[string]struct {
		release                rollout.Release
		person                 string
		answer, abort, promote bool
	}{
		"whoever may look":          {asking(), "", false, false, false},
		"somebody who is asked":     {asking(), "grace", true, true, true},
		"the author":                {asking(), "ada", false, true, true},
		"whoever started it":        {with(asking(), func(r *rollout.Release) { r.By = "grace" }), "grace", false, true, true},
		"somebody who has answered": {answered, "grace", false, true, true},
		"nobody asks":               {sample(), "grace", false, true, true},
		"it has not begun":          {with(sample(), unbuilt), "grace", false, true, false},
		"it goes back":              {with(asking(), goBack), "grace", false, false, false},
		"it has ended":              {with(asking(), func(r *rollout.Release) { r.End = rollout.Succeeded }), "grace", false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := texts(t, test.release, page.Visitor{Person: test.person, Session: "s3ss10n"})
			for action, may := range map[string]bool{page.Approve: test.answer, page.Abort: test.abort, page.Promote: test.promote} {
				if strings.Contains(h, `action="`+action+`"`) != may {
					t.Errorf("the form %s is there: %v, want %v", action, !may, may)
				}
			}
			if forms, sessions := strings.Count(h, `<form method="post"`), strings.Count(h, `value="s3ss10n"`); forms != sessions {
				t.Errorf("%d forms, %d with the session", forms, sessions)
			}
		})
	}
}

func TestPolicyAdmitsNothingButThePageItself(t *testing.T) {
	p := page.Policy("n0nce")
	for _, want := range []string{"default-src 'none'", "style-src 'nonce-n0nce'", "script-src 'nonce-n0nce'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(p, want) {
			t.Errorf("the policy %q lacks %s", p, want)
		}
	}
	if strings.Contains(page.Policy("x'; script-src *"), "*") || strings.Contains(p, "unsafe") {
		t.Error("the policy lets more in")
	}
}

func FuzzRelease(f *testing.F) {
	for _, r := range []rollout.Release{{}, sample(), asking(), with(sample(), unbuilt)} {
		text, _ := json.Marshal(r)
		f.Add(text, "grace")
	}
	f.Fuzz(func(t *testing.T, text []byte, person string) {
		var r rollout.Release
		if json.Unmarshal(text, &r) != nil || len(r.Audit) > 100 || len(r.Steps) > 100 {
			return
		}
		r.Reason += "<canary>"
		h, _ := texts(t, r, page.Visitor{Person: person})
		if strings.Contains(h, "<canary>") {
			t.Error("the reason became part of the page")
		}
	})
}
