// Command lambda is the Lambda function plan.
package main

import (
	"sluice/functions/plan"
	"sluice/shared/start"
)

func main() { start.Lambda(plan.New) }
