package lambda_test

import (
	"context"
	"maps"
	"math"
	"testing"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

func alias(t *testing.T, s *lambda.Service) *awslambda.GetAliasOutput {
	t.Helper()
	out, err := s.GetAlias(t.Context(), &awslambda.GetAliasInput{FunctionName: new("checkout"), Name: new("live")})
	if err != nil {
		t.Fatalf("getting alias: %v", err)
	}
	return out
}

func released(t *testing.T, o lambda.Options) *lambda.Service {
	t.Helper()
	s := service(t, o)
	create(t, s)
	versions(t, s, 3)
	return s
}

func TestEveryUpdateOfAnAliasMakesARevision(t *testing.T) {
	s := released(t, lambda.Options{})
	seen := map[string]bool{*alias(t, s).RevisionId: true}
	for range 3 { // the same call, which changes nothing else
		out, err := s.UpdateAlias(t.Context(), weighted("2", 0.1))
		if err != nil {
			t.Fatal(err)
		}
		if seen[*out.RevisionId] || *out.RevisionId != *alias(t, s).RevisionId {
			t.Fatalf("revision %s is not new", *out.RevisionId)
		}
		seen[*out.RevisionId] = true
	}
}

func TestStaleRevisionIsRefusedAndChangesNothing(t *testing.T) {
	s := released(t, lambda.Options{})
	old := alias(t, s).RevisionId
	shift(t, s, 0.1)
	in := weighted("2", 0.5)
	in.RevisionId = old
	if _, err := s.UpdateAlias(t.Context(), in); !isKind[*types.PreconditionFailedException](err) {
		t.Errorf("UpdateAlias with a stale revision = %v, want PreconditionFailedException", err)
	}
	in.RevisionId = new("00000000-0000-0000-0000-000000000000")
	if _, err := s.UpdateAlias(t.Context(), in); !isKind[*types.PreconditionFailedException](err) {
		t.Errorf("UpdateAlias with an unknown revision = %v, want PreconditionFailedException", err)
	}
	if got := alias(t, s).RoutingConfig.AdditionalVersionWeights["2"]; got != 0.1 {
		t.Errorf("weight = %v, want 0.1", got)
	}
	in.RevisionId = alias(t, s).RevisionId
	if _, err := s.UpdateAlias(t.Context(), in); err != nil {
		t.Errorf("UpdateAlias with the latest revision: %v", err)
	}
}

func TestOmittedRoutingStaysAndEmptyRoutingClears(t *testing.T) {
	s := released(t, lambda.Options{})
	shift(t, s, 0.25)
	update := &awslambda.UpdateAliasInput{FunctionName: new("checkout"), Name: new("live"), Description: new("a note")}
	if _, err := s.UpdateAlias(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	if got := alias(t, s).RoutingConfig; got == nil || !maps.Equal(got.AdditionalVersionWeights, map[string]float64{"2": 0.25}) {
		t.Errorf("without RoutingConfig the split became %v", got)
	}
	update.RoutingConfig = &types.AliasRoutingConfiguration{}
	if _, err := s.UpdateAlias(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	if got := alias(t, s); got.RoutingConfig != nil || *got.FunctionVersion != "1" || *got.Description != "a note" {
		t.Errorf("after an empty RoutingConfig: %+v", got)
	}
}

func TestImpossibleSplitsAreRefused(t *testing.T) {
	s := released(t, lambda.Options{})
	two := weighted("2", 0.1)
	two.RoutingConfig.AdditionalVersionWeights["3"] = 0.1
	unpublished := weighted("2", 0.1)
	unpublished.FunctionVersion = new("$LATEST")
	for name, in := range map[string]*awslambda.UpdateAliasInput{
		"weight above one":            weighted("2", 1.5),
		"negative weight":             weighted("2", -0.1),
		"weight that is no number":    weighted("2", math.NaN()),
		"$LATEST with a weight":       weighted("$LATEST", 0.1),
		"$LATEST as primary":          unpublished,
		"version that does not exist": weighted("9", 0.1),
		"weight of the primary":       weighted("1", 0.1),
		"two additional versions":     two,
	} {
		before := *alias(t, s).RevisionId
		if _, err := s.UpdateAlias(t.Context(), in); !isKind[*types.InvalidParameterValueException](err) {
			t.Errorf("%s: %v, want InvalidParameterValueException", name, err)
		}
		if *alias(t, s).RevisionId != before {
			t.Errorf("%s: changed the alias", name)
		}
		if _, err := s.CreateAlias(t.Context(), &awslambda.CreateAliasInput{
			FunctionName: in.FunctionName, Name: new("other"), FunctionVersion: in.FunctionVersion, RoutingConfig: in.RoutingConfig,
		}); !isKind[*types.InvalidParameterValueException](err) {
			t.Errorf("%s: CreateAlias = %v, want InvalidParameterValueException", name, err)
		}
	}
	for _, weight := range []float64{0, 1} {
		shift(t, s, weight)
	}
}

// Promoting without RoutingConfig leaves the weight of the version that becomes primary in place.
func TestPrimaryMovedOntoALeftOverWeightIsRefused(t *testing.T) {
	s := released(t, lambda.Options{})
	shift(t, s, 0.5)
	_, err := s.UpdateAlias(t.Context(), &awslambda.UpdateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("2"),
	})
	if !isKind[*types.InvalidParameterValueException](err) {
		t.Errorf("UpdateAlias = %v, want InvalidParameterValueException", err)
	}
}

func TestPrimaryThatDoesNotExistIsNotFound(t *testing.T) {
	s := released(t, lambda.Options{})
	_, err := s.UpdateAlias(t.Context(), &awslambda.UpdateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("9"),
	})
	if !isKind[*types.ResourceNotFoundException](err) {
		t.Errorf("UpdateAlias = %v, want ResourceNotFoundException", err)
	}
}

func TestVersionsBehindOneAliasShareRoleAndDeadLetterQueue(t *testing.T) {
	for name, change := range map[string]*awslambda.UpdateFunctionConfigurationInput{
		"role":              {Role: new("arn:aws:iam::123456789012:role/other")},
		"dead-letter queue": {DeadLetterConfig: &types.DeadLetterConfig{TargetArn: new("arn:aws:sqs:us-east-1:123456789012:dead")}},
	} {
		s := released(t, lambda.Options{})
		change.FunctionName = new("checkout")
		if _, err := s.UpdateFunctionConfiguration(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if out, err := s.PublishVersion(t.Context(), &awslambda.PublishVersionInput{FunctionName: new("checkout")}); err != nil || *out.Version != "4" {
			t.Fatalf("PublishVersion = %+v, %v", out, err)
		}
		if _, err := s.UpdateAlias(t.Context(), weighted("4", 0.1)); !isKind[*types.InvalidParameterValueException](err) {
			t.Errorf("other %s: %v, want InvalidParameterValueException", name, err)
		}
		shift(t, s, 0.1)
	}
}

func TestProvisionedConcurrencyAndWeightsExcludeEachOther(t *testing.T) {
	s := released(t, lambda.Options{})
	put := &awslambda.PutProvisionedConcurrencyConfigInput{
		FunctionName: new("checkout"), Qualifier: new("live"), ProvisionedConcurrentExecutions: new(int32(2)),
	}
	get := &awslambda.GetProvisionedConcurrencyConfigInput{FunctionName: new("checkout"), Qualifier: new("live")}
	if _, err := s.GetProvisionedConcurrencyConfig(t.Context(), get); !isKind[*types.ProvisionedConcurrencyConfigNotFoundException](err) {
		t.Errorf("Get without one = %v", err)
	}
	shift(t, s, 0.1)
	if _, err := s.PutProvisionedConcurrencyConfig(t.Context(), put); !isKind[*types.InvalidParameterValueException](err) {
		t.Errorf("Put on a weighted alias = %v", err)
	}
	clearing := weighted("2", 0)
	clear(clearing.RoutingConfig.AdditionalVersionWeights)
	if _, err := s.UpdateAlias(t.Context(), clearing); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutProvisionedConcurrencyConfig(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	if out, err := s.GetProvisionedConcurrencyConfig(t.Context(), get); err != nil || out.Status != types.ProvisionedConcurrencyStatusEnumReady {
		t.Errorf("Get = %+v, %v", out, err)
	}
	if _, err := s.UpdateAlias(t.Context(), weighted("2", 0.1)); !isKind[*types.InvalidParameterValueException](err) {
		t.Errorf("weights on a provisioned alias = %v", err)
	}
}

func TestSplitFollowsChance(t *testing.T) {
	chance := 0.0
	s := service(t, lambda.Options{
		Rand: func() float64 { return chance },
		InProcess: func(_, version string) lambda.Handler {
			return func(context.Context, []byte) ([]byte, error) { return []byte(version), nil }
		},
	})
	create(t, s)
	versions(t, s, 2)
	serves := func() string {
		got, err := s.Call(t.Context(), "checkout:live", nil)
		if err != nil || string(got.Payload) != got.ExecutedVersion {
			t.Fatalf("Call = %+v, %v", got, err)
		}
		return got.ExecutedVersion
	}
	for _, c := range []struct {
		weight, chance float64
		want           string
	}{{0.1, 0.09, "2"}, {0.1, 0.1, "1"}, {0, 0, "1"}, {1, 0.999, "2"}} {
		shift(t, s, c.weight)
		chance = c.chance
		if got := serves(); got != c.want {
			t.Errorf("weight %v, chance %v: version %s, want %s", c.weight, c.chance, got, c.want)
		}
	}
}

func TestVersionBehindAnAliasCannotBeDeleted(t *testing.T) {
	s := released(t, lambda.Options{})
	shift(t, s, 0)
	for version, want := range map[string]bool{"1": true, "2": true, "3": false} {
		_, err := s.DeleteFunction(t.Context(), &awslambda.DeleteFunctionInput{FunctionName: new("checkout"), Qualifier: new(version)})
		if got := isKind[*types.ResourceConflictException](err); got != want || (!want && err != nil) {
			t.Errorf("deleting version %s: %v", version, err)
		}
	}
}
