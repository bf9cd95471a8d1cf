// Command lambda is the Lambda function tick.
package main

import (
	"sluice/functions/tick"
	"sluice/shared/start"
)

func main() { start.Lambda(tick.New) }
