// Command lambda is the Lambda function shift.
package main

import (
	"sluice/functions/shift"
	"sluice/shared/start"
)

func main() { start.Lambda(shift.New) }
