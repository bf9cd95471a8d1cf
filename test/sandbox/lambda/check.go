package lambda

import (
	"maps"
	"regexp"
	"slices"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/wire"
)

var rolePattern = regexp.MustCompile(`^arn:aws[a-zA-Z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$`)

// reservedVariables are Lambda's own
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
var reservedVariables = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
	"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// check refuses a configuration that AWS refuses.
func (s *Service) check(c types.FunctionConfiguration) error {
	switch timeout, memory := *c.Timeout, *c.MemorySize; {
	case timeout < 1 || timeout > 900:
		return invalid("1 validation error detected: Value '%d' at 'timeout' failed to satisfy constraint: "+
			"Member must have value between 1 and 900", timeout)
	case memory < 128 || memory > 10240:
		return invalid("'MemorySize' value failed to satisfy constraint: Member must have value between 128 and 10240")
	case !rolePattern.MatchString(deref(c.Role)):
		return invalid("1 validation error detected: Value '%s' at 'role' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: %s", deref(c.Role), rolePattern)
	case c.Runtime != types.RuntimeProvidedal2023 && c.Runtime != types.RuntimeProvidedal2:
		return missing("runtime " + string(c.Runtime))
	case s.o.Home.Partition() == wire.China && c.TracingConfig != nil && c.TracingConfig.Mode == types.TracingModeActive: // https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html
		return invalid("X-Ray tracing of functions is not available in %s", s.o.Home.Region)
	case len(c.Architectures) != 1:
		return invalid("Architectures must hold one item")
	}
	if c.Environment == nil {
		return nil
	}
	return checkVariables(c.Environment.Variables)
}

func checkVariables(variables map[string]string) error {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if slices.Contains(reservedVariables, name) {
			return invalid("Lambda was unable to configure your environment variables because the environment variables you have "+
				"provided contains reserved keys that are currently not supported for modification. "+
				"Reserved keys used in this request: %s", name)
		}
		size += len(name) + len(variables[name])
	}
	if size > 4<<10 {
		return invalid("Lambda was unable to configure your environment variables because the environment variables you have " +
			"provided exceeded the 4KB limit.")
	}
	return nil
}

// refuseFeatures refuses the settings that would change what runs and are not implemented.
func refuseFeatures(in *awslambda.UpdateFunctionConfigurationInput) error {
	switch {
	case len(in.Layers) > 0:
		return missing("layers")
	case in.VpcConfig != nil && len(in.VpcConfig.SubnetIds) > 0:
		return missing("VpcConfig")
	case len(in.FileSystemConfigs) > 0:
		return missing("FileSystemConfigs")
	case in.SnapStart != nil && in.SnapStart.ApplyOn != types.SnapStartApplyOnNone:
		return missing("SnapStart (AWS has none for OS-only runtimes either)")
	case deref(in.KMSKeyArn) != "":
		return missing("KMSKeyArn")
	case in.DurableConfig != nil:
		return missing("DurableConfig")
	case in.CapacityProviderConfig != nil:
		return missing("CapacityProviderConfig")
	}
	return nil
}
