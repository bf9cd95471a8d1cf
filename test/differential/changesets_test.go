package differential

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox"
	formation "sluice/test/sandbox/cloudformation"
)

// queue is a queue in a template.
func queue(id string, timeout int) string {
	return fmt.Sprintf(`%q: {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": %d}}`, id, timeout)
}

func template(resources ...string) string {
	return `{"Resources": {` + strings.Join(resources, ", ") + `}}`
}

// updates are templates that a stack gets one after the other.
var updates = []struct{ name, template string }{
	{"a property changes", template(queue("Orders", 60), queue("Mails", 30))},
	{"one is added", template(queue("Orders", 60), queue("Mails", 30), queue("Bills", 30))},
	{"one is removed, and one changes", template(queue("Orders", 90), queue("Bills", 30))},
}

// Moto is another implementation of CloudFormation (https://docs.getmoto.org): the same change sets have to announce the same changes, and to leave the
// same template. Left out is what moto 5.2.1 does otherwise than AWS says: it makes a
// resource with a name anew when that changes, and answers ValidationError where the API reference has ChangeSetNotFound.
func TestChangeSetsAnnounceWhatMotoDoes(t *testing.T) {
	moto := startMoto(t)
	theirs := released(t, cloudformation.NewFromConfig(aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: &moto}), 0)
	ours, _ := releasedHere(t)
	if !slices.Equal(ours, theirs) {
		t.Errorf("the sandbox answers\n%s\nmoto answers\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}

// Stacks and change sets speak as AWS describes its API.
func TestChangeSetsAreAsAWSDescribesThem(t *testing.T) {
	seen := map[string]int{}
	_, calls := releasedHere(t)
	described(t, calls, seen)
	for _, call := range []string{"CreateStack", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks", "GetTemplate"} {
		if seen["cloudformation "+call] == 0 {
			t.Errorf("%s was not heard", call)
		}
	}
}

// releasedHere releases in the sandbox, and gives what went over the wire, too.
func releasedHere(t *testing.T) (said []string, calls []exchange) {
	ear := &ear{t: t}
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: formation.Parts(), Wrap: ear.around})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		said = released(t, cloudformation.NewFromConfig(box.Config("")), 10*time.Minute)
	})
	return said, ear.heard
}

// released makes a stack, gives it the updates by change sets, and says what came of each.
func released(t *testing.T, c *cloudformation.Client, takes time.Duration) (said []string) {
	t.Helper()
	ctx, shop := t.Context(), aws.String("shop")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: shop, TemplateBody: aws.String(template(queue("Orders", 30), queue("Mails", 30)))})
	must(err)
	time.Sleep(takes)
	for i, u := range updates {
		set := aws.String(fmt.Sprintf("set-%d", i))
		_, err = c.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{StackName: shop, ChangeSetName: set, ChangeSetType: types.ChangeSetTypeUpdate, TemplateBody: &u.template})
		must(err)
		time.Sleep(takes)
		said = append(said, u.name+": "+announced(ctx, t, c, set))
		_, err = c.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: shop, ChangeSetName: set})
		must(err)
		time.Sleep(takes)
		got, err := c.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: shop})
		must(err)
		described, err := c.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: shop})
		must(err)
		said = append(said, fmt.Sprintf("%s: then it is %s, with the template of the set: %t", u.name, described.Stacks[0].StackStatus, *got.TemplateBody == u.template))
	}
	return said
}

func announced(ctx context.Context, t *testing.T, c *cloudformation.Client, set *string) string {
	t.Helper()
	out, err := c.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: aws.String("shop"), ChangeSetName: set})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, change := range out.Changes {
		if r := change.ResourceChange; change.Type == types.ChangeTypeResource {
			all = append(all, fmt.Sprintf("%s %s %s", r.Action, *r.LogicalResourceId, *r.ResourceType))
		}
	}
	slices.Sort(all)
	return fmt.Sprintf("%s %s %v", out.Status, out.ExecutionStatus, all)
}
