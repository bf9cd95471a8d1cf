package plan

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// accounted is an account whose builds have one role.
type accounted struct {
	role    string
	allowed map[string]string // the resource, by the action
	err     error
}

func (a accounted) Region() string { return "eu-central-1" }

func (a accounted) Role(context.Context, string) (string, error) { return a.role, a.err }

func (a accounted) May(_ context.Context, _, action, resource string) (bool, error) {
	return a.allowed[action] == resource, nil
}

func built() rollout.Definition {
	d := shop()
	d.Source = &rollout.Source{Repository: "github/acme/shop", Build: &rollout.Build{CodeBuild: "shop-build"}}
	return d.WithDefaults()
}

// A build runs what somebody pushed. What its role may do, whoever pushes may do.
func TestRoleOfABuildThatCouldReleaseIsNamed(t *testing.T) {
	good := accounted{role: "arn:aws:iam::123456789012:role/service-role/build", allowed: map[string]string{"lambda:UpdateAlias": "arn:aws:lambda:eu-central-1:123456789012:function:another"}}
	bad := good
	bad.allowed = map[string]string{
		"lambda:UpdateAlias":  "arn:aws:lambda:eu-central-1:123456789012:function:" + built().Target.LambdaAlias.Function,
		"events:PutEvents":    "arn:aws:events:eu-central-1:123456789012:event-bus/sluice-staging",
		"dynamodb:UpdateItem": "arn:aws:dynamodb:eu-central-1:123456789012:table/sluice-staging",
	}
	for name, row := range map[string]struct {
		a    account
		err  error
		has  int
		says string
	}{
		"it has nothing":       {good, nil, 0, "what the policies of arn:aws:iam::123456789012:role/service-role/build say"},
		"it has three of them": {bad, nil, 3, "what the policies of"},
		"no credentials":       {nil, errNoAccount, 0, "SKIPPED: what it has was not looked at: there are no AWS credentials"},
		"no such project":      {accounted{err: errors.New("there is no CodeBuild project shop-build")}, nil, 0, "SKIPPED: what it has was not looked at: there is no CodeBuild project"},
		"no such role":         {accounted{role: "build"}, nil, 0, `SKIPPED: what it has was not looked at: "build" is not the ARN of a role`},
	} {
		page := buildRole(t.Context(), built(), "staging", func(context.Context) (account, error) { return row.a, row.err })
		if got := strings.Count(page, "IT HAS IT"); got != row.has || !strings.Contains(page, row.says) {
			t.Errorf("%s: it has %d, want %d and %q\n%s", name, got, row.has, row.says, page)
		}
		for _, must := range []string{"lambda:UpdateAlias", "events:PutEvents", "dynamodb:PutItem"} {
			if !strings.Contains(page, must) {
				t.Errorf("%s: the page does not say that it must not have %s", name, must)
			}
		}
	}
	if page := buildRole(t.Context(), shop(), "staging", nil); page != "" {
		t.Errorf("nothing is built, and the page says %s", page)
	}
}

// Nobody can say which role publishes: the page says what none of them must have.
func TestRolesOfAPipelineAreNotLookedAt(t *testing.T) {
	d := built()
	d.Source.Build = &rollout.Build{CodePipeline: &rollout.BuildPipeline{Pipeline: "factory"}}
	page := buildRole(t.Context(), d, "staging", nil)
	for _, must := range []string{"The roles of pipeline factory must not have:", "lambda:UpdateAlias", "SKIPPED: what it has was not looked at: the actions of a pipeline have roles of their own"} {
		if !strings.Contains(page, must) {
			t.Errorf("the page does not say %q:\n%s", must, page)
		}
	}
}

// A build can make revisions of any kind of target.
func TestRoleOfABuildForATargetThatIsNoFunction(t *testing.T) {
	d := built()
	d.Target = rollout.Target{Memory: &kind.Memory{Target: "shop"}}
	good := accounted{role: "arn:aws:iam::123456789012:role/build"}
	page := buildRole(t.Context(), d, "staging", func(context.Context) (account, error) { return good, nil })
	if strings.Contains(page, "lambda:UpdateAlias") || !strings.Contains(page, "events:PutEvents") {
		t.Errorf("the page says\n%s", page)
	}
}

// What is asked of AWS, and how its answers are read.
func TestAccountIsAskedAsAWSDocuments(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "CodeBuild_20161006.BatchGetProjects" {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			fmt.Fprint(w, `{"projects": [{"name": "shop-build", "serviceRole": "arn:aws:iam::123456789012:role/build"}]}`)
			return
		}
		_ = r.ParseForm()
		asked = append(asked, r.PostForm.Get("Action")+" "+r.PostForm.Get("PolicySourceArn")+" "+r.PostForm.Get("ActionNames.member.1")+" "+r.PostForm.Get("ResourceArns.member.1"))
		decision := "implicitDeny"
		if r.PostForm.Get("ActionNames.member.1") == "events:PutEvents" {
			decision = "allowed"
		}
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprint(w, xml.Header+`<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>x</EvalActionName><EvalDecision>`+decision+`</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`)
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	page := buildRole(t.Context(), built(), "staging", openAccount)
	if strings.Count(page, "IT HAS IT") != 1 || strings.Count(page, "has not") != len(trespasses)-1 {
		t.Errorf("the page says\n%s", page)
	}
	if want := "SimulatePrincipalPolicy arn:aws:iam::123456789012:role/build lambda:UpdateAlias arn:aws:lambda:eu-central-1:123456789012:function:" + built().Target.LambdaAlias.Function; len(asked) != len(trespasses) || asked[0] != want {
		t.Errorf("asked %v, want %s first", asked, want)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if page := buildRole(t.Context(), built(), "staging", openAccount); !strings.Contains(page, "SKIPPED") {
		t.Errorf("without credentials it says\n%s", page)
	}
}
