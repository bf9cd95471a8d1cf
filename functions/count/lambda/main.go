// Command bootstrap is the Lambda function answer.
package main

import (
	"sluice/functions/count"
	"sluice/shared/start"
)

func main() { start.Lambda(count.New) }
