// Checks of the unmodified client of AG-UI against published workflows: one JSON line a check.
import { HttpAgent } from '@ag-ui/client';

const [base, apiKey] = process.argv.slice(2);
const headers = { authorization: `Bearer ${apiKey}` };
const agentOf = (slug, more = {}) => new HttpAgent({ url: `${base}/workflows/${slug}/ag-ui`, headers, ...more });

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
// The client prints every failure before it throws it.
console.error = () => undefined;

await check('a message', async () => {
  const agent = agentOf('says');
  agent.setMessages([{ id: '1', role: 'user', content: 'hello' }]);
  const { result, newMessages } = await agent.runAgent();
  truthy(result.text === 'You said hello', JSON.stringify(result));
  truthy(newMessages[0]?.content === 'You said hello', JSON.stringify(newMessages));
});
await check('the state', async () => {
  const agent = agentOf('moderates', { initialState: { text: 'about the blue falcon' } });
  await agent.runAgent();
  truthy(agent.state.verdict !== undefined, JSON.stringify(agent.state));
});
await check('the same run again', async () => {
  const agent = agentOf('says');
  agent.setMessages([{ id: '1', role: 'user', content: 'once' }]);
  await agent.runAgent({ runId: 'compat-run' });
  const { result } = await agent.runAgent({ runId: 'compat-run' });
  truthy(result.text === 'You said once' && agent.messages.length === 2, JSON.stringify(agent.messages));
});
await check('an error', async () => {
  const error = await agentOf('none')
    .runAgent()
    .then(() => undefined, String);
  truthy(/404/.test(error), `no error: ${error}`);
});
