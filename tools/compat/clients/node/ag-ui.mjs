// Checks the unmodified AG-UI client against published workflows; prints one JSON line for each check.
import { HttpAgent } from '@ag-ui/client';
import { apiKey, base, check, continues, newThread, truthy } from './checks.mjs';

const headers = { authorization: `Bearer ${apiKey}` };
const agentOf = (slug, more = {}) => new HttpAgent({ url: `${base}/workflows/${slug}/ag-ui`, headers, ...more });

// The client prints each failure before it throws it.
console.error = () => undefined;

await check('chat: a message', async () => {
  const agent = agentOf('says');
  agent.setMessages([{ id: '1', role: 'user', content: 'hello' }]);
  const { result, newMessages } = await agent.runAgent();
  truthy(result.text === 'You said hello', JSON.stringify(result));
  truthy(newMessages[0]?.content === 'You said hello', JSON.stringify(newMessages));
});
await check('structured output: the state', async () => {
  const agent = agentOf('moderates', { initialState: { text: 'about the blue falcon' } });
  await agent.runAgent();
  truthy(agent.state.verdict !== undefined, JSON.stringify(agent.state));
});
await check('stream: the events of a text', async () => {
  const types = [];
  const agent = agentOf('writes');
  agent.setMessages([{ id: '1', role: 'user', content: 'Count to twenty.' }]);
  await agent.runAgent({}, { onEvent: ({ event }) => void types.push(event.type) });
  truthy(types[0] === 'RUN_STARTED' && types.at(-1) === 'RUN_FINISHED', types.join());
  truthy(types.filter((type) => type === 'TEXT_MESSAGE_CONTENT').length > 1, types.join());
});
await check('threads: one of ours', async () => {
  const threadId = await newThread();
  for (const said of ['tea', 'milk']) {
    const agent = agentOf('says', { threadId });
    agent.setMessages([{ id: '1', role: 'user', content: said }]);
    await agent.runAgent();
  }
  await continues(threadId, 'tea', 'milk');
});
await check('threads: the same run again', async () => {
  const agent = agentOf('says');
  agent.setMessages([{ id: '1', role: 'user', content: 'once' }]);
  await agent.runAgent({ runId: 'compat-run' });
  const { result } = await agent.runAgent({ runId: 'compat-run' });
  truthy(result.text === 'You said once' && agent.messages.length === 2, JSON.stringify(agent.messages));
});
await check('errors: an input that is none', async () => {
  const error = await agentOf('none')
    .runAgent()
    .then(() => undefined, String);
  truthy(/404/.test(error), `no error: ${error}`);
});
