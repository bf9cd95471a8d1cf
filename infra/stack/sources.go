package stack

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
	"sluice/shared/rollout"
)

// sourcePath is the path under which it is kept what is released from where: "/sluice/staging/sources/".
func sourcePath(h home) string { return "/sluice/" + string(h.env) + "/sources/" }

// newSources stores the services of each source, so that a push finds them by one read.
func newSources(h home, t targets) {
	if len(t.sources) == 0 {
		// A stack must have something in it, and one that is left out of the app would keep what it had.
		awscdk.NewCfnWaitConditionHandle(h.stack, jsii.String("Nothing"), nil)
	}
	for _, name := range slices.Sorted(maps.Keys(t.sources)) {
		services, _ := json.Marshal(sorted(t.sources[name])) // of texts it cannot fail
		tier := awsssm.ParameterTier_STANDARD
		if len(services) > standardParameter {
			tier = awsssm.ParameterTier_ADVANCED
		}
		awsssm.NewStringParameter(h.stack, jsii.String("Source-"+rollout.SourceKey(name)), &awsssm.StringParameterProps{
			ParameterName: jsii.String(sourcePath(h) + rollout.SourceKey(name)),
			Description:   jsii.String("What is released from " + name),
			StringValue:   jsii.String(string(services)),
			Tier:          tier,
		})
	}
}

func sourceRules(w wiring) []rule {
	all := []rule{
		{name: "source-codecommit", pattern: events.CodeCommitPattern(), about: "A branch or a tag was made or moved"},
		{name: "source-ecr", pattern: events.ECRPattern(), about: "An image was pushed"},
		{name: "source-codepipeline", pattern: events.CodePipelinePattern(), about: "A pipeline or one of its stages succeeded"},
		{name: "source-lambda", pattern: events.LambdaPublishedPattern(), about: "Somebody published a version"},
	}
	// Buckets may be busy: only those that something is released from.
	return append(all, naming(rule{name: "source-s3", about: "An object was written"}, w.targets.buckets(), events.S3Pattern)...)
}

// progressRules connect the ends of builds and tests.
func progressRules(w wiring) []rule {
	t := w.targets
	return append(
		naming(rule{name: "progress", about: "A build has ended: a release may wait for it"}, slices.Concat(t.projects, t.gates.projects), events.BuildPattern),
		naming(rule{name: "progress-automation", about: "An execution of a document has ended: a release may wait for it"}, t.gates.documents, events.AutomationPattern)...)
}

// readSources allows the whole path: for a source that nothing is released from the answer must be "not found".
func readSources(w wiring) []grant {
	return one(allow("ReadSources", []string{w.arn("ssm", "parameter"+sourcePath(w.home)+"*")}, "ssm:GetParameter"))
}

// CodeBuild authorises calls about builds by the project's ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html).
func startBuilds(w wiring) []grant {
	return named("StartBuilds", w.targets.builds(w.home), "codebuild:StartBuild", "codebuild:BatchGetBuilds")
}

func lookAfterBuilds(w wiring) []grant {
	var logs []string
	for _, p := range w.targets.projects {
		logs = append(logs, w.arn("logs", "log-group:/aws/codebuild/"+p+":log-stream:*"))
	}
	return join(named("LookAfterBuilds", w.targets.builds(w.home), "codebuild:BatchGetBuilds", "codebuild:StopBuild"),
		named("ReadBuildLogs", logs, "logs:GetLogEvents"))
}

// readObjects allows to make versions of objects. Lambda reads an object with the rights of whoever asks it to
// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html), and S3 decrypts it with the same rights
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
func readObjects(w wiring) []grant {
	var objects, keys []string
	for _, o := range w.targets.objects {
		prefix, _, _ := strings.Cut(strings.NewReplacer("?", "*").Replace(o.Key), "*")
		if o.KMSKey != "" {
			keys = append(keys, o.KMSKey)
		}
		objects = append(objects, "arn:"+w.partition+":s3:::"+o.Bucket+"/"+prefix+"*")
	}
	return join(named("ReadObjects", objects, "s3:GetObject", "s3:GetObjectVersion"), named("DecryptObjects", keys, "kms:Decrypt"))
}

func (t targets) builds(h home) []string {
	var arns []string
	for _, p := range t.projects {
		arns = append(arns, h.arn("codebuild", "project/"+p))
	}
	return arns
}

func (t targets) buckets() []string {
	var names []string
	for _, o := range t.objects {
		names = append(names, o.Bucket)
	}
	return sorted(names)
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
