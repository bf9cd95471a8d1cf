package cloudformation

import (
	"strings"

	"sluice/test/sandbox"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/wire"
)

type service = interface{ Wire() wire.Service }

// Parts are CloudFormation, and S3, where its templates lie.
func Parts() []sandbox.Part {
	var objects *s3.Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) service {
			objects = s3.New(in.Home)
			return objects
		},
		func(in sandbox.Surroundings) service {
			return New(Options{
				Home: in.Home, Context: in.Context, Keepers: in.Keepers, Object: objects.Object, Emit: in.Emit("aws.cloudformation"),
				Alarm: func(arn string) string { return in.Level(arn[strings.LastIndex(arn, ":")+1:]) },
			})
		},
	}
}
