package dynamodb

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

// An index that is behind shows what stood in it then: what came since is missing, what changed is as it was, what went is still there.
func TestLaggingCallSeesTheIndexAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
		s.Remember(time.Hour)
		hash := func(name string) []types.KeySchemaElement {
			return []types.KeySchemaElement{{AttributeName: &name, KeyType: types.KeyTypeHash}}
		}
		attribute := func(name string) types.AttributeDefinition {
			return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
		}
		_, err := s.CreateTable(t.Context(), &awsdynamodb.CreateTableInput{
			TableName: aws.String(theTable), BillingMode: types.BillingModePayPerRequest, KeySchema: hash("pk"),
			AttributeDefinitions: []types.AttributeDefinition{attribute("pk"), attribute("open")},
			GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
				IndexName: aws.String("by-open"), KeySchema: hash("open"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			}},
		})
		put := func(pk, version string) {
			if err == nil {
				_, err = s.PutItem(t.Context(), &awsdynamodb.PutItemInput{TableName: aws.String(theTable), Item: item{"pk": str(pk), "open": str("yes"), "version": str(version)}})
			}
		}
		put("changed", "1")
		put("gone", "1")
		time.Sleep(time.Minute)
		put("changed", "2")
		put("new", "1")
		if err == nil {
			_, err = s.DeleteItem(t.Context(), &awsdynamodb.DeleteItemInput{TableName: aws.String(theTable), Key: item{"pk": str("gone")}})
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, test := range map[string]struct {
			by   time.Duration
			want map[string]string
		}{
			"up to date":                {0, map[string]string{"changed": "2", "new": "1"}},
			"behind the last writes":    {30 * time.Second, map[string]string{"changed": "1", "gone": "1"}},
			"from before there was one": {2 * time.Minute, map[string]string{}},
		} {
			ctx := context.Background()
			if test.by > 0 {
				ctx = Lagging(ctx, test.by)
			}
			out, err := s.Query(ctx, &awsdynamodb.QueryInput{
				TableName: aws.String(theTable), IndexName: aws.String("by-open"), KeyConditionExpression: aws.String("#o = :o"),
				ExpressionAttributeNames: map[string]string{"#o": "open"}, ExpressionAttributeValues: item{":o": str("yes")},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, it := range out.Items {
				pk, _ := scalarText(it["pk"])
				got[pk], _ = scalarText(it["version"])
			}
			if len(got) != len(test.want) {
				t.Errorf("%s it shows %v, want %v", name, got, test.want)
			}
			for pk, version := range test.want {
				if got[pk] != version {
					t.Errorf("%s it shows %v, want %v", name, got, test.want)
				}
			}
		}
	})
}
