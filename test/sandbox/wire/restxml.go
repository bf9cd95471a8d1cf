package wire

import (
	"fmt"
	"net/http"
	"reflect"
)

// restXML is restXml: as restJson1, with bodies of XML. CloudFront and Route 53 speak nothing else.
// https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
type restXML struct{}

// speaksXML says whether a REST request is for a service of XML: the one that it is signed for, or, unsigned, the one that
// has its path.
func speaksXML(r *http.Request, services []*service) bool {
	name := signedFor(r)
	for _, s := range services {
		if s.XML == nil {
			continue
		}
		if s.Name == name {
			return true
		}
		if route, _ := s.routed(r); name == "" && route != nil {
			return true
		}
	}
	return false
}

func (restXML) decode(ex *exchange, services []*service) (any, error) {
	return decodeREST(ex, services, func(*service) spelling { return queryNames }, parseXML)
}

func (restXML) answer(ex *exchange, output reflect.Value) error {
	return answerREST(ex, output, "text/xml", func(p *plan, v reflect.Value) ([]byte, error) {
		root := ex.op.name + "Response"
		if ex.op.route.payloadOut != nil { // which stands for itself
			p, v = indirect(p, v)
			root = p.typ.Name()
		}
		x := &xmlSink{layout: usualLayout, rest: ex.op.service.XML}
		x.b.WriteString(xmlHeader)
		x.root(root, namespace(ex))
		if err := (writer{x, queryNames}).writeMembers(p, v); err != nil {
			return nil, err
		}
		x.closeStruct()
		return x.b.Bytes(), nil
	})
}

func indirect(p *plan, v reflect.Value) (*plan, reflect.Value) {
	if p.kind == kindPointer {
		return p.elem, v.Elem()
	}
	return p, v
}

const xmlHeader = `<?xml version="1.0"?>` + "\n"

func (restXML) fail(ex *exchange, f fault) {
	rest, status := &XML{Bare: signedFor(ex.Request) == simpleStorage}, f.status
	if ex.op != nil {
		rest = ex.op.service.XML
	}
	if status == 0 {
		status = rest.Status[f.queryCode]
	}
	switch {
	case status == 0 && f.server():
		status = http.StatusInternalServerError
	case status == 0 && f.queryCode == "AccessDenied":
		status = http.StatusForbidden
	case status == 0:
		status = http.StatusBadRequest
	}
	ex.send(status, "text/xml", errorResponse(ex, f, f.queryCode, rest))
}

// nameItems refuses a service some list of which has items without a name.
func (s *service) nameItems() error {
	if s.XML == nil {
		return nil
	}
	seen := map[*plan]bool{}
	for _, r := range s.routes {
		if err := s.nameItemsOf(r.op.out, seen); err != nil {
			return fmt.Errorf("registering %s:%s: %w", s.Name, r.op.name, err)
		}
	}
	return nil
}

func (s *service) nameItemsOf(p *plan, seen map[*plan]bool) error {
	if p == nil || seen[p] {
		return nil
	}
	seen[p] = true
	for _, f := range p.fields {
		if f.plan.kind == kindList && s.XML.item(p, f) == "" {
			return fmt.Errorf("the items of %s.%s have no name", p.typ.Name(), f.name)
		}
		if err := s.nameItemsOf(f.plan, seen); err != nil {
			return err
		}
	}
	return s.nameItemsOf(p.elem, seen)
}

// item is the element's name of a list's items: as given, else the name of their type, which a plain string has not.
func (x *XML) item(owner *plan, list *field) string {
	if name := x.Items[owner.typ.Name()+"."+list.name]; name != "" {
		return name
	}
	if t := list.plan.elem.typ; t.PkgPath() != "" {
		return t.Name()
	}
	return ""
}
