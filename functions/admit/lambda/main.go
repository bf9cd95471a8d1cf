// Command lambda is the Lambda function admit.
package main

import (
	"sluice/functions/admit"
	"sluice/shared/start"
)

func main() { start.Lambda(admit.New) }
