// Command lambda is the Lambda function gates.
package main

import (
	"sluice/functions/gates"
	"sluice/shared/start"
)

func main() { start.Lambda(gates.New) }
