import { HeddleError, labelOf, type CallScope } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createStopGuard, refuseStopped } from './stop-guard.js';

describe('emergency stops', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  it('are set, read, audited and released', async () => {
    const { heddle } = server;
    expect(await server.call('PUT', '/api/stops/workflow:w', { reason: 'It sends letters.' })).toMatchObject({
      status: 200,
      body: { target: 'workflow:w', runs: 0 },
    });
    expect((await server.call('GET', '/api/stops')).body.stops).toMatchObject([
      { target: 'workflow:w', reason: 'It sends letters.', who: 'local' },
    ]);
    expect((await server.call('GET', '/api/stops/workflow:w')).status).toBe(200);
    expect((await server.call('DELETE', '/api/stops/workflow:w')).status).toBe(200);
    expect((await server.call('DELETE', '/api/stops/workflow:w')).status).toBe(404);
    expect((await server.call('PUT', '/api/stops/everyone', { reason: 'x' })).status).toBe(400);
    const found = await heddle.audit.list({ act: ['stop'] });
    expect(found.map(({ who, subject, details }) => [who, subject, details['step']])).toEqual([
      ['local', 'workflow:w', 'released'],
      ['local', 'workflow:w', 'set'],
    ]);
  });

  it('refuse new runs of what they cover', async () => {
    const { heddle } = server;
    await heddle.stops.set('workflow:w', 'no', 'local');
    const stops = heddle.parts.stops;
    expect(() => refuseStopped(stops, { workflowId: 'w' })).toThrow(HeddleError);
    expect(() => refuseStopped(stops, { workflowId: 'v' })).not.toThrow();
    await heddle.stops.set('all', 'no', 'local');
    expect(() => refuseStopped(stops, { workflowId: undefined })).toThrow("'all' is on");
  });

  it('let no call through that they cover: its run is held first', async () => {
    const { heddle } = server;
    const held: string[] = [];
    const leaving = new AbortController();
    const guard = createStopGuard(heddle.parts.stops, (runId, reason) => {
      held.push(`${runId} ${reason}`);
      setImmediate(() => leaving.abort());
      return true;
    });
    const scope: CallScope = {
      runId: 'r',
      path: 'answer',
      attempt: 1,
      run: {
        runId: 'r',
        workflowId: 'w',
        workflowName: 'W',
        time: 0,
        trigger: 'test',
        inputs: {},
        options: {},
        rootId: 'r',
        origin: undefined,
        seeds: [],
      },
      signal: leaving.signal,
      label: labelOf('internal'),
      passages: () => [],
      record: () => undefined,
    };
    const rest = { isLocal: false, inputTokens: 0, outputTokens: 0, price: undefined } as const;
    const model = { kind: 'generate', subject: 'hub/m', connection: 'hub', ...rest } as const;
    const tool = { kind: 'tool', subject: 'mail', connection: undefined, ...rest } as const;
    await heddle.stops.set('connection:hub', 'leaks', 'local');
    await heddle.stops.set('tool:mail', 'spams', 'local');
    await expect(guard.admit(model, scope)).rejects.toMatchObject({ code: 'stopped' });
    await expect(guard.admit(tool, scope)).rejects.toMatchObject({ code: 'stopped' });
    expect(leaving.signal.aborted).toBe(true);
    expect(held).toEqual(['r stop connection:hub: leaks', 'r stop tool:mail: spams']);
    expect(await guard.admit({ ...model, connection: 'other' }, scope)).toBeUndefined();
    expect(await guard.admit({ ...tool, subject: 'read' }, scope)).toBeUndefined();
  });
});
