package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// hookFile holds the settings of the webhook, in the folder of the bare repository.
const hookFile = "webhook.json"

// hook is what a host of code knows of a webhook.
type hook struct {
	Endpoint string // where the sandbox listens, and the path
	Host     string // of the function's address
	Secret   string
}

// received is the repository's post-receive hook: it does what GitHub does after a push, and says what the webhook answered. git calls
// it in the folder of the bare repository, with a line for each ref.
func received(refs io.Reader, out io.Writer) error {
	text, err := os.ReadFile(hookFile)
	if err != nil {
		return err
	}
	var h hook
	if err := json.Unmarshal(text, &h); err != nil {
		return err
	}
	for lines := bufio.NewScanner(refs); lines.Scan(); {
		var before, after, ref string
		if _, err := fmt.Sscan(lines.Text(), &before, &after, &ref); err != nil {
			return fmt.Errorf("reading what was pushed: %w", err)
		}
		body, err := payload(before, after, ref)
		if err != nil {
			return err
		}
		answer, err := h.deliver(body)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Sluice's webhook: %s\n", answer)
	}
	return nil
}

// deliver signs and posts a delivery, and is the answer in one line.
func (h hook) deliver(body []byte) (string, error) {
	mac := hmac.New(sha256.New, []byte(h.Secret))
	mac.Write(body)
	r, err := http.NewRequest(http.MethodPost, h.Endpoint, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Host = h.Host // addresses of functions are names on this port
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "GitHub-Hookshot/sandbox")
	r.Header.Set("X-GitHub-Event", "push")
	r.Header.Set("X-GitHub-Delivery", rand.Text())
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	client := &http.Client{Timeout: 10 * time.Second}
	answer, err := client.Do(r)
	if err != nil {
		return "", fmt.Errorf("calling the webhook: %w", err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
	return fmt.Sprintf("%d %s", answer.StatusCode, strings.TrimSpace(string(said))), err
}
