// Command lambda is the Lambda function watch.
package main

import (
	"sluice/functions/watch"
	"sluice/shared/start"
)

func main() { start.Lambda(watch.New) }
