package events

import (
	"encoding/json"
	"strings"
)

// Command is the command of the AWS CLI that puts an event on a bus, for people who have no other way. Words in capitals in a detail
// are for people to replace.
func Command(bus, detailType string, detail any) (string, error) {
	text, err := json.Marshal(detail)
	if err != nil {
		return "", err
	}
	entries, err := json.Marshal([]struct{ EventBusName, Source, DetailType, Detail string }{{bus, "me", detailType, string(text)}})
	if err != nil {
		return "", err
	}
	return "aws events put-events --entries '" + strings.ReplaceAll(string(entries), "'", `'\''`) + "'", nil
}
