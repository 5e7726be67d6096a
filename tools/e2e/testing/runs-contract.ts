import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { busy, greeting, pausing, sorting } from '../documents.js';
import { durable, watchBySocket, watchBySse } from '../run-events.js';
import { begin, post, runOf, send, untilStatus } from '../server-calls.js';
import { startServer, type ServerProcess } from '../start-server.js';

type Environment = Readonly<Record<string, string>>;

const seqs = (events: readonly RunEvent[]) => events.map((event) => event.seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Counts the starts of each execution, by path. */
function starts(events: readonly RunEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events) if (event.type === 'node-start') counts[event.path] = (counts[event.path] ?? 0) + 1;
  return counts;
}

async function journal(server: ServerProcess, runId: string): Promise<readonly RunEvent[]> {
  const watcher = watchBySse(server, runId);
  await watcher.ended;
  return durable(watcher.events);
}

/**
 * Checks what every server process promises about runs, whatever its database. `prepare` makes an empty database and returns the settings
 * for it.
 */
export function runsContract(name: string, prepare: () => Promise<Environment>): void {
  /** Starts a server with a new database; `again` starts another process on the same database. */
  const start = async (settings: Environment = {}) => {
    const environment = { ...(await prepare()), ...settings };
    const server = await startServer({ environment });
    return { server, again: () => startServer({ data: server.data, environment }) };
  };

  describe(`runs on a server process${name}`, () => {
    let server: ServerProcess;
    beforeAll(async () => {
      ({ server } = await start());
    });
    afterAll(async () => {
      expect(await server.stop()).toBe(0);
    });

    it('accepts with 202 and the id of a run that is there at once', async () => {
      const reply = await post(server, '/api/runs', { document: pausing(0), inputs: { name: 'Ada' } });
      expect(reply.status).toBe(202);
      const { runId } = JSON.parse(reply.text) as { runId: string };
      expect(reply.headers.location).toBe(`/api/runs/${runId}`);
      expect((await runOf(server, runId)).runId).toBe(runId);
      expect(await untilStatus(server, runId)).toMatchObject({
        status: 'done',
        outputs: { text: 'Before Ada, after' },
      });
    });

    it('branches, goes through lists and runs nested workflows', async () => {
      const reply = await post(server, '/api/runs?wait=1', {
        document: sorting,
        inputs: { words: ['one', 'two', 'three'] },
      });
      expect(reply.status).toBe(200);
      const run = JSON.parse(reply.text) as Awaited<ReturnType<typeof runOf>>;
      expect(run).toMatchObject({ status: 'done', nodes: { few: { status: 'skipped' }, many: { status: 'done' } } });
      expect(run.outputs['many']).toMatch(/one!.*two!.*three!/s);
      expect(run.outputs).not.toHaveProperty('few');
    });

    it('replays events without a gap or a double, while a run works and after it', async () => {
      const runId = await begin(server, pausing(1), { name: 'Ada' });
      const whole = watchBySse(server, runId);
      const socket = await watchBySocket(server, runId);
      await untilStatus(server, runId, ['suspended']);
      const known = durable(whole.events).at(-1)?.seq ?? 0;
      expect(known).toBeGreaterThan(3);
      const late = watchBySse(server, runId, 3);
      const latest = await watchBySocket(server, runId, known);
      await Promise.all([whole.ended, socket.ended, late.ended, latest.ended]);
      socket.stop();
      latest.stop();
      const kept = await journal(server, runId);
      const last = kept.length;
      expect(kept.at(-1)?.type).toBe('run-end');
      expect(seqs(kept)).toEqual(upTo(last));
      expect(durable(whole.events)).toEqual(kept);
      expect(durable(socket.events)).toEqual(kept);
      expect(seqs(durable(late.events))).toEqual(upTo(last, 4));
      expect(seqs(durable(latest.events))).toEqual(upTo(last, known + 1));
      const after = watchBySse(server, runId, last - 2);
      await after.ended;
      expect(seqs(durable(after.events))).toEqual([last - 1, last]);
      expect(
        (await send(server, `/api/runs/${runId}/events`, { headers: { 'last-event-id': String(last) } })).status,
      ).toBe(204);
      expect((await send(server, `/api/runs/${runId}/events`, { headers: { 'last-event-id': 'all' } })).status).toBe(
        400,
      );
    });

    it.each([
      ['that waits', pausing(60), ['suspended']],
      ['that works', busy(50_000), ['running']],
    ] as const)('ends a run %s soon when it is cancelled', async (_, document, statuses) => {
      const runId = await begin(server, document, { name: 'Ada' });
      await untilStatus(server, runId, statuses);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const time = performance.now();
      expect((await post(server, `/api/runs/${runId}/cancel`, {})).status).toBe(202);
      expect((await untilStatus(server, runId)).status).toBe('cancelled');
      expect(performance.now() - time).toBeLessThan(20_000);
      expect((await journal(server, runId)).filter((event) => event.type === 'run-end')).toHaveLength(1);
      expect((await post(server, `/api/runs/${runId}/cancel`, {})).status).toBeLessThan(500);
      expect((await runOf(server, runId)).status).toBe('cancelled');
    });

    it('stops code that never ends, and goes on serving', async () => {
      const document = busy(1_000_000);
      document.nodes.count.config.timeoutMs = 300;
      const reply = await post(server, '/api/runs?wait=1', { document, inputs: { name: 'Ada' } });
      expect(JSON.parse(reply.text)).toMatchObject({
        status: 'failed',
        error: { code: 'code_timeout', path: 'count' },
      });
      expect((await send(server, '/api/health')).status).toBe(200);
    });
  });

  describe(`a full server${name}`, () => {
    it('refuses one run more than may wait, and says when to come back', async () => {
      const { server } = await start({ HEDDLE_MAX_RUNS: '1', HEDDLE_MAX_QUEUED: '1' });
      const first = await begin(server, busy(50_000), { name: 'one' });
      await untilStatus(server, first, ['running']);
      const second = await begin(server, busy(50_000), { name: 'two' });
      const third = await post(server, '/api/runs', { document: greeting, inputs: { name: 'three' } });
      expect([third.status, JSON.parse(third.text)]).toMatchObject([503, { error: { code: 'busy' } }]);
      expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
      expect((await runOf(server, second)).status).toBe('queued');
      await post(server, `/api/runs/${first}/cancel`, {});
      await untilStatus(server, second, ['running']);
      await post(server, `/api/runs/${second}/cancel`, {});
      await untilStatus(server, second);
      expect((await post(server, '/api/runs?wait=1', { document: greeting, inputs: { name: 'four' } })).status).toBe(
        200,
      );
      await server.stop();
    });
  });

  describe(`an interrupted run${name}`, () => {
    it.each([
      ['that waits', pausing(2), 'suspended', 'Before Ada, after', 'pause'],
      ['that works', busy(1_500), 'running', 'Before Ada, counted', 'count'],
    ] as const)(
      '%s when the process is killed goes on by itself at the next start',
      async (_, document, status, text, middle) => {
        const { server: first, again: startAgain } = await start();
        const runId = await begin(first, document, { name: 'Ada' });
        const waiting = await begin(first, pausing(0), { name: 'other' });
        await untilStatus(first, waiting);
        await untilStatus(first, runId, [status]);
        await new Promise((resolve) => setTimeout(resolve, 200));
        await first.kill();
        const second = await startAgain();
        const run = await untilStatus(second, runId);
        expect(run).toMatchObject({ status: 'done', outputs: { text } });
        const events = await journal(second, runId);
        expect(seqs(events)).toEqual(upTo(events.length));
        const { [middle]: again, ...once } = starts(events);
        expect(again).toBeGreaterThanOrEqual(1);
        expect(Object.values(once).every((count) => count === 1)).toBe(true);
        expect(events.filter((event) => event.type === 'node-end').map((event) => event.path)).toEqual([
          ...new Set(events.filter((event) => event.type === 'node-end').map((event) => event.path)),
        ]);
        expect((await runOf(second, waiting)).status).toBe('done');
        await second.stop();
      },
    );

    it('goes on after an orderly stop, which ends with 0', async () => {
      const { server: first, again: startAgain } = await start({ HEDDLE_STOP_MS: '500' });
      const waiting = await begin(first, pausing(3), { name: 'Ada' });
      const working = await begin(first, busy(2_000), { name: 'Bob' });
      await untilStatus(first, waiting, ['suspended']);
      await untilStatus(first, working, ['running']);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await first.stop()).toBe(0);
      const second = await startAgain();
      expect(await untilStatus(second, waiting)).toMatchObject({
        status: 'done',
        outputs: { text: 'Before Ada, after' },
      });
      expect(await untilStatus(second, working)).toMatchObject({
        status: 'done',
        outputs: { text: 'Before Bob, counted' },
      });
      expect(await second.stop()).toBe(0);
    });
  });
}
