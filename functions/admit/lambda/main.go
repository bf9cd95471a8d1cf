// Command bootstrap is the Lambda function gate.
package main

import (
	"sluice/functions/admit"
	"sluice/shared/start"
)

func main() { start.Lambda(admit.New) }
