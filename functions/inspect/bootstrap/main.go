// Command bootstrap is the Lambda function inspect.
package main

import (
	"sluice/functions/inspect"
	"sluice/shared/start"
)

func main() { start.Lambda(inspect.New) }
