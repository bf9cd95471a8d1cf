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
		"anything-but ignoring case", `{"detail": {"state": [{"anything-but": {"equals-ignore-case": "initializing"}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "INITIALIZING"}}`},
	},
	{
		"anything-but list ignoring case", `{"detail": {"state": [{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "Stopped"}}`, `{"detail": {"state": "Initializing"}}`},
	},
	{
		"anything-but prefix", `{"Region": [{"anything-but": {"prefix": "us-"}}]}`,
		[]string{`{"Region": "eu-west-1"}`},
		[]string{`{"Region": "us-east-1"}`},
	},
	{
		"anything-but prefixes", `{"detail": {"state": [{"anything-but": {"prefix": ["init", "stop"]}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "initializing"}}`, `{"detail": {"state": "stopped"}}`},
	},
	{
		"anything-but suffix", `{"detail": {"FileName": [{"anything-but": {"suffix": ".txt"}}]}}`,
		[]string{`{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.txt"}}`},
	},
	{
		"anything-but suffixes", `{"detail": {"FileName": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]}}`,
		[]string{`{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.txt"}}`, `{"detail": {"FileName": "a.rtf"}}`},
	},
	{
		"anything-but wildcard", `{"detail": {"FilePath": [{"anything-but": {"wildcard": "*/lib/*"}}]}}`,
		[]string{`{"detail": {"FilePath": "/src/main.go"}}`},
		[]string{`{"detail": {"FilePath": "/usr/lib/x"}}`},
	},
	{
		"anything-but wildcards", `{"detail": {"FilePath": [{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}]}}`,
		[]string{`{"detail": {"FilePath": "/src/main.go"}}`},
		[]string{`{"detail": {"FilePath": "/usr/lib/x"}}`, `{"detail": {"FilePath": "/usr/bin/x"}}`},
	},
	{
		"prefix", `{"time": [{"prefix": "2017-10-02"}]}`,
		[]string{`{"time": "2017-10-02T18:43:48Z"}`},
		[]string{`{"time": "2017-10-03T18:43:48Z"}`, `{"time": 20171002}`},
	},
	{
		"prefix ignoring case", `{"detail": {"service": [{"prefix": {"equals-ignore-case": "EventB"}}]}}`,
		[]string{`{"detail": {"service": "EVENTBRIDGE"}}`, `{"detail": {"service": "eventbridge"}}`},
		[]string{`{"detail": {"service": "events"}}`},
	},
	{
		"suffix", `{"FileName": [{"suffix": ".png"}]}`,
		[]string{`{"FileName": "a.png"}`},
		[]string{`{"FileName": "a.PNG"}`, `{"FileName": "png"}`},
	},
	{
		"suffix ignoring case", `{"detail": {"FileName": [{"suffix": {"equals-ignore-case": ".png"}}]}}`,
		[]string{`{"detail": {"FileName": "a.PNG"}}`, `{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.jpg"}}`},
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
		"equals ignoring case", `{"detail-type": [{"equals-ignore-case": "ec2 instance state-change notification"}]}`,
		[]string{`{"detail-type": "EC2 Instance State-change Notification"}`},
		[]string{`{"detail-type": "EC2 Instance"}`},
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
		"number equals", `{"Price": [{"numeric": ["=", 100]}]}`,
		[]string{`{"Price": 100}`, `{"Price": 1.0e2}`},
		[]string{`{"Price": 101}`, `{"Price": "100"}`},
	},
	{
		"number in range", `{"Price": [{"numeric": [">", 10, "<=", 20]}]}`,
		[]string{`{"Price": 11}`, `{"Price": 20}`},
		[]string{`{"Price": 10}`, `{"Price": 20.000001}`},
	},
	{
		"several numbers", `{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}], "x-limit": [{"numeric": ["=", 3.018e2]}]}}`,
		[]string{`{"detail": {"c-count": 5, "d-count": 9, "x-limit": 301.8}}`},
		[]string{`{"detail": {"c-count": 5, "d-count": 10, "x-limit": 301.8}}`},
	},
	{
		"address block", `{"detail": {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]}}`,
		[]string{`{"detail": {"sourceIPAddress": "10.0.0.255"}}`},
		[]string{`{"detail": {"sourceIPAddress": "10.0.1.0"}}`, `{"detail": {"sourceIPAddress": "nowhere"}}`},
	},
	{
		"address block of version 6", `{"detail": {"sourceIPAddress": [{"cidr": "2001:db8::/32"}]}}`,
		[]string{`{"detail": {"sourceIPAddress": "2001:db8::7"}}`},
		[]string{`{"detail": {"sourceIPAddress": "2001:db9::7"}}`},
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
		"or below detail", `{"detail": {"$or": [{"c-count": [{"numeric": [">", 0, "<=", 5]}]}, {"d-count": [{"numeric": ["<", 10]}]}, {"x-limit": [{"numeric": ["=", 3.018e2]}]}]}}`,
		[]string{`{"detail": {"c-count": 1}}`, `{"detail": {"d-count": 1, "c-count": 9}}`, `{"detail": {"x-limit": 301.8}}`},
		[]string{`{"detail": {"c-count": 6, "d-count": 10}}`, `{"detail": {}}`},
	},
	{
		"wildcard", `{"detail": {"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]}}`,
		[]string{`{"detail": {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/sluice"}}`},
		[]string{`{"detail": {"EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/sluice"}}`},
	},
	{
		"wildcard within a folder", `{"FileName": [{"wildcard": "dir/*.png"}]}`,
		[]string{`{"FileName": "dir/a.png"}`, `{"FileName": "dir/.png"}`},
		[]string{`{"FileName": "dir/a.gif"}`, `{"FileName": "other/a.png"}`, `{"FileName": 7}`},
	},
	{
		"wildcard with escaped stars", `{"detail": {"s": [{"wildcard": "\\**\\\\"}]}}`,
		[]string{`{"detail": {"s": "*anything\\"}}`},
		[]string{`{"detail": {"s": "anything\\"}}`, `{"detail": {"s": "*anything"}}`},
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
		"suffix of a service ignoring case", `{"service": [{"suffix": {"equals-ignore-case": "tBridge"}}]}`,
		[]string{`{"service": "EventBridge"}`, `{"service": "EVENTBRIDGE"}`},
		[]string{`{"service": "EventBridges"}`},
	},
	{
		"not", `{"Weather": [{"anything-but": ["Raining"]}]}`,
		[]string{`{"Weather": "Sunny"}`},
		[]string{`{"Weather": "Raining"}`},
	},
	{
		"combined", `{"time": [{"prefix": "2017-10-02"}], "detail": {"state": [{"anything-but": "initializing"}], "c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}], "x-limit": [{"anything-but": [100, 200, 300]}]}}`,
		[]string{`{"time": "2017-10-02T00:00:00Z", "detail": {"state": "running", "c-count": 5, "d-count": 3, "x-limit": 301.8}}`},
		[]string{`{"time": "2017-10-02T00:00:00Z", "detail": {"state": "running", "c-count": 5, "d-count": 3, "x-limit": 300}}`},
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
