// Command lambda is the Lambda function trigger.
package main

import (
	"sluice/functions/trigger"
	"sluice/shared/start"
)

func main() { start.Lambda(trigger.New) }
