// Command lambda is the Lambda function judge.
package main

import (
	"sluice/functions/judge"
	"sluice/shared/start"
)

func main() { start.Lambda(judge.New) }
