package differential

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// inREST finds the operation by method and path, and collects a message's members from where the model puts them.
func (x exchange) inREST(p parsed, m *model) (parsed, error) {
	for name, op := range m.Operations {
		labels := x.labels(op)
		if op.HTTP.Method != x.method || labels == nil {
			continue
		}
		p.operation = name
		var err error
		if p.input, err = x.restInput(m.Shapes[op.Input.Shape], labels); err != nil {
			return p, fmt.Errorf("request: %w", err)
		}
		if x.failed() {
			p.code = shortCode(x.answerHeader.Get("X-Amzn-Errortype"))
			return p, nil
		}
		p.output, err = x.restOutput(m.Shapes[op.Output.Shape])
		return p, err
	}
	return p, fmt.Errorf("no operation of the model has the path %s %s", x.method, x.path)
}

var label = regexp.MustCompile(`\{([A-Za-z_]+)\+?\}`)

// labels are the values of a path's labels; nil when the path is another.
func (x exchange) labels(op operation) map[string]string {
	path, query, _ := strings.Cut(op.HTTP.RequestURI, "?")
	if key, value, fixed := strings.Cut(query, "="); fixed && x.query.Get(key) != value { // ?List=ALL tells two apart
		return nil
	}
	pattern := "^" + label.ReplaceAllString(strings.TrimSuffix(path, "/"), `([^/]+)`) + "/?$"
	values := regexp.MustCompile(pattern).FindStringSubmatch(x.path)
	if values == nil {
		return nil
	}
	labels := map[string]string{}
	for i, name := range label.FindAllStringSubmatch(path, -1) {
		if text, err := url.PathUnescape(values[i+1]); err == nil {
			labels[name[1]] = text
		}
	}
	return labels
}

func (x exchange) restInput(s shape, labels map[string]string) (any, error) {
	tree, err := restBody(s, x.body)
	for member, r := range s.Members {
		name := r.name(member)
		switch {
		case r.Location == "uri":
			tree[name] = labels[name]
		case r.Location == "querystring" && x.query.Has(name):
			tree[name] = x.query.Get(name)
		case r.Location == "header" && x.header.Get(name) != "":
			tree[name] = x.header.Get(name)
		}
	}
	return tree, err
}

func (x exchange) restOutput(s shape) (any, error) {
	tree, err := restBody(s, x.answer)
	for member, r := range s.Members {
		name := r.name(member)
		switch {
		case r.Location == "statusCode":
			tree[name] = json.Number(fmt.Sprint(x.status))
		case r.Location == "header" && x.answerHeader.Get(name) != "":
			tree[name] = x.answerHeader.Get(name)
		}
	}
	return tree, err
}

// restBody is the members that are in the body: all of it for a payload, else those of a JSON object.
func restBody(s shape, body []byte) (map[string]any, error) {
	if s.Payload != "" {
		return map[string]any{s.Members[s.Payload].name(s.Payload): body}, nil
	}
	tree, err := object(body)
	return tree.(map[string]any), err
}
