// Command lambda is the Lambda function webhook.
package main

import (
	"sluice/functions/webhook"
	"sluice/shared/start"
)

func main() { start.Lambda(webhook.New) }
