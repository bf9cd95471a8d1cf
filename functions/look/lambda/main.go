// Command lambda is the Lambda function look.
package main

import (
	"sluice/functions/look"
	"sluice/shared/start"
)

func main() { start.Lambda(look.New) }
