// Command bootstrap is the Lambda function answer.
package main

import (
	"sluice/functions/answer"
	"sluice/shared/start"
)

func main() { start.Lambda(answer.New) }
