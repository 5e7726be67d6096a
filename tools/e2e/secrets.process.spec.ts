import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, temporaryFolder } from './built-program.js';
import { startEffectServer, type EffectServer } from './effect-server.js';
import { heddle } from './heddle-command.js';
import { formsOf } from './secret-forms.js';
import { post, send, type RawReply } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);

/** Each way in for a secret, with a value that occurs nowhere else. Some values have characters that every encoding writes differently. */
const canaries = {
  headerOfSuccess: 'canary-01-"h\\e/ader+ok=',
  headerOfFailure: 'canary-02-"h\\e/ader+fail=',
  basicPassword: 'canary-03-p@ss:word/+=',
  bearer: 'canary-04-bearer-token-aa',
  connectionGood: 'canary-05-connection-good',
  connectionBad: 'canary-06-connection-bad',
  toolHeader: 'canary-07-tool-header',
  toolVariable: 'canary-08-tool-variable',
  environment: 'canary-09-environment-node',
  password: 'canary-10-password-of-ada',
  wrongPassword: 'canary-11-wrong-password',
  setting: 'canary-12-qdrant-setting',
};

const searched = Object.entries(canaries).map(([name, value]) => [name, formsOf(value)] as const);

/** Which canaries some content contains. */
const foundIn = (temporary: string, content: Buffer): string[] =>
  searched.flatMap(([name, forms]) =>
    forms.some((form) => content.includes(form)) ? [`${name} in ${temporary}`] : [],
  );

function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile());
}

describe('secrets', () => {
  let server: ServerProcess;
  let outside: EffectServer;
  const answers: string[] = [];
  const data = temporaryFolder();
  beforeAll(async () => {
    outside = await startEffectServer();
    server = await startServer({
      data,
      environment: {
        HEDDLE_FETCH_ALLOW: outside.host,
        HEDDLE_LOG: 'debug',
        HEDDLE_SECRET_FROM_OUTSIDE: canaries.environment,
        QDRANT_URL: `${outside.address}/qdrant`,
        QDRANT_API_KEY: canaries.setting,
      },
    });
  });
  afterAll(async () => {
    await outside.close();
    await cleanUp();
  });

  const put = (path: string, body: unknown): Promise<RawReply> =>
    send(server, path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const keep = (reply: RawReply): RawReply => {
    answers.push(JSON.stringify(reply));
    return reply;
  };

  /** Calls an address with a secret; a path that fails sends back everything that it received. */
  const calling = (path: string, auth: object, onStatus: string) => ({
    heddle: 2,
    name: 'Calling',
    nodes: {
      who: { type: 'input', version: 1, config: { fields: [{ name: 'x', type: 'Text' }] } },
      call: {
        type: 'http',
        version: 1,
        config: { method: 'POST', url: `${outside.address}/${path}?x={{ x }}`, auth, onStatus },
      },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
    },
    edges: [
      { from: 'who.x', to: 'call.x' },
      { from: 'call.body', to: 'reply.text' },
    ],
  });
  const asking = (model: string) => ({
    heddle: 2,
    name: 'Asking',
    nodes: {
      who: { type: 'input', version: 1, config: { fields: [{ name: 'x', type: 'Text' }] } },
      ask: { type: 'generate', version: 1, config: { model } },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    },
    edges: [
      { from: 'who.x', to: 'ask.prompt' },
      { from: 'ask.text', to: 'reply.text' },
    ],
  });

  it('reach their destinations', async () => {
    const hosts = [new URL(outside.address).host];
    for (const [name, value] of [
      ['header-ok', canaries.headerOfSuccess],
      ['header-fail', canaries.headerOfFailure],
      ['basic', canaries.basicPassword],
      ['bearer', canaries.bearer],
      ['tool-header', canaries.toolHeader],
      ['tool-variable', canaries.toolVariable],
    ] as const)
      expect(keep(await put(`/api/secrets/${name}`, { value, hosts })).status).toBe(204);
    expect(keep(await put('/api/secrets/tool-variable', { uses: ['tool-environment'] })).status).toBe(204);
    // A secret from outside has no card yet.
    expect(keep(await put('/api/secrets/from-outside?owner=installation', { hosts })).status).toBe(204);
    for (const [id, key, baseUrl] of [
      ['good', canaries.connectionGood, `${outside.address}/v1`],
      ['bad', canaries.connectionBad, `${outside.address}/fails/v1`],
    ] as const) {
      const body = { id, kind: 'openai-compatible', baseUrl, attempts: 1 };
      expect(keep(await post(server, '/api/connections', body)).status).toBe(201);
      expect(keep(await put(`/api/connections/${id}/key`, { value: key })).status).toBe(204);
      keep(await post(server, `/api/connections/${id}/test`, {}));
    }
    for (const [path, auth, onStatus] of [
      ['ok', { kind: 'header', header: 'x-api-key', secret: 'header-ok' }, 'fail'],
      ['fails', { kind: 'header', header: 'x-api-key', secret: 'header-fail' }, 'fail'],
      ['fails', { kind: 'header', header: 'x-api-key', secret: 'header-fail' }, 'give'],
      ['fails', { kind: 'basic', user: 'ada', secret: 'basic' }, 'fail'],
      ['fails', { kind: 'basic', user: 'ada', secret: 'basic' }, 'give'],
      ['fails', { kind: 'bearer', secret: 'bearer' }, 'give'],
      ['fails', { kind: 'bearer', secret: 'from-outside' }, 'give'],
      ['ok', { kind: 'bearer', secret: 'from-outside' }, 'give'],
      ['nowhere', { kind: 'bearer', secret: 'none' }, 'give'],
    ] as const)
      keep(await post(server, '/api/runs?wait=1', { document: calling(path, auth, onStatus), inputs: { x: 'a' } }));
    for (const model of ['good/small', 'bad/small'])
      keep(await post(server, '/api/runs?wait=1', { document: asking(model), inputs: { x: 'hello' } }));
    for (const [id, transport] of [
      [
        'http',
        {
          kind: 'http',
          url: `${outside.address}/fails/mcp`,
          isInside: true,
          headers: [{ name: 'x-key', value: '', secret: 'tool-header' }],
        },
      ],
      [
        'stdio',
        {
          kind: 'stdio',
          command: process.execPath,
          args: ['-e', 'console.error(JSON.stringify(process.env)); process.exit(1)'],
          environment: [{ name: 'TOKEN', value: '', secret: 'tool-variable' }],
        },
      ],
    ] as const) {
      keep(await post(server, '/api/tools/servers', { id, transport }));
      keep(await post(server, `/api/tools/servers/${id}/test`, {}));
      keep(await post(server, `/api/tools/servers/${id}/refresh`, {}));
    }
    const sent = outside.received.join('\n');
    const arrived = (text: string): boolean =>
      sent.includes(JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1)) ||
      sent.includes(text) ||
      sent.includes(JSON.stringify(text).slice(1, -1));
    // The search below would prove nothing if they had never been used.
    for (const name of [
      'headerOfSuccess',
      'headerOfFailure',
      'bearer',
      'connectionGood',
      'connectionBad',
      'environment',
      'toolHeader',
    ] as const)
      expect([name, arrived(canaries[name])]).toEqual([name, true]);
    expect(sent).toContain(Buffer.from(`ada:${canaries.basicPassword}`).toString('base64'));
  });

  it('of people are stored as hashes', async () => {
    const token = /setup=(hl_[\w-]+)/.exec(server.stderr())?.[1];
    const own = { origin: server.address, 'content-type': 'application/json' };
    const made = await send(server, '/api/auth/setup', {
      method: 'POST',
      headers: own,
      body: JSON.stringify({ token, email: 'ada@example.org', password: canaries.password }),
    });
    expect(made.status).toBe(204);
    for (const [password, status] of [
      [canaries.wrongPassword, 401],
      [canaries.password, 204],
    ] as const) {
      const body = JSON.stringify({ email: 'ada@example.org', password });
      expect((await send(server, '/api/auth/sign-in', { method: 'POST', headers: own, body })).status).toBe(status);
    }
  });

  it('appear in no answer, event, record, export, log, backup or file', async () => {
    for (const path of [
      '/api/health',
      '/api/settings',
      '/api/connections',
      '/api/secrets',
      '/api/secrets?owner=installation',
      '/api/secrets/bearer',
      '/api/tools/servers',
      '/api/workflows',
      '/api/audit?limit=1000',
      '/api/audit/export',
      '/api/audit/export?format=csv',
      '/api/openapi.json',
    ])
      expect([path, keep(await send(server, path)).status]).toEqual([path, 200]);
    const { runs } = JSON.parse(keep(await send(server, '/api/runs?limit=1000')).text) as {
      runs: readonly { runId: string }[];
    };
    expect(runs.length).toBeGreaterThanOrEqual(11);
    for (const { runId } of runs) {
      keep(await send(server, `/api/runs/${runId}`));
      keep(await send(server, `/api/runs/${runId}/events?after=0`));
      keep(await send(server, `/api/runs/${runId}/document`));
    }
    const backup = join(temporaryFolder(), 'backup');
    expect((await heddle(['backup', backup], { data })).code).toBe(0);
    const hits = [
      ...foundIn('answers', Buffer.from(answers.join('\n'))),
      ...foundIn('the log', Buffer.from(server.stderr())),
      ...[...everyFile(data), ...everyFile(backup)].flatMap((file) => foundIn(file, readFileSync(file))),
    ];
    expect(hits).toEqual([]);
    expect(await server.stop()).toBe(0);
    expect(everyFile(data).flatMap((file) => foundIn(file, readFileSync(file)))).toEqual([]);
    // The search finds a value that is there.
    for (const [name, forms] of searched) expect([name, forms.length > 5]).toEqual([name, true]);
    expect(foundIn('a test', Buffer.from(JSON.stringify({ a: `Bearer ${canaries.bearer}` })))).toHaveLength(1);
  });
});
