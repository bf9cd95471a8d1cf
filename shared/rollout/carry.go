package rollout

import (
	"fmt"
	"strings"
)

// Carry is a parameter of SSM Parameter Store that a hook brings from one environment to the next: it writes the value of From into Parameter, and
// puts back what was there when its release goes back.
type Carry struct {
	Parameter string `json:"parameter"`     // the name of the one that is written
	From      string `json:"from"`          // the one that is read: a name, perhaps with a label (/checkout/staging/limit:tested), or the ARN of one that another account shares
	Key       string `json:"key,omitempty"` // ARN of the KMS key of both, where they are SecureStrings with a key of one's own
}

// Carried is a Carry as it was found when its release was planned. People are asked about this, so this is carried, or nothing is. The values stay in
// Parameter Store: its versions are the record of them.
type Carried struct {
	Parameter string `json:"parameter"`
	From      string `json:"from"`             // without a label
	Version   int64  `json:"version"`          // of From
	Before    int64  `json:"before,omitempty"` // version of Parameter; 0: there is none
	Type      string `json:"type"`             // of From: String, StringList or SecureString
	Was       string `json:"was,omitempty"`    // the values for people, shortened; never those of a SecureString
	Becomes   string `json:"becomes,omitempty"`
	Same      bool   `json:"same,omitempty"` // nothing will change
}

// Stored is what Parameter Store has of a parameter.
type Stored struct {
	Value   string
	Type    string
	Version int64 // 0: there is none
}

// SecureString is the type of parameters whose values are shown to nobody.
const SecureString = "SecureString"

// Secure says whether the value is shown to nobody.
func (s Stored) Secure() bool { return s.Type == SecureString }

// The limits of parameters that are carried: all are read and written in one invocation.
const (
	mostCarried  = 10
	longestShown = 80 // characters of a value
)

// putsBack ends the name of the hook that puts back what another one carried.
const putsBack = "-back"

// Carry is the release's parameter as it was found; nil when it was not looked at.
func (r Release) Carry(parameter string) *Carried {
	for i := range r.Carried {
		if r.Carried[i].Parameter == parameter {
			return &r.Carried[i]
		}
	}
	return nil
}

// Carries lists what the hooks of a definition carry.
func (d Definition) Carries() (all []Carry) {
	for _, h := range d.Hooks {
		if h.After == "" {
			all = append(all, h.Carry...)
		}
	}
	return all
}

// Source is the name or ARN of the parameter that is read, without its label.
func (c Carry) Source() string {
	start := 0
	if strings.HasPrefix(c.From, "arn:") {
		start = max(0, strings.Index(c.From, ":parameter/")+1)
	}
	if i := strings.IndexByte(c.From[start:], ':'); i >= 0 {
		return c.From[:start+i]
	}
	return c.From
}

// Find pins what is carried, or says why it cannot be.
func (c Carry) Find(from, now Stored) (Carried, *Rejection) {
	found := Carried{Parameter: c.Parameter, From: c.Source(), Version: from.Version, Before: now.Version, Type: from.Type}
	switch {
	case from.Version == 0:
		return found, Because(fmt.Sprintf("there is no parameter %s to carry to %s", c.From, c.Parameter), "create it, or take it out of the definition's hooks")
	case now.Version > 0 && from.Secure() != now.Secure():
		return found, Because(fmt.Sprintf("%s is a %s and %s a %s: Parameter Store does not change one into the other", c.From, from.Type, c.Parameter, now.Type), "delete the one that has the wrong type")
	case from.Secure():
		return found, nil
	}
	found.Becomes = shown(from.Value)
	if now.Version > 0 {
		found.Was, found.Same = shown(now.Value), now.Value == from.Value
	}
	return found, nil
}

// shown is a value in one line, as long as people read it.
func shown(value string) string {
	line := strings.Join(strings.Fields(value), " ")
	if all := []rune(line); len(all) > longestShown {
		return string(all[:longestShown-1]) + "…"
	}
	return line
}

// String is the change in words: "/checkout/production/limit: 10 becomes 20".
func (c Carried) String() string {
	switch {
	case c.Type == SecureString && c.Before == 0:
		return fmt.Sprintf("%s is created from version %d of the secret %s", c.Parameter, c.Version, c.From)
	case c.Type == SecureString:
		return fmt.Sprintf("%s becomes version %d of the secret %s", c.Parameter, c.Version, c.From)
	case c.Before == 0:
		return fmt.Sprintf("%s is created: %s", c.Parameter, c.Becomes)
	case c.Same:
		return fmt.Sprintf("%s stays as it is: %s", c.Parameter, c.Was)
	}
	return fmt.Sprintf("%s: %s becomes %s", c.Parameter, c.Was, c.Becomes)
}

// A Move is what has to be done to a parameter.
type Move int

// The moves of a parameter.
const (
	Leave Move = iota // it is as it should be
	Put
	Remove
)

// Forth says what carrying takes, as the parameter stands now. value is that of the source. Each write makes the next version, so a parameter that
// is one version ahead with that value was written by the try before.
func (c Carried) Forth(now Stored, value string) (Move, *Rejection) {
	switch {
	case now.Version == c.Before && c.Before > 0 && now.Value == value, now.Version == c.Before+1 && now.Value == value:
		return Leave, nil
	case now.Version == c.Before:
		return Put, nil
	}
	return Leave, Because(fmt.Sprintf("%s is %s now, and was %s when the release was planned", c.Parameter, version(now.Version), version(c.Before)), "release again, so that people see what it changes")
}

// Back says what putting back takes, as the parameter stands now, of one that the release wrote or was about to write. What somebody has written since
// stays. before is the value of Before, of a parameter that was not created.
func (c Carried) Back(now Stored, before string) (Move, *Rejection) {
	switch {
	case now.Version == c.Before, c.Before > 0 && now.Version == c.Before+2 && now.Value == before: // never written, or put back by the try before
		return Leave, nil
	case now.Version == c.Before+1 && c.Before == 0:
		return Remove, nil
	case now.Version == c.Before+1:
		return Put, nil
	}
	return Leave, Because(fmt.Sprintf("somebody wrote %s since: it is %s, and stays as it is", c.Parameter, version(now.Version)), "look at its history: aws ssm get-parameter-history --name "+c.Parameter)
}

func version(n int64) string {
	if n == 0 {
		return "not there"
	}
	return fmt.Sprintf("at version %d", n)
}

// Carrying is how the hook stands that carried what another one puts back; nil when nobody wrote that it ran.
func (r Release) Carrying(back Hook) *Ran { return r.Ran(strings.TrimSuffix(back.Name, putsBack)) }
