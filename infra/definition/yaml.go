package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A node is a value of a definition that knows where it was written. Exactly one of fields, items and value is used.
type node struct {
	file   string
	line   int
	form   form
	fields map[string]*node
	items  []*node
	value  any    // string, json.Number-like text as float64 or int, bool, nil
	spelt  string // the value as it is written, where YAML reads something else from it
}

type form int

const (
	scalar form = iota
	mapping
	list
)

// yamlLine finds the line in a parser's message: "yaml: line 3: mapping values are not allowed in this context".
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parse reads one file. It answers nil when the file cannot be used at all.
func parse(file string, text []byte) (*node, Problems) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, Problems{{file, 1, "", "the file is empty", "write a definition, or delete the file"}}
	} else if err != nil {
		return nil, Problems{Unreadable(file, text, err)}
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, Problems{{file, max(second.Line, 1), "", "the file holds more than one document", "write one service in each file"}}
	}
	p := parser{file: file}
	root := p.node("", document.Content[0])
	if len(p.problems) == 0 && root.form != mapping {
		p.add(&document, "", "the file is not a map", "start with service: and the service's name")
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return root, nil
}

// Unreadable says where a file stops being YAML, and what to look at there.
func Unreadable(file string, text []byte, err error) Problem {
	if n := tabbed(text); n > 0 {
		return Problem{file, n, "", "the line begins with a tab", "indent with spaces: YAML takes no tabs there"}
	}
	line, wrong := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(wrong, "\n", " ")); m != nil {
		wrong = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	return Problem{file, line, "", "this is not YAML: " + wrong, "check indentation, colons and quotes here and on the line above"}
}

// tabbed is the first line whose indentation holds a tab, counted from 1; 0 when there is none.
func tabbed(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if rest := bytes.TrimLeft(line, " "); len(rest) > 0 && rest[0] == '\t' && len(bytes.TrimSpace(rest)) > 0 {
			return n
		}
	}
	return 0
}

type parser struct {
	file     string
	problems Problems
}

func (p *parser) add(y *yaml.Node, path, wrong, remedy string) {
	p.problems = append(p.problems, Problem{p.file, y.Line, path, wrong, remedy})
}

func (p *parser) node(path string, y *yaml.Node) *node {
	n := &node{file: p.file, line: y.Line}
	if strings.HasPrefix(y.Tag, "!") && !strings.HasPrefix(y.Tag, "!!") {
		p.add(y, path, y.Tag+" is not filled in here: definitions are no CloudFormation templates", "write the value itself; what differs between environments belongs in "+Folder+"/<environment>/")
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.form, n.fields = mapping, map[string]*node{}
		p.fields(n, path, y)
	case yaml.SequenceNode:
		n.form = list
		for i, item := range y.Content {
			n.items = append(n.items, p.node(fmt.Sprintf("%s[%d]", path, i), item))
		}
	case yaml.AliasNode:
		p.add(y, path, "*"+y.Value+" stands for something written elsewhere", "write it out here, so that a reader sees what holds")
	default:
		n.value, n.spelt = p.scalar(path, y), y.Value
	}
	return n
}

func (p *parser) fields(n *node, path string, y *yaml.Node) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		at := join(path, key.Value)
		if n.fields[key.Value] != nil {
			p.add(key, at, "it is written twice", fmt.Sprintf("delete it here or on line %d", n.fields[key.Value].line))
			continue
		}
		field := p.node(at, value)
		field.line = key.Line
		n.fields[key.Value] = field
	}
}

// octal is a whole number that YAML reads in base eight because it begins with 0.
var octal = regexp.MustCompile(`^[-+]?0[0-7_]+$`)

func (p *parser) scalar(path string, y *yaml.Node) any {
	if y.Tag == "!!timestamp" {
		return y.Value
	}
	if y.Tag == "!!int" && octal.MatchString(y.Value) {
		p.add(y, path, y.Value+" begins with 0, which YAML reads in base eight", fmt.Sprintf("write %s, or %q in quotes if it is text", strings.TrimLeft(y.Value, "+-0_"), y.Value))
		return y.Value
	}
	var value any
	if err := y.Decode(&value); err != nil {
		p.add(y, path, y.Value+" cannot be read", "put quotes around it")
	}
	return value
}

// join makes the path of a field: "strategy" and "canary" give "strategy.canary".
func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}
