// Command lambda is the Lambda function decide.
package main

import (
	"sluice/functions/decide"
	"sluice/shared/start"
)

func main() { start.Lambda(decide.New) }
