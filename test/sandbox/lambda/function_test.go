package lambda_test

import (
	"testing"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

func publish(t *testing.T, s *lambda.Service, edit ...func(*awslambda.PublishVersionInput)) (*awslambda.PublishVersionOutput, error) {
	t.Helper()
	in := &awslambda.PublishVersionInput{FunctionName: new("checkout")}
	for _, e := range edit {
		e(in)
	}
	return s.PublishVersion(t.Context(), in)
}

func TestPublishingTheSameAgainGivesTheSameVersion(t *testing.T) {
	s := service(t, lambda.Options{})
	create(t, s)
	first, err := publish(t, s)
	if err != nil || *first.Version != "1" || *first.FunctionArn != "arn:aws:lambda:us-east-1:123456789012:function:checkout:1" {
		t.Fatalf("PublishVersion = %+v, %v", first, err)
	}
	again, err := publish(t, s, func(in *awslambda.PublishVersionInput) { in.Description = new("another word for it") })
	if err != nil || *again.Version != "1" || *again.RevisionId != *first.RevisionId {
		t.Fatalf("PublishVersion of the same = %+v, %v", again, err)
	}
	changes := []*awslambda.UpdateFunctionConfigurationInput{
		{Environment: &types.Environment{Variables: map[string]string{"A": "1"}}}, {Timeout: new(int32(4))}, {Description: new("new")},
	}
	for i, change := range changes {
		change.FunctionName = new("checkout")
		if _, err := s.UpdateFunctionConfiguration(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if next, err := publish(t, s); err != nil || *next.Version != []string{"2", "3", "4"}[i] {
			t.Errorf("PublishVersion after change %d = %+v, %v", i, next, err)
		}
	}
}

func TestPublishingChecksWhatWasMeant(t *testing.T) {
	s := service(t, lambda.Options{})
	create(t, s)
	if _, err := publish(t, s, func(in *awslambda.PublishVersionInput) { in.CodeSha256 = new("other") }); !isKind[*types.InvalidParameterValueException](err) {
		t.Errorf("other code = %v", err)
	}
	if _, err := publish(t, s, func(in *awslambda.PublishVersionInput) { in.RevisionId = new("other") }); !isKind[*types.PreconditionFailedException](err) {
		t.Errorf("other revision = %v", err)
	}
	now, err := s.GetFunctionConfiguration(t.Context(), &awslambda.GetFunctionConfigurationInput{FunctionName: new("checkout")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := publish(t, s, func(in *awslambda.PublishVersionInput) { in.CodeSha256, in.RevisionId = now.CodeSha256, now.RevisionId })
	if err != nil || *out.Version != "1" {
		t.Errorf("PublishVersion = %+v, %v", out, err)
	}
}

func TestPublishedVersionsNeverChangeAndTheirNumbersNeverReturn(t *testing.T) {
	s := released(t, lambda.Options{})
	if _, err := s.UpdateFunctionConfiguration(t.Context(), &awslambda.UpdateFunctionConfigurationInput{
		FunctionName: new("checkout"), MemorySize: new(int32(512)),
	}); err != nil {
		t.Fatal(err)
	}
	for qualifier, want := range map[string]int32{"": 512, "$LATEST": 512, "1": 128, "live": 128} {
		in := &awslambda.GetFunctionConfigurationInput{FunctionName: new("checkout")}
		if qualifier != "" {
			in.Qualifier = &qualifier
		}
		out, err := s.GetFunctionConfiguration(t.Context(), in)
		if err != nil || *out.MemorySize != want {
			t.Errorf("%q: memory %v, %v; want %d", qualifier, out, err, want)
		}
	}
	if _, err := s.DeleteFunction(t.Context(), &awslambda.DeleteFunctionInput{FunctionName: new("checkout"), Qualifier: new("3")}); err != nil {
		t.Fatal(err)
	}
	if out, err := publish(t, s); err != nil || *out.Version != "4" {
		t.Errorf("the version after a deleted 3 = %+v, %v", out, err)
	}
}

func TestFunctionIsFoundByEveryFormOfItsName(t *testing.T) {
	s := released(t, lambda.Options{})
	for name, want := range map[string]string{
		"checkout":                       "$LATEST",
		"checkout:2":                     "2",
		"checkout:live":                  "1",
		"123456789012:function:checkout": "$LATEST",
		"arn:aws:lambda:us-east-1:123456789012:function:checkout":      "$LATEST",
		"arn:aws:lambda:us-east-1:123456789012:function:checkout:live": "1",
	} {
		out, err := s.GetFunctionConfiguration(t.Context(), &awslambda.GetFunctionConfigurationInput{FunctionName: &name})
		if err != nil || *out.Version != want {
			t.Errorf("%s: version %+v, %v; want %s", name, out, err, want)
		}
	}
	for name, qualifier := range map[string]string{
		"nothing": "", "checkout": "9", "arn:aws:lambda:eu-west-1:123456789012:function:checkout": "",
	} {
		in := &awslambda.GetFunctionConfigurationInput{FunctionName: &name, Qualifier: &qualifier}
		if _, err := s.GetFunctionConfiguration(t.Context(), in); !isKind[*types.ResourceNotFoundException](err) {
			t.Errorf("%s %s: %v, want ResourceNotFoundException", name, qualifier, err)
		}
	}
	in := &awslambda.GetFunctionConfigurationInput{FunctionName: new("checkout:1"), Qualifier: new("2")}
	if _, err := s.GetFunctionConfiguration(t.Context(), in); !isKind[*types.InvalidParameterValueException](err) {
		t.Errorf("two qualifiers: %v, want InvalidParameterValueException", err)
	}
}

func TestWhatAWSRefusesAtCreationIsRefused(t *testing.T) {
	for name, edit := range map[string]func(*awslambda.CreateFunctionInput){
		"time-out above 900 s": func(in *awslambda.CreateFunctionInput) { in.Timeout = new(int32(901)) },
		"no role":              func(in *awslambda.CreateFunctionInput) { in.Role = new("checkout") },
		"not a zip":            func(in *awslambda.CreateFunctionInput) { in.Code.ZipFile = []byte("text") },
		"reserved variable": func(in *awslambda.CreateFunctionInput) {
			in.Environment = &types.Environment{Variables: map[string]string{"AWS_REGION": "x"}}
		},
		"variables above 4 KB": func(in *awslambda.CreateFunctionInput) {
			in.Environment = &types.Environment{Variables: map[string]string{"A": string(make([]byte, 4<<10))}}
		},
		"layers":  func(in *awslambda.CreateFunctionInput) { in.Layers = []string{"arn"} },
		"runtime": func(in *awslambda.CreateFunctionInput) { in.Runtime = types.RuntimeNodejs22x },
	} {
		in := &awslambda.CreateFunctionInput{
			FunctionName: new("checkout"), Role: new(role), Runtime: types.RuntimeProvidedal2023, Handler: new("bootstrap"),
			Code: &types.FunctionCode{ZipFile: code(t, "first")},
		}
		edit(in)
		s := service(t, lambda.Options{})
		if _, err := s.CreateFunction(t.Context(), in); !isKind[*types.InvalidParameterValueException](err) {
			t.Errorf("%s: %v, want InvalidParameterValueException", name, err)
		}
	}
	s := service(t, lambda.Options{})
	create(t, s)
	_, err := s.CreateFunction(t.Context(), &awslambda.CreateFunctionInput{
		FunctionName: new("checkout"), Role: new(role), Runtime: types.RuntimeProvidedal2023, Handler: new("bootstrap"),
		Code: &types.FunctionCode{ZipFile: code(t, "first")},
	})
	if !isKind[*types.ResourceConflictException](err) {
		t.Errorf("a second function of the name: %v, want ResourceConflictException", err)
	}
}

func TestListsComeInPages(t *testing.T) {
	s := released(t, lambda.Options{})
	var got []string
	in := &awslambda.ListVersionsByFunctionInput{FunctionName: new("checkout"), MaxItems: new(int32(3))}
	for pages := 1; ; pages++ {
		out, err := s.ListVersionsByFunction(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range out.Versions {
			got = append(got, *v.Version)
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			if pages != 2 || len(got) != 4 {
				t.Errorf("%d pages with %v", pages, got)
			}
			return
		}
	}
}
