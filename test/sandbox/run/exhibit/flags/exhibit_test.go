package flags

import (
	"testing"

	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/sandboxtest"
)

// The definition that lies over that of all shows fits the kind: nothing is compared, and the growth is AppConfig's.
func TestTheDefinitionFitsAConfiguration(t *testing.T) {
	s, err := Exhibit.Defined("../../../../..", t.TempDir(), kind.ConfigurationID)
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Definition; d.Target.Configuration == nil || d.Strategy.AllAtOnce == nil || len(d.Checks.Errors) > 0 || len(d.Checks.Ceilings) != 1 {
		t.Errorf("it is %+v", d)
	}
}

// extension is what the engine's template has of it.
const extension = `{"Resources":{"Tick":{"Type":"AWS::AppConfig::Extension","Properties":{"Name":"sluice-sandbox-tick","Actions":{"AT_DEPLOYMENT_TICK":[
	{"Name":"tick","Uri":"arn:aws:lambda:us-east-1:123456789012:function:tick","RoleArn":"arn:aws:iam::123456789012:role/asker"}]}}}}}`

func TestInstancesAnswerByTheFlag(t *testing.T) {
	template, err := cfn.Parse([]byte(extension))
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: Exhibit.Parts, Template: template})
	p, err := Exhibit.Open(t.Context(), exhibit.Stage{Sandbox: box, Person: box.Config("")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got, err := p.Ask(t.Context()); err != nil || got != (exhibit.Answer{Revision: "1"}) {
		t.Errorf("the answer is %+v, %v", got, err)
	}
	r, err := p.Bring(t.Context(), exhibit.Change{Message: "worse", Failing: 100})
	if err != nil || r.Version != "2" || sandbox.PartOf[appconfig.Service](box) == nil {
		t.Errorf("it is brought as %+v, %v", r, err)
	}
}
