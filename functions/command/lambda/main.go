// Command lambda is the Lambda function command.
package main

import (
	"sluice/functions/command"
	"sluice/shared/start"
)

func main() { start.Lambda(command.New) }
