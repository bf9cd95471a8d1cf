package wire

import (
	"encoding/xml"
	"net/http"
	"reflect"
	"strings"
)

// queryProtocol is awsQuery: a form with Action and Version in, XML out. SNS and STS speak nothing else; CloudWatch and
// SQS are asked in it by older clients.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
type queryProtocol struct{}

func (queryProtocol) decode(ex *exchange, services []*service) (any, error) {
	encoded := string(ex.body)
	if ex.Method == http.MethodGet {
		encoded = ex.URL.RawQuery
	}
	params, err := parseForm(encoded)
	if err != nil {
		return nil, err
	}
	action, _ := params["Action"].(text)
	version, _ := params["Version"].(text)
	for _, s := range services {
		if s.QueryVersion == "" || s.QueryVersion != string(version) {
			continue
		}
		op, err := s.find(string(action))
		if err != nil {
			return nil, err
		}
		ex.op = op
		input, err := op.newInput(op.in, params, queryNames)
		return input.Interface(), err
	}
	name := signedFor(ex.Request)
	if name == "" {
		name = "version " + string(version)
	}
	return nil, unknownService(services, name, string(action))
}

func (queryProtocol) answer(ex *exchange, output reflect.Value) error {
	x := &xmlSink{layout: usualLayout}
	x.b.WriteString("<" + ex.op.name + "Response" + namespace(ex) + ">")
	x.name = ex.op.name + "Result"
	if err := (writer{x, queryNames}).write(ex.op.out, output); err != nil {
		return err
	}
	x.b.WriteString("<ResponseMetadata><RequestId>" + ex.id + "</RequestId></ResponseMetadata></" + ex.op.name + "Response>")
	ex.send(http.StatusOK, "text/xml", x.b.Bytes())
	return nil
}

func (queryProtocol) fail(ex *exchange, f fault) {
	status := f.status
	switch {
	case status == 0 && f.server():
		status = http.StatusInternalServerError
	case status == 0:
		status = queryStatus[f.queryCode]
	}
	if status == 0 {
		status = http.StatusBadRequest
	}
	ex.send(status, "text/xml", errorResponse(ex, f, f.queryCodeFor(ex), nil))
}

// errorResponse is the error of both protocols that answer in XML.
func errorResponse(ex *exchange, f fault, code string, rest *XML) []byte {
	x := &xmlSink{layout: usualLayout, rest: rest}
	before, after := "<ErrorResponse"+namespace(ex)+">", "<RequestId>"+ex.id+"</RequestId></ErrorResponse>"
	if rest != nil && rest.Bare {
		before, after = xmlHeader, ""
	}
	x.b.WriteString(before)
	x.name = "Error"
	x.openStruct()
	x.member("Type")
	x.str(f.sender())
	x.member("Code")
	x.str(code)
	if f.plan == nil || (writer{x, queryNames}).writeMembers(f.plan, f.value) != nil {
		x.member("Message")
		x.str(f.api.ErrorMessage())
	}
	x.closeStruct()
	x.b.WriteString(after)
	return x.b.Bytes()
}

// queryStatus is for codes of services without a schema.
var queryStatus = map[string]int{
	"AccessDenied":       http.StatusForbidden,
	"AuthorizationError": http.StatusForbidden,
	"NotFound":           http.StatusNotFound,
}

// snsVersion is the one query API that has its own word for AccessDenied:
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
const snsVersion = "2010-03-31"

func (f fault) queryCodeFor(ex *exchange) string {
	if f.queryCode == "AccessDenied" && ex.op != nil && ex.op.service.QueryVersion == snsVersion {
		return "AuthorizationError"
	}
	return f.queryCode
}

func namespace(ex *exchange) string {
	if ex.op == nil || ex.op.service.XMLNamespace == "" {
		return ""
	}
	var quoted strings.Builder
	_ = xml.EscapeText(&quoted, []byte(ex.op.service.XMLNamespace))
	return ` xmlns="` + quoted.String() + `"`
}
