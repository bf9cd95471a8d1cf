package wire_test

import (
	"context"
	"encoding/xml"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	watchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

type fakeSNS struct {
	publish op[sns.PublishInput, sns.PublishOutput]
	create  op[sns.CreateTopicInput, sns.CreateTopicOutput]
	topic   op[sns.GetTopicAttributesInput, sns.GetTopicAttributesOutput]
	list    op[sns.ListSubscriptionsInput, sns.ListSubscriptionsOutput]
}

func (f *fakeSNS) Publish(ctx context.Context, in *sns.PublishInput) (*sns.PublishOutput, error) {
	return f.publish.call(ctx, in)
}

func (f *fakeSNS) CreateTopic(ctx context.Context, in *sns.CreateTopicInput) (*sns.CreateTopicOutput, error) {
	return f.create.call(ctx, in)
}

func (f *fakeSNS) GetTopicAttributes(ctx context.Context, in *sns.GetTopicAttributesInput) (*sns.GetTopicAttributesOutput, error) {
	return f.topic.call(ctx, in)
}

func (f *fakeSNS) ListSubscriptions(ctx context.Context, in *sns.ListSubscriptionsInput) (*sns.ListSubscriptionsOutput, error) {
	return f.list.call(ctx, in)
}

func snsService(f *fakeSNS) wire.Service {
	return wire.Service{Name: "sns", QueryVersion: "2010-03-31", XMLNamespace: "http://sns.amazonaws.com/doc/2010-03-31/", Impl: f}
}

func snsClient(f *fakeSNS) *sns.Client {
	return sns.NewFromConfig(configFor(wire.NewServer(home, snsService(f))))
}

func TestFormsCarryListsMapsAndBlobs(t *testing.T) {
	f := &fakeSNS{}
	publish := &sns.PublishInput{
		TopicArn: aws.String("arn"), Message: aws.String("a <b> & \"c\"\né"), Subject: aws.String(""),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{
			"text": {DataType: aws.String("String"), StringValue: aws.String("x.y=1&z")},
			"blob": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
		},
	}
	f.publish.out = &sns.PublishOutput{MessageId: aws.String("1")}
	out, err := snsClient(f).Publish(t.Context(), publish)
	if err != nil {
		t.Fatal(err)
	}
	same(t, publish, f.publish.in)
	same(t, f.publish.out, out)

	create := &sns.CreateTopicInput{Name: aws.String("people"), Attributes: map[string]string{"DisplayName": "x", "KmsMasterKeyId": "y"}}
	for i := range 11 { // the tenth item comes after the ninth, not after the first
		create.Tags = append(create.Tags, snstypes.Tag{Key: aws.String(string(rune('a' + i))), Value: aws.String("v")})
	}
	if _, err := snsClient(f).CreateTopic(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	same(t, create, f.create.in)
}

func TestXMLCarriesListsAndMaps(t *testing.T) {
	f := &fakeSNS{}
	f.topic.out = &sns.GetTopicAttributesOutput{Attributes: map[string]string{"Policy": `{"a":"<&>"}`, "TopicArn": "arn"}}
	topic, err := snsClient(f).GetTopicAttributes(t.Context(), &sns.GetTopicAttributesInput{TopicArn: aws.String("arn")})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.topic.out, topic)
	f.list.out = &sns.ListSubscriptionsOutput{Subscriptions: []snstypes.Subscription{{Endpoint: aws.String("1")}, {Endpoint: aws.String("2"), Owner: aws.String("me")}}, NextToken: aws.String("n")}
	list, err := snsClient(f).ListSubscriptions(t.Context(), &sns.ListSubscriptionsInput{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.list.out, list)
}

func TestQueryErrorsDecodeAsTheirTypes(t *testing.T) {
	f := &fakeSNS{}
	f.publish.err = &snstypes.NotFoundException{Message: aws.String("Topic does not exist")}
	_, err := snsClient(f).Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String("arn"), Message: aws.String("m")})
	var missing *snstypes.NotFoundException
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Topic does not exist" {
		t.Fatalf("got %v", err)
	}
	f.publish.err = wire.AccessDenied("User: x is not authorized")
	_, err = snsClient(f).Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String("arn"), Message: aws.String("m")})
	var refused *snstypes.AuthorizationErrorException
	if !errors.As(err, &refused) || refused.ErrorMessage() != "User: x is not authorized" {
		t.Fatalf("got %v", err)
	}
}

type fakeSTS struct {
	assume op[sts.AssumeRoleInput, sts.AssumeRoleOutput]
}

func (f *fakeSTS) AssumeRole(ctx context.Context, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	return f.assume.call(ctx, in)
}

func TestXMLTimestampsAreDateTimes(t *testing.T) {
	f := &fakeSTS{}
	client := sts.NewFromConfig(configFor(wire.NewServer(home, wire.Service{Name: "sts", QueryVersion: "2011-06-15", XMLNamespace: "https://sts.amazonaws.com/doc/2011-06-15/", Impl: f})))
	f.assume.out = &sts.AssumeRoleOutput{Credentials: &ststypes.Credentials{AccessKeyId: aws.String("AKID"), Expiration: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC))}, PackedPolicySize: aws.Int32(6)}
	out, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn"), RoleSessionName: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.assume.out, out)

	f.assume.err = wire.AccessDenied("no")
	_, err = client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn"), RoleSessionName: aws.String("s")})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		t.Fatalf("got %v", err)
	}
}

// aws-cli 2.9 still speaks the query protocol to CloudWatch and SQS. These are the parameters that it sends.
var formHeader = map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

func TestCloudWatchInTheQueryProtocol(t *testing.T) {
	f := &fakeWatch{}
	f.alarms.out = &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []watchtypes.MetricAlarm{{
		AlarmName: aws.String("a"), ActionsEnabled: aws.Bool(true), Threshold: aws.Float64(0.5),
		Dimensions: []watchtypes.Dimension{{Name: aws.String("Alias"), Value: aws.String("live")}},
	}}}
	form := url.Values{"Action": {"DescribeAlarms"}, "Version": {"2010-08-01"}, "AlarmNames.member.1": {"a"}, "AlarmNames.member.2": {"b"}, "MaxRecords": {"7"}, "AlarmTypes": {""}}
	status, body, _ := asked(t, wire.NewServer(home, watchService(f)), "POST", "/", form.Encode(), formHeader)
	same(t, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a", "b"}, MaxRecords: aws.Int32(7), AlarmTypes: []watchtypes.AlarmType{}}, f.alarms.in)
	want := `<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult><MetricAlarms><member>` +
		`<ActionsEnabled>true</ActionsEnabled><AlarmName>a</AlarmName><Dimensions><member><Name>Alias</Name><Value>live</Value></member></Dimensions>` +
		`<Threshold>0.5</Threshold></member></MetricAlarms></DescribeAlarmsResult>`
	if status != 200 || !strings.HasPrefix(body, want) {
		t.Errorf("got %d %s", status, body)
	}
	wellFormed(t, body)
}

func TestSQSInTheQueryProtocolIsFlattened(t *testing.T) {
	f := &fakeSQS{}
	form := url.Values{
		"Action": {"SendMessage"}, "Version": {"2012-11-05"}, "QueueUrl": {"q"}, "MessageBody": {"m"}, "DelaySeconds": {"3"},
		"MessageAttribute.1.Name": {"k"}, "MessageAttribute.1.Value.DataType": {"String"}, "MessageAttribute.1.Value.StringValue": {"v"},
	}
	if status, body, _ := asked(t, sqsServer(f), "POST", "/", form.Encode(), formHeader); status != 200 {
		t.Fatal(status, body)
	}
	same(t, &sqs.SendMessageInput{
		QueueUrl: aws.String("q"), MessageBody: aws.String("m"), DelaySeconds: 3,
		MessageAttributes: map[string]sqstypes.MessageAttributeValue{"k": {DataType: aws.String("String"), StringValue: aws.String("v")}},
	}, f.send.in)

	f.receive.out = &sqs.ReceiveMessageOutput{Messages: []sqstypes.Message{
		{MessageId: aws.String("1"), Attributes: map[string]string{"SentTimestamp": "5", "SenderId": "me"}},
		{MessageId: aws.String("2")},
	}}
	status, body, _ := asked(t, sqsServer(f), "POST", "/", "Action=ReceiveMessage&Version=2012-11-05&QueueUrl=q&AttributeName.1=All&MaxNumberOfMessages=2", formHeader)
	// SQS renamed AttributeNames to MessageSystemAttributeNames and kept AttributeName for both in forms.
	same(t, &sqs.ReceiveMessageInput{QueueUrl: aws.String("q"), MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{"All"}, MaxNumberOfMessages: 2}, f.receive.in)
	want := `<ReceiveMessageResult><Message><Attribute><Name>SenderId</Name><Value>me</Value></Attribute><Attribute><Name>SentTimestamp</Name><Value>5</Value></Attribute>` +
		`<MessageId>1</MessageId></Message><Message><MessageId>2</MessageId></Message></ReceiveMessageResult>`
	if status != 200 || !strings.Contains(body, want) {
		t.Errorf("got %d %s", status, body)
	}
	wellFormed(t, body)

	f.send.err = &sqstypes.QueueDoesNotExist{Message: aws.String("gone")}
	status, body, _ = asked(t, sqsServer(f), "POST", "/", form.Encode(), formHeader)
	if status != 400 || !strings.Contains(body, "<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>gone</Message></Error>") {
		t.Errorf("got %d %s", status, body)
	}
	wellFormed(t, body)
}

func TestQueryCallsMayBeGETs(t *testing.T) {
	f := &fakeSNS{}
	f.publish.err = &snstypes.NotFoundException{Message: aws.String("none")}
	status, body, _ := asked(t, wire.NewServer(home, snsService(f)), "GET", "/?Action=Publish&Version=2010-03-31&Message=m", "", nil)
	if status != 404 || !strings.Contains(body, "<Code>NotFound</Code>") {
		t.Errorf("got %d %s", status, body)
	}
	same(t, &sns.PublishInput{Message: aws.String("m")}, f.publish.in)
}

func TestMalformedFormsAreRefused(t *testing.T) {
	for _, form := range []string{"%zz", "Tags=1&Tags.member.1.Key=a", "Tags.member.x.Key=a", "Tags=a", "Attributes.entry.1.value=a"} {
		status, body, _ := asked(t, wire.NewServer(home, snsService(&fakeSNS{})), "POST", "/", "Action=CreateTopic&Version=2010-03-31&"+form, formHeader)
		if status != 400 || !strings.Contains(body, "<Code>") {
			t.Errorf("%s: %d %s", form, status, body)
		}
	}
}

func wellFormed(t *testing.T, doc string) {
	t.Helper()
	if err := xml.Unmarshal([]byte(doc), new(struct{})); err != nil {
		t.Errorf("%v in %s", err, doc)
	}
}
