// Checks the unmodified A2A client against published workflows; prints one JSON line for each check.
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import { apiKey, base, check, continues, newThread, truthy } from './checks.mjs';

async function clientOf(slug, isLegacy) {
  const fetchImpl = (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    // A client of version 0.3 sends no version header.
    if (isLegacy) headers.delete('a2a-version');
    return fetch(url, { ...init, headers });
  };
  const options = { fetchImpl, legacyCompat: { enabled: isLegacy } };
  const factory = new ClientFactory({
    transports: [new JsonRpcTransportFactory(options)],
    cardResolver: new DefaultAgentCardResolver(options),
  });
  return factory.createFromUrl(`${base}/workflows/${slug}/a2a/`, '.well-known/agent-card.json');
}
const request = (value) => ({
  tenant: '',
  message: {
    ...{ messageId: crypto.randomUUID(), contextId: '', taskId: '', role: 1, extensions: [], referenceTaskIds: [] },
    parts: [{ content: { $case: 'text', value }, filename: '', mediaType: '' }],
  },
});

for (const [version, isLegacy] of [
  ['1.0', false],
  ['0.3', true],
]) {
  await check(`chat: a task in version ${version}`, async () => {
    const client = await clientOf('says', isLegacy);
    const task = await client.sendMessage(request('hello'));
    truthy(task.artifacts[0].parts[0].content.value === 'You said hello', JSON.stringify(task));
    const again = await client.getTask({ tenant: '', id: task.id });
    truthy(again.id === task.id, JSON.stringify(again));
  });
  await check(`stream: a task in version ${version}`, async () => {
    const events = [];
    for await (const event of (await clientOf('says', isLegacy)).sendMessageStream(request('hello')))
      events.push(event);
    const last = events.at(-1).payload;
    truthy(last.$case === 'statusUpdate' && last.value.status.state === 3, JSON.stringify(last));
  });
}
await check('threads: a context', async () => {
  const client = await clientOf('says', false);
  const contextId = await newThread();
  for (const said of ['tea', 'milk']) {
    const { tenant, message } = request(said);
    await client.sendMessage({ tenant, message: { ...message, contextId } });
  }
  await continues(contextId, 'tea', 'milk');
});
await check('errors: an unknown task', async () => {
  const client = await clientOf('says', false);
  const error = await client.getTask({ tenant: '', id: 'none' }).then(() => undefined, String);
  truthy(/run_not_found/.test(error), `no error: ${error}`);
});
