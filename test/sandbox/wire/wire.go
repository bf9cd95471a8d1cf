// Package wire speaks the AWS protocols on behalf of typed services.
//
// A sandbox service is a Go value whose exported methods have the very shape of the SDK's client methods,
//
//	func (s *Service) GetAlias(ctx context.Context, in *lambda.GetAliasInput) (*lambda.GetAliasOutput, error)
//
// and wire finds them by reflection: the method's name is the operation, its types are the SDK's own, and the
// request decides which protocol is spoken (awsJson 1.0 and 1.1, restJson1, restXml, awsQuery, rpcv2Cbor). Only REST in XML
// cannot be told from REST in JSON by a request without a body, so a service says when it speaks XML.
// Errors are the SDK's modelled error types (anything that is a smithy.APIError); wire writes their code, message and
// fields as the protocol at hand wants them.
//
// A request goes through protocolOf (which protocol), protocol.decode (which operation, and its input: a tree first, then
// the SDK's type, by a plan made once per type), the middlewares, the operation, and protocol.answer or protocol.fail
// (the SDK's type walked into a sink). Names on the wire are the model's where the SDK's types carry their schema, and
// else follow from the Go names by UpperCamel.
//
// The same Server is reached over a port, as any http.Handler, or in process by Client.
package wire

import (
	"context"
	"fmt"
	"strings"
)

// A Service is what wire needs to know of one AWS service besides the methods of Impl.
type Service struct {
	Name         string  // IAM prefix and log name: "lambda", "states", "dynamodb", "events", "cloudwatch", "sns", "sqs", "ssm", ...
	Target       string  // X-Amz-Target prefix of awsJson: "DynamoDB_20120810", "AWSStepFunctions", "AWSEvents", ...
	JSONVersion  string  // "1.0" or "1.1": the content type of awsJson answers
	UpperCamel   bool    // JSON and CBOR members start with a capital letter ("TableName"); false: lowerCamel (sfn)
	EpochTimes   bool    // says at the registration what both JSON protocols do: timestamps are epoch numbers; nothing depends on it
	DateTimes    bool    // restJson1 writes timestamps as date-times, as few models have it: "2022-07-09T01:44:15.000Z" (appconfig)
	QueryVersion string  // awsQuery's Version parameter: "2010-03-31" (sns), "2010-08-01" (cloudwatch), "2011-06-15" (sts), "2012-11-05" (sqs)
	XMLNamespace string  // of awsQuery's and restXml's answers: "http://sns.amazonaws.com/doc/2010-03-31/"
	CBOR         string  // rpcv2Cbor's service name: "GraniteServiceVersion20100801"
	Routes       []Route // REST bindings
	XML          *XML    // nil: the bodies of the routes are JSON
	Impl         any     // the operations
	Anywhere     bool    // its routes match any path (S3's buckets and keys): a request is its own only if it is signed for it

	// Scope names what a call does in IAM's words; nil means Name:Operation on "*".
	Scope func(operation string, input any) []Grant
	// Admit refuses a call before it is carried out, as the request limits of a service do; nil means there are none.
	Admit func(operation string) error
}

// An XML is what restXml has to know of a service whose types carry no schema.
type XML struct {
	// Items names the elements of lists of plain strings and numbers, by structure and member: "Aliases.Items": "CNAME". The
	// items of other lists bear the name of their type, unless they are named here.
	Items map[string]string
	// Status is the HTTP status of errors by their code; those not named answer 400, or 500 if the service is at fault.
	Status map[string]int
	Bare   bool // errors stand for themselves, and not in an ErrorResponse: S3
}

// A Route binds one REST operation. Path labels in braces ("{FunctionName}") fill the input's fields of that name; a last one with a plus ("{Key+}") takes
// all segments that are left.
// Query and Header map a wire name to an input field. Payload names the field that is the whole body (the bytes of Invoke, the DistributionConfig of UpdateDistribution), if any.
// The same for answers: HeaderOut maps a header to an output field, PayloadOut names the body, StatusOut the field
// that holds the HTTP status. What the SDK's schema declares (as lambda's does) need not be repeated here.
type Route struct {
	Method, Path, Operation string
	Query, Header           map[string]string
	Payload                 string
	HeaderOut               map[string]string
	PayloadOut, StatusOut   string
	Status                  int // of a good answer; 0 means 200
}

// A Grant is one line of what IAM must allow: an action on a resource.
type Grant struct {
	Action, Resource string
	Keys             map[string][]string // condition keys of the request, such as dynamodb:LeadingKeys, with their values
}

// String leaves the condition keys out where there are none.
func (g Grant) String() string {
	if len(g.Keys) == 0 {
		return "{" + g.Action + " " + g.Resource + "}"
	}
	return fmt.Sprintf("{%s %s %v}", g.Action, g.Resource, g.Keys)
}

// PassRole is the grant that it takes to give a role to a service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
func PassRole(role, service string) Grant {
	return Grant{Action: "iam:PassRole", Resource: role, Keys: map[string][]string{"iam:PassedToService": {service}}}
}

// A Call is one decoded request on its way to an operation.
type Call struct {
	Service   string // Service.Name
	Operation string
	Caller    string // ARN of the IAM role that signed the request; "" is the person at the keyboard, who may do anything
	Input     any    // *xxx.GetAliasInput
	Grants    []Grant
}

// A Handler carries out a decoded call; its output is the SDK's output type of the operation.
type Handler func(ctx context.Context, call *Call) (output any, err error)

// A Middleware wraps every call: permissions, faults, recordings.
type Middleware func(Handler) Handler

// Home says where resources live: it makes their ARNs.
type Home struct{ Region, Account string }

// ARN of a resource, "arn:aws:lambda:us-east-1:123456789012:function:checkout" for ("lambda", "function:checkout").
func (h Home) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", h.Partition(), service, h.Region, h.Account, resource)
}

// Global is the ARN of a resource of the account that is in no Region: "arn:aws:iam::123456789012:role/checkout".
func (h Home) Global(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", h.Partition(), service, h.Account, resource)
}

// Partition is the part of AWS that the Region is in (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
func (h Home) Partition() string {
	switch {
	case strings.HasPrefix(h.Region, "cn-"):
		return China
	case strings.HasPrefix(h.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// China is the partition of Beijing and Ningxia.
const China = "aws-cn"

// An Error is a fault that the SDK does not model (ValidationException, AccessDeniedException, ...).
// It is a smithy.APIError.
type Error struct {
	Status  int // HTTP status; 0 means 400
	Code    string
	Message string
}
