// Command lambda is the Lambda function build.
package main

import (
	"sluice/functions/build"
	"sluice/shared/start"
)

func main() { start.Lambda(build.New) }
