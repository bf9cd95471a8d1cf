// Command lambda is the Lambda function hook.
package main

import (
	"sluice/functions/hook"
	"sluice/shared/start"
)

func main() { start.Lambda(hook.New) }
