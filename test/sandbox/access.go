package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/iam"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/sts"
	"sluice/test/sandbox/wire"
)

// access knows who may do what: the roles of the template with a key for each, and the policies of resources.
type access struct {
	home     wire.Home
	policies iam.Policies

	person aws.Credentials // of the person at the keyboard
	seed   string          // which the secrets of roles are made of

	mu    sync.RWMutex
	keys  map[string]string  // access key id by role ARN, and the session's name behind it
	roles map[string]session // by access key id
	texts map[string]string  // the resource policies of queues and topics that policies has, by ARN
}

// A session is a role that somebody has taken on.
type session struct{ role, name string }

// sessionOfFunctions is the name of the sessions of roles that nobody takes on by AssumeRole.
const sessionOfFunctions = "sandbox"

func newAccess(home wire.Home, person aws.Credentials) *access {
	return &access{home: home, person: person, seed: rand.Text(), keys: map[string]string{}, roles: map[string]session{}, texts: map[string]string{}}
}

// roleARN of a name; an ARN is left alone.
func (a *access) roleARN(role string) string {
	if strings.HasPrefix(role, "arn:") {
		return role
	}
	return a.home.Global("iam", "role/"+role)
}

// principal is the role's ARN; "" is the person at the keyboard.
func (a *access) principal(role string) string {
	if role == "" {
		return ""
	}
	return a.roleARN(role)
}

// key is the access key id with which a session of a role signs. A role that does not exist gets one too, and may then do nothing.
func (a *access) key(role, name string) string {
	is := session{a.roleARN(role), name}
	a.mu.Lock()
	defer a.mu.Unlock()
	if key, ok := a.keys[is.role+"/"+is.name]; ok {
		return key
	}
	key := fmt.Sprintf("ASIASANDBOX%09d", len(a.keys)+1)
	a.keys[is.role+"/"+is.name], a.roles[key] = key, is
	return key
}

// secret of a role's key: another one in each run.
func (a *access) secret(accessKeyID string) string {
	sum := sha256.Sum256([]byte(a.seed + accessKeyID))
	return hex.EncodeToString(sum[:20]) // forty characters, as AWS's have
}

// keyOf answers whose key this is. There is none that this run did not give.
func (a *access) keyOf(accessKeyID string) (wire.Key, bool) {
	if accessKeyID == a.person.AccessKeyID {
		return wire.Key{Secret: a.person.SecretAccessKey}, true
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	is, known := a.roles[accessKeyID]
	return wire.Key{Secret: a.secret(accessKeyID), PrincipalARN: is.role, Session: is.name}, known
}

// sign is what a role signs with; the empty role is the person at the keyboard.
func (a *access) sign(role string) aws.Credentials { return a.signAs(role, sessionOfFunctions) }

func (a *access) signAs(role, session string) aws.Credentials {
	if role == "" {
		return a.person
	}
	return a.issue(role, session)
}

// issue is what a session of a role signs with.
func (a *access) issue(role, name string) aws.Credentials {
	id := a.key(role, name)
	return aws.Credentials{AccessKeyID: id, SecretAccessKey: a.secret(id), SessionToken: "sandbox"}
}

func (a *access) credentials(roleARN string) lambda.Credentials {
	c := a.sign(roleARN)
	return lambda.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

// A sender is an AWS service that acts for one of its resources, on its own or as a role that it takes on.
type sender struct{ service, sourceARN, role string }

// allow decides whether a service may act.
func (a *access) allow(from sender, action, resource string) error {
	r := iam.Request{Principal: from.role, Service: from.service, Action: action, Resource: resource}
	switch {
	case from.role != "": // for whom it takes on the role
		r.Context = map[string]string{"aws:SourceAccount": a.home.Account}
	case from.sourceARN != "":
		r.Context = map[string]string{"aws:SourceArn": from.sourceARN, "aws:SourceAccount": a.home.Account}
	}
	return a.policies.Allow(r)
}

// setFunctionPolicy learns the resource policy of a function; no document means that there is none.
func (a *access) setFunctionPolicy(function string, document []byte) {
	if err := a.setPolicy(function, string(document)); err != nil {
		panic("sandbox: " + err.Error()) // Lambda wrote it itself, of statements that it had checked
	}
}

// setPolicy learns the policy that a queue or topic has at the moment, "" if none. It is cheap when that is known.
func (a *access) setPolicy(resource, text string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.texts[resource] == text {
		return nil
	}
	var document iam.Document
	if text != "" {
		var err error
		if document, err = iam.ParseDocument([]byte(text)); err != nil {
			return fmt.Errorf("reading the policy of %s: %w", resource, err)
		}
	}
	a.texts[resource] = text
	return a.policies.SetResourcePolicy(resource, document)
}

// signer says who has signed a request to the address of a function, if their policies let them use it. That takes two permissions since October
// 2025, here as there (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html); the signature is for Lambda
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
func (a *access) signer(r *http.Request, body []byte, function string) (lambda.Signer, error) {
	key, refused := wire.Signer(r, body, "lambda", a.keyOf)
	if refused != nil {
		return lambda.Signer{}, refused
	}
	by := lambda.Signer{AccessKeyID: wire.KeyID(r)}
	by.ARN, by.UserID = sts.Identity(a.home, key.PrincipalARN, key.Session)
	if key.PrincipalARN == "" { // the person at the keyboard may do everything
		return by, nil
	}
	request := iam.Request{Principal: key.PrincipalARN, Action: "lambda:InvokeFunctionUrl", Resource: function, Context: map[string]string{"lambda:FunctionUrlAuthType": "AWS_IAM"}}
	if err := a.policies.Allow(request); err != nil {
		return by, err
	}
	request.Action, request.Context = "lambda:InvokeFunction", map[string]string{"lambda:InvokedViaFunctionUrl": "true"}
	return by, a.policies.Allow(request)
}

// anybody decides whether the whole internet may use the address of a function. Addresses need two statements since October
// 2025 (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
func (a *access) anybody(function string) error {
	r := iam.Request{Service: "anonymous", Action: "lambda:InvokeFunctionUrl", Resource: function, Context: map[string]string{"lambda:FunctionUrlAuthType": "NONE"}}
	if err := a.policies.Allow(r); err != nil {
		return err
	}
	r.Action, r.Context = "lambda:InvokeFunction", map[string]string{"lambda:InvokedViaFunctionUrl": "true"}
	return a.policies.Allow(r)
}
