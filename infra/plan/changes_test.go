package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic/stack"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/sandboxtest"
)

const orders = `{"Parameters": {"Key": {"Type": "String"}}, "Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {
	"AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}], "KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}}}}`

// shelved puts the template with such a key where templates lie, and answers its revision.
func shelved(box *sandbox.Sandbox, key string) string {
	parameters := `{"Key":"` + key + `"}`
	sum := sha256.Sum256([]byte(orders + "\n" + parameters + "\n"))
	revision := hex.EncodeToString(sum[:])
	objects := sandbox.PartOf[s3.Service](box)
	objects.Put("acme-templates", "shop/"+revision+".template", []byte(orders))
	objects.Put("acme-templates", "shop/"+revision+".parameters.json", []byte(parameters))
	return revision
}

// onStack has a stack with a table.
func onStack(t *testing.T, test func(t *testing.T, box *sandbox.Sandbox, d rollout.Definition, open func(context.Context) (proposer, error))) {
	synctest.Test(t, func(t *testing.T) {
		box := sandboxtest.BootWith(t, sandbox.Options{Parts: service.Parts()})
		const role = "arn:aws:iam::123456789012:role/shop-cloudformation"
		_, err := sandbox.PartOf[service.Service](box).CreateStack(t.Context(), &cloudformation.CreateStackInput{
			StackName: aws.String("shop"), TemplateBody: aws.String(orders), RoleARN: aws.String(role),
			Parameters: []types.Parameter{{ParameterKey: aws.String("Key"), ParameterValue: aws.String("id")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		d := rollout.Definition{
			Service: "shop", Strategy: rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: minutes(30)}},
			Target: rollout.Target{Stack: &kind.Stack{Stack: "shop", Templates: "s3://acme-templates/shop", Role: role}},
		}.WithDefaults()
		test(t, box, d, func(context.Context) (proposer, error) { return stack.New(box.Config("")), nil })
	})
}

// A reviewer sees in the pull request that a table would be replaced, and that nobody would be asked; and the stack is as it was.
func TestPlanListsWhatATemplateChangesAndLeavesNothingBehind(t *testing.T) {
	onStack(t, func(t *testing.T, box *sandbox.Sandbox, d rollout.Definition, open func(context.Context) (proposer, error)) {
		page := changes(t.Context(), d, shelved(box, "order"), open)
		for _, words := range []string{
			"- replaces Orders (AWS::DynamoDB::Table): AttributeDefinitions, KeySchema **Data is at stake.**", "REFUSED: a release would be rejected: data is at stake", "Nothing was changed.",
		} {
			if !says(page, words) {
				t.Errorf("%q is not on the page:\n%s", words, page)
			}
		}
		if left := sandbox.PartOf[service.Service](box).ChangeSets("shop"); left != 0 {
			t.Errorf("%d change sets are left", left)
		}
		d.Approvals = []rollout.Approval{{Before: "first", From: []string{"grace"}}}
		if page := changes(t.Context(), d.WithDefaults(), shelved(box, "order"), open); strings.Contains(page, "REFUSED") {
			t.Errorf("where somebody is asked the page says\n%s", page)
		}
		if page := changes(t.Context(), d, shelved(box, "id"), open); !says(page, "REFUSED: a release would be rejected: the template changes nothing of stack shop") {
			t.Errorf("without changes the page says\n%s", page)
		}
		if page := changes(t.Context(), d, strings.Repeat("0", 64), open); !says(page, "are not under s3://acme-templates/shop") {
			t.Errorf("without a template the page says\n%s", page)
		}
	})
}

func TestPlanSaysWhatItNeedsToListChanges(t *testing.T) {
	onStack(t, func(t *testing.T, box *sandbox.Sandbox, d rollout.Definition, open func(context.Context) (proposer, error)) {
		nobody := func(context.Context) (proposer, error) { return nil, errNoAccount }
		if page := changes(t.Context(), d, shelved(box, "order"), nobody); !says(page, "there are no AWS credentials") || !says(page, "CreateChangeSet") {
			t.Errorf("without credentials the page says\n%s", page)
		}
		if page := changes(t.Context(), d, "", open); !says(page, "REVISION=<digest") {
			t.Errorf("without a template the page says\n%s", page)
		}
		if page := changes(t.Context(), shop(), "42", open); page != "" {
			t.Errorf("of an alias the page says\n%s", page)
		}
	})
}
