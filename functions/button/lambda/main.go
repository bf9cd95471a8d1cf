// Command lambda is the Lambda function button.
package main

import (
	"sluice/functions/button"
	"sluice/shared/start"
)

func main() { start.Lambda(button.New) }
