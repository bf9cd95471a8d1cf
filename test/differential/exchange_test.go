package differential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// An exchange is one call as it went over the wire.
type exchange struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
	status       int
	answerHeader http.Header
	answer       []byte
}

// overheard carries out a call and keeps it.
func overheard(next http.Handler, w http.ResponseWriter, r *http.Request) (exchange, error) {
	var body bytes.Buffer
	if r.Body != nil {
		if _, err := body.ReadFrom(r.Body); err != nil {
			return exchange{}, err
		}
	}
	again := r.Clone(r.Context())
	again.Body = http.NoBody
	if body.Len() > 0 {
		again.Body = readCloser{bytes.NewReader(body.Bytes())}
	}
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, again)
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, err := w.Write(rec.Body.Bytes())
	return exchange{r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header, body.Bytes(), rec.Code, rec.Header(), rec.Body.Bytes()}, err
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// parsed is an exchange as its model can look at it.
type parsed struct {
	service, operation string
	input, output      any
	code               string // of the error; empty when the call was carried out
}

// targets are the folders of the models by what awsJson and CBOR call the services.
var targets = map[string]string{
	"DynamoDB_20120810": "dynamodb", "AWSStepFunctions": "stepfunctions", "AWSEvents": "events", "AmazonSSM": "ssm",
	"GraniteServiceVersion20100801": "cloudwatch", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager", "CodeBuild_20161006": "codebuild", "Logs_20140328": "logs",
	"AmazonEC2ContainerServiceV20141113": "ecs",
	"CodeDeploy_20141006":                "codedeploy",
}

// versions are the folders of the models by what the query protocol calls the services.
var versions = map[string]string{"2010-03-31": "sns", "2015-12-01": "elbv2", "2011-01-01": "autoscaling", "2010-05-15": "cloudformation"}

// resources are the folders of the models of REST services other than Lambda, by what their paths begin with.
var resources = map[string]string{
	"/restapis/": "apigateway", "/applications": "appconfig", "/deploymentstrategies": "appconfig", "/extension": "appconfig", "/configuration": "appconfigdata",
}

// parse reads an exchange in the protocol that its request speaks.
func (x exchange) parse(open func(service string) *model) (parsed, error) {
	prefix, operation, isJSON := strings.Cut(x.header.Get("X-Amz-Target"), ".")
	parts := strings.Split(x.path, "/") // /service/GraniteServiceVersion20100801/operation/DescribeAlarms
	switch {
	case isJSON:
		return x.inJSON(parsed{service: targets[prefix], operation: operation})
	case len(parts) == 5 && parts[1] == "service" && parts[3] == "operation":
		return x.inCBOR(parsed{service: targets[parts[2]], operation: parts[4]})
	case strings.HasPrefix(x.header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		return x.inQuery(open)
	}
	service := "lambda"
	for prefix, of := range resources {
		if strings.HasPrefix(x.path, prefix) {
			service = of
		}
	}
	return x.inREST(parsed{service: service}, open(service))
}

func (x exchange) failed() bool { return x.status >= 400 }

func (x exchange) inJSON(p parsed) (parsed, error) {
	var err error
	if p.input, err = object(x.body); err != nil {
		return p, fmt.Errorf("request: %w", err)
	}
	if p.output, err = object(x.answer); err != nil {
		return p, fmt.Errorf("answer: %w", err)
	}
	if x.failed() {
		p.code = shortCode(p.output.(map[string]any)["__type"])
	}
	return p, nil
}

// object reads a JSON object, keeping numbers as they are written; nothing is an empty one.
func object(text []byte) (any, error) {
	tree := map[string]any{}
	if len(bytes.TrimSpace(text)) == 0 {
		return tree, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return tree, d.Decode(&tree)
}

// shortCode is the error's name without its namespace: com.amazonaws.dynamodb.v20120810#ValidationException.
func shortCode(v any) string {
	text, _ := v.(string)
	return text[strings.LastIndex(text, "#")+1:]
}

func (x exchange) inCBOR(p parsed) (parsed, error) {
	for _, side := range []struct {
		bytes []byte
		to    *any
	}{{x.body, &p.input}, {x.answer, &p.output}} {
		v, err := cbor.Decode(side.bytes)
		if err != nil {
			return p, fmt.Errorf("decoding CBOR: %w", err)
		}
		*side.to = plain(v)
	}
	if x.failed() {
		p.code = shortCode(p.output.(map[string]any)["__type"])
	}
	return p, nil
}

// plain turns CBOR's values into Go's.
func plain(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		m := map[string]any{}
		for key, value := range v {
			m[key] = plain(value)
		}
		return m
	case cbor.List:
		l := []any{}
		for _, value := range v {
			l = append(l, plain(value))
		}
		return l
	case cbor.String:
		return string(v)
	case cbor.Slice:
		return []byte(v)
	case cbor.Bool:
		return bool(v)
	case cbor.Uint:
		return int64(v)
	case cbor.NegInt:
		return -int64(v)
	case cbor.Float32:
		return float64(v)
	case cbor.Float64:
		return float64(v)
	case *cbor.Tag: // 1: seconds since 1970
		return time.Unix(0, 0)
	case *cbor.Nil:
		return nil
	}
	return v
}
