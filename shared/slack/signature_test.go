package slack_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"sluice/shared/slack"
)

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
const (
	vectorSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	vectorTime   = "1531420618"
	vectorBody   = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	vectorSigned = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
)

func TestSignatureIsThatOfSlacksOwnExample(t *testing.T) {
	at := time.Unix(1531420618, 0)
	for name, test := range map[string]struct {
		signature string
		secrets   []string
		at        time.Time
		want      error
	}{
		"as it was sent":       {vectorSigned, []string{vectorSecret}, at, nil},
		"the secret before":    {vectorSigned, []string{"new", vectorSecret}, at, nil},
		"at the window's ends": {vectorSigned, []string{vectorSecret}, at.Add(300 * time.Second), nil},
		"a second later":       {vectorSigned, []string{vectorSecret}, at.Add(301 * time.Second), slack.ErrOld},
		"from the future":      {vectorSigned, []string{vectorSecret}, at.Add(-301 * time.Second), slack.ErrOld},
		"without secrets":      {vectorSigned, nil, at, slack.ErrForged},
		"with a digit changed": {vectorSigned[:66] + "4", []string{vectorSecret}, at, slack.ErrForged},
		"without a signature":  {"", []string{vectorSecret}, at, slack.ErrUnsigned},
	} {
		if err := slack.Verify(vectorTime, test.signature, []byte(vectorBody), test.secrets, test.at); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// Whatever a signed body holds, it is read or refused.
func FuzzInteraction(f *testing.F) {
	f.Add(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"actions":[{"action_id":"approve","value":"checkout-0123456789ab|1|d"}]}`)
	f.Add(`{"type":"block_actions","team":null,"actions":[]}`)
	f.Fuzz(func(t *testing.T, payload string) {
		i, err := slack.ReadInteraction([]byte(url.Values{"payload": {payload}}.Encode()))
		if err == nil && i.Action != slack.ActionLook && i.Value.String() == "" {
			t.Errorf("%q was read as %+v", payload, i)
		}
	})
}
