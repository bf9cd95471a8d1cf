// Command lambda is the Lambda function guard.
package main

import (
	"sluice/functions/guard"
	"sluice/shared/start"
)

func main() { start.Lambda(guard.New) }
