// Command lambda is the Lambda function settle.
package main

import (
	"sluice/functions/settle"
	"sluice/shared/start"
)

func main() { start.Lambda(settle.New) }
