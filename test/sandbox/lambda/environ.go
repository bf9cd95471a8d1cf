package lambda

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// environ is all that a process knows of its surroundings: what Lambda defines, the credentials of its role, and the
// function's own variables (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). Nothing of the
// sandbox's environment gets in, so that a function cannot depend on the machine it is tried on.
func (i *instance) environ(dir string) []string {
	c, p := i.version.config, i.pool
	variables := map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          p.Address + "/_runtime/" + i.id,
		"AWS_LAMBDA_FUNCTION_NAME":        *c.FunctionName,
		"AWS_LAMBDA_FUNCTION_VERSION":     *c.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(int(*c.MemorySize)),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       deref(c.LoggingConfig.LogGroup),
		"AWS_LAMBDA_LOG_STREAM_NAME":      i.stream(),
		"AWS_LAMBDA_LOG_FORMAT":           string(c.LoggingConfig.LogFormat),
		"AWS_REGION":                      p.o.Home.Region,
		"AWS_DEFAULT_REGION":              p.o.Home.Region,
		"_HANDLER":                        deref(c.Handler),
		"LAMBDA_TASK_ROOT":                dir,
		"LAMBDA_RUNTIME_DIR":              dir,
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"PATH":                            "/usr/local/bin:/usr/bin:/bin",
	}
	if logsJSON(c) {
		variables["AWS_LAMBDA_LOG_LEVEL"] = string(c.LoggingConfig.ApplicationLogLevel)
	}
	if p.Endpoint != "" {
		variables["AWS_ENDPOINT_URL"] = p.Endpoint
	}
	if p.o.Credentials != nil {
		credentials := p.o.Credentials(deref(c.Role))
		variables["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyID
		variables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey
		variables["AWS_SESSION_TOKEN"] = credentials.SessionToken
	}
	maps.Copy(variables, ownVariables(c))
	var list []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		list = append(list, name+"="+variables[name])
	}
	return list
}

// stream is the name of the log stream that AWS would give this environment.
func (i *instance) stream() string {
	id := strings.ReplaceAll(i.id, "-", "")
	return time.Now().UTC().Format("2006/01/02") + "/[" + *i.version.config.Version + "]" + id
}

func ownVariables(c types.FunctionConfiguration) map[string]string {
	if c.Environment == nil {
		return nil
	}
	return c.Environment.Variables
}
