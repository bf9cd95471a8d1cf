package commands

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/byhand"
)

// makes are the commands that make runs with the credentials of the AWS CLI.
var makes = map[string]row{
	"make help": {then: func(s *story, said string) { s.says(said, "make plan", "make replay", "make redrive", "make deploy") }},
	"make plan": {given: (*story).aWeek, then: func(s *story, said string) {
		s.says(said, "checkout", "By last week's traffic (", " requests a minute", "A bad one would go unnoticed for")
	}},
	"make replay": {given: func(s *story) { s.release = s.baked }, then: func(s *story, said string) { s.says(said, s.baked, "By the checks in this checkout:") }},
	"make redrive": {given: (*story).lies, then: func(s *story, said string) {
		s.says(said, s.letter, "CloudWatch Alarm State Change", "a story's fault")
	}},
	"FUNCTION=guard SHOW=1f0c2b3a": {given: (*story).lies, then: func(s *story, said string) {
		s.says(said, s.letter, "ErrorMessage: ", `"alarmName": "payments-errors"`)
	}},
	"FUNCTION=guard SEND=all":      {given: (*story).lies, then: func(s *story, said string) { s.says(said, ": handled"); s.none() }},
	"FUNCTION=guard DROP=1f0c2b3a": {given: (*story).lies, then: func(s *story, said string) { s.says(said, "removed"); s.none() }},
}

// aWeek is what came through the alias in the last week.
func (s *story) aWeek() {
	dimensions := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live"}
	for now, at := time.Now(), time.Now().Add(-7*24*time.Hour); at.Before(now); at = at.Add(time.Minute) {
		s.Sandbox.CloudWatch.Record("AWS/Lambda", "Invocations", dimensions, "Count", 600, at, 60)
		s.Sandbox.CloudWatch.Record("AWS/Lambda", "Errors", dimensions, "Count", 3, at, 60)
	}
}

// lies has an event lie in the dead-letter queue of guard: of an alarm that guards nothing, which guard failed on all the same.
func (s *story) lies() {
	s.T.Helper()
	if s.DeadLetters("guard") > 0 {
		return
	}
	body, err := json.Marshal(byhand.Alarm(byhand.Red("payments-errors")))
	s.must(err)
	queue, err := s.Sandbox.SQS.GetQueueUrl(s.T.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("sluice-sandbox-guard-dead-letters")})
	s.must(err)
	why := types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(`{"errorMessage":"a story's fault"}`)}
	out, err := s.Sandbox.SQS.SendMessage(s.T.Context(), &sqs.SendMessageInput{
		QueueUrl: queue.QueueUrl, MessageBody: aws.String(string(body)), MessageAttributes: map[string]types.MessageAttributeValue{"ErrorMessage": why},
	})
	s.must(err)
	s.letter = aws.ToString(out.MessageId)[:8]
}

func (s *story) none() {
	s.T.Helper()
	if n := s.DeadLetters("guard"); n != 0 {
		s.T.Errorf("%d events still lie in the queue", n)
	}
}
