package scenario

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// EndpointKey signs what is posted to the endpoints of the stories.
const EndpointKey = "a key of forty-eight random bytes, in base 64"

// ByEndpoint is what a hook of the stories posts to; a place is to be added.
const ByEndpoint = `"http":"https://ci.example.com/sluice","secret":"checkout-hooks","payload":{"depth":"full"},"within":"30s"`

// GivesEndpointKey puts the key of the endpoints where definitions say that it is.
func (w *World) GivesEndpointKey() {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{Name: aws.String("checkout-hooks"), SecretString: aws.String(EndpointKey)})
	w.must(err)
}
