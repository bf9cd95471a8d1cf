// Command lambda is the Lambda function github.
package main

import (
	"sluice/functions/github"
	"sluice/shared/start"
)

func main() { start.Lambda(github.New) }
