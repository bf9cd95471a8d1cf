// Runs walks through the state machine with aws-local-stepfunctions: walks in on stdin, traces out on stdout, as JSON.
// Time runs ten thousand times as fast, so that a bake takes milliseconds; the order of time-outs and retries stays.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [modules, machineFile] = process.argv.slice(2);
const { StateMachine } = createRequire(modules + '/')('aws-local-stepfunctions');

const real = globalThis.setTimeout;
globalThis.setTimeout = (f, ms, ...rest) => real(f, ms / 10000, ...rest);

const definition = JSON.parse(readFileSync(machineFile, 'utf8'));
// The oracle looks for TimeoutSecondsPath in what Parameters made; AWS takes it "from the state input"
// (https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html). So it finds its value in both.
for (const state of Object.values(definition.States)) {
  if (state.TimeoutSecondsPath === '$.seconds') state.Parameters['seconds.$'] = '$.seconds';
}
const tasks = Object.keys(definition.States).filter((s) => definition.States[s].Type === 'Task');

const machine = new StateMachine(definition, { validationOptions: { checkArn: false } }); // checking it takes long

async function run(walk) {
  const trace = { path: [], calls: {}, status: 'SUCCEEDED' };
  const left = structuredClone(walk.tasks);
  const handlers = {};
  for (const name of tasks) {
    handlers[name] = async (input) => {
      (trace.calls[name] ??= []).push(input.Payload);
      const script = left[name] ?? [];
      const outcome = script.length > 1 ? script.shift() : script[0];
      if (outcome?.error) throw Object.assign(new Error('a story'), { name: outcome.error });
      if (!outcome?.answer) return new Promise(() => {}); // nobody ever answers
      switch (definition.States[name].ResultPath) {
        case null: return {};
        case '$.next': return outcome.answer.next; // whoever ends the wait says what comes next, and nothing else
        default: return { StatusCode: 200, Payload: outcome.answer };
      }
    };
  }
  const retryIntervalOverrides = Object.fromEntries(tasks.map((name) => [name, 0]));
  const execution = machine.run({ release: 'r', step: 0, functions: '', next: '', seconds: 1 }, {
    overrides: { taskResourceLocalHandlers: handlers, retryIntervalOverrides },
    context: { Task: { Token: 'token' }, State: { EnteredTime: 'entered' } },
  });
  const result = execution.result.then((output) => { trace.output = output; }, (error) => {
    trace.status = 'FAILED';
    trace.error = error.cause?.name ?? error.name;
  });
  for await (const event of execution.eventLogs) {
    if (event.type === 'StateEntered') trace.path.push(event.state.name);
  }
  await result;
  return trace;
}

const walks = JSON.parse(readFileSync(0, 'utf8'));
const traces = [];
for (let i = 0; i < walks.length; i += 50) traces.push(...await Promise.all(walks.slice(i, i + 50).map(run)));
process.stdout.write(JSON.stringify(traces));
