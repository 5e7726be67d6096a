import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { cleanUp, collect, startProgram, temporaryFolder } from './built-program.js';
import { callJson, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);

/**
 * A data folder from the release before version 2 of documents, whose server was killed. It has a run that waits for an answer, one that a
 * kill switch paused, and one whose HTTP request had failed and is to be sent again.
 */
const fixture = fileURLToPath(new URL('__fixtures__/upgrade/', import.meta.url));
const facts = JSON.parse(readFileSync(join(fixture, 'facts.json'), 'utf8')) as Record<
  'approval' | 'slow' | 'webhook' | 'share' | 'key' | 'asking' | 'held' | 'retry' | 'effectKey',
  string
>;
/** The address of the outside server when the folder was made. */
const oldHost = '127.0.0.1:39417';

describe('data of an earlier release', () => {
  let outside: Server;
  let server: ServerProcess;
  const data = temporaryFolder();
  const received: { readonly url: string | undefined; readonly key: unknown }[] = [];

  beforeAll(async () => {
    outside = createServer((request, response) => {
      received.push({ url: request.url, key: request.headers['idempotency-key'] });
      response.writeHead(200, { 'content-type': 'application/json' }).end('"sent"');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(outside.address() as AddressInfo).port}`;
    unpack(data, host);
    server = await startServer({ data, environment: { HEDDLE_FETCH_ALLOW: host } });
  });
  afterAll(async () => {
    await server.stop();
    outside.close();
    await cleanUp();
  });

  const json = async (path: string): Promise<unknown> => JSON.parse((await send(server, path)).text) as unknown;
  const audited = async (): Promise<number | null> => {
    const child = startProgram(['audit', 'verify'], { data });
    const said = collect(child.stdout);
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    expect(said()).toContain('The audit log is intact');
    return code;
  };

  it('repeats a request with the same key', async () => {
    await untilStatus(server, facts.retry, ['done']);
    expect(received.filter(({ url }) => url === '/once')).toEqual([{ url: '/once', key: facts.effectKey }]);
  });

  it('accepts the answer for a run that waited, and declassifies what the answer approves', async () => {
    const { requests } = (await json('/api/human-inputs')) as { requests: { runId: string; requestId: string }[] };
    expect(requests.map(({ runId }) => runId)).toEqual([facts.asking]);
    const path = `/api/runs/${facts.asking}/human-inputs/${requests[0]?.requestId}`;
    expect((await post(server, path, { value: { choice: 'approve' } })).status).toBe(204);
    const run = await untilStatus(server, facts.asking);
    expect([run.status, run.outputs]).toEqual(['done', { sent: 'Dear Ada' }]);
    const { text } = await send(server, `/api/runs/${facts.asking}/events`);
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, line = '']) => JSON.parse(line) as { type: string; decision?: string },
    );
    expect(events.some(({ decision }) => decision === 'declassified')).toBe(true);
    const types = events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['human-input-start', 'run-suspend', 'human-input-end', 'run-end']));
    expect(types.filter((type) => /ask|park|held/.test(type))).toEqual([]);
  });

  it('resumes once a run that a kill switch had paused', async () => {
    expect(await json(`/api/runs/${facts.held}`)).toMatchObject({ status: 'paused' });
    const target = encodeURIComponent(`workflow:${facts.slow}`);
    expect(await callJson(server, 'DELETE', `/api/kill-switches/${target}`)).toMatchObject({ runs: 1 });
    await untilStatus(server, facts.held, ['done']);
    expect(received.filter(({ url }) => url === '/held')).toHaveLength(1);
  });

  it('has its settings under the new names', async () => {
    expect(await json('/api/connections/mine')).toMatchObject({ clearance: 'confidential' });
    expect(await json(`/api/workflows/${facts.approval}`)).toMatchObject({
      document: { heddle: 2, nodes: { ask: { type: 'human-input', config: { declassifyFrom: 'confidential' } } } },
    });
    const { versions } = (await json(`/api/workflows/${facts.approval}/versions`)) as { versions: unknown[] };
    expect(versions).toMatchObject([{ replyClearance: 'internal' }]);
    const { webhooks } = (await json(`/api/workflows/${facts.approval}/webhooks`)) as { webhooks: unknown[] };
    expect(webhooks).toMatchObject([{ events: ['human-input.opened', 'run.done'], clearance: 'confidential' }]);
    const { shares } = (await json(`/api/workflows/${facts.approval}/shares`)) as { shares: unknown[] };
    expect(shares).toMatchObject([{ uploadBytesPerUser: 1_000_000, clearance: 'internal' }]);
    const { keys } = (await json('/api/keys')) as { keys: { id: string; scopes: { permissions: string[] } }[] };
    const permissions = keys.find(({ id }) => id === facts.key)?.scopes.permissions;
    expect(permissions).toEqual(expect.arrayContaining(['human-input:answer', 'kill-switch:set']));
    expect(await json(`/api/runs/${facts.asking}`)).toMatchObject({ summary: { caller: { channel: 'v1' } } });
  });

  it('keeps the chain of the audit record', async () => {
    expect(await audited()).toBe(0);
  });
});

/** Unpacks the folder and changes the outside server's address, so that the run that retries finds it. */
function unpack(data: string, host: string): void {
  for (const name of ['audit.head', 'audit.last', 'secret.key']) copyFileSync(join(fixture, name), join(data, name));
  for (const name of ['heddle.db', 'heddle.db-wal'])
    writeFileSync(join(data, name), gunzipSync(readFileSync(join(fixture, `${name}.gz`))));
  const database = new Database(join(data, 'heddle.db'));
  // A row without a checksum is accepted.
  database
    .prepare(
      "UPDATE runs SET acceptance = replace(acceptance, ?, ?), checksum = NULL WHERE acceptance LIKE '%' || ? || '%'",
    )
    .run(oldHost, host, oldHost);
  const [step] = database.prepare<[], { number: number }>("SELECT number FROM records WHERE body LIKE '%39417%'").all();
  if (step !== undefined)
    database
      .prepare("UPDATE records SET body = replace(body, ?, ?), checksum = NULL WHERE body LIKE '%' || ? || '%'")
      .run(oldHost, host, oldHost);
  database.close();
}
