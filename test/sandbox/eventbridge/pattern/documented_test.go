package pattern

// The patterns are the examples of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
// .../eb-event-patterns.html, .../eb-event-patterns-arrays.html and .../eb-event-patterns-null-values.html, each with events
// on either side of it. The second page says that 300 and 300.0 are not equal; the matcher that AWS publishes holds them
// equal, and so does this one.
var documented = []struct {
	name, pattern string
	match, refuse []string
}{
	{
		"and", `{"Location": ["New York"], "Day": ["Monday"]}`,
		[]string{`{"Location": "New York", "Day": "Monday"}`},
		[]string{`{"Location": "New York", "Day": "Tuesday"}`, `{"Location": "New York"}`},
	},
	{
		"anything-but text", `{"detail": {"state": [{"anything-but": "initializing"}]}}`,
		[]string{`{"detail": {"state": "running"}}`, `{"detail": {"state": null}}`, `{"detail": {"state": ["initializing", "running"]}}`},
		[]string{`{"detail": {"state": "initializing"}}`, `{"detail": {}}`, `{"detail": {"state": []}}`},
	},
	{
		"anything-but number", `{"detail": {"x-limit": [{"anything-but": 123}]}}`,
		[]string{`{"detail": {"x-limit": 124}}`, `{"detail": {"x-limit": "123"}}`},
		[]string{`{"detail": {"x-limit": 123}}`, `{"detail": {"x-limit": 123.0}}`},
	},
	{
		"anything-but texts", `{"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "stopped"}}`, `{"detail": {"state": "overloaded"}}`},
	},
	{
		"anything-but numbers", `{"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}`,
		[]string{`{"detail": {"x-limit": 150}}`},
		[]string{`{"detail": {"x-limit": 200}}`},
	},
	{
		"prefix", `{"time": [{"prefix": "2017-10-02"}]}`,
		[]string{`{"time": "2017-10-02T18:43:48Z"}`},
		[]string{`{"time": "2017-10-03T18:43:48Z"}`, `{"time": 20171002}`},
	},
	{
		"suffix", `{"FileName": [{"suffix": ".png"}]}`,
		[]string{`{"FileName": "shop.png"}`},
		[]string{`{"FileName": "shop.png.txt"}`, `{"FileName": 1}`},
	},
	{
		"empty text", `{"LastName": [""]}`,
		[]string{`{"LastName": ""}`},
		[]string{`{"LastName": "x"}`, `{"LastName": null}`, `{}`},
	},
	{
		"equals", `{"Name": ["Alice"]}`,
		[]string{`{"Name": "Alice"}`},
		[]string{`{"Name": "alice"}`},
	},
	{
		"exists", `{"detail": {"state": [{"exists": true}]}}`,
		[]string{`{"detail": {"state": "x"}}`, `{"detail": {"state": null}}`},
		[]string{`{"detail": {}}`, `{"detail": {"state": {"name": "x"}}}`},
	},
	{
		"does not exist", `{"detail-type": ["EC2"], "detail": {"c-count": [{"exists": false}]}}`,
		[]string{
			`{"detail-type": "EC2", "detail": {"state": ["initializing", "running"]}}`,
			`{"detail-type": "EC2", "detail": {"c-count": {"c1": 100}}}`, // not a leaf
			`{"detail-type": "EC2"}`,
		},
		[]string{`{"detail-type": "EC2", "detail": {"c-count": 1}}`},
	},
	{
		"null", `{"detail": {"UserID": [null]}}`,
		[]string{`{"detail": {"UserID": null}}`},
		[]string{`{"detail": {"UserID": ""}}`, `{"detail": {}}`},
	},
	{
		"boolean", `{"detail": {"ok": [true]}}`,
		[]string{`{"detail": {"ok": true}}`},
		[]string{`{"detail": {"ok": false}}`, `{"detail": {"ok": "true"}}`},
	},
	{
		"or of values", `{"PaymentType": ["Credit", "Debit"]}`,
		[]string{`{"PaymentType": "Credit"}`, `{"PaymentType": "Debit"}`},
		[]string{`{"PaymentType": "Cash"}`},
	},
	{
		"or of fields", `{"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}`,
		[]string{`{"Location": "New York"}`, `{"Day": "Monday", "Location": "Paris"}`},
		[]string{`{"Location": "Paris", "Day": "Tuesday"}`},
	},
	{
		"several fields of an event with more", `{"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"], "detail": {"state": ["terminated"]}}`,
		[]string{`{"version": "0", "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "resources": ["arn:x"], "detail": {"instance-id": "i-1", "state": "terminated"}}`},
		[]string{
			`{"detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "detail": {"state": "Terminated"}}`,
			`{"detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "state": "terminated"}`,
			`{"source": "aws.ec2", "detail": {"state": "terminated"}}`,
		},
	},
	{
		"one of two sources", `{"source": ["aws.ec2", "aws.fargate"]}`,
		[]string{`{"source": "aws.ec2"}`, `{"source": "aws.fargate"}`},
		[]string{`{"source": "aws.ecs"}`, `{}`},
	},
	{
		"null beside an empty text", `{"source": ["aws.autoscaling"], "detail": {"responseElements": [null]}}`,
		[]string{`{"source": "aws.autoscaling", "detail": {"eventVersion": "", "responseElements": null}}`},
		[]string{`{"source": "aws.autoscaling", "detail": {"eventVersion": null, "responseElements": ""}}`},
	},
	{
		"numbers at two depths", `{"detail": {"risk-score": [80], "trigger": {"risk": [8]}}}`,
		[]string{`{"detail": {"tags": ["Custom_Alert", "Insider"], "risk-score": 80, "trigger": {"alert-type": "basic", "risk": 8}}}`},
		[]string{`{"detail": {"risk-score": 80, "trigger": {"risk": 9}}}`, `{"detail": {"risk-score": "80", "trigger": {"risk": 8}}}`},
	},
	{
		"prefix of a region", `{"Region": [{"prefix": "us-"}]}`,
		[]string{`{"Region": "us-east-1"}`},
		[]string{`{"Region": "eu-us-1"}`, `{"Region": "US-EAST-1"}`},
	},
	{
		"not", `{"Weather": [{"anything-but": ["Raining"]}]}`,
		[]string{`{"Weather": "Sunny"}`},
		[]string{`{"Weather": "Raining"}`},
	},
	{
		"arrays intersect", `{"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f", "arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f"]}`,
		[]string{`{"resources": ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:x", "arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f"]}`},
		[]string{`{"resources": ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:x"]}`, `{"resources": []}`},
	},
	{
		"fields of one element of an array", `{"employees": {"firstName": ["Anna"], "lastName": ["Smith"]}}`,
		[]string{`{"employees": [{"firstName": "John", "lastName": "Doe"}, {"firstName": "Anna", "lastName": "Smith"}]}`},
		[]string{`{"employees": [{"firstName": "Anna", "lastName": "Doe"}, {"firstName": "John", "lastName": "Smith"}]}`},
	},
	{
		"identifier longer than a float", `{"account": [123456789012345678901]}`,
		[]string{`{"account": 123456789012345678901}`},
		[]string{`{"account": 123456789012345678902}`},
	},
}
