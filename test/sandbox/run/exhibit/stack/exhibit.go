// Package stack is the show of a CloudFormation stack: its template names the version that an alias of a function serves, and callers come through that
// alias.
package stack

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/s3"
)

const (
	program  = "shop"
	function = "checkout"
	front    = "front" // the alias that belongs to the stack
	role     = "arn:aws:iam::123456789012:role/"
)

//go:embed definition.yaml
var definition string

//go:embed template.json
var template string

// Exhibit is what the show has to know of a stack.
var Exhibit = exhibit.Exhibit{
	Parts:      cloudformation.Parts(),
	Programs:   []exhibit.Program{{Name: program, Package: "./test/sandbox/run/exhibit/stack/shop"}},
	Definition: definition,
	Change:     "template", Arrives: "is put into the bucket",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// shop is a stack whose templates bring out one version of a function each.
type shop struct {
	lambda  *lambda.Client
	objects *s3.Service

	mu        sync.Mutex
	templates map[string]string // the template of a version
}

// pace has the clocks of CloudFormation run so fast that people can watch them: a minute of the monitoring time takes twelve seconds.
var pace = cloudformation.Pace{ChangeSet: 2 * time.Second, Poll: 15 * time.Second, Drift: 5 * time.Second, Cleanup: time.Second, Minute: 12 * time.Second}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	shop := &shop{lambda: lambda.NewFromConfig(s.Person), objects: sandbox.PartOf[s3.Service](s.Sandbox), templates: map[string]string{}}
	code, err := pack(s.Programs[program])
	if err != nil {
		return nil, fmt.Errorf("packing the function of the stack: %w", err)
	}
	_, err = shop.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(function), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Timeout: aws.Int32(5),
		Role: aws.String(role + function), Code: &types.FunctionCode{ZipFile: code},
	})
	if err != nil {
		return nil, err
	}
	if _, err := shop.Bring(ctx, exhibit.Change{Message: "the first"}); err != nil {
		return nil, err
	}
	return shop, shop.create(ctx, s)
}

// create makes the stack with the first version, and waits until callers can come.
func (s *shop) create(ctx context.Context, at exhibit.Stage) error {
	service := sandbox.PartOf[cloudformation.Service](at.Sandbox)
	service.SetPace(pace)
	name := aws.String(exhibit.Service)
	_, err := service.CreateStack(ctx, &awscfn.CreateStackInput{
		StackName: name, TemplateBody: &template, RoleARN: aws.String(role + function + "-cloudformation"),
		Parameters: []cfntypes.Parameter{{ParameterKey: aws.String("Release"), ParameterValue: aws.String("1")}},
	})
	for err == nil {
		var out *awscfn.DescribeStacksOutput
		if out, err = service.DescribeStacks(ctx, &awscfn.DescribeStacksInput{StackName: name}); err == nil && out.Stacks[0].StackStatus == cfntypes.StackStatusCreateComplete {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("creating the stack of the show: %w", err)
}

// Bring implements exhibit.Performer: it publishes a version of the function, and puts the template that serves it into the bucket.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	environment := map[string]string{"FAILING": strconv.FormatFloat(c.Failing, 'f', -1, 64), "CHANGE": c.Message}
	_, err := s.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String(function), Environment: &types.Environment{Variables: environment}})
	if err != nil {
		return exhibit.Revision{}, fmt.Errorf("changing the function: %w", err)
	}
	out, err := s.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: aws.String(function)})
	if err != nil {
		return exhibit.Revision{}, fmt.Errorf("publishing the function: %w", err)
	}
	parameters := fmt.Sprintf(`{"Release":%q}`, *out.Version)
	sum := sha256.Sum256([]byte(strings.TrimRight(template, "\n") + "\n" + parameters + "\n"))
	revision := hex.EncodeToString(sum[:])
	s.objects.Put("acme-templates", function+"/"+revision+".template", []byte(template))
	s.objects.Put("acme-templates", function+"/"+revision+".parameters.json", []byte(parameters))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[*out.Version] = revision
	return exhibit.Revision{Version: revision, Command: "aws s3 cp template.json s3://acme-templates/" + function + "/" + revision[:12] + "….template", Said: "parameters " + parameters}, nil
}

// Ask implements exhibit.Performer.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	out, err := s.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(function), Qualifier: aws.String(front), Payload: []byte(`{"cart":7}`)})
	if err != nil {
		return exhibit.Answer{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return exhibit.Answer{Revision: s.templates[aws.ToString(out.ExecutedVersion)], Failed: out.FunctionError != nil}, nil
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	return []string{
		"aws lambda invoke --function-name " + function + " --qualifier " + front + " /dev/stdout",
		"aws cloudformation describe-stacks --stack-name " + exhibit.Service,
	}
}

// Close implements exhibit.Performer.
func (*shop) Close() {}

// pack puts a compiled program into a package of Lambda's.
func pack(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	entry, err := z.CreateHeader(h)
	if err == nil {
		_, err = entry.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	return b.Bytes(), err
}
