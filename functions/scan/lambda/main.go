// Command lambda is the Lambda function scan.
package main

import (
	"sluice/functions/scan"
	"sluice/shared/start"
)

func main() { start.Lambda(scan.New) }
