package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/events"
	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// The roles of this account that have the policy of operators, and one that has not.
const (
	center = "AWSReservedSSO_Releases_0123456789abcdef"
	admins = "AWSReservedSSO_Admins_fedcba9876543210"
	shared = "releasers"
	hobby  = "hobby"
)

// account is a world whose account has people: grace and linus come by IAM Identity Center, and releasers is a role that many may take on.
const account = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"}]}},
	"people":{"grace":{"aws":"arn:aws:sts::123456789012:assumed-role/` + center + `/grace@example.com"},
		"linus":{"aws":"arn:aws:sts::123456789012:assumed-role/` + center + `/linus@example.com"},
		"releasers":{"aws":"arn:aws:iam::123456789012:role/` + shared + `"},
		"eve":{"aws":"arn:aws:sts::123456789012:assumed-role/` + shared + `/eve"}},
	"gates":{"windows":[{"from":"03:00","until":"04:00","zone":"UTC"}],"override":["linus"]},
	"approvals":[{"before":"last","from":["grace","linus","eve"],"within":"4h"}],
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// free is account without gates.
var free = strings.Replace(account, `"gates":{"windows":[{"from":"03:00","until":"04:00","zone":"UTC"}],"override":["linus"]},`, "", 1)

// inAccount is a world in which people have roles, of which all but hobby have the policy of operators.
func inAccount(t *testing.T, definition string, test func(w *scenario.World)) {
	t.Helper()
	scenario.Run(t, func(w *scenario.World) {
		for _, name := range []string{center, admins, shared, hobby} {
			policies := []string{"sluice-sandbox-operator"}
			if name == hobby {
				policies = nil
			}
			if arn, err := w.Sandbox.NewRole(pathOf(name), name, policies...); err != nil || arn != arnOf(name) {
				t.Fatalf("role %s: %v", arn, err)
			}
		}
		w.Given(definition)
		test(w)
	})
}

// pathOf is where a role is: IAM Identity Center makes its own below one that is reserved.
func pathOf(role string) string {
	if strings.HasPrefix(role, "AWSReservedSSO_") {
		return "/aws-reserved/sso.amazonaws.com/"
	}
	return "/"
}

func arnOf(role string) string { return "arn:aws:iam::123456789012:role" + pathOf(role) + role }

// as types a command as somebody who has taken on a role and chosen a name for the session.
func as(w *scenario.World, role, name string, words ...string) (seen string, status int) {
	var out bytes.Buffer
	cfg := w.Sandbox.ConfigAs(arnOf(role), name)
	d := desk{
		out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: "../..", now: time.Now, getenv: func(string) string { return "" },
		find: func(context.Context, string, string) (session.Engine, error) {
			return session.Engine{Environment: "sandbox", AWS: cfg}, nil
		},
	}
	status = d.run(w.T.Context(), words)
	return strings.Join(strings.Fields(out.String()), " "), status
}

// A whole release by the command line alone, with rights that IAM gives: asked for, approved by somebody else, promoted.
func TestReleaseIsAskedForApprovedAndFollowedByTheCommandLine(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		seen, status := as(w, center, "grace@example.com", "release", "checkout", "2", "--reason", "faster checkout")
		if status != done || !strings.Contains(seen, "version 2 of checkout was asked for.") {
			t.Fatalf("exit status %d: %s", status, seen)
		}
		id := strings.TrimSuffix(strings.Fields(seen)[0], ":")
		w.Asks(id, 2)
		if seen, status := as(w, center, "grace@example.com", "approve", "checkout"); status != rejected || !strings.Contains(seen, "grace started the release. What to do: ask somebody else") {
			t.Errorf("whoever asked approves: exit status %d: %s", status, seen)
		}
		if seen, status := as(w, center, "linus@example.com", "approve", "checkout", "--step", "2"); status != rejected || !strings.Contains(seen, "asks about step 3 of 3, and not about step 2") {
			t.Errorf("exit status %d: %s", status, seen)
		}
		if seen, status := as(w, center, "linus@example.com", "approve", "checkout", "-m", "looks good"); status != done || !strings.Contains(seen, "approve counts as linus for step 3 of 3") {
			t.Errorf("exit status %d: %s", status, seen)
		}
		if r := w.Ended(id); r.End != rollout.Succeeded || !strings.Contains(r.By, "/grace@example.com") || !strings.Contains(w.Trail(id), "looks good") {
			t.Errorf("ended %s, asked for by %s\n%s", r.End, r.By, w.Trail(id))
		}
	})
}

func TestEveryWordIsAnsweredWithWhatWasDoneOrWhatToDoInstead(t *testing.T) {
	inAccount(t, account, func(w *scenario.World) {
		type said struct {
			role, name, words string
			status            int
			says              string
		}
		check := func(s said) {
			t.Helper()
			if seen, status := as(w, s.role, s.name, strings.Fields(s.words)...); status != s.status || !strings.Contains(seen, s.says) {
				t.Errorf("%s says %s: exit status %d, want %d and %q: %s\n%s", s.name, s.words, status, s.status, s.says, seen, w.Trail(strings.TrimSuffix(strings.Fields(seen)[0], ":")))
			}
		}
		check(said{center, "grace@example.com", "release chekout 2", wrongUse, "did you mean checkout?"})
		check(said{center, "grace@example.com", "release checkout two", rejected, "which is not a version"})
		check(said{hobby, "grace@example.com", "release checkout 2", wrongUse, "OperatorPolicy"})
		check(said{shared, "anybody", "release checkout 2 --key job-7", done, "was asked for."})
		id := events.ReleaseRequest{Service: "checkout", Revision: "2", Key: "job-7"}.ID("")
		check(said{center, "grace@example.com", "release checkout 2 --key job-7", rejected, "somebody else has asked"})
		w.Pass(time.Minute)
		check(said{center, "grace@example.com", "approve checkout", rejected, "asks nothing now"})
		check(said{center, "grace@example.com", "override checkout", wrongUse, "an override needs a reason"})
		check(said{center, "grace@example.com", "override checkout -m fix", rejected, "is not among those who may override by iam. What to do: ask one of linus"})
		check(said{center, "linus@example.com", "override checkout -m fix --gate windws", rejected, "The override does not count"})
		check(said{center, "linus@example.com", "override checkout -m fix", done, "The override counts"})
		w.Pass(time.Minute)
		check(said{admins, "grace@example.com", "promote checkout", rejected, "have yourself added to people of the definition, with aws: arn:aws:sts::123456789012:assumed-role/" + admins})
		check(said{center, "grace@example.com", "promote checkout", done, "The release goes to 100 % at once, after what people still have to approve."})
		check(said{center, "linus@example.com", "abort checkout --reason wrong", done, "The release stops."})
		w.Ended(id)
		check(said{center, "linus@example.com", "abort checkout", rejected, "The abort does nothing"})
		check(said{center, "linus@example.com", "promote checkout-0123456789ab", wrongUse, "has no release checkout-0123456789ab"})
	})
}

// Whoever may take on a role chooses the session's name, and so would choose who they are.
func TestNameOfASessionDoesNotMakeTwoPeopleOfOne(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		seen, _ := as(w, shared, "grace@example.com", "release", "checkout", "2")
		id := strings.TrimSuffix(strings.Fields(seen)[0], ":")
		w.Asks(id, 2)
		for _, name := range []string{"grace@example.com", "linus@example.com", "eve", "AWSReservedSSO_Releases_0123456789abcdef"} {
			if seen, status := as(w, shared, name, "approve", "checkout"); status != rejected {
				t.Errorf("as %s: exit status %d: %s", name, status, seen)
			}
		}
		if a := answers(w, id); len(a) != 0 {
			t.Errorf("it counts: %v", a)
		}
	})
}

// Who speaks stands in what AWS adds to the request, and in nothing that the sender writes.
func TestWhatASenderWritesOfThemselvesIsNotRead(t *testing.T) {
	inAccount(t, free, func(w *scenario.World) {
		seen, _ := as(w, shared, "x", "release", "checkout", "2")
		id := strings.TrimSuffix(strings.Fields(seen)[0], ":")
		w.Asks(id, 2)
		r, _ := w.Recorded(id)
		linus := "arn:aws:sts::123456789012:assumed-role/" + center + "/linus@example.com"
		body, err := json.Marshal(map[string]any{
			"do": "approve", "release": id, "step": r.Asked.Step, "digest": r.Asked.Digest, "by": linus, "how": "iam", "caller": linus, "userArn": linus,
			"requestContext": map[string]any{"authorizer": map[string]any{"iam": map[string]any{"userArn": linus}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		e := newEngine(session.Engine{Environment: "sandbox", AWS: w.Sandbox.ConfigAs(arnOf(hobby), "linus@example.com")})
		operator := newEngine(session.Engine{Environment: "sandbox", AWS: w.Sandbox.ConfigAs(arnOf(shared), "linus@example.com")})
		out, err := w.Sandbox.Lambda.GetFunctionUrlConfig(w.T.Context(), &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String("sluice-sandbox-command")})
		if err != nil {
			t.Fatal(err)
		}
		send := func(what string, e engine, want int, change func(*http.Request)) {
			r, err := e.signed(w.T.Context(), *out.FunctionUrl, body, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			change(r)
			answer, err := e.client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("%s: answered %d, want %d", what, answer.StatusCode, want)
			}
		}
		nothing := func(*http.Request) {}
		send("whoever may not", e, http.StatusForbidden, nothing)
		send("nobody", operator, http.StatusForbidden, func(r *http.Request) { r.Header.Del("Authorization") })
		send("another body than was signed", operator, http.StatusForbidden, func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") })
		send("a signature for another service", operator, http.StatusForbidden, func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/lambda/", "/sts/", 1))
		})
		send("a role that says it is linus", operator, http.StatusConflict, nothing)
		if a := answers(w, id); len(a) != 0 {
			t.Errorf("it counts: %v", a)
		}
		// Past the address a caller could write whom AWS states: the policy of operators does not let them.
		payload := []byte(`{"requestContext":{"http":{"method":"POST"},"authorizer":{"iam":{"userArn":"` + linus + `"}}},"body":` + string(must(json.Marshal(string(body)))) + `}`)
		_, err = lambda.NewFromConfig(operator.AWS).Invoke(w.T.Context(), &lambda.InvokeInput{FunctionName: aws.String("sluice-sandbox-command"), Payload: payload})
		if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
			t.Errorf("past the address: %v", err)
		}
		if a := answers(w, id); len(a) != 0 {
			t.Errorf("it counts: %v", a)
		}
	})
}

// answers are those that count, after whatever was said has arrived.
func answers(w *scenario.World, id string) map[string]rollout.Answer {
	w.Pass(time.Minute)
	r, _ := w.Recorded(id)
	return r.Answers
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
