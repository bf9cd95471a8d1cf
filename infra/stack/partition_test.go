package stack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/infra/stack"
)

// An installation in GovCloud or China names nothing of the partition "aws": there such an ARN is of nobody, and the
// machine would not even be made.
func TestNothingOfTheStackIsTiedToOnePartition(t *testing.T) {
	for partition, its := range map[string]struct{ region, suffix, console string }{
		"aws-us-gov": {"us-gov-west-1", "amazonaws.com", "https://console.amazonaws-us-gov.com/"},
		"aws-cn":     {"cn-north-1", "amazonaws.com.cn", "https://console.amazonaws.cn/"},
		"aws":        {"eu-central-1", "amazonaws.com", "https://eu-central-1.console.aws.amazon.com/"},
	} {
		links := 0
		for name, file := range stack.GoldenFiles {
			if strings.HasSuffix(name, "-definitions") { // these words are their writers', who name people by their ARNs
				continue
			}
			p := place{partition: partition, pseudo: map[string]string{"AWS::Partition": partition, "AWS::Region": its.region, "AWS::URLSuffix": its.suffix, "AWS::AccountId": "123456789012"}}
			for _, text := range p.texts(t, file) {
				if arn := foreignARN.FindStringSubmatch(text); arn != nil && arn[1] != partition {
					t.Errorf("%s: %s: an ARN of %s in %.300q", partition, file, arn[1], text)
				}
				if host := foreignHost.FindString(strings.ReplaceAll(text, its.console, "")); host != "" {
					t.Errorf("%s: %s: the address %s in %.300q", partition, file, host, text)
				}
				links += strings.Count(text, its.console)
			}
		}
		if links < 2 {
			t.Errorf("%s: %d links lead to its console", partition, links)
		}
	}
}

var (
	foreignARN = regexp.MustCompile(`\barn:([a-z-]*):`)
	// A service's name as a principal is the same everywhere: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.
	foreignHost = regexp.MustCompile(`[a-z0-9.-]*console\.(aws\.amazon|amazonaws)[a-z.-]*|\.[a-z]+-[a-z]+-[0-9]\.amazonaws\.com[a-z.]*`)
)

// A place resolves what the templates leave open.
type place struct {
	partition string
	pseudo    map[string]string
	template  struct {
		Conditions map[string]map[string][]any
		Resources  map[string]any
		Outputs    map[string]any
	}
}

func (p place) texts(t *testing.T, file string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &p.template); err != nil {
		t.Fatal(err)
	}
	p.collect(p.template.Resources, &all)
	p.collect(p.template.Outputs, &all)
	return all
}

// collect gathers every text below a value.
func (p place) collect(v any, all *[]string) {
	switch v := v.(type) {
	case string:
		*all = append(*all, v)
	case []any:
		for _, item := range v {
			p.collect(item, all)
		}
	case map[string]any:
		if _, join := v["Fn::Join"]; join {
			*all = append(*all, p.resolve(v))
			return
		}
		for _, item := range v {
			p.collect(item, all)
		}
		if substituted, ok := v["DefinitionSubstitutions"].(map[string]any); ok { // as CloudFormation puts them into the definition
			*all = append(*all, p.substitute(p.resolve(v["DefinitionString"]), substituted))
		}
	}
}

func (p place) substitute(definition string, values map[string]any) string {
	for name, value := range values {
		definition = strings.ReplaceAll(definition, "${"+name+"}", p.resolve(value))
	}
	return definition
}

func (p place) resolve(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if name, ok := v["Ref"].(string); ok {
			return p.pseudo[name]
		}
		if join, ok := v["Fn::Join"].([]any); ok {
			var text strings.Builder
			for _, part := range join[1].([]any) {
				text.WriteString(p.resolve(part))
			}
			return text.String()
		}
		if choice, ok := v["Fn::If"].([]any); ok {
			both := p.template.Conditions[choice[0].(string)]["Fn::Equals"]
			if p.resolve(both[0]) == p.resolve(both[1]) {
				return p.resolve(choice[1])
			}
			return p.resolve(choice[2])
		}
	}
	return ""
}
