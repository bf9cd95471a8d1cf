// Command lambda is the Lambda function ask.
package main

import (
	"sluice/functions/ask"
	"sluice/shared/start"
)

func main() { start.Lambda(ask.New) }
