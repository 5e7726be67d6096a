import { eventually } from './eventually.js';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { openLedger } from '../chaos/ledger.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { busy } from './documents.js';
import { failing } from './durable-documents.js';
import { heddle } from './heddle-command.js';
import { begin, post, runOf, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
});
const environment = { HEDDLE_FETCH_ALLOW: ledger.host };

/** Starts a server that may die before it listens. */
async function untilItDies(start: () => Promise<ServerProcess>): Promise<'died'> {
  await start().then(
    (server) => server.ended,
    () => undefined,
  );
  return 'died';
}

describe('recovery', () => {
  it('gives up a run whose nodes end the process at each recovery, and serves again', async () => {
    const data = temporaryFolder();
    // A custom node would end only its own process, so a failpoint stands for a crash of the server.
    const start = () =>
      startServer({ data, environment: { ...environment, HEDDLE_FAILPOINT: 'node-after-start:kill' } });
    const first = await start();
    const runId = await begin(first, busy(300), { name: 'Ada' }).catch(() => undefined);
    expect(await first.ended).toBe(null);
    for (let recovery = 1; recovery <= 3; recovery += 1) expect(await untilItDies(start)).toBe('died');
    const last = await start();
    const { runs } = JSON.parse(await (await fetch(`${last.address}/api/runs`)).text()) as {
      runs: { runId: string }[];
    };
    expect(runs).toHaveLength(1);
    if (runId !== undefined) expect(runs[0]?.runId).toBe(runId);
    const run = await runOf(last, runs[0]?.runId ?? '');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'crash_loop', details: { recoveries: 3 } } });
    expect(await last.stop()).toBe(0);
  });

  it('resumes a failed run by the command, with its earlier results and the key of its effect', async () => {
    const data = temporaryFolder();
    const server = await startServer({ data, environment });
    const runId = await begin(server, failing(ledger.address), { tag: 'again' });
    expect(await untilStatus(server, runId)).toMatchObject({ status: 'failed', error: { code: 'fetch_status' } });
    expect(ledger.entries.map(({ effect }) => effect)).toEqual(['first', 'fails-once']);
    const resumed = await heddle(['runs', 'resume', runId, '--json'], { data });
    expect(resumed.code).toBe(0);
    const { runId: next } = resumed.json() as { runId: string };
    expect(await untilStatus(server, next)).toMatchObject({
      status: 'done',
      nodes: { first: { status: 'cached' }, second: { status: 'done' } },
    });
    const [first, failed, again, ...more] = ledger.entries;
    expect([first?.effect, again?.effect, more]).toEqual(['first', 'fails-once', []]);
    expect(again?.key).toBe(failed?.key);
    expect(again?.key).not.toBe(first?.key);
    expect((await runOf(server, runId)).status).toBe('failed');
    expect((await post(server, `/api/runs/${next}/resume`, {})).status).toBe(409);
    await server.stop();
  });

  it('exits with 0 within 20 s of SIGTERM, however long the work would last, and accepts no more runs', async () => {
    const server = await startServer({ environment: { HEDDLE_STOP_MS: '1000' } });
    const runId = await begin(server, busy(50_000), { name: 'Ada' });
    await untilStatus(server, runId, ['running']);
    const time = performance.now();
    const stopped = server.stop();
    // The signal takes some time to arrive; then no request is accepted.
    const refused = await eventually('refusal', async () => {
      const answer = await post(server, '/api/runs', { document: busy(1), inputs: { name: 'late' } }).then(
        ({ status }) => String(status),
        (error: unknown) => (error as NodeJS.ErrnoException).code,
      );
      return answer === '202' ? undefined : answer;
    });
    expect(['503', 'ECONNREFUSED', 'ECONNRESET']).toContain(refused);
    expect(await stopped).toBe(0);
    expect(performance.now() - time).toBeLessThan(20_000);
  });
});
