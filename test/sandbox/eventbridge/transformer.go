package eventbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

const (
	maxTemplateSize = 8192
	maxVariables    = 100
)

// A transformer fills a template's <variables> with values of the event:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
type transformer struct {
	paths map[string]path
	parts []part
	json  bool // the template is an object or array, so what comes out must be JSON
}

// A part is a piece of literal text and the variable after it, if any. Inside a string literal a variable gives its
// bare characters, outside it gives JSON.
type part struct {
	literal, variable string
	inString          bool
}

var placeholder = regexp.MustCompile(`<([A-Za-z0-9_.\-]+)>`)

func transformerInput(t types.InputTransformer, id string) (input, error) {
	x, err := newTransformer(aws.ToString(t.InputTemplate), t.InputPathsMap)
	if err != nil {
		return nil, wire.Validation("Invalid InputTransformer for target %s: %v", id, err)
	}
	return x.apply, nil
}

func newTransformer(template string, paths map[string]string) (*transformer, error) {
	template = strings.TrimSpace(template)
	if template == "" || len(template) > maxTemplateSize {
		return nil, fmt.Errorf("InputTemplate must have 1 to %d characters", maxTemplateSize)
	}
	if !strings.ContainsAny(template[:1], "{[\"<") {
		return nil, fmt.Errorf("InputTemplate must be JSON: strings need quotes")
	}
	x := &transformer{paths: map[string]path{}, json: strings.ContainsAny(template[:1], "{[")}
	if len(paths) > maxVariables {
		return nil, fmt.Errorf("InputPathsMap may have %d variables", maxVariables)
	}
	for name, text := range paths {
		p, err := parsePath(text)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "aws.") {
			return nil, fmt.Errorf("InputPathsMap may not define %s: AWS. is reserved", name)
		}
		x.paths[name] = p
	}
	return x, x.split(template)
}

func (x *transformer) split(template string) error {
	reserved := (&message{}).reserved(&rule{}, nil)
	inString := false
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(template, -1) {
		literal, name := template[at:m[0]], template[m[2]:m[3]]
		_, isReserved := reserved[name]
		if _, defined := x.paths[name]; !defined && !isReserved {
			return fmt.Errorf("InputTemplate contains invalid placeholder %s", name)
		}
		inString = endsInString(literal, inString)
		x.parts = append(x.parts, part{literal, name, inString})
		at = m[1]
	}
	x.parts = append(x.parts, part{literal: template[at:]})
	return nil
}

// endsInString follows the quotes of a JSON text.
func endsInString(text string, inString bool) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			inString = !inString
		}
	}
	return inString
}

// reserved are the variables that need no path.
func (m *message) reserved(r *rule, whole map[string]any) map[string]any {
	withoutDetail := maps.Clone(whole)
	delete(withoutDetail, "detail")
	return map[string]any{
		"aws.events.rule-arn":             r.arn,
		"aws.events.rule-name":            r.name,
		"aws.events.event":                withoutDetail,
		"aws.events.event.json":           whole,
		"aws.events.event.ingestion-time": m.received.UTC().Format(time.RFC3339),
	}
}

func (x *transformer) apply(r *rule, m *message) ([]byte, error) {
	whole := m.whole()
	reserved := m.reserved(r, whole)
	var b bytes.Buffer
	for _, p := range x.parts {
		b.WriteString(p.literal)
		if p.variable == "" {
			continue
		}
		v, found := reserved[p.variable]
		if path, own := x.paths[p.variable]; own {
			v, found = path.find(whole)
		}
		if !found {
			continue // "that variable isn't created and won't appear in the output"
		}
		text, err := render(v, p.inString)
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	if !x.json {
		return b.Bytes(), nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b.Bytes()); err != nil {
		return nil, &refusal{code: "INVALID_JSON", reason: fmt.Sprintf("the transformed input is not JSON: %v", err)}
	}
	return compact.Bytes(), nil
}

// render leaves strings unescaped inside string literals, and takes the quotes out of other values there, as AWS does:
// "EventBridge doesn't escape values extracted by Input Path".
func render(v any, inString bool) ([]byte, error) {
	if s, isString := v.(string); isString && inString {
		return []byte(s), nil
	}
	text, err := encode(v)
	if inString {
		text = bytes.ReplaceAll(text, []byte(`"`), nil)
	}
	return text, err
}
