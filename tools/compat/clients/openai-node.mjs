// Checks of OpenAI's own Node client: one JSON line a check.
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const model = 'smollm2-135m';
const input = 'The loom costs 149 euros. What does the loom cost? Answer in one sentence.';
const schema = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 20 }, count: { type: 'integer', minimum: 0, maximum: 9 } },
  required: ['city', 'count'],
  additionalProperties: false,
};

async function check(name, work) {
  try {
    await work();
    console.log(JSON.stringify({ name }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error.name}: ${String(error.message).slice(0, 500)}` }));
  }
}
const truthy = (value, what) => {
  if (!value) throw new Error(what);
};
const refused = async (work, status, param) => {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  truthy(error?.status === status && (param === undefined || error.param === param), `not refused so: ${error}`);
};

await check('responses: create, retrieve, list, delete', async () => {
  const made = await client.responses.create({ model, input, instructions: 'Be short.', max_output_tokens: 24 });
  truthy(made.output_text !== '' && made.usage.output_tokens > 0, 'no text or usage');
  const same = await client.responses.retrieve(made.id);
  truthy(same.output_text === made.output_text, 'is read as another one');
  const { data } = await client.responses.inputItems.list(made.id);
  truthy(data[0].content === input, 'other items');
  await client.responses.delete(made.id);
  await refused(client.responses.retrieve(made.id), 404);
});
await check('files and batches', async () => {
  const line = (n) => ({
    ...{ custom_id: `n${n}`, method: 'POST', url: '/v1/chat/completions' },
    body: { model: 'says', messages: [{ role: 'user', content: `Number ${n}` }] },
  });
  const text = [0, 1, 2].map((n) => `${JSON.stringify(line(n))}\n`).join('');
  const file = await client.files.create({ file: new File([text], 'requests.jsonl'), purpose: 'batch' });
  let batch = await client.batches.create({
    ...{ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' },
  });
  for (let attempt = 0; attempt < 600 && batch.status !== 'completed'; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    batch = await client.batches.retrieve(batch.id);
  }
  truthy(batch.status === 'completed' && batch.request_counts.completed === 3, JSON.stringify(batch));
  const results = (await (await client.files.content(batch.output_file_id)).text()).trim().split('\n').map(JSON.parse);
  truthy(results.map(({ custom_id: id }) => id).join() === 'n0,n1,n2', JSON.stringify(results));
  await refused(client.batches.cancel(batch.id), 409);
  await client.files.delete(file.id);
  await refused(client.files.retrieve(file.id), 404);
});
await check('responses: stream', async () => {
  const stream = client.responses.stream({ model, input, max_output_tokens: 24 });
  const types = [];
  stream.on('event', ({ type }) => types.push(type));
  const final = await stream.finalResponse();
  truthy(final.output_text !== '' && types.includes('response.output_text.delta'), types.join());
});
await check('responses: previous_response_id', async () => {
  const first = await client.responses.create({ model, input: 'My name is Ada.', max_output_tokens: 8 });
  const next = { model, input: 'Say hello.', previous_response_id: first.id, max_output_tokens: 8 };
  const again = await client.responses.create(next);
  truthy(again.usage.input_tokens > first.usage.input_tokens, 'the history is not there');
  await refused(client.responses.create({ ...next, previous_response_id: 'resp_none' }), 404, 'previous_response_id');
});
await check('responses: functions', async () => {
  const tools = [{ type: 'function', name: 'count', description: 'Counts.', parameters: schema, strict: true }];
  const ask = { model, tools, max_output_tokens: 60 };
  const made = await client.responses.stream({ ...ask, input: 'Call count.', tool_choice: 'required' }).finalResponse();
  const call = made.output.find(({ type }) => type === 'function_call');
  truthy(Number.isInteger(JSON.parse(call.arguments).count), 'does not fit');
  const output = { type: 'function_call_output', call_id: call.call_id, output: '7' };
  const said = await client.responses.create({
    ...ask,
    ...{ input: [output], previous_response_id: made.id, tool_choice: 'none' },
  });
  truthy(said.output_text !== '', 'no text after the call');
});
await check('responses: structured output', async () => {
  const format = { type: 'json_schema', name: 'x', strict: true, schema };
  const made = await client.responses.create({ model, input: 'A city.', max_output_tokens: 60, text: { format } });
  truthy(Number.isInteger(JSON.parse(made.output_text).count), 'does not fit');
});
await check('responses: refuses by name', () =>
  refused(client.responses.create({ model, input, truncation: 'auto' }), 400, 'truncation'),
);
await check('moderations', async () => {
  const { results } = await client.moderations.create({ model: 'moderates', input: ['A loom.', 'A blue falcon.'] });
  truthy(results.map(({ flagged }) => flagged).join() === 'false,true', JSON.stringify(results));
  await refused(client.moderations.create({ model: 'no-such-model', input: 'a' }), 404);
});
await check('chat completions', async () => {
  const messages = [{ role: 'user', content: input }];
  const { choices } = await client.chat.completions.create({ model, messages, max_tokens: 24 });
  truthy(choices[0].message.content !== '', 'no text');
});
