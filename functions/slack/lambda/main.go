// Command lambda is the Lambda function slack.
package main

import (
	"sluice/functions/slack"
	"sluice/shared/start"
)

func main() { start.Lambda(slack.New) }
