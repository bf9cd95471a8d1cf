// Command lambda is the Lambda function wait.
package main

import (
	"sluice/functions/wait"
	"sluice/shared/start"
)

func main() { start.Lambda(wait.New) }
