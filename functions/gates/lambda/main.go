// Command bootstrap is the Lambda function inspect.
package main

import (
	"sluice/functions/gates"
	"sluice/shared/start"
)

func main() { start.Lambda(gates.New) }
