package limits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// pseudo holds what stands for the names that AWS fills in. No account has a longer partition and Region.
var pseudo = map[string]string{
	"AWS::Partition": "aws-us-gov",
	"AWS::Region":    "us-isof-south-1",
	"AWS::AccountId": "123456789012",
	"AWS::URLSuffix": "amazonaws.com.cn",
}

// longestName is as long as the names that CloudFormation makes for what has none in the template.
var longestName = strings.Repeat("x", 64)

type template struct {
	Resources map[string]resource
	bytes     int
}

type resource struct {
	Type       string
	Properties map[string]any
}

func parse(text []byte) (template, error) {
	t := template{bytes: len(text)}
	if err := json.Unmarshal(text, &t); err != nil {
		return template{}, fmt.Errorf("reading template: %w", err)
	}
	return t, nil
}

// name is a text as long as the name of a stack can be: an environment's name has at most twenty characters.
func (t template) name() string { return strings.Repeat("x", len("Sluice-")+20) }

// each measures the resources of a type, by what people call them: their logical ids without the digest.
func (t template) each(kind string, measure func(resource) int) map[string]int {
	all := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if r := t.Resources[id]; r.Type == kind {
			all[plainly(id)] = measure(r)
		}
	}
	return all
}

var digest = regexp.MustCompile(`[0-9A-F]{8}$`)

func plainly(id string) string { return digest.ReplaceAllString(id, "") }

// owner is the resource that a value refers to.
func (t template) owner(v any) string {
	object, _ := v.(map[string]any)
	if arn, _ := object["Fn::GetAtt"].([]any); len(arn) > 0 {
		id, _ := arn[0].(string)
		return plainly(id)
	}
	return t.text(v)
}

// json is a value as JSON, with every reference filled in.
func (t template) json(v any) string {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // as AWS gets it
	_ = e.Encode(t.filled(v))
	return strings.TrimSuffix(text.String(), "\n")
}

func (t template) text(v any) string {
	if text, ok := t.filled(v).(string); ok {
		return text
	}
	return t.json(v)
}

func (t template) filled(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = t.filled(v[i])
		}
		return out
	case map[string]any:
		if text, ok := t.function(v); ok {
			return text
		}
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = t.filled(v[k])
		}
		return out
	}
	return v
}

// function fills in the intrinsic functions that the CDK writes into these templates.
func (t template) function(v map[string]any) (text string, ok bool) {
	if name, ok := v["Ref"].(string); ok && len(v) == 1 {
		if value, ok := pseudo[name]; ok {
			return value, true
		}
		return t.arn(name), true
	}
	if at, ok := v["Fn::GetAtt"].([]any); ok && len(at) == 2 {
		id, _ := at[0].(string)
		return t.arn(id), true
	}
	parts, ok := v["Fn::Join"].([]any)
	if !ok || len(parts) != 2 {
		return "", false
	}
	items, _ := parts[1].([]any)
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = t.text(items[i])
	}
	separator, _ := parts[0].(string)
	return strings.Join(texts, separator), true
}

// arn is a text at least as long as any reference to the resource can be.
func (t template) arn(id string) string {
	name := longestName
	for key, value := range t.Resources[id].Properties {
		if text, ok := value.(string); ok && (key == "Name" || strings.HasSuffix(key, "Name")) {
			name = text
		}
	}
	return "arn:" + pseudo["AWS::Partition"] + ":dynamodb:" + pseudo["AWS::Region"] + ":" + pseudo["AWS::AccountId"] + ":stateMachine:" + name
}
