// Command lambda is the Lambda function progress.
package main

import (
	"sluice/functions/progress"
	"sluice/shared/start"
)

func main() { start.Lambda(progress.New) }
