// Command lambda is the Lambda function stage.
package main

import (
	"sluice/functions/stage"
	"sluice/shared/start"
)

func main() { start.Lambda(stage.New) }
