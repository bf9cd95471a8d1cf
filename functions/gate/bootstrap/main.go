// Command bootstrap is the Lambda function gate.
package main

import (
	"sluice/functions/gate"
	"sluice/shared/start"
)

func main() { start.Lambda(gate.New) }
