// Lambda's runtime interface for Node, as small as `make run` needs it:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const env = process.env;
const base = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const agent = new http.Agent({ keepAlive: true });

const call = (method, where, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(base + where, { method, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve({ headers: answer.headers, text }));
    });
    request.on("error", reject).end(body);
  });

const failure = (error) => {
  console.log(error?.stack ?? String(error));
  return JSON.stringify({ errorMessage: String(error?.message ?? error), errorType: error?.name ?? "Error", trace: error?.stack?.split("\n") ?? [] });
};

const context = (headers) => ({
  awsRequestId: headers["lambda-runtime-aws-request-id"],
  invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, Number(headers["lambda-runtime-deadline-ms"]) - Date.now()),
});

let handler;
try {
  const [file, name] = env._HANDLER.split(/\.(?=[^.]*$)/);
  const whole = path.join(env.LAMBDA_TASK_ROOT, file);
  const module = await import(pathToFileURL(existsSync(whole + ".mjs") ? whole + ".mjs" : whole + ".js").href);
  handler = module[name] ?? module.default?.[name];
  if (typeof handler !== "function") throw new TypeError(`${env._HANDLER} is not a function`);
} catch (error) {
  await call("POST", "/init/error", failure(error));
  process.exit(1);
}

for (;;) {
  const { headers, text } = await call("GET", "/invocation/next");
  const about = context(headers);
  const answer = `/invocation/${about.awsRequestId}`;
  try {
    const result = await handler(JSON.parse(text), about);
    await call("POST", `${answer}/response`, JSON.stringify(result === undefined ? null : result));
  } catch (error) {
    await call("POST", `${answer}/error`, failure(error));
  }
}
