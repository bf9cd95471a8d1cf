package rollout_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/shared/rollout"
)

const sound = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
 "strategy":{"canary":{"steps":[{"weight":5,"bake":"5m"}]}},"guard":{"alarms":["checkout-errors"]}}`

func TestValidateNamesThePlaceAndTheRemedy(t *testing.T) {
	for name, test := range map[string]struct{ old, new, path string }{
		"bad name":                           {`"service":"checkout"`, `"service":"Check Out"`, "service"},
		"no target":                          {`{"lambdaAlias":{"function":"checkout","alias":"live"}}`, `{}`, "target"},
		"two strategies":                     {`"strategy":{`, `"strategy":{"allAtOnce":{},`, "strategy"},
		"falling weights":                    {`{"weight":5,"bake":"5m"}`, `{"weight":5,"bake":"5m"},{"weight":4,"bake":"5m"}`, "strategy.canary.steps[1].weight"},
		"weight over 100":                    {`"weight":5`, `"weight":150`, "strategy.canary.steps[0].weight"},
		"unwatched step":                     {`,"bake":"5m"`, ``, "strategy.canary.steps[0].bake"},
		"no guard and no check":              {`["checkout-errors"]`, `[]`, "guard.alarms"},
		"alarm twice":                        {`["checkout-errors"]`, `["a","a"]`, "guard.alarms[1]"},
		"unknown policy":                     {`"service"`, `"whenRunning":"sometimes","service"`, "whenRunning"},
		"a policy for what an alias has not": {`"service"`, `"whenDeploying":"reject","service"`, "whenDeploying"},
		"window too long":                    {`"service"`, `"revertWindow":"999h","service"`, "revertWindow"},
	} {
		t.Run(name, func(t *testing.T) {
			var d rollout.Definition
			if err := json.Unmarshal([]byte(strings.Replace(sound, test.old, test.new, 1)), &d); err != nil {
				t.Fatal(err)
			}
			problems := d.Validate()
			if len(problems) != 1 || problems[0].Path != test.path || problems[0].Remedy == "" {
				t.Errorf("problems %v, want one at %s with a remedy", problems, test.path)
			}
		})
	}
}

func TestBuildsThatCannotBeMeantAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ build, path string }{
		"nothing":                   {`{"within":"1h"}`, "source.build"},
		"a project and a pipeline":  {`{"codeBuild":"shop","codePipeline":{"pipeline":"shop"}}`, "source.build"},
		"a pipeline by its ARN":     {`{"codePipeline":{"pipeline":"arn:aws:codepipeline:eu-central-1:123456789012:shop"}}`, "source.build.codePipeline.pipeline"},
		"an action with a space":    {`{"codePipeline":{"pipeline":"shop","sourceAction":"The source"}}`, "source.build.codePipeline.sourceAction"},
		"ten seconds":               {`{"codePipeline":{"pipeline":"shop"},"within":"10s"}`, "source.build.within"},
		"a pipeline that also asks": {`{"codePipeline":{"pipeline":"factory"}}`, "approvals[0].pipeline.name"},
	} {
		t.Run(name, func(t *testing.T) {
			var d rollout.Definition
			text := strings.Replace(sound, `"service"`, `"source":{"repository":"github/acme/checkout","build":`+test.build+`},"people":{"grace":{"event":"grace"}},
				"approvals":[{"before":"last","from":["grace"],"pipeline":{"name":"factory","stage":"Release","action":"Approve"}}],"service"`, 1)
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				t.Fatal(err)
			}
			problems := d.Validate()
			if len(problems) != 1 || problems[0].Path != test.path || problems[0].Remedy == "" {
				t.Errorf("problems %v, want one at %s with a remedy", problems, test.path)
			}
		})
	}
}

func TestHooksThatCannotBeMeantAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ hook, path string }{
		"no place":                           {`{"name":"a","lambda":"f"}`, "hooks[0]"},
		"two places":                         {`{"name":"a","before":"first","afterStep":1,"lambda":"f"}`, "hooks[0]"},
		"a place that there is not":          {`{"name":"a","before":"lunch","lambda":"f"}`, "hooks[0].before"},
		"a step that there is not":           {`{"name":"a","afterStep":3,"lambda":"f"}`, "hooks[0].afterStep"},
		"nothing that runs":                  {`{"name":"a","before":"first"}`, "hooks[0]"},
		"two things that run":                {`{"name":"a","before":"first","lambda":"f","codeBuild":"project"}`, "hooks[0]"},
		"no name":                            {`{"before":"first","lambda":"f"}`, "hooks[0].name"},
		"a name twice":                       {`{"name":"a","before":"first","lambda":"f"},{"name":"a","before":"last","lambda":"f"}`, "hooks[1].name"},
		"a policy after the end":             {`{"name":"a","after":"promotion","lambda":"f","whenFailed":"rollBack"}`, "hooks[0].whenFailed"},
		"a policy that there is not":         {`{"name":"a","before":"first","lambda":"f","whenFailed":"shrug"}`, "hooks[0].whenFailed"},
		"a stage before the end":             {`{"name":"a","before":"first","rollBackStage":{"pipeline":"shop","stage":"Deploy"}}`, "hooks[0].rollBackStage"},
		"a stage by its ARN":                 {`{"name":"a","after":"rollback","rollBackStage":{"pipeline":"arn:aws:codepipeline:eu-central-1:123456789012:shop","stage":"Deploy"}}`, "hooks[0].rollBackStage.pipeline"},
		"an address without https":           {`{"name":"a","before":"first","http":"http://ci.example.com","secret":"b"}`, "hooks[0].http"},
		"an address with a token":            {`{"name":"a","before":"first","http":"https://ci.example.com/?token=hunter2","secret":"b"}`, "hooks[0].http"},
		"an address without a key":           {`{"name":"a","before":"first","http":"https://ci.example.com"}`, "hooks[0].secret"},
		"a key of Sluice's own":              {`{"name":"a","before":"first","http":"https://ci.example.com","secret":"sluice-production/links"}`, "hooks[0].secret"},
		"a key of a function":                {`{"name":"a","before":"first","lambda":"f","secret":"b"}`, "hooks[0].secret"},
		"a carried parameter without a name": {`{"name":"a","before":"first","carry":[{"from":"/b"}]}`, "hooks[0].carry[0].parameter"},
		"a parameter carried to itself":      {`{"name":"a","before":"first","carry":[{"parameter":"/b","from":"/b:tested"}]}`, "hooks[0].carry[0].from"},
		"a parameter of Sluice's own":        {`{"name":"a","before":"first","carry":[{"parameter":"/sluice/production/services/b","from":"/b"}]}`, "hooks[0].carry[0].parameter"},
		"a parameter carried twice":          {`{"name":"a","before":"first","carry":[{"parameter":"/b","from":"/c"}]},{"name":"d","before":"last","carry":[{"parameter":"/b","from":"/c"}]}`, "hooks"},
		"something to run beside it":         {`{"name":"a","before":"first","lambda":"f","carry":[{"parameter":"/b","from":"/c"}]}`, "hooks[0]"},
		"what carries after the end":         {`{"name":"a","after":"promotion","carry":[{"parameter":"/b","from":"/c"}]}`, "hooks[0].after"},
		"the name of what puts back":         {`{"name":"a","before":"first","carry":[{"parameter":"/b","from":"/c"}]},{"name":"a-back","after":"rollback","lambda":"f"}`, "hooks[0].name"},
		"a function that takes too long":     {`{"name":"a","before":"first","lambda":"f","within":"5m"}`, "hooks[0].within"},
	} {
		t.Run(name, func(t *testing.T) {
			var d rollout.Definition
			if err := json.Unmarshal([]byte(strings.Replace(sound, `"service"`, `"hooks":[`+test.hook+`],"service"`, 1)), &d); err != nil {
				t.Fatal(err)
			}
			if problems := d.Validate(); len(problems) != 1 || problems[0].Path != test.path || problems[0].Remedy == "" {
				t.Errorf("problems %v, want one at %s with a remedy", problems, test.path)
			}
		})
	}
}

// What a kind of target cannot do is said before the first release of it, and not by a function that fails.
func TestWhatAKindCannotDoIsRefused(t *testing.T) {
	fleet := strings.Replace(sound, `{"lambdaAlias":{"function":"checkout","alias":"live"}}`, `{"fleet":{"name":"checkout"}}`, 1)
	for path, strategy := range map[string]string{
		"strategy.canary.steps[0].weight": `{"canary":{"steps":[{"weight":2.5,"bake":"5m"}]}}`,
		"strategy":                        `{"blueGreen":{"test":{},"bake":"5m"}}`,
		"":                                `{"allAtOnce":{"bake":"5m"}}`,
	} {
		var d rollout.Definition
		if err := json.Unmarshal([]byte(strings.Replace(fleet, `{"canary":{"steps":[{"weight":5,"bake":"5m"}]}}`, strategy, 1)), &d); err != nil {
			t.Fatal(err)
		}
		problems := d.Validate()
		if (path == "") != (len(problems) == 0) || path != "" && problems[0].Path != path {
			t.Errorf("problems %v of strategy %s, want one at %q", problems, strategy, path)
		}
	}
}

func TestASoundDefinitionHasNoProblems(t *testing.T) {
	var d rollout.Definition
	if err := json.Unmarshal([]byte(sound), &d); err != nil {
		t.Fatal(err)
	}
	if problems := append(d.Validate(), d.WithDefaults().Validate()...); len(problems) > 0 {
		t.Errorf("problems %v", problems)
	}
}
