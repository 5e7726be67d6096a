import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf } from '@heddle/core';
import { io, type Socket } from 'socket.io-client';
import { createFakeEngine, type DrivenRun, type FakeEngine } from '../testing/fake-engine.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

interface Seen {
  readonly id?: number;
  readonly event: {
    readonly type: string;
    readonly seq?: number;
    readonly delta?: string;
    readonly text?: string;
    readonly offset?: number;
  };
}

/** Reads an event stream until a condition holds or it ends. */
async function readStream(
  address: string,
  runId: string,
  headers: Record<string, string>,
  until: (seen: readonly Seen[]) => boolean,
): Promise<Seen[]> {
  const stop = new AbortController();
  const response = await fetch(`${address}/api/runs/${runId}/events`, { headers, signal: stop.signal });
  const seen: Seen[] = [];
  let rest = '';
  try {
    for await (const chunk of response.body ?? []) {
      rest += new TextDecoder().decode(chunk);
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) seen.push({ ...(id === undefined ? {} : { id: Number(id) }), event: JSON.parse(data) });
      }
      if (until(seen)) break;
    }
  } finally {
    stop.abort();
  }
  return seen;
}

const nodeEnd = (path: string, value: unknown) => ({
  type: 'node-end' as const,
  time: Date.now(),
  path,
  attempt: 1,
  started: Date.now(),
  outputs: { text: { value, label: labelOf('internal') } },
});
const nodeStart = (path: string) => ({ type: 'node-start' as const, time: Date.now(), path, attempt: 1 });

describe('watching a run', () => {
  let engine: FakeEngine;
  let server: TestServer;
  let run: DrivenRun;

  beforeEach(async () => {
    engine = createFakeEngine();
    server = await startTestServer({ engine });
    const { body } = await server.call('POST', '/api/runs', { document: testDocument(), inputs: { question: 'why' } });
    run = await engine.driven(body.runId);
  });
  afterEach(() => server.close());

  it('streams by SSE from the first event to the last, ids being seqs, and closes', async () => {
    await run.append(nodeStart('shout'));
    const reading = readStream(server.address, run.runId, {}, () => false);
    await run.append(nodeEnd('shout', 'WHY'));
    await run.finish({ answer: 'WHY' });
    const seen = await reading;
    expect(seen.map(({ event }) => event.type)).toEqual(['run-start', 'node-start', 'node-end', 'run-end']);
    expect(seen.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('continues after Last-Event-ID without gap or duplicate, with a snapshot of the text so far', async () => {
    await run.append(nodeStart('shout'));
    run.say({ path: 'shout', attempt: 1, port: 'text', offset: 0, delta: 'HEL' });
    let hasSnapshot = (): void => undefined;
    const joined = new Promise<void>((resolve) => (hasSnapshot = resolve));
    const reading = readStream(server.address, run.runId, { 'last-event-id': '1' }, (all) => {
      if (all.some(({ event }) => event.type === 'node-snapshot')) hasSnapshot();
      return all.some(({ event }) => event.delta === 'O');
    });
    await joined;
    run.say({ path: 'shout', attempt: 1, port: 'text', offset: 3, delta: 'L' });
    run.say({ path: 'shout', attempt: 1, port: 'text', offset: 4, delta: 'O' });
    const seen = await reading;
    expect(seen.map(({ id, event }) => [id, event.type, event.text ?? event.delta])).toEqual([
      [2, 'node-start', undefined],
      [undefined, 'node-snapshot', 'HEL'],
      [undefined, 'node-delta', 'L'],
      [undefined, 'node-delta', 'O'],
    ]);
  });

  it('sends every event to each of many readers once, whenever they joined', async () => {
    const readings: Promise<Seen[]>[] = [];
    for (let index = 0; index < 60; index += 1) {
      await run.append(nodeStart(`node-${index}`), nodeEnd(`node-${index}`, index));
      if (index % 6 === 0) readings.push(readStream(server.address, run.runId, {}, () => false));
      if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await run.finish();
    for (const seen of await Promise.all(readings))
      expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 122 }, (_, index) => index + 1));
  });

  it('answers 204 when nothing more follows, and 404 for an unknown run', async () => {
    await run.finish();
    expect(
      (await server.call('GET', `/api/runs/${run.runId}/events`, undefined, { 'last-event-id': '2' })).status,
    ).toBe(204);
    const missing = await server.call('GET', '/api/runs/nothing/events');
    expect([missing.status, missing.body.error.code]).toEqual([404, 'run_not_found']);
    const odd = await server.call('GET', `/api/runs/${run.runId}/events`, undefined, { 'last-event-id': 'abc' });
    expect([odd.status, odd.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('sends large values as previews, and returns them whole on request', async () => {
    const long = 'x'.repeat(10_000);
    await run.append(nodeStart('shout'), nodeEnd('shout', long));
    const seen = await readStream(server.address, run.runId, {}, (all) => all.length >= 3);
    const event: unknown = seen[2]?.event;
    expect(event).toMatchObject({ outputs: { text: { size: 10_002, preview: long.slice(0, 500) } } });
    expect(JSON.stringify(event)).not.toContain(long);
    const whole = await server.call('GET', `/api/runs/${run.runId}/values?path=shout&port=text`);
    expect(whole.body.value).toBe(long);
    const none = await server.call('GET', `/api/runs/${run.runId}/values?path=shout&port=other`);
    expect(none.body.error.code).toBe('not_found');
  });

  it('returns the records of a step whole on request', async () => {
    const turn = { text: 'y'.repeat(100_000), calls: [] };
    const value = { value: turn, label: { level: 'internal', marks: [] } } as const;
    await run.append(nodeStart('agent'), {
      type: 'node-step',
      time: 1,
      path: 'agent',
      attempt: 1,
      key: 'model-1',
      value,
    });
    const seen = await readStream(server.address, run.runId, {}, (all) => all.length >= 3);
    expect(JSON.stringify(seen[2]?.event)).not.toContain(turn.text);
    const whole = await server.call('GET', `/api/runs/${run.runId}/values?path=agent&step=model-1`);
    expect(whole.body.value).toEqual(turn);
    for (const query of ['path=agent&step=model-2', 'path=other&step=model-1'])
      expect((await server.call('GET', `/api/runs/${run.runId}/values?${query}`)).body.error.code).toBe('not_found');
    expect((await server.call('GET', `/api/runs/${run.runId}/values?path=agent`)).status).toBe(400);
  });

  describe('by socket', () => {
    let socket: Socket;
    let events: { topic: string; events: { type: string; seq?: number }[] }[];

    beforeEach(async () => {
      socket = io(`${server.address}/live`, { transports: ['websocket'], forceNew: true });
      events = [];
      socket.on('events', (message) => events.push(message));
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
    });
    afterEach(() => void socket.close());

    const runEvents = () =>
      events.filter(({ topic }) => topic === `run:${run.runId}`).flatMap((message) => message.events);
    const until = async (isTrue: () => boolean) => {
      for (let tries = 0; !isTrue() && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(isTrue()).toBe(true);
    };

    it('acknowledges a watch, sends the gap, then live, and nothing after unwatch', async () => {
      await run.append(nodeStart('shout'));
      expect(await socket.emitWithAck('watch', { topic: `run:${run.runId}`, after: 1 })).toEqual({
        ok: true,
        topic: `run:${run.runId}`,
      });
      await until(() => runEvents().length === 1);
      await run.append(nodeEnd('shout', 'WHY'));
      await until(() => runEvents().length === 2);
      expect(runEvents().map(({ seq }) => seq)).toEqual([2, 3]);
      await socket.emitWithAck('unwatch', { topic: `run:${run.runId}` });
      await run.finish();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(runEvents()).toHaveLength(2);
    });

    it('refuses invalid topics and unknown runs', async () => {
      expect(await socket.emitWithAck('watch', { topic: 'secrets' })).toMatchObject({
        ok: false,
        error: { code: 'bad_request' },
      });
      expect(await socket.emitWithAck('watch', 'run')).toMatchObject({ ok: false, error: { code: 'bad_request' } });
      expect(await socket.emitWithAck('watch', { topic: 'run:nothing' })).toMatchObject({
        ok: false,
        error: { code: 'run_not_found' },
      });
      expect(await socket.emitWithAck('watch', { topic: 'workflow:nothing' })).toMatchObject({
        ok: false,
        error: { code: 'workflow_not_found' },
      });
    });

    it('sends the list of runs, then each change', async () => {
      await socket.emitWithAck('watch', { topic: 'runs' });
      await until(() => events.some(({ topic }) => topic === 'runs'));
      expect(events[0]).toMatchObject({ topic: 'runs', events: [{ runId: run.runId }] });
      await run.finish();
      await until(() => JSON.stringify(events).includes('"status":"done"'));
    });
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }, [['websocket'], ['polling']]],
    ['another host', { host: 'evil.example' }, [['websocket']]],
  ])('refuses a socket from %s', async (_what, extraHeaders, ways) => {
    for (const transports of ways) {
      const socket = io(`${server.address}/live`, { transports, forceNew: true, reconnection: false, extraHeaders });
      const outcome = await new Promise((resolve) => {
        socket.once('connect', () => resolve('connected'));
        socket.once('connect_error', () => resolve('refused'));
      });
      socket.close();
      expect(outcome).toBe('refused');
    }
  });
});
