package kind

import "fmt"

// LambdaAliasID is the kind of weighted Lambda aliases.
const LambdaAliasID ID = "lambdaAlias"

var lambdaAlias = Facts{
	ID: LambdaAliasID, Title: "Lambda alias", Prefix: "lambda",
	Revision: Revision{
		Word: "version", Example: "42", Grammar: `[0-9]{1,20}`,
		Remedy: "publish a version (aws lambda publish-version) and write its number: aliases and $LATEST change under the release",
	},
	Smallest: 1, // hundredths of a percent: Lambda takes any fraction
	Locks:    true,
	// Lambda chooses the version for each request anew (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
	Spreads: SpreadRequests,
	Silence: Holds,
	Can:     Uses{Tests: true, Samples: true, Fills: true, Images: true},
}

// LambdaAlias is a Lambda function's alias whose weights are shifted between two versions.
type LambdaAlias struct {
	Function string `json:"function"`
	Alias    string `json:"alias"`
}

var _ Bypassed = LambdaAlias{}

// Kind implements Spec.
func (LambdaAlias) Kind() ID { return LambdaAliasID }

// Name implements Spec.
func (a LambdaAlias) Name() string { return a.Function + ":" + a.Alias }

// String implements Spec.
func (a LambdaAlias) String() string {
	return fmt.Sprintf("alias %s of function %s", a.Alias, a.Function)
}

// Problems implements Spec. Neither word holds a colon, so that no two targets have one name.
func (a LambdaAlias) Problems() []Problem {
	var found []Problem
	if !named(`^[A-Za-z0-9_-]{1,64}$`, a.Function) {
		found = append(found, Problem{"function", fmt.Sprintf("%.60q is not a function's name", a.Function), "write the name alone, without ARN and version"})
	}
	if !named(`^[A-Za-z_-][A-Za-z0-9_-]{0,127}$`, a.Alias) {
		found = append(found, Problem{"alias", fmt.Sprintf("%.60q is not an alias", a.Alias), "write the name of the alias that your callers use, such as live"})
	}
	return found
}

// Metrics implements Spec: by executed version while two versions serve, and for the alias as a whole
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
func (a LambdaAlias) Metrics(version string) Metrics {
	d := map[string]string{"FunctionName": a.Function, "Resource": a.Name()}
	if version != "" {
		d["ExecutedVersion"] = version
	}
	lambda := func(name string) Metric { return Metric{Namespace: "AWS/Lambda", Name: name, Dimensions: d} }
	return Metrics{Requests: lambda("Invocations"), Errors: lambda("Errors"), Duration: lambda("Duration")}
}

// Bypass implements Bypassed: Lambda counts requests that name no alias under the function alone.
func (a LambdaAlias) Bypass() (all Metric, of string) {
	return Metric{Namespace: "AWS/Lambda", Name: "Invocations", Dimensions: map[string]string{"FunctionName": a.Function}}, "function " + a.Function
}

// Publishes implements Publishing.
func (a LambdaAlias) Publishes() string { return "lambda/" + a.Function }

// Restore implements Spec. The empty weights matter: an update that leaves them out keeps the old ones.
func (a LambdaAlias) Restore(version string) string {
	return fmt.Sprintf("aws lambda update-alias --function-name %s --name %s --function-version %s --routing-config '{\"AdditionalVersionWeights\":{}}'",
		a.Function, a.Alias, version)
}

// Needs implements Spec. Lambda authorises the operations on aliases by the function's ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html). All versions are allowed, because the revision is known
// only when a release is asked for. The pattern of versions matches aliases, too: plan looks whether the alias has provisioned concurrency,
// which AWS does not allow with weights, and a list of aliases would make plan's role larger than a role may be.
func (a LambdaAlias) Needs(function string, u Uses) []Need {
	self, versions := "function:"+a.Function, "function:"+a.Function+":*"
	move := Need{"MoveAlias", []string{"lambda:GetAlias", "lambda:UpdateAlias"}, "lambda", self}
	read := Need{"ReadAlias", []string{"lambda:GetAlias"}, "lambda", self}
	invoke := func(sid string) Need { return Need{sid, []string{"lambda:InvokeFunction"}, "lambda", versions} }
	switch {
	case function == "plan": // an invocation of an Inactive version makes Lambda prepare it
		return []Need{read, {"InspectVersions", []string{"lambda:GetFunctionConfiguration", "lambda:GetProvisionedConcurrencyConfig"}, "lambda", versions}, invoke("WakeVersions")}
	case function == "admit":
		return []Need{read}
	case function == "shift" && u.Tests:
		return []Need{move, invoke("TestCandidate")}
	case function == "shift", function == "rollback", function == "settle", function == "guard":
		return []Need{move}
	case function == "look" && u.Samples:
		return []Need{invoke("BuySamples")}
	case function == "build" && u.Fills:
		return []Need{{"PublishVersions", []string{"lambda:UpdateFunctionCode"}, "lambda", self}}
	case function == "gates" && u.Images:
		return []Need{{"FindImages", []string{"lambda:GetFunction"}, "lambda", versions}}
	}
	return nil
}
