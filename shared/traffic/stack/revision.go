package stack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// values are parameters by name. nil keeps what the stack has: of a parameter with NoEcho nobody may read the value.
type values map[string]*string

// hidden is how CloudFormation shows the value of a parameter with NoEcho
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
const hidden = "****"

// shown are parameters as CloudFormation shows them.
func shown(parameters []types.Parameter) values {
	v := values{}
	for _, p := range parameters {
		if v[aws.ToString(p.ParameterKey)] = p.ParameterValue; aws.ToString(p.ParameterValue) == hidden {
			v[aws.ToString(p.ParameterKey)] = nil
		}
	}
	return v
}

// given are parameters as CloudFormation wants them.
func (v values) given() (all []types.Parameter) {
	for name, value := range v {
		p := types.Parameter{ParameterKey: &name, ParameterValue: value}
		if value == nil {
			p.UsePreviousValue = aws.Bool(true)
		}
		all = append(all, p)
	}
	return all
}

// digest is the revision: of the template without carriage returns and without line ends after its end, and of the parameters as `jq -cS` writes them.
// Both are what a shell makes of a file without effort.
func digest(template string, v values) (string, error) {
	parameters, err := canonical(v)
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(strings.ReplaceAll(template, "\r", ""), "\n")
	sum := sha256.Sum256([]byte(text + "\n" + parameters + "\n"))
	return hex.EncodeToString(sum[:]), nil
}

// canonical writes parameters as `jq -cS` does: names in order, no spaces, and nothing escaped that JSON does not want escaped.
func canonical(v values) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(b.String(), "\n")), nil
}
