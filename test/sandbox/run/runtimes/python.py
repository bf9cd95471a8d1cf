# Lambda's runtime interface for Python, as small as `make run` needs it:
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import http.client, importlib, json, os, sys, time, traceback

host, _, prefix = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
base = "/" + prefix + "/2018-06-01/runtime"
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.deadline = int(headers["Lambda-Runtime-Deadline-Ms"])
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline - int(time.time() * 1000))


connection = http.client.HTTPConnection(host)


def call(method, path, body=None):
    connection.request(method, base + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()


def failure(error):
    traceback.print_exc(file=sys.stdout)
    return json.dumps({"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": traceback.format_tb(error.__traceback__)})


module, _, name = os.environ["_HANDLER"].rpartition(".")
try:
    handler = getattr(importlib.import_module(module), name)
except BaseException as error:
    call("POST", "/init/error", failure(error))
    sys.exit(1)

while True:
    headers, event = call("GET", "/invocation/next")
    context = Context(headers)
    try:
        call("POST", "/invocation/" + context.aws_request_id + "/response", json.dumps(handler(json.loads(event), context)))
    except Exception as error:
        call("POST", "/invocation/" + context.aws_request_id + "/error", failure(error))
