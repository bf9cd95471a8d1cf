package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Whisper answers the person who pressed a button, at the address that came with the press; nobody else sees the answer
// (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). No error holds the address.
func Whisper(ctx context.Context, client *http.Client, to, text string) error {
	body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": text})
	if err != nil {
		return fmt.Errorf("answering in Slack: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("answering in Slack: its address cannot be read")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("answering in Slack: it did not take the answer")
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answering in Slack: it answered %s", response.Status)
	}
	return nil
}
