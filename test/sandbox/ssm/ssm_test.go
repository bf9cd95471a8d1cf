package ssm

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A shelf is a service for one test.
type shelf struct {
	t *testing.T
	*Service
}

func newShelf(t *testing.T) *shelf { return &shelf{t, New(home, Options{})} }

func (s *shelf) put(name, value string, change ...func(*awsssm.PutParameterInput)) (*awsssm.PutParameterOutput, error) {
	in := &awsssm.PutParameterInput{Name: &name, Value: &value, Type: types.ParameterTypeString}
	for _, c := range change {
		c(in)
	}
	return s.PutParameter(s.t.Context(), in)
}

func overwrite(in *awsssm.PutParameterInput) { in.Overwrite = aws.Bool(true) }
func secure(in *awsssm.PutParameterInput)    { in.Type = types.ParameterTypeSecureString }
func untyped(in *awsssm.PutParameterInput)   { in.Type = "" }

func tier(t types.ParameterTier) func(*awsssm.PutParameterInput) {
	return func(in *awsssm.PutParameterInput) { in.Tier = t }
}

func (s *shelf) get(name string, decrypt bool) (*types.Parameter, error) {
	out, err := s.GetParameter(s.t.Context(), &awsssm.GetParameterInput{Name: &name, WithDecryption: &decrypt})
	if err != nil {
		return nil, err
	}
	return out.Parameter, nil
}

func (s *shelf) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestParameterKeepsItsVersions(t *testing.T) {
	s := newShelf(t)
	s.must(s.put("/sluice/p", "one"))
	var exists *types.ParameterAlreadyExists
	if _, err := s.put("/sluice/p", "two"); !errors.As(err, &exists) {
		t.Errorf("error %v, want ParameterAlreadyExists", err)
	}
	out, err := s.put("/sluice/p", "two", overwrite, untyped)
	if err != nil || out.Version != 2 {
		t.Fatalf("answer %+v, error %v, want version 2", out, err)
	}
	for _, name := range []string{"/sluice/p", "/sluice/p:2", home.ARN("ssm", "parameter/sluice/p"), home.ARN("ssm", "parameter/sluice/p") + ":2"} {
		if got, err := s.get(name, false); err != nil || *got.Value != "two" || *got.Name != "/sluice/p" || *got.ARN != home.ARN("ssm", "parameter/sluice/p") {
			t.Errorf("%s: %+v, error %v", name, got, err)
		}
	}
	old, err := s.get("/sluice/p:1", false)
	if err != nil || *old.Value != "one" || *old.Selector != ":1" {
		t.Errorf("version 1 is %+v, error %v", old, err)
	}
	var missing *types.ParameterVersionNotFound
	if _, err := s.get("/sluice/p:3", false); !errors.As(err, &missing) {
		t.Errorf("error %v, want ParameterVersionNotFound", err)
	}
}

func TestOnlyTheLastHundredVersionsAreKept(t *testing.T) {
	s := newShelf(t)
	s.must(s.put("p", "v"))
	for range 100 {
		s.must(s.put("p", "v", overwrite))
	}
	if _, err := s.get("p:1", false); err == nil {
		t.Error("version 1 is still there")
	}
	if got, err := s.get("p:2", false); err != nil || got.Version != 2 {
		t.Errorf("version 2: %+v, error %v", got, err)
	}
}

func TestSecureStringIsShownOnDecryptionOnly(t *testing.T) {
	s := newShelf(t)
	s.must(s.put("p", "secret", secure))
	if got, err := s.get("p", false); err != nil || strings.Contains(*got.Value, "secret") {
		t.Errorf("without decryption: %v, error %v", got, err)
	}
	if got, err := s.get("p", true); err != nil || *got.Value != "secret" {
		t.Errorf("with decryption: %v, error %v", got, err)
	}
	var mismatch *types.HierarchyTypeMismatchException
	if _, err := s.put("p", "open", overwrite); !errors.As(err, &mismatch) {
		t.Errorf("error %v, want HierarchyTypeMismatchException", err)
	}
}

func TestTierLimitsTheValue(t *testing.T) {
	standard, advanced := strings.Repeat("x", 4096), strings.Repeat("x", 8192)
	s := newShelf(t)
	s.must(s.put("standard", standard))
	s.must(s.put("advanced", advanced, tier(types.ParameterTierAdvanced)))
	s.must(s.put("advanced", standard+"x", overwrite))
	out, err := s.put("clever", standard+"x", tier(types.ParameterTierIntelligentTiering))
	if err != nil || out.Tier != types.ParameterTierAdvanced {
		t.Errorf("answer %+v, error %v, want the advanced tier", out, err)
	}
	for name, err := range map[string]error{
		"over 4 KB":          second(s.put("a", standard+"x")),
		"over 8 KB":          second(s.put("b", advanced+"x", tier(types.ParameterTierIntelligentTiering))),
		"back to standard":   second(s.put("advanced", "x", overwrite, tier(types.ParameterTierStandard))),
		"empty":              second(s.put("c", "")),
		"overwrite too long": second(s.put("standard", standard+"x", overwrite)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got, err := s.get("standard", false); err != nil || got.Version != 1 {
		t.Errorf("a refused value made a version: %+v, error %v", got, err)
	}
}

func second(_ any, err error) error { return err }

func TestPathsListWhatIsRightUnderThemOrAllBelow(t *testing.T) {
	s := newShelf(t)
	for _, name := range []string{"/a/one", "/a/two", "/a/b/three", "/ab/four", "plain"} {
		s.must(s.put(name, "v"))
	}
	names := func(recursive bool, path string) []string {
		var all []string
		in := &awsssm.GetParametersByPathInput{Path: &path, Recursive: &recursive, MaxResults: aws.Int32(1)}
		for {
			out, err := s.GetParametersByPath(t.Context(), in)
			s.must(out, err)
			for _, p := range out.Parameters {
				all = append(all, *p.Name)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return all
			}
		}
	}
	if diff := cmp.Diff([]string{"/a/one", "/a/two"}, names(false, "/a")); diff != "" {
		t.Errorf("right under /a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/a/b/three", "/a/one", "/a/two"}, names(true, "/a/")); diff != "" {
		t.Errorf("below /a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/a/b/three", "/a/one", "/a/two", "/ab/four"}, names(true, "/")); diff != "" {
		t.Errorf("below / (-want +got):\n%s", diff)
	}
}

func TestDescribeParametersFilters(t *testing.T) {
	s := newShelf(t)
	s.must(s.put("/a/one", "v"))
	s.must(s.put("/a/two", "v", secure))
	s.must(s.put("/b/one", "v"))
	tests := map[string]struct {
		filter types.ParameterStringFilter
		want   []string
	}{
		"name":   {types.ParameterStringFilter{Key: aws.String("Name"), Values: []string{"/a/one"}}, []string{"/a/one"}},
		"prefix": {types.ParameterStringFilter{Key: aws.String("Name"), Option: aws.String("BeginsWith"), Values: []string{"/a"}}, []string{"/a/one", "/a/two"}},
		"type":   {types.ParameterStringFilter{Key: aws.String("Type"), Values: []string{"SecureString"}}, []string{"/a/two"}},
		"path":   {types.ParameterStringFilter{Key: aws.String("Path"), Option: aws.String("Recursive"), Values: []string{"/b"}}, []string{"/b/one"}},
	}
	for name, test := range tests {
		out, err := s.DescribeParameters(t.Context(), &awsssm.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{test.filter}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, p := range out.Parameters {
			got = append(got, *p.Name)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestUnknownNamesAreToldApart(t *testing.T) {
	s := newShelf(t)
	s.must(s.put("known", "v"))
	got, err := s.GetParameters(t.Context(), &awsssm.GetParametersInput{Names: []string{"known", "unknown"}})
	if err != nil || len(got.Parameters) != 1 || !slices.Equal(got.InvalidParameters, []string{"unknown"}) {
		t.Errorf("got %+v, error %v", got, err)
	}
	gone, err := s.DeleteParameters(t.Context(), &awsssm.DeleteParametersInput{Names: []string{"known", "unknown"}})
	if err != nil || !slices.Equal(gone.DeletedParameters, []string{"known"}) || !slices.Equal(gone.InvalidParameters, []string{"unknown"}) {
		t.Errorf("deleted %+v, error %v", gone, err)
	}
	var missing *types.ParameterNotFound
	if _, err := s.get("known", false); !errors.As(err, &missing) {
		t.Errorf("error %v, want ParameterNotFound", err)
	}
}

func TestPutParameterRefusesNamesAndPatterns(t *testing.T) {
	s := newShelf(t)
	for _, name := range []string{"", "a b", "a/b", "/a/", "/a//b", "/aws/x", "SSMx", "/" + strings.Repeat("a/", 15) + "b"} {
		if _, err := s.put(name, "v"); err == nil {
			t.Errorf("name %q: accepted", name)
		}
	}
	digits := func(in *awsssm.PutParameterInput) { in.AllowedPattern = aws.String(`^\d+$`) }
	s.must(s.put("n", "17", digits))
	var mismatch *types.ParameterPatternMismatchException
	if _, err := s.put("m", "x", digits); !errors.As(err, &mismatch) {
		t.Errorf("error %v, want ParameterPatternMismatchException", err)
	}
	if _, err := s.put("m", "x", untyped); err == nil {
		t.Error("accepted a new parameter without a type")
	}
}

func TestScopeNamesTheParameterWithoutSelector(t *testing.T) {
	s := New(home, Options{})
	got := s.scope("GetParameters", &awsssm.GetParametersInput{Names: []string{"/a/b:3", "plain"}})
	want := []wire.Grant{
		{Action: "ssm:GetParameters", Resource: home.ARN("ssm", "parameter/a/b")},
		{Action: "ssm:GetParameters", Resource: home.ARN("ssm", "parameter/plain")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
}
