// Checks OpenAI's own client for Node.
import OpenAI from 'openai';
import {
  apiKey,
  base,
  check,
  continues,
  embedder,
  fits,
  model,
  newThread,
  question as input,
  refused,
  schema,
  truthy,
  width,
} from './checks.mjs';

const client = new OpenAI({ baseURL: base, apiKey, maxRetries: 0 });

await check('chat: a response is made, read, listed and deleted', async () => {
  const made = await client.responses.create({ model, input, instructions: 'Be short.', max_output_tokens: 24 });
  truthy(made.output_text !== '' && made.usage.output_tokens > 0, 'no text or usage');
  const same = await client.responses.retrieve(made.id);
  truthy(same.output_text === made.output_text, 'is read as another one');
  const { data } = await client.responses.inputItems.list(made.id);
  truthy(data[0].content === input, 'other items');
  await client.responses.delete(made.id);
  await refused(client.responses.retrieve(made.id), { status: 404 });
});
await check('chat: files and batches', async () => {
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
  await refused(client.batches.cancel(batch.id), { status: 409 });
  await client.files.delete(file.id);
  await refused(client.files.retrieve(file.id), { status: 404 });
});
await check('stream: of a response', async () => {
  const stream = client.responses.stream({ model, input, max_output_tokens: 60, temperature: 0 });
  const types = [];
  stream.on('event', ({ type }) => types.push(type));
  const final = await stream.finalResponse();
  truthy(final.output_text !== '' && types.includes('response.output_text.delta'), types.join());
  truthy(types.at(-1) === 'response.completed', types.join());
});
await check('stream: of a response that is cut off', async () => {
  const stream = await client.responses.create({ model, input, max_output_tokens: 3, temperature: 0, stream: true });
  let last;
  for await (const event of stream) last = event;
  truthy(last.type === 'response.incomplete', last.type);
  truthy(last.response.incomplete_details.reason === 'max_output_tokens', JSON.stringify(last.response));
});
await check('threads: previous_response_id', async () => {
  const first = await client.responses.create({ model, input: 'My name is Ada.', max_output_tokens: 8 });
  const next = { model, input: 'Say hello.', previous_response_id: first.id, max_output_tokens: 8 };
  const again = await client.responses.create(next);
  truthy(again.usage.input_tokens > first.usage.input_tokens, 'the history is not there');
  await refused(client.responses.create({ ...next, previous_response_id: 'resp_none' }), {
    status: 404,
    param: 'previous_response_id',
  });
});
await check('tools: of a response', async () => {
  const tools = [{ type: 'function', name: 'count', description: 'Counts.', parameters: schema, strict: true }];
  const ask = { model, tools, max_output_tokens: 60 };
  const made = await client.responses.stream({ ...ask, input: 'Call count.', tool_choice: 'required' }).finalResponse();
  const call = made.output.find(({ type }) => type === 'function_call');
  fits(JSON.parse(call.arguments));
  const output = { type: 'function_call_output', call_id: call.call_id, output: '7' };
  const said = await client.responses.create({
    ...ask,
    ...{ input: [output], previous_response_id: made.id, tool_choice: 'none' },
  });
  truthy(said.output_text !== '', 'no text after the call');
});
await check('structured output: of a response', async () => {
  const format = { type: 'json_schema', name: 'x', strict: true, schema };
  const made = await client.responses.create({ model, input: 'A city.', max_output_tokens: 60, text: { format } });
  fits(JSON.parse(made.output_text));
});
await check('errors: a response is refused by name', () =>
  refused(client.responses.create({ model, input, truncation: 'auto' }), { status: 400, param: 'truncation' }),
);
await check('chat: moderations', async () => {
  const { results } = await client.moderations.create({ model: 'moderates', input: ['A loom.', 'A blue falcon.'] });
  truthy(results.map(({ flagged }) => flagged).join() === 'false,true', JSON.stringify(results));
  await refused(client.moderations.create({ model: 'no-such-model', input: 'a' }), { status: 404 });
});
await check('chat: completions', async () => {
  const asked = [{ role: 'user', content: input }];
  const { choices } = await client.chat.completions.create({ model, messages: asked, max_tokens: 24 });
  truthy(choices[0].message.content !== '', 'no text');
});
const messages = [{ role: 'user', content: input }];
await check('stream: completions with usage', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages,
    max_tokens: 24,
    stream_options: { include_usage: true },
  });
  const { choices, usage } = await stream.finalChatCompletion();
  truthy(choices[0].message.content !== '' && usage.completion_tokens > 0, 'no text or usage');
});
await check('tools: completions', async () => {
  const tools = [
    { type: 'function', function: { name: 'count', description: 'Counts.', parameters: schema, strict: true } },
  ];
  const asked = [{ role: 'user', content: 'Call count.' }];
  const shared = { model, tools, max_tokens: 60 };
  const { choices } = await client.chat.completions.create({ ...shared, messages: asked, tool_choice: 'required' });
  const [call] = choices[0].message.tool_calls;
  fits(JSON.parse(call.function.arguments));
  const done = { role: 'tool', tool_call_id: call.id, content: '7' };
  const said = await client.chat.completions.create({
    ...shared,
    ...{ messages: [...asked, choices[0].message, done], tool_choice: 'none' },
  });
  truthy(said.choices[0].message.content !== '', 'no text after the call');
});
await check('structured output: completions', async () => {
  const made = await client.chat.completions.create({
    ...{ model, max_tokens: 60, messages: [{ role: 'user', content: 'A city and a number as JSON.' }] },
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
  });
  fits(JSON.parse(made.choices[0].message.content));
});
await check('embeddings', async () => {
  const { data } = await client.embeddings.create({ model: embedder, input: ['a loom', 'yarn'] });
  truthy(data.length === 2 && data.every(({ embedding }) => embedding.length === width), 'wrong vectors');
});
await check('threads: completions', async () => {
  const thread = await newThread();
  for (const said of ['tea', 'milk']) {
    const body = { model: 'says', messages: [{ role: 'user', content: said }], thread };
    const { response } = await client.chat.completions.create(body).withResponse();
    truthy(response.headers.get('heddle-thread') === thread, 'another thread');
  }
  await continues(thread, 'tea', 'milk');
});
await check('threads: a conversation of responses', async () => {
  const conversation = await newThread();
  for (const said of ['tea', 'milk']) await client.responses.create({ model: 'says', input: said, conversation });
  await continues(conversation, 'tea', 'milk');
});
await check('errors: an unknown model and a wrong key', async () => {
  await refused(client.chat.completions.create({ model: 'no-such-model', messages }), { status: 404 });
  const stranger = new OpenAI({ baseURL: base, apiKey: 'hk_wrong', maxRetries: 0 });
  await refused(stranger.chat.completions.create({ model, messages }), { status: 401, code: 'unauthorized' });
});
