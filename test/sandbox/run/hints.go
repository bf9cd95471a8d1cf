package main

import "fmt"

// hints says what to try while everything is up.
func (s *show) hints(w *world) {
	s.say(fmt.Sprintf(`
%s  Stays up for play on %s. Ctrl-C ends it; nothing is left behind.
The AWS CLI works on it. In another terminal:

  export AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=me AWS_DEFAULT_REGION=us-east-1
  aws() { command aws --endpoint-url %s "$@"; }

  # who serves now?
  aws lambda get-alias --function-name checkout --name live
  # release version 3 once more (the bad one), or 2
  aws events put-events --entries '[{"EventBusName":"sluice-sandbox","Source":"me","DetailType":"release.requested","Detail":"{\"service\":\"checkout\",\"revision\":\"3\"}"}]'
  # set the guard alarm red by hand while a release bakes
  aws cloudwatch set-alarm-state --alarm-name checkout-errors --state-value ALARM --state-reason play
  # how releases went, and the path of one
  aws dynamodb scan --table-name sluice-sandbox --query 'Items[].{release:id.S,end:end.S,verdict:verdict.S}' --output table
  aws stepfunctions list-executions --state-machine-arn arn:aws:states:us-east-1:123456789012:stateMachine:sluice-sandbox-release

The log of the functions is %s.`, s.bold("3."), w.endpoint, w.endpoint, w.logs.Name()))
}
