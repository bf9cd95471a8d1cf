// Command lambda is the Lambda function pipeline.
package main

import (
	"sluice/functions/pipeline"
	"sluice/shared/start"
)

func main() { start.Lambda(pipeline.New) }
