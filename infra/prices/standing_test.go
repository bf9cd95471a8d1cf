package prices_test

import (
	"testing"

	"sluice/infra/prices"
)

func TestStandingCostsAreThoseOfWhatIsPaidByTheMonth(t *testing.T) {
	lines, err := prices.Standing(map[string][]byte{
		"Sluice": []byte(`{"Resources":{
			"One":{"Type":"AWS::CloudWatch::Alarm","Properties":{"MetricName":"Errors"}},
			"Rate":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Metrics":[{"Id":"rate","Expression":"e/r"},{"Id":"e","MetricStat":{}},{"Id":"r","MetricStat":{}}]}},
			"Board":{"Type":"AWS::CloudWatch::Dashboard"},
			"Sweep":{"Type":"AWS::Events::Rule","Properties":{"ScheduleExpression":"rate(5 minutes)","State":"ENABLED"}},
			"Watch":{"Type":"AWS::Events::Rule","Properties":{"ScheduleExpression":"rate(1 minute)"}},
			"Pushes":{"Type":"AWS::Events::Rule","Properties":{"State":"ENABLED"}},
			"Table":{"Type":"AWS::DynamoDB::Table"}}}`),
		"Sluice-definitions": []byte(`{"Resources":{"Two":{"Type":"AWS::CloudWatch::Alarm"}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "$3.42: 4 metrics that alarms watch $0.40, 1 dashboards $3.00, 8760 scheduled invocations $0.02"
	if got := prices.Told(lines); got != want {
		t.Errorf("it is %s\nwant  %s", got, want)
	}
}

func TestTemplateThatIsNoneIsNamed(t *testing.T) {
	if _, err := prices.Standing(map[string][]byte{"Sluice": []byte("{")}); err == nil {
		t.Error("it is taken")
	}
}
