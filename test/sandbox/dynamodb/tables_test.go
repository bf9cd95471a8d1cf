package dynamodb

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

func TestATableIsDescribedAsItWasMade(t *testing.T) {
	s := newSluice(t)
	put(t, s, with(key("r", "1"), "open", str("yes"), "created", str("2026")))
	out, err := s.DescribeTable(t.Context(), &awsdynamodb.DescribeTableInput{TableName: aws.String(theTable)})
	if err != nil {
		t.Fatal(err)
	}
	d := out.Table
	if d.TableStatus != types.TableStatusActive || *d.ItemCount != 1 || d.BillingModeSummary.BillingMode != types.BillingModePayPerRequest {
		t.Errorf("got %s, %d items, %s", d.TableStatus, *d.ItemCount, d.BillingModeSummary.BillingMode)
	}
	if *d.TableArn != "arn:aws:dynamodb:us-east-1:123456789012:table/sluice-sandbox" {
		t.Errorf("got %s", *d.TableArn)
	}
	ix := d.GlobalSecondaryIndexes[0]
	if *ix.IndexArn != *d.TableArn+"/index/open-releases" || *ix.ItemCount != 1 || *ix.KeySchema[1].AttributeName != "created" {
		t.Errorf("got %s with %d items by %s", *ix.IndexArn, *ix.ItemCount, *ix.KeySchema[1].AttributeName)
	}
}

func TestTablesCanBeNamedByARN(t *testing.T) {
	s := newSluice(t)
	put(t, s, key("r", "1"))
	out, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String("arn:aws:dynamodb:us-east-1:123456789012:table/" + theTable), Key: key("r", "1")})
	if err != nil || out.Item == nil {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestTableDefinitionsThatAWSRefuses(t *testing.T) {
	s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
	for words, spoil := range map[string]func(*awsdynamodb.CreateTableInput){
		"Some index key attributes are not defined in AttributeDefinitions. Keys: [sk]":                   func(in *awsdynamodb.CreateTableInput) { in.AttributeDefinitions = in.AttributeDefinitions[:1] },
		"Some AttributeDefinitions are not used":                                                          func(in *awsdynamodb.CreateTableInput) { in.GlobalSecondaryIndexes = nil },
		"The first KeySchemaElement is not a HASH key type":                                               func(in *awsdynamodb.CreateTableInput) { in.KeySchema = in.KeySchema[1:] },
		"ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED": func(in *awsdynamodb.CreateTableInput) { in.BillingMode = "" },
		"at least 3 characters long":                                                                      func(in *awsdynamodb.CreateTableInput) { in.TableName = aws.String("ab") },
		"regular expression pattern":                                                                      func(in *awsdynamodb.CreateTableInput) { in.TableName = aws.String("a b c") },
		"the sandbox does not implement LocalSecondaryIndexes of CreateTable": func(in *awsdynamodb.CreateTableInput) {
			in.LocalSecondaryIndexes = make([]types.LocalSecondaryIndex, 1)
		},
		"the sandbox does not implement StreamSpecification of CreateTable": func(in *awsdynamodb.CreateTableInput) {
			in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true)}
		},
		"Duplicate index name: open-releases": func(in *awsdynamodb.CreateTableInput) {
			in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, in.GlobalSecondaryIndexes[0])
		},
	} {
		in := sluiceTable(theTable)
		spoil(in)
		_, err := s.CreateTable(t.Context(), in)
		wantRefusal(t, err, words)
	}
}

func TestAProtectedTableStays(t *testing.T) {
	s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
	in := sluiceTable(theTable)
	in.DeletionProtectionEnabled = aws.Bool(true)
	must(t)(s.CreateTable(t.Context(), in))
	var inUse *types.ResourceInUseException
	if _, err := s.CreateTable(t.Context(), in); !errors.As(err, &inUse) {
		t.Errorf("made twice: %v", err)
	}
	gone := &awsdynamodb.DeleteTableInput{TableName: aws.String(theTable)}
	_, err := s.DeleteTable(t.Context(), gone)
	wantRefusal(t, err, "Resource cannot be deleted as it is currently protected against deletion")
	must(t)(s.UpdateTable(t.Context(), &awsdynamodb.UpdateTableInput{TableName: aws.String(theTable), DeletionProtectionEnabled: aws.Bool(false)}))
	must(t)(s.DeleteTable(t.Context(), gone))
	var missing *types.ResourceNotFoundException
	if _, err := s.DeleteTable(t.Context(), gone); !errors.As(err, &missing) || missing.ErrorMessage() != "Requested resource not found: Table: sluice-sandbox not found" {
		t.Errorf("got %v", err)
	}
	if _, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: key("r", "1")}); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}

func TestTablesAreListedInPages(t *testing.T) {
	s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
	for i := range 5 {
		must(t)(s.CreateTable(t.Context(), sluiceTable(fmt.Sprintf("table-%d", i))))
	}
	in := &awsdynamodb.ListTablesInput{Limit: aws.Int32(2)}
	var names []string
	for {
		out, err := s.ListTables(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, out.TableNames...)
		if in.ExclusiveStartTableName = out.LastEvaluatedTableName; in.ExclusiveStartTableName == nil {
			break
		}
	}
	if got := fmt.Sprint(names); got != "[table-0 table-1 table-2 table-3 table-4]" {
		t.Errorf("got %s", got)
	}
}

func TestExpiredItemsAreReadableForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSluice(t)
		expires := func(in time.Duration) types.AttributeValue { return num(fmt.Sprint(time.Now().Add(in).Unix())) }
		put(t, s, with(key("soon", "1"), "ttl", expires(time.Minute), "open", str("yes"), "created", str("2026")))
		must(t)(s.UpdateTimeToLive(t.Context(), &awsdynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(theTable),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)},
		}))
		put(t, s, with(key("later", "1"), "ttl", expires(24*time.Hour)))
		put(t, s, with(key("text", "1"), "ttl", str("1")))
		put(t, s, with(key("ancient", "1"), "ttl", expires(-6*365*24*time.Hour)))
		there := func() string {
			got := ""
			for _, pk := range []string{"soon", "later", "text", "ancient"} {
				if get(t, s, key(pk, "1")) != "none" {
					got += pk + " "
				}
			}
			return got
		}
		time.Sleep(30 * time.Minute)
		if got := there(); got != "soon later text ancient " {
			t.Errorf("half an hour after: %s", got)
		}
		time.Sleep(31 * time.Minute)
		if got := there(); got != "later text ancient " {
			t.Errorf("an hour after: %s", got)
		}
		out, err := s.Query(t.Context(), &awsdynamodb.QueryInput{
			TableName: aws.String(theTable), IndexName: aws.String("open-releases"), KeyConditionExpression: aws.String("#o = :o"),
			ExpressionAttributeNames: map[string]string{"#o": "open"}, ExpressionAttributeValues: item{":o": str("yes")},
		})
		if err != nil || out.Count != 0 {
			t.Errorf("the index still shows %d, %v", out.Count, err)
		}
		time.Sleep(24 * time.Hour)
		if got := there(); got != "text ancient " {
			t.Errorf("a day after: %s", got)
		}
	})
}

func TestAnItemPutAfterTheLastSweepExpiresToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSluice(t)
		must(t)(s.UpdateTimeToLive(t.Context(), &awsdynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(theTable),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)},
		}))
		for _, wait := range []time.Duration{24 * time.Hour, time.Minute} { // the second goes before the first
			put(t, s, with(key(wait.String(), "1"), "ttl", num(fmt.Sprint(time.Now().Add(wait).Unix()))))
		}
		time.Sleep(62 * time.Minute)
		if got := get(t, s, key("1m0s", "1")); got != "none" {
			t.Errorf("still there: %s", got)
		}
		if got := get(t, s, key("24h0m0s", "1")); got == "none" {
			t.Error("gone a day early")
		}
	})
}

func TestTimeToLiveIsTurnedOnAndOffOnce(t *testing.T) {
	s := newSluice(t)
	set := func(attribute string, on bool) error {
		_, err := s.UpdateTimeToLive(t.Context(), &awsdynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(theTable),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: &on},
		})
		return err
	}
	wantRefusal(t, set("ttl", false), "TimeToLive is already disabled")
	if err := set("ttl", true); err != nil {
		t.Error(err)
	}
	wantRefusal(t, set("ttl", true), "TimeToLive is already enabled")
	wantRefusal(t, set("other", false), "TimeToLive is active on a different AttributeName: current AttributeName is ttl")
	if err := set("ttl", false); err != nil {
		t.Error(err)
	}
	wantRefusal(t, set("ttl", false), "TimeToLive is already disabled")
}

func TestCallsNeedTheGrantsThatAWSDocuments(t *testing.T) {
	s := newSluice(t)
	name, index := aws.String(theTable), aws.String("open-releases")
	const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/sluice-sandbox"
	const other = "arn:aws:dynamodb:us-east-1:123456789012:table/other"
	key := item{"pk": str("release#1"), "sk": str("release")}
	names := map[string]string{"#o": "owner", "#open": "open", "#a": "answers", "#g": "grace"}
	type keys = map[string][]string
	for what, c := range map[string]struct {
		operation string
		input     any
		want      []wire.Grant
	}{
		"a read of everything names no attribute": {
			"GetItem", &awsdynamodb.GetItemInput{TableName: name, Key: key},
			[]wire.Grant{{Action: "dynamodb:GetItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"release#1"}}}},
		},
		"a read of some names them": {
			"GetItem", &awsdynamodb.GetItemInput{TableName: name, Key: key, ProjectionExpression: aws.String("#o"), ExpressionAttributeNames: names},
			[]wire.Grant{{Action: "dynamodb:GetItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"release#1"}, "dynamodb:Attributes": {"pk", "sk", "owner"}}}},
		},
		"a put names all that it writes": {
			"PutItem", &awsdynamodb.PutItemInput{TableName: name, Item: item{"pk": str("a"), "sk": str("b"), "end": str("c")}, ConditionExpression: aws.String("attribute_not_exists(#o)"), ExpressionAttributeNames: names},
			[]wire.Grant{{Action: "dynamodb:PutItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"a"}, "dynamodb:Attributes": {"end", "pk", "sk", "owner"}, "dynamodb:ReturnValues": {"NONE"}}}},
		},
		"an update names what it sets, of a path its beginning, and what it depends on": {
			"UpdateItem", &awsdynamodb.UpdateItemInput{TableName: name, Key: key, UpdateExpression: aws.String("SET #a.#g = :v REMOVE token"), ConditionExpression: aws.String("#o = :v"), ExpressionAttributeNames: names, ReturnValues: types.ReturnValueAllNew},
			[]wire.Grant{{Action: "dynamodb:UpdateItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"release#1"}, "dynamodb:Attributes": {"pk", "sk", "answers", "token", "owner"}, "dynamodb:ReturnValues": {"ALL_NEW"}}}},
		},
		"a query is about the partition that it reads": {
			"Query", &awsdynamodb.QueryInput{TableName: name, KeyConditionExpression: aws.String("pk = :pk AND begins_with(sk, :sk)"), ExpressionAttributeValues: item{":pk": str("alarm#a"), ":sk": str("t")}},
			[]wire.Grant{{Action: "dynamodb:Query", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"alarm#a"}}}},
		},
		"of an index that is the index's key": {
			"Query", &awsdynamodb.QueryInput{TableName: name, IndexName: index, KeyConditionExpression: aws.String("#open = :o"), ExpressionAttributeNames: names, ExpressionAttributeValues: item{":o": str("open")}},
			[]wire.Grant{{Action: "dynamodb:Query", Resource: arn + "/index/open-releases", Keys: keys{"dynamodb:LeadingKeys": {"open"}}}},
		},
		"a scan has no leading key": {"Scan", &awsdynamodb.ScanInput{TableName: name}, []wire.Grant{{Action: "dynamodb:Scan", Resource: arn}}},
		"a list is about nothing":   {"ListTables", &awsdynamodb.ListTablesInput{}, []wire.Grant{{Action: "dynamodb:ListTables", Resource: "*"}}},
		"a batch is one question for each table, with all its keys": {
			"BatchWriteItem", &awsdynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
				theTable: {{PutRequest: &types.PutRequest{Item: key}}, {DeleteRequest: &types.DeleteRequest{Key: item{"pk": str("target#t"), "sk": str("lease")}}}}, "other": nil,
			}},
			[]wire.Grant{
				{Action: "dynamodb:BatchWriteItem", Resource: other, Keys: keys{}},
				{Action: "dynamodb:BatchWriteItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"release#1", "target#t"}, "dynamodb:Attributes": {"pk", "sk"}}},
			},
		},
		"a transaction is one question for each action": {
			"TransactWriteItems", &awsdynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{putMember("a"), addMember("b", ""), putMember("c"), deleteMember("d"), checkMember("e", "")}},
			[]wire.Grant{
				{Action: "dynamodb:PutItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"a", "c"}, "dynamodb:Attributes": {"pk", "sk"}}},
				{Action: "dynamodb:UpdateItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"b"}, "dynamodb:Attributes": {"pk", "sk", "n"}}},
				{Action: "dynamodb:DeleteItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"d"}, "dynamodb:Attributes": {"pk", "sk"}}},
				{Action: "dynamodb:ConditionCheckItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"e"}, "dynamodb:Attributes": {"pk", "sk"}}},
			},
		},
		"a transaction that reads needs GetItem": {
			"TransactGetItems", &awsdynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: name, Key: key}}}},
			[]wire.Grant{{Action: "dynamodb:GetItem", Resource: arn, Keys: keys{"dynamodb:LeadingKeys": {"release#1"}}}},
		},
	} {
		if got := s.Wire().Scope(c.operation, c.input); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s:\ngot  %v\nwant %v", what, got, c.want)
		}
	}
}
