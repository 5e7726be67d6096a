// The pictures of the integrations need more than the sample workflow: two connections, a policy, and a few decisions of a local model. All
// of it is created for the pictures and removed afterwards.
const office = {
  id: 'office',
  title: 'Office server',
  kind: 'openai-compatible',
  preset: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  region: 'eu',
  isLocal: true,
  clearance: 'confidential',
  models: [{ name: 'llama-3.3-70b', contextTokens: 131_072, supports: { tools: true, schema: true } }],
};
const frontier = {
  id: 'frontier',
  title: 'Frontier',
  kind: 'openai',
  clearance: 'internal',
  models: [{ name: 'large', contextTokens: 400_000 }],
  prices: [{ model: 'large', inputPerMillion: 1.25, outputPerMillion: 10, asOf: '2026-11-01' }],
};
const policy = {
  candidates: [
    { model: 'frontier/large', when: [{ fact: 'label', is: 'at-most', value: 'internal' }] },
    { model: 'office/llama-3.3-70b', when: [{ fact: 'latency', is: 'at-most', value: 4000 }] },
    { model: 'smollm2-135m', when: [] },
  ],
};
const document = {
  heddle: 2,
  name: 'Route a question',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
    pick: { type: 'route', version: 1, config: { candidates: [{ model: 'smollm2-135m', when: [] }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'model', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'pick.prompt' },
    { from: 'pick.model', to: 'reply.model' },
  ],
};

/** Creates everything; returns a function that removes it again. */
export async function prepareIntegrations(address) {
  const call = async (method, path, body) => {
    const reply = await fetch(`${address}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${await reply.text()}`);
    const text = await reply.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const undo = [];
  for (const connection of [office, frontier]) {
    await call('POST', '/api/connections', connection);
    undo.push(() => call('DELETE', `/api/connections/${connection.id}`));
  }
  await call('PUT', '/api/policies/house', policy);
  undo.push(() => call('DELETE', '/api/policies/house'));
  const { id } = await call('POST', '/api/workflows', { document });
  undo.push(() => call('DELETE', `/api/workflows/${id}`));
  for (const question of ['When are salaries paid?', 'Who approves travel?', 'How many days of leave are there?'])
    await call('POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question } });
  return async () => {
    for (const step of undo.reverse()) await step();
  };
}
