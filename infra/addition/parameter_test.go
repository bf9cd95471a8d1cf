package addition_test

import (
	"slices"
	"testing"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// One push of a commit releases all that is made from its repository.
func TestServicesOfOneSourceShareAParameter(t *testing.T) {
	from := func(service, repository string) definition.Service {
		d := rollout.Definition{Service: service, Source: &rollout.Source{Repository: repository}}
		return definition.Service{Definition: d, JSON: []byte(`{"service":"` + service + `"}`)}
	}
	services := []definition.Service{from("checkout", "github/acme/shop"), from("basket", "github/acme/shop"), from("search", "github/acme/search")}
	var values []string
	for _, p := range addition.Sources("staging", services) {
		values = append(values, p.About+": "+p.Value)
	}
	want := []string{`What is released from github/acme/search: ["search"]`, `What is released from github/acme/shop: ["basket","checkout"]`}
	if !slices.Equal(values, want) {
		t.Errorf("sources are %q, want %q", values, want)
	}
	if all := addition.Definitions("staging", services); len(all) != 3 || all[0].Name != "/sluice/staging/services/checkout" || all[0].Value != `{"service":"checkout"}` {
		t.Errorf("definitions are %+v", all)
	}
}
