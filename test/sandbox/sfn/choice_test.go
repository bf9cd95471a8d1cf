package sfn_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestChoiceOperators(t *testing.T) {
	const input = `{"s":"abc","t":"abd","n":10,"m":9.5,"big":9007199254740993,"yes":true,"none":null,"at":"2016-08-18T17:33:00Z","later":"2016-08-18T19:33:00+01:00","path":"logs/a*b.zip"}`
	tests := map[string]bool{
		`"Variable":"$.s","StringEquals":"abc"`:                                                   true,
		`"Variable":"$.n","StringEquals":"10"`:                                                    false,
		`"Variable":"$.s","StringLessThanPath":"$.t"`:                                             true,
		`"Variable":"$.s","StringGreaterThanEquals":"abd"`:                                        false,
		`"Variable":"$.n","NumericEquals":10.0`:                                                   true,
		`"Variable":"$.n","NumericGreaterThanPath":"$.m"`:                                         true,
		`"Variable":"$.s","NumericLessThan":1`:                                                    false,
		`"Variable":"$.big","NumericEquals":9007199254740992`:                                     false,
		`"Variable":"$.yes","BooleanEquals":true`:                                                 true,
		`"Variable":"$.s","BooleanEqualsPath":"$.yes"`:                                            false,
		`"Variable":"$.at","TimestampLessThanPath":"$.later"`:                                     true,
		`"Variable":"$.at","TimestampEquals":"2016-08-18T18:33:00+01:00"`:                         true,
		`"Variable":"$.s","TimestampLessThan":"2016-08-18T18:33:00Z"`:                             false,
		`"Variable":"$.path","StringMatches":"logs/*.zip"`:                                        true,
		`"Variable":"$.path","StringMatches":"logs/a\\*b.zip"`:                                    true,
		`"Variable":"$.s","StringMatches":"a\\*c"`:                                                false,
		`"Variable":"$.s","IsPresent":true`:                                                       true,
		`"Variable":"$.missing","IsPresent":false`:                                                true,
		`"Variable":"$.missing","IsPresent":true`:                                                 false,
		`"Variable":"$.none","IsPresent":true`:                                                    true,
		`"Variable":"$.none","IsNull":true`:                                                       true,
		`"Variable":"$.n","IsNumeric":true`:                                                       true,
		`"Variable":"$.n","IsString":false`:                                                       true,
		`"Variable":"$.yes","IsBoolean":true`:                                                     true,
		`"Variable":"$.at","IsTimestamp":true`:                                                    true,
		`"Variable":"$.s","IsTimestamp":true`:                                                     false,
		`"Variable":"$$.State.Name","StringEquals":"A"`:                                           true,
		`"Not":{"Variable":"$.s","StringEquals":"x"}`:                                             true,
		`"Or":[{"Variable":"$.n","NumericLessThan":1},{"Variable":"$.n","NumericGreaterThan":1}]`: true,
		// And stops at the first that does not hold, so a presence test guards the rest.
		`"And":[{"Variable":"$.missing","IsPresent":true},{"Variable":"$.missing","StringEquals":"x"}]`: false,
	}
	for rule, want := range tests {
		t.Run(rule, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				execution := h.start(h.create(`"A":{"Type":"Choice","Choices":[{`+rule+`,"Next":"Yes"}],"Default":"No"},
					"Yes":{"Type":"Pass","Result":true,"End":true},"No":{"Type":"Pass","Result":false,"End":true}`), input)
				wantOutput(t, h.finish(execution), map[bool]string{true: "true", false: "false"}[want])
			})
		})
	}
}

func TestChoiceWithoutMatchOrDefault(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericEquals":1,"Next":"B"}]},"B":{"Type":"Succeed"}`, `{"n":2}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.NoChoiceMatched")
	})
}

func TestAskingAboutWhatIsNotThereFails(t *testing.T) {
	for _, rule := range []string{`"NumericEquals":1`, `"IsNull":true`, `"StringEqualsPath":"$.text"`} {
		t.Run(rule, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				got := h.run(`"A":{"Type":"Choice","Choices":[{"Variable":"$.n",`+rule+`,"Next":"B"}],"Default":"B"},"B":{"Type":"Succeed"}`, `{"text":"a"}`)
				wantError(t, got, types.ExecutionStatusFailed, "States.Runtime")
			})
		})
	}
}
