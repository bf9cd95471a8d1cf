package stack_test

import (
	"encoding/json"
	"testing"

	"sluice/infra/definition"
	"sluice/infra/stack"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

// A stage that is counted by its access log brings the filters that make its metrics, and CloudFormation takes them.
func TestAccessLogOfAStageIsMadeMetricsOf(t *testing.T) {
	needNode(t)
	props, err := stack.Read(root, "sandbox", "")
	if err != nil {
		t.Fatal(err)
	}
	props.Services[0].Definition.Target = rollout.Target{}
	if err := json.Unmarshal([]byte(definition.Sample(kind.APIStageID, "checkout")), &props.Services[0].Definition.Target); err != nil {
		t.Fatal(err)
	}
	templates, err := stack.Synthesise(root, props)
	if err != nil {
		t.Fatal(err)
	}
	template, err := cfn.Parse(templates["Sluice-sandbox-definitions"])
	if err != nil {
		t.Fatal(err)
	}
	filters := 0
	for _, r := range template.Resources {
		if r.Type == "AWS::Logs::MetricFilter" {
			filters++
		}
	}
	if filters != 6 {
		t.Errorf("there are %d filters, want three counts by deployment and of the whole", filters)
	}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Template: template})
	if err != nil {
		t.Fatal(err)
	}
	box.Close()
}
