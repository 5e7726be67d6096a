// The routes that read bodies: how to prepare a server for them, and each part of a request where a value of any shape may stand.
import { createHmac } from 'node:crypto';

const field = (name, type) => ({ name, type, required: false });
const input = (...fields) => ({ type: 'input', version: 1, config: { fields } });
const output = (...fields) => ({ type: 'output', version: 1, config: { fields } });
const prompt = (template) => ({ type: 'prompt', version: 1, config: { template } });
const graph = (nodes, edges) => ({ heddle: 2, name: 'Bench', nodes, edges });

const echo = graph(
  {
    question: input({ name: 'question', type: 'Text' }),
    say: prompt('You asked: {{ question }}'),
    reply: output(field('answer', 'Text')),
  },
  [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
);
const back = graph(
  { given: input(field('value', 'Json'), field('file', 'File')), reply: output(field('value', 'Json')) },
  [{ from: 'given.value', to: 'reply.value' }],
);
const chat = graph(
  { given: input({ name: 'messages', type: 'Messages' }), say: prompt('ok'), reply: output(field('answer', 'Text')) },
  [{ from: 'say.text', to: 'reply.answer' }],
);

/** The maximum number of values that the limits of a route accept, minus some room for the JSON around them. */
const most = { usual: 19_000, inputs: 48_000, large: 390_000 };

/** Publishes the workflows that the channels call, and returns the tokens, secrets and sessions for them. */
async function prepare({ json, send }) {
  for (const [slug, document] of Object.entries({ echo, back, chat })) {
    await json('POST', '/api/workflows', { document, slug });
    await json('POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true });
  }
  const { token } = await json('POST', '/api/workflows/back/shares', {
    name: 'Bench',
    ratePerMinute: 1_000_000,
    runsPerDay: 10_000_000,
  });
  const hook = await json('POST', '/api/workflows/back/hooks', { name: 'Bench', ratePerMinute: 1_000_000 });
  const accept = { accept: 'application/json, text/event-stream' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  const opened = await send(
    'POST',
    '/mcp',
    JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
    accept,
  );
  const session = { ...accept, 'mcp-session-id': opened.headers['mcp-session-id'] };
  await send('POST', '/mcp', JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }), session);
  return { token, hook, session };
}

function signed({ secret }, body) {
  const id = `m${Math.random()}`;
  const time = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` };
}

/** Config fields that accept texts, lists or objects, by node type. */
const configs = [
  ['prompt', 'template'],
  ['input', 'fields'],
  ['set', 'fields'],
  ['switch', 'cases'],
  ['code', 'code'],
  ['http', 'body'],
  ['generate', 'schema'],
  ['retrieve', 'filter'],
  ['agent', 'tools'],
  ['redact', 'words'],
];

/** Gives the channels as `{ name, most, ask }`; `ask` sends a value that is already JSON text. */
export async function openChannels(server) {
  const { send } = server;
  const { token, hook, session } = await prepare(server);
  const at = (name, count, method, path, write, headers) => ({
    name,
    most: most[count],
    ask: (value) => send(method, path, write(value), headers),
  });
  const anonymousUser = { 'heddle-session': 'session-of-the-bench' };
  const backText = JSON.stringify(back);
  const ofConfig = ([type, name]) =>
    at(
      `a node's ${type}.${name}`,
      'usual',
      'POST',
      '/api/compile',
      (value) =>
        `{"document":{"heddle":1,"name":"x","nodes":{"a":{"type":"${type}","version":1,"config":{"${name}":${value}}}},"edges":[]}}`,
    );
  const ofDocument = (member) =>
    at(`a document's ${member}`, 'large', 'POST', '/api/compile', (value) =>
      JSON.stringify({ document: { ...echo, [member]: '@' } }).replace('"@"', () => value),
    );
  return [
    at('POST /v1/workflows', 'inputs', 'POST', '/v1/workflows/back', (value) => `{"value":${value}}`),
    at('POST /v1/workflows, a text', 'inputs', 'POST', '/v1/workflows/echo', (value) => `{"question":${value}}`),
    at('POST /v1/share', 'inputs', 'POST', `/v1/share/${token}/runs`, (value) => `{"value":${value}}`, anonymousUser),
    at(
      'POST /api/workflows/:id/runs',
      'inputs',
      'POST',
      '/api/workflows/back/runs?wait=1',
      (value) => `{"inputs":{"value":${value}}}`,
    ),
    at(
      'POST /api/runs, inputs',
      'inputs',
      'POST',
      '/api/runs?wait=1',
      (value) => `{"document":${backText},"inputs":{"value":${value}}}`,
    ),
    at('POST /api/runs, document', 'large', 'POST', '/api/runs', (value) => `{"document":${value}}`),
    at('POST /api/workflows', 'large', 'POST', '/api/workflows', (value) => `{"document":${value}}`),
    at(
      'POST /api/workflows/:id/merge',
      'large',
      'POST',
      '/api/workflows/echo/merge',
      (value) => `{"base":${backText},"mine":${value}}`,
    ),
    at('chat: messages', 'inputs', 'POST', '/v1/chat/completions', (value) => `{"model":"chat","messages":${value}}`),
    at(
      'chat: content',
      'inputs',
      'POST',
      '/v1/chat/completions',
      (value) => `{"model":"chat","messages":[{"role":"user","content":${value}}]}`,
    ),
    at(
      'chat: tools',
      'inputs',
      'POST',
      '/v1/chat/completions',
      (value) => `{"model":"chat","messages":[{"role":"user","content":"x"}],"tools":${value}}`,
    ),
    at('embeddings: input', 'usual', 'POST', '/v1/embeddings', (value) => `{"model":"m","input":${value}}`),
    at(
      'mcp: arguments',
      'inputs',
      'POST',
      '/mcp',
      (value) =>
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"back","arguments":{"value":${value}}}}`,
      session,
    ),
    at(
      'mcp: params',
      'inputs',
      'POST',
      '/mcp',
      (value) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${value}}`,
      session,
    ),
    {
      name: 'POST /v1/hooks',
      most: most.inputs,
      ask: (value) => send('POST', hook.path, `{"value":${value}}`, signed(hook, `{"value":${value}}`)),
    },
    at('batches: rows', 'large', 'POST', '/api/workflows/back/batches/preview', (value) => `{"rows":${value}}`),
    at(
      'batches: a cell',
      'inputs',
      'POST',
      '/api/workflows/back/batches/preview',
      (value) => `{"rows":[{"value":${value}}]}`,
    ),
    at(
      'collections: documents',
      'large',
      'POST',
      '/api/collections/none/documents',
      (value) => `{"documents":${value}}`,
    ),
    at(
      'collections: filter',
      'usual',
      'POST',
      '/api/collections/none/search',
      (value) => `{"query":"x","filter":${value}}`,
    ),
    at(
      'schedules: inputs',
      'usual',
      'POST',
      '/api/workflows/back/schedules',
      (value) => `{"name":"s","cron":"0 0 1 1 *","inputs":{"value":${value}}}`,
    ),
    at('tests', 'usual', 'PUT', '/api/workflows/echo/tests', (value) => `{"content":${value}}`),
    at('policies: candidates', 'usual', 'PUT', '/api/policies/x', (value) => `{"candidates":${value}}`),
    ...['nodes', 'edges', 'layout', 'workflows', 'description'].map(ofDocument),
    ...configs.map(ofConfig),
  ];
}

/** Lists every route of the OpenAPI document that may take a body. The value is the whole body. Routes that delete come last. */
export async function openRoutes({ json, send }) {
  const { paths } = await json('GET', '/api/openapi.json');
  return Object.entries(paths)
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => [method.toUpperCase(), path]))
    .filter(([method]) => method !== 'GET')
    .toSorted(([one], [other]) => (one === 'DELETE' ? 1 : 0) - (other === 'DELETE' ? 1 : 0))
    .map(([method, path]) => {
      const address = path.replace(/\{(?:id|slug)\}/g, 'echo').replace(/\{\w+\}/g, 'none');
      return { name: `${method} ${path}`, most: most.usual, ask: (value) => send(method, address, value) };
    });
}
