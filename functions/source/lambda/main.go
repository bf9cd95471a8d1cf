// Command lambda is the Lambda function source.
package main

import (
	"sluice/functions/source"
	"sluice/shared/start"
)

func main() { start.Lambda(source.New) }
