package convert

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sluice/infra/definition"
)

// A value is one value of the file. It knows where it stands, and whether a reader has taken it. A value that is not there is nil, and may be asked all
// the same: what it holds is not there either.
type value struct {
	path   string // "spec.strategy.canary.steps[2]"
	line   int
	tag    string // of CloudFormation: "!Ref"; or empty
	form   form
	keys   []string // in the file's order
	fields map[string]*value
	items  []*value
	text   string
	taken  bool
}

type form int

const (
	scalar form = iota
	mapping
	list
)

// mostValues is how many values a file may have: one in which aliases stand for aliases unfolds to any number.
const mostValues = 200000

// rendered finds what Helm fills in. Rollouts and Flagger have placeholders in braces, too ({{args.service}}, {{ target }}), and none of these.
var rendered = regexp.MustCompile(`\{\{-?\s*(\.|\$|(include|template|define|if|else|range|with|end|toYaml|tpl)\b)|\.Values\.|\{%`)

// documents reads a file of YAML or JSON, which may hold several documents.
func documents(file string, text []byte) ([]*value, error) {
	if at := rendered.FindIndex(text); at != nil {
		return nil, definition.Problems{{
			File: file, Line: 1 + bytes.Count(text[:at[0]], []byte("\n")), Wrong: "it is a template of Helm or the like, and its values are not filled in",
			Remedy: "render it first (helm template RELEASE CHART > rendered.yaml), and convert what comes out",
		}}
	}
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') { // JSON may be indented by tabs, and has none in texts
		text = bytes.ReplaceAll(text, []byte("\t"), []byte(" "))
	}
	var all []*value
	t := tree{file: file, of: map[*yaml.Node]bool{}}
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, definition.Problems{definition.Unreadable(file, text, err)}
		}
		if v := t.value("", document.Content[0]); v.form != scalar || v.text != "" { // an empty document between two lines of ---
			all = append(all, v)
		}
	}
	if len(t.problems) > 0 {
		return nil, t.problems
	}
	return all, nil
}

// tree makes values of what the parser has read.
type tree struct {
	file     string
	count    int
	of       map[*yaml.Node]bool // those that are being made: an alias of one of them would never end
	problems definition.Problems
}

func (t *tree) value(path string, y *yaml.Node) *value {
	v := &value{path: path, line: y.Line}
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if t.count++; t.count > mostValues || t.of[y] {
		if len(t.problems) == 0 {
			t.problems = append(t.problems, definition.Problem{File: t.file, Line: v.line, Path: path, Wrong: "aliases (*name) stand for too much, or for themselves", Remedy: "write out what they stand for"})
		}
		return v
	}
	t.of[y] = true
	defer delete(t.of, y)
	if strings.HasPrefix(y.Tag, "!") && !strings.HasPrefix(y.Tag, "!!") {
		v.tag = y.Tag
	}
	switch y.Kind {
	case yaml.MappingNode:
		v.form, v.fields = mapping, map[string]*value{}
		t.fields(v, y)
		v.function()
	case yaml.SequenceNode:
		v.form = list
		for i, item := range y.Content {
			v.items = append(v.items, t.value(fmt.Sprintf("%s[%d]", path, i), item))
		}
	default:
		if v.text = y.Value; y.Tag == "!!null" {
			v.text = ""
		}
	}
	return v
}

func (t *tree) fields(v *value, y *yaml.Node) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, content := y.Content[i], y.Content[i+1]
		if key.Tag == "!!merge" {
			merged := t.value(v.path, content)
			for _, k := range merged.keys {
				if v.fields[k] == nil {
					v.keys, v.fields[k] = append(v.keys, k), merged.fields[k]
				}
			}
			continue
		}
		field := t.value(strings.TrimPrefix(v.path+"."+key.Value, "."), content)
		if field.line = key.Line; v.fields[key.Value] != nil && !slices.Contains(merges(y), key.Value) {
			t.problems = append(t.problems, definition.Problem{File: t.file, Line: key.Line, Path: field.path, Wrong: "it is written twice", Remedy: fmt.Sprintf("delete it here or on line %d", v.fields[key.Value].line)})
			continue
		}
		if v.fields[key.Value] == nil {
			v.keys = append(v.keys, key.Value)
		}
		v.fields[key.Value] = field
	}
}

// merges are the keys that came by << and may be written again.
func merges(y *yaml.Node) (keys []string) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		if from := y.Content[i+1]; y.Content[i].Tag == "!!merge" && from.Kind == yaml.AliasNode {
			for j := 0; j+1 < len(from.Alias.Content); j += 2 {
				keys = append(keys, from.Alias.Content[j].Value)
			}
		}
	}
	return keys
}

// function writes the long form of a function of CloudFormation, {"Fn::Sub": ...}, as the short one.
func (v *value) function() {
	if len(v.keys) != 1 {
		return
	}
	name, isFunction := strings.CutPrefix(v.keys[0], "Fn::")
	if !isFunction && name != "Ref" && name != "Condition" {
		return
	}
	of := v.fields[v.keys[0]]
	if name == "Condition" && of.form != scalar {
		return
	}
	v.tag, v.form, v.text, v.items, v.keys, v.fields = "!"+name, of.form, of.text, of.items, of.keys, of.fields
}
