import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AuditReply, KillSwitchReply } from '@heddle/core';
import { cleanUp } from './built-program.js';
import { asking, posting } from './effect-documents.js';
import { startEffectServer, type EffectServer } from './effect-server.js';
import { eventually } from './eventually.js';
import { begin, post, runOf, send, untilStatus, type RawReply } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);

describe('a kill switch of real runs', () => {
  let server: ServerProcess;
  let outside: EffectServer;
  beforeAll(async () => {
    outside = await startEffectServer();
    server = await startServer({ environment: { HEDDLE_FETCH_ALLOW: outside.host } });
    const body = { id: 'mine', kind: 'openai-compatible', baseUrl: `${outside.address}/v1` };
    expect((await post(server, '/api/connections', body)).status).toBe(201);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await outside.close();
    await cleanUp();
  });

  const stop = (target: string, method: 'PUT' | 'DELETE'): Promise<RawReply> =>
    send(server, `/api/kill-switches/${encodeURIComponent(target)}`, {
      method,
      ...(method === 'PUT'
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ reason: 'It runs wild.' }) }
        : {}),
    });
  const isAtWork = (name: string): Promise<true> =>
    eventually(`effects of ${name}`, () => (outside.effectsOf(name).length > 5 ? true : undefined));
  const stored = async (name: string): Promise<string> => {
    const reply = await post(server, '/api/workflows', { document: posting(outside.address, name) });
    return (JSON.parse(reply.text) as { id: string }).id;
  };
  const started = async (workflow: string, name: string): Promise<string> => {
    const reply = await post(server, `/api/workflows/${workflow}/runs`, { inputs: { name } });
    return (JSON.parse(reply.text) as { runId: string }).runId;
  };

  /** Stops a run with effects, asserts that they end and that the run is paused, releases it, and asserts that it continues to its end. */
  async function killAndRelease(target: string, runId: string, name: string): Promise<void> {
    await isAtWork(name);
    expect((await stop(target, 'PUT')).status).toBe(200);
    const stopped = performance.now();
    await untilStatus(server, runId, ['paused']);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const before = outside.effectsOf(name);
    expect(before.filter((time) => time > stopped + 1_000)).toEqual([]);
    expect((await runOf(server, runId)).status).toBe('paused');
    const released = JSON.parse((await stop(target, 'DELETE')).text) as KillSwitchReply;
    expect(released.runs).toBeGreaterThan(0);
    await eventually('further effects', () => (outside.effectsOf(name).length > before.length + 2 ? true : undefined));
    outside.satisfy(name);
    expect((await untilStatus(server, runId)).status).toBe('done');
    const query = `/api/audit?subject=${encodeURIComponent(target)}&act=stop`;
    const { records } = JSON.parse((await send(server, query)).text) as AuditReply;
    expect(records.map(({ details }) => details['step'])).toEqual(['released', 'set']);
    const ofRun = JSON.parse((await send(server, `/api/audit?subject=run:${runId}&act=run`)).text) as AuditReply;
    expect(ofRun.records.some(({ details }) => details['step'] === 'paused')).toBe(true);
  }

  it('of everything ends every effect within a second', async () => {
    const runId = await begin(server, posting(outside.address, 'everything'), { name: 'everything' });
    await killAndRelease('all', runId, 'everything');
  });

  it('of a workflow pauses its runs, and no other', async () => {
    const workflow = await stored('one');
    const other = await stored('other');
    const runId = await started(workflow, 'one');
    const otherRun = await started(other, 'other');
    await isAtWork('other');
    await killAndRelease(`workflow:${workflow}`, runId, 'one');
    expect((await runOf(server, otherRun)).status).toBe('running');
    outside.satisfy('other');
    expect((await untilStatus(server, otherRun)).status).toBe('done');
  });

  it('of a connection pauses the run that uses it', async () => {
    const runId = await begin(server, asking, { name: 'Say it' });
    await killAndRelease('connection:mine', runId, 'Say it');
  });

  it('refuses new runs, and stays on after a crash', async () => {
    const workflow = await stored('later');
    await stop(`workflow:${workflow}`, 'PUT');
    const refused = await post(server, `/api/workflows/${workflow}/runs`, { inputs: { name: 'later' } });
    expect([refused.status, refused.text]).toEqual([expect.any(Number), expect.stringContaining('"kill_switch"')]);
    await server.kill();
    server = await startServer({ data: server.data, environment: { HEDDLE_FETCH_ALLOW: outside.host } });
    const again = await post(server, `/api/workflows/${workflow}/runs`, { inputs: { name: 'later' } });
    expect(again.text).toContain('"kill_switch"');
    expect(outside.effectsOf('later')).toEqual([]);
  });
});
