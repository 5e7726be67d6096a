// Checks the OpenAI providers of promptfoo against our channels, with promptfoo's own assertions.
import promptfoo from 'promptfoo';
import { apiKey, base, check, continues, embedder, model, newThread, question, schema, truthy } from './checks.mjs';

const provider = (id, more = {}) => ({
  id,
  config: { apiBaseUrl: base, apiKey, max_tokens: 60, temperature: 0, ...more },
});
async function evaluate(providers, prompts, assert) {
  const suite = { prompts, providers, tests: [{ vars: {}, assert }], writeLatestResults: false };
  const done = await promptfoo.evaluate(suite, { cache: false, maxConcurrency: 1, showProgressBar: false });
  return (await done.toEvaluateSummary()).results;
}
const passes = ({ success, error, response }) => truthy(success, error ?? JSON.stringify(response));

await check('chat', async () => {
  const script = { type: 'javascript', value: 'output.length > 0' };
  passes((await evaluate([provider(`openai:chat:${model}`)], [question], [script]))[0]);
});
await check('chat: a workflow, by completions and by responses', async () => {
  const ways = [provider('openai:chat:says', { max_tokens: undefined, temperature: undefined })];
  for (const result of await evaluate(ways, ['tea'], [{ type: 'equals', value: 'You said tea' }])) passes(result);
  const over = [provider(`openai:responses:${model}`, { max_output_tokens: 24 })];
  for (const result of await evaluate(over, ['tea'], [{ type: 'javascript', value: 'output.length > 0' }]))
    passes(result);
});
await check('structured output', async () => {
  const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } };
  const asked = [provider(`openai:chat:${model}`, { response_format: format })];
  passes((await evaluate(asked, ['A city and a number as JSON.'], [{ type: 'is-json', value: schema }]))[0]);
});
await check('tools', async () => {
  const tools = [{ type: 'function', function: { name: 'count', description: 'Counts.', parameters: schema } }];
  const asked = [provider(`openai:chat:${model}`, { tools, tool_choice: 'required' })];
  passes((await evaluate(asked, ['Call count.'], [{ type: 'is-valid-openai-tools-call' }]))[0]);
});
await check('embeddings: of the assertion similar', async () => {
  const similar = {
    type: 'similar',
    value: 'You said tea',
    threshold: 0.95,
    provider: provider(`openai:embedding:${embedder}`),
  };
  const says = provider('openai:chat:says', { max_tokens: undefined, temperature: undefined });
  passes((await evaluate([says], ['tea'], [similar]))[0]);
});
await check('threads', async () => {
  const thread = await newThread();
  const says = provider('openai:chat:says', { max_tokens: undefined, temperature: undefined, passthrough: { thread } });
  for (const said of ['tea', 'milk']) await evaluate([says], [said], []);
  await continues(thread, 'tea', 'milk');
});
await check('errors: an unknown model and a wrong key', async () => {
  const [unknown] = await evaluate([provider('openai:chat:no-such-model')], [question], []);
  truthy(unknown.error?.includes('no-such-model'), JSON.stringify(unknown));
  const [stranger] = await evaluate([provider(`openai:chat:${model}`, { apiKey: 'hk_wrong' })], [question], []);
  truthy(stranger.error?.includes('401'), JSON.stringify(stranger));
});
process.exit(0);
