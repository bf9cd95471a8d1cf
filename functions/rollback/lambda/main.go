// Command lambda is the Lambda function rollback.
package main

import (
	"sluice/functions/rollback"
	"sluice/shared/start"
)

func main() { start.Lambda(rollback.New) }
