import { request, Agent } from 'node:http';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';
import { threeNodes, throughputRows } from './throughput.mjs';

const connections = 50;
/** Raises the rate limits so that the channels are measured and not their limits. */
const environment = { HEDDLE_RATE_PER_MINUTE: '100000000', HEDDLE_PROJECT_RATE_PER_MINUTE: '100000000' };

/** Makes a caller with its own key, or without one. An answer without the expected text ends the bench. */
function caller(address, secret) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
  };
  const call = (method, path, body, more = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(`${address}${path}`, { method, agent, headers: { ...headers, ...more } }, (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        reply.on('end', () =>
          reply.statusCode < 300
            ? resolve({ text, headers: reply.headers })
            : reject(new Error(`${reply.statusCode} ${text}`)),
        );
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { call, close: () => agent.destroy() };
}

/** For each channel, how to start the same run; each function returns the request that one connection repeats. */
const channels = {
  v1: (call) => () => call('POST', '/v1/workflows/bench', { text: 'hello' }),
  chat: (call) => () =>
    call('POST', '/v1/chat/completions', { model: 'bench', messages: [{ role: 'user', content: 'hello' }] }),
  responses: (call) => () => call('POST', '/v1/responses', { model: 'bench', input: 'hello', store: false }),
  'responses-stored': (call) => () => call('POST', '/v1/responses', { model: 'bench', input: 'hello' }),
  mcp: async (call) => {
    const accept = { accept: 'application/json, text/event-stream' };
    const protocolVersion = '2025-06-18';
    const clientInfo = { name: 'bench', version: '1' };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    const opened = await call('POST', '/mcp', { jsonrpc: '2.0', id: 0, method: 'initialize', params }, accept);
    const session = { ...accept, 'mcp-session-id': opened.headers['mcp-session-id'] };
    await call('POST', '/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    const asked = { name: 'bench', arguments: { text: 'hello' } };
    let id = 0;
    return () => call('POST', '/mcp', { jsonrpc: '2.0', id: (id += 1), method: 'tools/call', params: asked }, session);
  },
  'mcp-stateless': (call) => {
    const key = 'io.modelcontextprotocol';
    const headers = {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'bench',
    };
    const _meta = {
      [`${key}/protocolVersion`]: '2026-07-28',
      [`${key}/clientInfo`]: { name: 'bench', version: '1' },
      [`${key}/clientCapabilities`]: {},
    };
    const params = { name: 'bench', arguments: { text: 'hello' }, _meta };
    let id = 0;
    return () => call('POST', '/mcp', { jsonrpc: '2.0', id: (id += 1), method: 'tools/call', params }, headers);
  },
};

/** Opens a caller for each connection. An answer without the expected text ends the bench. */
function openCallers(open) {
  return Promise.all(
    Array.from({ length: connections }, async () => {
      const work = await open();
      return async () => {
        const { text } = await work();
        if (!text.includes('hello!')) throw new Error(`not the answer that was due: ${text}`);
      };
    }),
  );
}

const scopes = { permissions: ['run:published', 'run:read', 'workflow:read'] };

/** Starts a server with the published workflow and a key that may call it. */
async function withPublished(work) {
  return inTemporaryFolder(async (folder) => {
    const server = await startServer(folder, environment);
    try {
      await server.post('/api/workflows', { document: threeNodes, slug: 'bench' });
      const { dataMapHash } = await server.post('/api/workflows/bench/publish/check', {});
      await server.post('/api/workflows/bench/publish', { acceptDataMap: dataMapHash });
      const { secret } = await server.post('/api/keys', { name: 'bench', scopes });
      return await work(server, secret);
    } finally {
      await server.stop();
    }
  });
}

const channelCase = (name) => ({
  name: `channels-${name}`,
  group: 'channels',
  title: `a published workflow of three nodes by the channel ${name}, with a key, ${connections} connections`,
  run: () =>
    withPublished(async ({ address }, secret) => {
      const { call, close } = caller(address, secret);
      const rows = await throughputRows(`channels-${name}`, await openCallers(() => channels[name](call)));
      close();
      return rows;
    }),
});

/** Alternates requests with and without a key, so that other load on the machine affects both alike. */
const authAdded = {
  name: 'auth-added',
  group: 'channels',
  title: 'what a key adds to a cheap request, against the same one from this machine that needs none',
  run: () =>
    withPublished(async ({ address }, secret) => {
      const open = caller(address);
      const keyed = caller(address, secret);
      const took = async ({ call }) => {
        const begin = performance.now();
        await call('GET', '/api/workflows');
        return performance.now() - begin;
      };
      const [one, other] = await Promise.all([open, keyed].map(({ call }) => call('GET', '/api/workflows')));
      if (one.text !== other.text) throw new Error('the two requests are not the same work');
      const times = { open: [], keyed: [] };
      for (let index = 0; index < 3500; index += 1) {
        const [first, second] = index % 2 === 0 ? ['open', 'keyed'] : ['keyed', 'open'];
        for (const which of [first, second]) times[which].push(await took(which === 'open' ? open : keyed));
      }
      open.close();
      keyed.close();
      const median = (samples) => samples.slice(500).sort((a, b) => a - b)[1500];
      return [
        { case: 'auth-added', unit: 'ms', samples: [median(times.keyed) - median(times.open)] },
        { case: 'auth-keyed', unit: 'ms', samples: times.keyed.slice(500) },
        { case: 'auth-none', unit: 'ms', samples: times.open.slice(500) },
      ];
    }),
};

export const cases = [...Object.keys(channels).map(channelCase), authAdded];
