import { KeyScopes, localPrincipal, type GenerateEvent, type ModelHub } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { echoDocument } from '../testing/echo-document.js';
import { createFakeEngine, type FakeEngine } from '../testing/fake-engine.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** A model that writes one word and then waits until it is aborted. */
async function* generate(
  _request: unknown,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<GenerateEvent> {
  yield { type: 'text', text: 'One' };
  await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
}

/** Every channel on which a caller waits for a reply or follows a stream. */
type Channel = (headers: Record<string, string>, fresh: () => Promise<string>) => Promise<Response>;

let server: TestServer;
let engine: FakeEngine;
let clock: FakeClock;
let count = 0;
let ended = 0;

beforeAll(async () => {
  clock = createFakeClock();
  engine = createFakeEngine();
  const models: Partial<Record<keyof ModelHub, unknown>> = {
    list: () => Promise.resolve([]),
    languageModel: () => Promise.resolve({ generate }),
    card: () => ({ kind: 'generate' }),
    hosts: () => [],
    watch: () => () => undefined,
    close: () => Promise.resolve(),
  };
  server = await startTestServer({
    settings: { HEDDLE_SIGN_IN: 'required', HEDDLE_CANCEL_ON_DISCONNECT: 'true' },
    clock,
    engine,
    models: models as ModelHub,
    withStoredJournal: true,
    withStandardNodes: true,
    sync: (_log, done) => done(null),
  });
  await server.heddle.workflows.create(echoDocument(), 'echo');
  await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
});
afterAll(() => server.close());

const send = (method: string, path: string, headers: object, body?: unknown): Promise<Response> =>
  fetch(`${server.address}${path}`, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', origin: server.address, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const question = { question: 'why' };
const stream = { accept: 'text/event-stream' };
const both = { accept: 'application/json, text/event-stream' };

/** Opens a session of the MCP channel. */
async function mcp(headers: object): Promise<Record<string, string>> {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  const reply = await send(
    'POST',
    '/mcp',
    { ...both, ...headers },
    { jsonrpc: '2.0', id: 1, method: 'initialize', params },
  );
  await reply.text();
  const session = { ...headers, 'mcp-session-id': reply.headers.get('mcp-session-id') ?? '' };
  const note = { jsonrpc: '2.0', method: 'notifications/initialized' };
  await (await send('POST', '/mcp', { ...both, ...session }, note)).text();
  return session;
}

const channels: Readonly<Record<string, Channel>> = {
  'GET /api/runs/:id/events': async (headers, fresh) => send('GET', `/api/runs/${await fresh()}/events`, headers),
  'GET /v1/runs/:id/events': async (headers, fresh) => send('GET', `/v1/runs/${await fresh()}/events`, headers),
  'POST /v1/workflows/:slug as a stream': (headers) =>
    send('POST', '/v1/workflows/echo', { ...headers, ...stream }, question),
  'POST /v1/workflows/:slug': (headers) => send('POST', '/v1/workflows/echo', headers, question),
  'POST /api/workflows/:id/runs?wait=1': (headers) =>
    send('POST', '/api/workflows/echo/runs?wait=1', headers, { inputs: question }),
  'POST /v1/chat/completions as a stream': (headers) =>
    send('POST', '/v1/chat/completions', headers, {
      model: 'echo',
      stream: true,
      messages: [{ role: 'user', content: 'why' }],
    }),
  'POST /v1/chat/completions': (headers) =>
    send('POST', '/v1/chat/completions', headers, { model: 'echo', messages: [{ role: 'user', content: 'why' }] }),
  'POST /v1/responses as a stream': (headers) =>
    send('POST', '/v1/responses', headers, { model: 'echo', stream: true, input: 'why' }),
  'POST /v1/responses': (headers) => send('POST', '/v1/responses', headers, { model: 'echo', input: 'why' }),
  'POST /mcp, a call': async (headers) => {
    const params = { name: 'echo', arguments: question };
    return send(
      'POST',
      '/mcp',
      { ...both, ...(await mcp(headers)) },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params },
    );
  },
  'GET /mcp': async (headers) => send('GET', '/mcp', { ...stream, ...(await mcp(headers)) }),
  'POST /api/models/:id/try': (headers) => send('POST', '/api/models/small/try', headers, { prompt: 'Say one word.' }),
};

/** Starts a run of the caller that waits, for channels that follow a run. */
const freshRun = (headers: object) => async (): Promise<string> => {
  const reply = await send('POST', '/v1/workflows/echo', { ...headers, prefer: 'respond-async' }, question);
  return ((await reply.json()) as { runId: string }).runId;
};

/** Creates a user with a session and a key. */
async function somebody() {
  const { users, projects, sessions, keys } = server.heddle.parts.identity;
  const user = await users.create({ email: `eve${(count += 1)}@example.org`, name: 'Eve' });
  await projects.setRoles('default', `user:${user.id}`, ['owner']);
  const { token, session } = await sessions.begin(user.id, { isSecure: false, agent: 'eve' });
  const permissions = ['run:published', 'run:draft', 'run:values', 'model:write'];
  const scopes = KeyScopes.parse({ permissions, expiresAt: clock.now() + 60_000 });
  const { key, secret } = await keys.create({ name: 'k', project: 'default', owner: `user:${user.id}`, scopes });
  return { user, session, key, cookie: { cookie: `heddle=${token}` }, bearer: { authorization: `Bearer ${secret}` } };
}
type Somebody = Awaited<ReturnType<typeof somebody>>;

const losses: Readonly<Record<string, (who: Somebody) => Promise<void> | void>> = {
  'the session ends': ({ session }) => server.heddle.parts.identity.sessions.end(session.id),
  'the user is disabled': ({ user }) => server.heddle.parts.identity.users.setDisabled(user.id, true),
  'the user leaves the project': ({ user }) =>
    server.heddle.parts.identity.projects.setRoles('default', `user:${user.id}`, []),
  'the key is revoked': ({ key }) => server.heddle.parts.identity.keys.revoke(key.id),
  'the key expires': () => clock.advance(60_000),
};
const cases = Object.keys(channels).flatMap((channel) => Object.keys(losses).map((loss) => [channel, loss] as const));

/**
 * Waits until the run has started and its caller has been answered, which is when the flush of the tick has ended. Otherwise the clock
 * would be moved before the channel is reached.
 */
async function until(read: () => boolean): Promise<void> {
  while (!read()) await new Promise((resolve) => setTimeout(resolve, 2));
  for (let attempt = 0; attempt < 5; attempt += 1) await yieldToEventLoop();
}

describe('a long reply', () => {
  afterEach(async () => {
    for (const runId of engine.begun.slice(ended))
      // A cancelled run has ended already.
      await (await engine.driven(runId)).finish().catch(() => undefined);
    ended = engine.begun.length;
  });

  it.each(cases)('of %s ends with the reason within a second after %s', async (channel, loss) => {
    const who = await somebody();
    const headers: Record<string, string> = loss.startsWith('the key') ? who.bearer : who.cookie;
    const before = engine.begun.length;
    const answer = channels[channel]?.(headers, freshRun(headers));
    const hasRun = channel !== 'GET /mcp' && !channel.includes('models');
    if (hasRun) await until(() => engine.begun.length > before);
    else expect((await answer)?.status).toBe(200);
    // An open stream has sent its first piece or its headers.
    const isStream =
      channel.startsWith('GET') || channel.includes('stream') || channel.includes('/mcp') || channel.includes('/try');
    if (isStream) expect((await answer)?.status).toBe(200);
    await clock.advance(500);
    await losses[loss]?.(who);
    await clock.advance(500);
    const reply = await answer;
    const text = await reply?.text();
    if (isStream) expect([channel, reply?.status]).toEqual([channel, 200]);
    else expect([401, 403, 404]).toContain(reply?.status);
    if (channel !== 'GET /mcp')
      expect(text).toMatch(/session_expired|unauthorized|forbidden|not_found|key_|has ended|not do it/);
  });

  it('goes on for a caller with the right', async () => {
    const who = await somebody();
    const runId = await freshRun(who.bearer)();
    const reply = await send('GET', `/v1/runs/${runId}/events`, who.bearer);
    await clock.advance(30_000);
    await (await engine.driven(runId)).finish({ answer: 'because' });
    expect(await reply.text()).toContain('event: result');
  });

  it('of /mcp follows the current rights, not those at the start of the session', async () => {
    const who = await somebody();
    const session = await mcp(who.cookie);
    const tools = async (): Promise<string> =>
      (await send('POST', '/mcp', { ...both, ...session }, { jsonrpc: '2.0', id: 3, method: 'tools/list' })).text();
    expect(await tools()).toContain('"name":"echo"');
    await server.heddle.parts.identity.projects.setRoles('default', `user:${who.user.id}`, ['viewer']);
    expect(await tools()).toContain('"tools":[]');
  });

  it('cancels a run that it started, as the channel says, and leaves a watched run going', async () => {
    const who = await somebody();
    const statusOf = async (runId: string): Promise<string> => (await server.heddle.runs.summary(runId)).status;
    const watched = await freshRun(who.cookie)();
    const events = await send('GET', `/v1/runs/${watched}/events`, who.cookie);
    const asked = await send('POST', '/v1/workflows/echo', { ...who.cookie, ...stream }, question);
    const [, own] = /runs\/([^/]+)$/.exec(asked.headers.get('location') ?? '') ?? [];
    await server.heddle.parts.identity.sessions.end(who.session.id);
    await clock.advance(500);
    await Promise.all([events.text(), asked.text()]);
    for (;;) {
      if ((await statusOf(own ?? '')) === 'cancelled') break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await statusOf(watched)).toBe('running');
  });
});
