package stack_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/stack"
	"sluice/test/sandbox"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/wire"
)

// in runs a test on a stack in virtual time.
func in(t *testing.T, do func(f *fixture, d *stack.Deployer)) {
	t.Helper()
	inWith(t, do)
}

func inWith(t *testing.T, do func(f *fixture, d *stack.Deployer), middleware ...wire.Middleware) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, middleware...)
		do(f, stack.New(f.box.Config("")))
	})
}

// preview waits until the change set is there.
func (f *fixture) preview(d *stack.Deployer, release, revision string) (p rollout.Preview, why *rollout.Rejection, err error) {
	return f.previewOf(d, f.Target(), release, revision)
}

func (f *fixture) previewOf(d *stack.Deployer, target rollout.Target, release, revision string) (p rollout.Preview, why *rollout.Rejection, err error) {
	for range 30 {
		p, why, err = d.Preview(f.t.Context(), target, traffic.Intent{Course: rollout.Course{Release: release}, Bakes: 10 * time.Minute, Revision: revision, Alarms: []string{"errors"}})
		if _, soon := err.(*rollout.NotReady); !soon {
			return p, why, err
		}
		time.Sleep(2 * time.Second)
	}
	return p, why, err
}

func TestPreviewSaysWhatWouldChangeAndKeepsWhatServes(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		objects := sandbox.PartOf[s3.Service](f.box)
		objects.Put("acme-templates", "shop/"+f.revisions["1"]+".template", nil)
		stable := fmt.Sprintf(template, "String", "9")
		_, err := f.sandboxed().UpdateStack(f.t.Context(), &cloudformation.UpdateStackInput{StackName: aws.String("shop"), TemplateBody: &stable, Parameters: level("warn")})
		f.must(err)
		time.Sleep(time.Minute)
		p, why, err := f.preview(d, "r1", f.revisions["2"])
		f.must(err)
		if got := strings.Join(p.Lines(), "; "); why != nil || got != "changes Level (AWS::SSM::Parameter): Value; changes Version (AWS::SSM::Parameter): Value" {
			f.t.Errorf("it says %q, %+v", got, why)
		}
		serves := shell(stable, `{"Level":"warn","Secret":null}`)
		if kept, found := objects.Object("acme-templates", "shop/"+serves+".template"); !found || string(kept) != stable {
			f.t.Errorf("the template that serves is kept as %.40q", kept)
		}
		if now, err := d.Read(f.t.Context(), f.Target()); err != nil || now.Stable != serves {
			f.t.Errorf("it serves %v, %v", now, err)
		}
	})
}

// What was approved is what is carried out: a stack that was changed since is previewed anew, and the old preview does not stand any more.
func TestPreviewIsMadeAnewOnceTheStackWasChanged(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		before, _, err := f.preview(d, "r1", f.revisions["2"])
		f.must(err)
		f.Deploy(f.t, f.revisions["3"])
		if _, _, err := d.Preview(f.t.Context(), f.Target(), traffic.Intent{Course: rollout.Course{Release: "r1"}, Revision: f.revisions["2"]}); !traffic.IsMoved(err) {
			f.t.Errorf("while somebody updates the stack, the answer is %v", err)
		}
		time.Sleep(3 * time.Minute)
		if stands, err := d.Stands(f.t.Context(), f.Target(), before.ID); stands || err != nil {
			f.t.Errorf("the outdated preview stands: %v, %v", stands, err)
		}
		if _, err := d.Start(f.t.Context(), f.Target(), traffic.Deployment{Course: rollout.Course{Preview: before.ID}, Revision: f.revisions["2"], Token: "t"}); !traffic.IsOutdated(err) {
			f.t.Errorf("starting what is outdated answers %v", err)
		}
		after, why, err := f.preview(d, "r1", f.revisions["2"])
		f.must(err)
		if why != nil || after.ID == before.ID {
			f.t.Errorf("the new preview is %+v, %+v", after, why)
		}
	})
}

func TestWhatCannotBeReleasedIsRejectedWithARemedy(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		text := f.texts[f.revisions["2"]]
		left := shell(text, `{"Level":"info"}`) // leaves the hidden parameter out: its default would be taken
		objects := sandbox.PartOf[s3.Service](f.box)
		objects.Put("acme-templates", "shop/"+left+".template", []byte(text))
		objects.Put("acme-templates", "shop/"+left+".parameters.json", []byte(`{"Level":"info"}`))
		same := shell(f.texts[f.revisions["1"]]+" ", `{"Level":"info","Secret":null}`)
		objects.Put("acme-templates", "shop/"+same+".template", []byte(f.texts[f.revisions["1"]]+" "))
		objects.Put("acme-templates", "shop/"+same+".parameters.json", []byte(`{"Level":"info","Secret":null}`))
		for revision, wants := range map[string]string{left: "have the digest", same: "changes nothing"} {
			if _, why, err := f.preview(d, "r"+revision[:4], revision); err != nil || why == nil || !strings.Contains(why.Reason, wants) {
				f.t.Errorf("the answer is %+v, %v, want %q", why, err, wants)
			}
		}
		if _, _, err := f.preview(d, "r3", strings.Repeat("0", 64)); traffic.ObstacleOf(err) == nil {
			f.t.Errorf("a template that is not there answers %v", err)
		}
	})
}

// CloudFormation would find out in the middle of the update.
func TestProtectedResourcesAreNamedBeforeAnythingMoves(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		_, err := f.sandboxed().SetStackPolicy(f.t.Context(), &cloudformation.SetStackPolicyInput{StackName: aws.String("shop"), StackPolicyBody: aws.String(
			`{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},{"Effect":"Deny","Action":"Update:Modify","Principal":"*","Resource":"LogicalResourceId/Vers*"}]}`)})
		f.must(err)
		_, why, err := f.preview(d, "r1", f.revisions["2"])
		f.must(err)
		if why == nil || !strings.Contains(why.Reason, "Update:Modify of Version (AWS::SSM::Parameter)") {
			f.t.Errorf("the answer is %+v", why)
		}
	})
}

func TestStackWithoutTheRoleOfTheDefinitionIsRefused(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		other := f.Target()
		other.Stack.Role += "2"
		for target, wants := range map[rollout.Target]bool{f.Target(): false, other: true} {
			if why, err := d.Inspect(f.t.Context(), target, f.revisions["2"], f.revisions["1"]); err != nil || (why != nil) != wants {
				f.t.Errorf("the answer is %+v, %v", why, err)
			}
		}
	})
}

func TestDriftAwarePreviewSaysWhatWasDoneByHand(t *testing.T) {
	for name, story := range map[string]struct {
		byHand func(f *fixture, client *ssm.Client)
		says   string
	}{
		"what was changed is undone":          {func(f *fixture, c *ssm.Client) { f.puts(c, "/shop/level", "debug") }, "changes Level (AWS::SSM::Parameter): Value; undoes what somebody changed by hand: Value"},
		"what was deleted comes again":        {func(f *fixture, c *ssm.Client) { f.deletes(c, "/shop/level") }, "adds Level (AWS::SSM::Parameter); somebody deleted it by hand"},
		"what the template says by now stays": {func(f *fixture, c *ssm.Client) { f.puts(c, "/shop/version", "2") }, "accepts Version (AWS::SSM::Parameter): Value"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(f *fixture, d *stack.Deployer) {
				story.byHand(f, ssm.NewFromConfig(f.box.Config("")))
				target := f.Target()
				target.Stack.Drift = kind.RevertsDrift
				p, why, err := f.previewOf(d, target, "r1", f.revisions["2"])
				f.must(err)
				if got := strings.Join(p.Lines(), "\n"); why != nil || !strings.Contains(got+"\n", story.says+"\n") {
					f.t.Errorf("it says %q, %+v", got, why)
				}
				plain, _, err := f.preview(d, "r2", f.revisions["2"])
				f.must(err)
				if got := strings.Join(plain.Lines(), "\n"); got != "changes Version (AWS::SSM::Parameter): Value" {
					f.t.Errorf("without asking for drift it says %q", got)
				}
			})
		})
	}
}

func (f *fixture) puts(c *ssm.Client, name, value string) {
	_, err := c.PutParameter(f.t.Context(), &ssm.PutParameterInput{Name: &name, Value: &value, Overwrite: aws.Bool(true)})
	f.must(err)
}

func (f *fixture) deletes(c *ssm.Client, name string) {
	_, err := c.DeleteParameter(f.t.Context(), &ssm.DeleteParameterInput{Name: &name})
	f.must(err)
}
