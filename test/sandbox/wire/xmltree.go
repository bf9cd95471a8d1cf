package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// An element is a value of a request in XML: a structure or a list by its children, a scalar by its text. Which one it is
// only the plan knows.
type element struct {
	name     string
	text     strings.Builder
	children []*element
}

// parseXML reads a body into the tree that reader wants. The root's name means nothing: it is the operation's or the member's.
func parseXML(body []byte) (any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	root, err := readElements(xml.NewDecoder(bytes.NewReader(body)))
	if err != nil {
		return nil, &Error{Code: "MalformedXML", Message: "sandbox: the body is not XML: " + err.Error()}
	}
	return root, nil
}

func readElements(d *xml.Decoder) (*element, error) {
	document := &element{}
	open := []*element{document}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{name: token.Name.Local}
			top.children = append(top.children, child)
			open = append(open, child)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text.Write(token)
		}
	}
	if len(document.children) != 1 {
		return nil, errors.New("it has no root element")
	}
	return document.children[0], nil
}

// members are the children by name; AWS takes the last of two of one name (undocumented).
func (e *element) members() map[string]any {
	members := make(map[string]any, len(e.children))
	for _, child := range e.children {
		members[child.name] = child
	}
	return members
}

// items are the children as a list; what they are called is the model's affair.
func (e *element) items() []any {
	items := make([]any, len(e.children))
	for i, child := range e.children {
		items[i] = child
	}
	return items
}
