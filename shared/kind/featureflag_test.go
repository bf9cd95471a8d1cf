package kind_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
)

var checkoutFlag = kind.FeatureFlag{
	Application: "shop001", Environment: "prod001", Profile: "flags01", Flag: "checkout", By: "userId", Strategy: "atonce1",
	Counts: &kind.FlagMetrics{
		Requests: kind.PoolMetric{Namespace: "Shop", Name: "Requests", Dimensions: map[string]string{"Service": "cart"}}, Errors: kind.PoolMetric{Namespace: "Shop", Name: "Errors"}, Dimension: "Variant",
	},
}

func TestFeatureFlagIsNamedByIDsAndKeys(t *testing.T) {
	if found := checkoutFlag.Problems(); len(found) > 0 {
		t.Errorf("a flag that is right has the problems %v", found)
	}
	for field, change := range map[string]func(f *kind.FeatureFlag){
		"application":              func(f *kind.FeatureFlag) { f.Application = "Shop" },
		"flag":                     func(f *kind.FeatureFlag) { f.Flag = "Checkout" },
		"by":                       func(f *kind.FeatureFlag) { f.By = "$userId" },
		"poll":                     func(f *kind.FeatureFlag) { f.Poll = -1 },
		"metrics.variantDimension": func(f *kind.FeatureFlag) { f.Counts = &kind.FlagMetrics{} },
		"metrics.requests": func(f *kind.FeatureFlag) {
			f.Counts = &kind.FlagMetrics{Requests: f.Counts.Requests, Errors: f.Counts.Errors, Dimension: "Service"}
		},
	} {
		f := checkoutFlag
		change(&f)
		if found := f.Problems(); len(found) != 1 || found[0].Field != field || found[0].Remedy == "" {
			t.Errorf("with a wrong %s it has the problems %v", field, found)
		}
	}
}

// Variants are told apart by one dimension, and all users are counted without it.
func TestFeatureFlagIsCountedByVariant(t *testing.T) {
	m, all := checkoutFlag.Metrics("on"), checkoutFlag.Metrics("")
	if m.Requests.Dimensions["Variant"] != "on" || m.Requests.Dimensions["Service"] != "cart" || m.Errors.Dimensions["Variant"] != "on" || !m.Duration.Absent() {
		t.Errorf("of on: %+v", m)
	}
	if _, has := all.Requests.Dimensions["Variant"]; has || all.Errors.Absent() {
		t.Errorf("of all: %+v", all)
	}
}

// As long as agents do not ask, their users keep what they have.
func TestWayBackOfAFeatureFlagWaitsForThePoll(t *testing.T) {
	f := checkoutFlag
	if back := f.WayBack(); back != time.Minute || f.Caution() != "" {
		t.Errorf("it takes %v: %s", back, f.Caution())
	}
	f.Poll = 300
	if back := f.WayBack(); back != 5*time.Minute+15*time.Second || !strings.Contains(f.Caution(), "POLL_INTERVAL to 45") {
		t.Errorf("it takes %v: %s", back, f.Caution())
	}
}
