// Command lambda is the Lambda function notify.
package main

import (
	"sluice/functions/notify"
	"sluice/shared/start"
)

func main() { start.Lambda(notify.New) }
