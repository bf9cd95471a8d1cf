package scenario

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/test/sandbox/slack"
)

// botToken is what the world's Slack takes, and what lies in the secret unless a story changes it.
const botToken = "xoxb-story"

// gitHubToken is what the world's GitHub takes.
const gitHubToken = "github_pat_story"

// SlackToken puts a bot token where slack looks for it.
func (w *World) SlackToken(token string) {
	w.T.Helper()
	name := aws.String(stackName + "/slack")
	_, err := w.Sandbox.SecretsManager.PutSecretValue(w.ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: &token})
	w.must(err)
}

func (w *World) createSecrets() {
	w.T.Helper()
	for name, value := range map[string]string{"slack": botToken, "slack-signing": signingSecret, "links": linkKey, "people": personKey, "github": gitHubToken} {
		_, err := w.Sandbox.SecretsManager.CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{Name: aws.String(stackName + "/" + name), SecretString: &value})
		w.must(err)
	}
	w.install(signingSecret)
}

// install puts the app into Slack, which signs with a secret.
func (w *World) install(signing string) {
	w.T.Helper()
	button := ""
	if w.Sandbox.Stack.Outputs["SlackButtonsAddress"] != "" {
		button = w.address("button")
	}
	w.Slack.Install(slack.App{Interactions: button, SigningSecret: signing, HTTP: w.web(), Self: "https://hooks.slack.invalid"})
}

// NewSigningSecret puts a new signing secret where button looks for it, and has Slack sign with it at once.
func (w *World) NewSigningSecret(secret string) {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.PutSecretValue(w.ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String(stackName + "/slack-signing"), SecretString: &secret})
	w.must(err)
	w.install(secret)
}

// Chat is what the messages about a release say in Slack.
func (w *World) Chat(release string) []string {
	var found []string
	for _, m := range w.Slack.Messages() {
		if text := Says(m); m.Thread == "" && strings.Contains(text, release) {
			found = append(found, text)
		}
	}
	return found
}

// Says is the whole text of a message's blocks.
func Says(m slack.Message) string {
	var parts []string
	for _, b := range m.Blocks {
		if b.Text != nil {
			parts = append(parts, b.Text.Text)
		}
		for _, e := range b.Elements {
			parts = append(parts, e.Text.Text)
		}
	}
	return strings.Join(parts, "\n")
}

// PressedAbout has somebody press a button of a release's message. The error is what they see.
func (w *World) PressedAbout(release, action, user string) error {
	for _, m := range w.Slack.Messages() {
		if m.Thread == "" && strings.Contains(Says(m), release) {
			return w.Slack.Press(m.TS, action, user)
		}
	}
	return errors.New("there is no message about " + release)
}
