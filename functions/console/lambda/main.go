// Command lambda is the Lambda function console.
package main

import (
	"sluice/functions/console"
	"sluice/shared/start"
)

func main() { start.Lambda(console.New) }
