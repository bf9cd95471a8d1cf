// Command lambda is the Lambda function sweep.
package main

import (
	"sluice/functions/sweep"
	"sluice/shared/start"
)

func main() { start.Lambda(sweep.New) }
