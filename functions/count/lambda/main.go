// Command lambda is the Lambda function count.
package main

import (
	"sluice/functions/count"
	"sluice/shared/start"
)

func main() { start.Lambda(count.New) }
