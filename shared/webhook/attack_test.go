package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/shared/webhook"
)

// GitHub's published vector (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). Its body is no
// JSON: it is refused for that, and so its signature was right.
func TestGitHubsVector(t *testing.T) {
	d := webhook.Delivery{Host: "github", Body: []byte("Hello, World!"), Header: map[string]string{
		"content-type": "application/json", "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
	}}
	refused(t, "the vector", d, []string{"It's a Secret to Everybody"}, 400)
	d.Body = []byte("Hello, World?")
	refused(t, "another body", d, []string{"It's a Secret to Everybody"}, 401)
}

// The vector of Standard Webhooks (https://docs.svix.com/receiving/verifying-payloads/how-manual).
const vectorKey = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var vectorTime = time.Unix(1614265330, 0)

func vector() webhook.Delivery {
	return webhook.Delivery{Host: "gitlab", Body: []byte(`{"test": 2432232314}`), Header: map[string]string{
		"content-type": "application/json", "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
		"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	}}
}

func TestGitLabsSignature(t *testing.T) {
	for what, row := range map[string]struct {
		change  func(webhook.Delivery)
		secrets []string
		after   time.Duration
		taken   bool
	}{
		"the vector":               {nil, []string{vectorKey}, 0, true},
		"second secret":            {nil, []string{secret, vectorKey}, 0, true},
		"two signatures":           {set("webhook-signature", "v1,bm90IHRoaXM= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), []string{vectorKey}, 0, true},
		"300 s late":               {nil, []string{vectorKey}, 300 * time.Second, true},
		"300 s early":              {nil, []string{vectorKey}, -300 * time.Second, true},
		"301 s late":               {nil, []string{vectorKey}, 301 * time.Second, false},
		"301 s early":              {nil, []string{vectorKey}, -301 * time.Second, false},
		"other id":                 {set("webhook-id", "msg_2"), []string{vectorKey}, 0, false},
		"other time":               {set("webhook-timestamp", "1614265331"), []string{vectorKey}, 0, false},
		"other version":            {set("webhook-signature", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), []string{vectorKey}, 0, false},
		"other key":                {nil, []string{"whsec_c2VjcmV0"}, 0, false},
		"key is no base64":         {nil, []string{"whsec_%"}, 0, false},
		"bare key":                 {nil, []string{strings.TrimPrefix(vectorKey, "whsec_")}, 0, false},
		"empty signature":          {set("webhook-signature", ""), []string{vectorKey}, 0, false},
		"empty signature, token":   {set("webhook-signature", "", "x-gitlab-token", secret), []string{vectorKey, secret}, 0, false},
		"wrong signature, token":   {set("webhook-signature", "v1,AA==", "x-gitlab-token", secret), []string{vectorKey, secret}, 0, false},
		"signed with an empty key": {set("webhook-signature", "v1,"+standard("", "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}")), []string{"whsec_", secret}, 0, false},
		"signed time is no number": {set("webhook-timestamp", "now", "webhook-signature", "v1,"+standard("secret", "msg_p5jXN8AQM9LWM0D4loKWxJek.now.{\"test\": 2432232314}")), []string{"whsec_c2VjcmV0"}, 0, false},
		"signed without an id":     {set("webhook-id", "", "webhook-signature", "v1,"+standard("secret", ".1614265330.{\"test\": 2432232314}")), []string{"whsec_c2VjcmV0"}, 0, false},
		"signed time is far off":   {set("webhook-timestamp", "-9223372036854775808", "webhook-signature", "v1,"+standard("secret", "msg_p5jXN8AQM9LWM0D4loKWxJek.-9223372036854775808.{\"test\": 2432232314}")), []string{"whsec_c2VjcmV0"}, 0, false},
	} {
		d := vector()
		if row.change != nil {
			row.change(d)
		}
		_, _, refusal := webhook.Read(d, row.secrets, vectorTime.Add(row.after))
		if (refusal == nil) != row.taken || refusal != nil && refusal.Status != 401 {
			t.Errorf("%s: %v", what, refusal)
		}
	}
}

func standard(key, content string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func set(pairs ...string) func(webhook.Delivery) {
	return func(d webhook.Delivery) {
		for i := 0; i < len(pairs); i += 2 {
			d.Header[pairs[i]] = pairs[i+1]
		}
	}
}

// signature is the header that each host's samples are believed for.
var signature = map[string]string{
	"github-push": "x-hub-signature-256", "gitlab-push": "x-gitlab-token", "bitbucket-push": "x-hub-signature", "bitbucket-refs-changed": "x-hub-signature",
}

func TestWhoDoesNotHaveTheSecretIsRefused(t *testing.T) {
	for sampled, header := range signature {
		text := sample(t, sampled)
		right := delivery(sampled, text).Header[header]
		for what, value := range map[string]string{
			"empty":           "",
			"upper case":      strings.ToUpper(right),
			"blank before":    " " + right,
			"blank behind":    right + " ",
			"cut":             right[:len(right)-1],
			"longer":          right + "0",
			"prefix only":     "sha256=",
			"no prefix":       strings.TrimPrefix(right, "sha256=") + "\x00",
			"an empty secret": hub("", text),
			"another secret":  hub("guess", text),
			"another body":    hub(secret, text+" "),
			"the word null":   "null",
		} {
			d := delivery(sampled, text)
			d.Header[header] = value
			refused(t, sampled+" signed "+what, d, []string{secret}, 401)
		}
		d := delivery(sampled, text)
		delete(d.Header, header)
		refused(t, sampled+" without header", d, []string{secret}, 401)
		refused(t, sampled+" without header, empty secret", d, []string{""}, 401)
	}
}

func TestTwoSecretsAreActiveAtMost(t *testing.T) {
	for sampled := range signature {
		d := delivery(sampled, sample(t, sampled))
		for _, secrets := range [][]string{{secret}, {secret, "old"}, {"new", secret}, {"", secret}} {
			if pushes, _, refusal := webhook.Read(d, secrets, now); refusal != nil || len(pushes) == 0 {
				t.Errorf("%s with %q: %v, %v", sampled, secrets, pushes, refusal)
			}
		}
		for _, secrets := range [][]string{nil, {}, {""}, {"", ""}, {"new"}, {"new", "newer", secret}} {
			refused(t, sampled, d, secrets, 401)
		}
	}
	empty := delivery("github-push", "{}")
	empty.Header["x-hub-signature-256"] = hub("", "{}")
	refused(t, "signed with nothing", empty, []string{"", ""}, 401)
	token := delivery("gitlab-push", "{}")
	token.Header["x-gitlab-token"] = vectorKey
	refused(t, "a signing token sent as plain token", token, []string{vectorKey}, 401)
}

func TestSHA1IsNotEnough(t *testing.T) {
	d := delivery("github-push", sample(t, "github-push"))
	h := hmac.New(sha1.New, []byte(secret))
	h.Write(d.Body)
	delete(d.Header, "x-hub-signature-256")
	d.Header["x-hub-signature"] = "sha1=" + hex.EncodeToString(h.Sum(nil))
	if refusal := refused(t, "SHA-1", d, []string{secret}, 401); !strings.Contains(refusal.Remedy, "X-Hub-Signature-256") {
		t.Errorf("the remedy does not name the header: %v", refusal)
	}
	d.Header["x-hub-signature"] = hub(secret, string(d.Body))
	refused(t, "the right digest in the old header", d, []string{secret}, 401)
}

// The body is verified as it came: the same JSON in other bytes is another body.
func TestChangedBodiesAreRefused(t *testing.T) {
	for sampled := range signature {
		if strings.HasPrefix(sampled, "gitlab") {
			continue // its token does not cover the body
		}
		text := sample(t, sampled)
		var again bytes.Buffer
		if err := json.Compact(&again, []byte(text)); err != nil {
			t.Fatal(err)
		}
		for what, body := range map[string]string{
			"truncated": text[:len(text)/2], "re-encoded": again.String(), "empty": "", "one byte": strings.Replace(text, "main", "Main", 1),
		} {
			d := delivery(sampled, text)
			d.Body = []byte(body)
			refused(t, sampled+" "+what, d, []string{secret}, 401)
		}
	}
}

func TestAddressesOfOtherHostsRefuse(t *testing.T) {
	for sampled := range signature {
		for _, host := range []string{"github", "gitlab", "bitbucket", "codecommit", "", "GitHub"} {
			d := delivery(sampled, sample(t, sampled))
			if d.Host == host {
				continue
			}
			d.Host = host
			want := 401
			if host != "github" && host != "gitlab" && host != "bitbucket" {
				want = 404
			}
			refused(t, sampled+" sent to "+host, d, []string{secret}, want)
		}
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	for what, row := range map[string]struct {
		status           int
		sample, old, new string
	}{
		"null instead of a payload": {400, "github-push", "*", "null"},
		"a list":                    {400, "gitlab-push", "*", "[]"},
		"a number":                  {400, "bitbucket-push", "*", "1"},
		"an empty object":           {400, "github-push", "*", "{}"},
		"nothing":                   {400, "github-push", "*", ""},
		"half":                      {400, "github-push", "*", `{"ref": "refs/heads/main"`},
		"two":                       {400, "github-push", "*", `{} {}`},
		"nested":                    {400, "github-push", "*", strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)},
		"nested commits":            {400, "github-push", "*", `{"commits":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"},
		"invalid UTF-8":             {400, "github-push", "refs/heads/main", "refs/heads/\xff"},
		"null ref":                  {400, "github-push", `"ref": "refs/heads/main"`, `"ref": null`},
		"null repository":           {400, "github-push", `"full_name": "acme/checkout"`, `"full_name": null`},
		"ref is a number":           {400, "github-push", `"ref": "refs/heads/main"`, `"ref": 1`},
		"foreign ref":               {400, "github-push", "refs/heads/main", "refs/pull/1/head"},
		"GitLab, bare":              {400, "gitlab-push", "*", `{"object_kind": "push"}`},
		"short commit":              {400, "gitlab-push", `"checkout_sha": "` + head, `"checkout_sha": "` + head[:12]},
		"null checkout":             {400, "gitlab-tag-push", `"checkout_sha": "` + head + `"`, `"checkout_sha": null`},
		"Bitbucket, null target":    {400, "bitbucket-push", `"hash": "` + head + `"`, `"hash": null`},
		"Data Center, no project":   {400, "bitbucket-refs-changed", `"key": "ACME"`, `"key": null`},
		"a branch with a blank":     {400, "bitbucket-push", `"name": "main"`, `"name": "a b"`},
	} {
		body := strings.Replace(sample(t, row.sample), row.old, row.new, 1)
		if row.old == "*" {
			body = row.new
		}
		refused(t, what, delivery(row.sample, body), []string{secret}, row.status)
	}
	for what, kind := range map[string]string{
		"form": "application/x-www-form-urlencoded", "text": "text/plain", "none": "", "broken": ";;",
	} {
		d := delivery("github-push", sample(t, "github-push"))
		d.Header["content-type"] = kind
		if refusal := refused(t, what, d, []string{secret}, 415); !strings.Contains(refusal.Remedy, "application/json") {
			t.Errorf("%s: the remedy does not name the content type: %v", what, refusal)
		}
		refused(t, what+" of a stranger", d, []string{"other"}, 401)
	}
	d := delivery("bitbucket-refs-changed", sample(t, "bitbucket-refs-changed"))
	d.Header["content-type"] = "application/json; charset=utf-8"
	if _, _, refusal := webhook.Read(d, []string{secret}, now); refusal != nil {
		t.Errorf("a content type with a charset: %v", refusal)
	}
}

// A push of many commits is told, up to what an address of Lambda takes.
func TestHugeBodiesAreRefused(t *testing.T) {
	text := sample(t, "github-push")
	most := text + strings.Repeat(" ", 6<<20-len(text))
	if _, _, refusal := webhook.Read(delivery("github-push", most), []string{secret}, now); refusal != nil {
		t.Errorf("6 MiB: %v", refusal)
	}
	refusal := refused(t, "6 MiB and a byte", delivery("github-push", most+" "), []string{secret}, 413)
	if !strings.Contains(refusal.Reason, strconv.Itoa(6<<20)) {
		t.Errorf("the reason does not say how much is taken: %v", refusal)
	}
}

// refused wants a refusal that says what to do, and tells neither the secrets nor the body.
func refused(t *testing.T, what string, d webhook.Delivery, secrets []string, status int) *webhook.Refusal {
	t.Helper()
	pushes, note, refusal := webhook.Read(d, secrets, now)
	if refusal == nil || refusal.Status != status || pushes != nil || note != "" {
		t.Fatalf("%s: %v, note %q, %+v; want status %d", what, pushes, note, refusal, status)
	}
	tellsNothing(t, refusal, secrets)
	return refusal
}

func tellsNothing(t *testing.T, refusal *webhook.Refusal, secrets []string) {
	t.Helper()
	if refusal.Reason == "" || refusal.Remedy == "" || len(refusal.Error()) > 300 {
		t.Errorf("refused without reason and remedy: %q", refusal.Error())
	}
	for _, told := range append(secrets, "acme", "refs/", head[:12], "sha256=") {
		if told != "" && strings.Contains(refusal.Error(), told) {
			t.Errorf("the refusal tells %q: %v", told, refusal)
		}
	}
}
