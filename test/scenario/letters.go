package scenario

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// lastTry is when an event that a function fails on lies in its dead-letter queue at the latest: Lambda tries it three
// times, a minute and then two minutes apart
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
const lastTry = 9 * time.Minute

// DeadLetters counts the events that a function failed on and that wait for a person.
func (w *World) DeadLetters(function string) int { return w.Sandbox.SQS.Depth(w.deadLetters(function)) }

func (w *World) deadLetters(function string) string {
	return w.home.ARN("sqs", stackName+"-"+function+deadLetterQueue)
}

const deadLetterQueue = "-dead-letters"

// GivesUp says that a function fails on an event of this story for good. Every other story fails with the first message in
// a dead-letter queue: on AWS it would wake somebody.
func (w *World) GivesUp(function string) { w.givenUp.Store(function, true) }

// nothingGivenUp checks every dead-letter queue of the stack but those that the story speaks of.
func (w *World) nothingGivenUp() {
	w.T.Helper()
	letters := w.letters()
	for _, function := range slices.Sorted(maps.Keys(letters)) {
		if _, told := w.givenUp.Load(function); !told {
			w.T.Errorf("%d events lie in the dead-letter queue of %s; the first: %.500s", len(letters[function]), function, letters[function][0])
		}
	}
}

// letters are the dead letters with their reasons, by function; it finds the queues by looking, so that none is forgotten.
func (w *World) letters() map[string][]string {
	w.T.Helper()
	queues, err := w.Sandbox.SQS.ListQueues(w.ctx, &sqs.ListQueuesInput{})
	w.must(err)
	found := map[string][]string{}
	for _, url := range queues.QueueUrls {
		name := url[strings.LastIndex(url, "/")+1:]
		function := strings.TrimSuffix(strings.TrimPrefix(name, stackName+"-"), deadLetterQueue)
		for _, m := range w.Sandbox.SQS.Messages(w.deadLetters(function)) {
			found[function] = append(found[function], m.Attributes["ErrorMessage"]+" "+m.Body)
		}
	}
	return found
}

// Redrives has every function handle its dead letters again, as `make redrive` does after an outage, and says how many they were.
func (w *World) Redrives() (letters int) {
	w.T.Helper()
	for _, function := range slices.Sorted(maps.Keys(w.letters())) {
		queue := w.deadLetters(function)
		for _, m := range w.Sandbox.SQS.Messages(queue) {
			w.Redeliver(function, []byte(m.Body))
			letters++
		}
		if url, err := w.Sandbox.SQS.GetQueueUrl(w.ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(queue[strings.LastIndex(queue, ":")+1:])}); err == nil {
			_, err = w.Sandbox.SQS.PurgeQueue(w.ctx, &sqs.PurgeQueueInput{QueueUrl: url.QueueUrl})
			w.must(err)
		}
	}
	return letters
}
