import {
  createClusterReader,
  createLeases,
  createQueueWaits,
  createRunClaims,
  createWorkers,
  stateWrite,
} from '@heddle/adapters/cluster';
import { createPostgresJournal } from '@heddle/adapters/journal';
import { FolderBlobs } from '@heddle/adapters/blobs';
import { openPostgres, postgresTables, type PostgresDatabase } from '@heddle/adapters/postgres';
import { openTestDatabase, type TestDatabase } from '@heddle/adapters/testing';
import { HeddleError, type AuditEvent, type ClusterReply, type Journal, type NewWorker } from '@heddle/core';
import { acceptRun } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as prometheus from 'prom-client';
import { realClock } from '../common/real-clock.js';
import { createClusterFigures } from '../metrics/cluster-figures.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createRunPlacements } from '../heddle/database/run-placements.js';
import { ClusterService } from './cluster.service.js';

const bootOf = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
const by = { who: 'user:1' };

describe('the processes on one database', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let journal: Journal;
  let folder = '';
  let audited: AuditEvent[] = [];
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: realClock, connections: 2 });
  }, 120_000);
  beforeEach(async () => {
    await postgres.query(
      'TRUNCATE heddle.runs, heddle.bundles, heddle.records, heddle.workers, heddle.leases, heddle.queue_waits',
    );
    folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
    journal = createPostgresJournal(database, { blobs: new FolderBlobs(folder), clock: realClock });
    audited = [];
  });
  afterEach(async () => {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });

  const service = (checkQueue?: () => void) =>
    new ClusterService({
      settings: { dataFolder: folder, maxRuns: 1 },
      queue: { counts: { running: 0, queued: 0 } },
      audit: {
        async commit(event, writes = []) {
          await postgresTables(database).commit(writes);
          audited.push(...[event].flat());
        },
      },
      source: {
        workers: createWorkers(database),
        reader: createClusterReader(database),
        waits: createQueueWaits(database),
        stateWrite,
        hints: 'redis',
      },
      checkQueue,
    });
  const register = (number: number, more: Partial<NewWorker> = {}) =>
    createWorkers(database).register({
      name: `host${number} /data`,
      boot: bootOf(number),
      version: '1',
      capabilities: [],
      classes: ['cpu'],
      slots: 4,
      ...more,
    });
  const where = () =>
    createRunPlacements({
      database,
      workers: createWorkers(database),
      reader: createClusterReader(database),
      times: { renewMs: 2_000, fenceMs: 8_000, deadMs: 10_000 },
    });
  const classOf = ({ classes }: ClusterReply, name: string) => classes.find((each) => each.class === name);

  it('are listed with their roles, classes, slots, leases and last signs of life, without those that have left', async () => {
    await register(1, { role: 'worker', capabilities: ['model:small', 'node:prompt@1', 'zone:dmz'] });
    await register(2, { role: 'api', slots: 0, classes: [] });
    await register(3, { role: 'all', classes: ['cpu', 'gpu'], slots: 2, version: '2' });
    await register(4);
    await createWorkers(database).leave(bootOf(4));
    await acceptRun(journal, 'has');
    await createRunClaims(database).claim('has', { boot: bootOf(1), capabilities: [] });
    await createLeases(database).acquire('reconciler', 'some-id host2 /data', 60_000);
    await createLeases(database).acquire('over', 'some-id host1 /data', 0);
    await postgres.query(`UPDATE heddle.workers SET seen_at = seen_at - interval '20 s' WHERE boot = '${bootOf(3)}'`);
    const found = await service(() => undefined).read();
    expect(found).toMatchObject({ isShared: true, missing: [], hints: 'redis', queue: { status: 'ok' } });
    const common = { state: 'ready', leases: [], capabilities: [] };
    expect(found.processes).toMatchObject([
      { ...common, id: bootOf(1), role: 'worker', slots: 4, runs: 1, capabilities: ['model:small', 'zone:dmz'] },
      { ...common, id: bootOf(2), role: 'api', slots: 0, classes: [], leases: ['reconciler'] },
      { ...common, id: bootOf(3), role: 'all', version: '2', state: 'silent' },
    ]);
    expect(found.processes[2]?.silentSeconds).toBeGreaterThanOrEqual(20);
    expect(classOf(found, 'cpu')).toMatchObject({ slots: { all: 4, free: 3 }, waiting: 0 });
    expect(classOf(found, 'gpu')).toMatchObject({ slots: { all: 0, free: 0 } });
  });

  it('report runs that none of them can run, on the run, in the list and in the metrics, until a capable one joins', async () => {
    await register(1);
    await acceptRun(journal, 'plain');
    await acceptRun(journal, 'gpu', { workerClass: 'gpu', needs: ['model:small'] });
    await acceptRun(journal, 'gpu-too', { workerClass: 'gpu', needs: ['model:small'] });
    await acceptRun(journal, 'zone', { needs: ['zone:dmz'] });
    const found = await service().read();
    expect(found.missing).toMatchObject([
      { runs: 2, error: { code: 'capability_missing', message: expect.stringContaining("class 'gpu'") as unknown } },
      { runs: 1, error: { code: 'capability_missing', details: { needs: ['zone:dmz'] } } },
    ]);
    expect(classOf(found, 'cpu')).toMatchObject({ waiting: 2, missing: 1 });
    expect(classOf(found, 'gpu')).toMatchObject({ waiting: 2, missing: 2, oldestSeconds: 0 });
    const { missing, hasWorkers } = await where().placement();
    expect([[...missing.keys()].sort(), hasWorkers]).toEqual([['gpu', 'gpu-too', 'zone'], true]);
    const why = await where().whyWaiting(['plain', 'zone', 'none']);
    expect([[...why.keys()], why.get('zone')?.code]).toEqual([['zone'], 'capability_missing']);
    expect(await where().whyWaiting([])).toEqual(new Map());
    await register(2, { classes: ['gpu', 'cpu'], capabilities: ['model:small', 'zone:dmz'] });
    expect((await service().read()).missing).toEqual([]);
    expect(await where().whyWaiting(['zone'])).toEqual(new Map());
    // A process that drains claims no runs, and here all drain.
    for (const number of [1, 2]) await service().drain(bootOf(number), by);
    expect((await where().whyWaiting(['plain'])).get('plain')).toMatchObject({ code: 'no_worker' });
    expect(classOf(await service().read(), 'cpu')).toMatchObject({ waiting: 2, missing: 2, slots: { all: 0 } });
  });

  it('report a suspended run whose time has come and that none can continue, but not a run that sleeps', async () => {
    await register(1);
    for (const [runId, wake] of [
      ['due', 1_000],
      ['sleeps', Date.now() + 86_400_000],
    ] as const) {
      await acceptRun(journal, runId, { needs: ['zone:dmz'] });
      await postgres.query(`UPDATE heddle.runs SET status = 'suspended', wake_at = ${wake} WHERE id = '${runId}'`);
    }
    expect([...(await where().placement()).missing.keys()]).toEqual(['due']);
  });

  it('drain and accept runs again, each in one commit with the audit event', async () => {
    await register(1);
    const stateOf = ({ processes }: ClusterReply) => processes[0]?.state;
    expect(stateOf(await service().drain(bootOf(1), by))).toBe('draining');
    expect(stateOf(await service().drain(bootOf(1), by))).toBe('draining');
    expect(stateOf(await service().undrain(bootOf(1), by))).toBe('ready');
    expect(audited).toMatchObject([
      { kind: 'setting', who: 'user:1', subject: 'process:host1 /data', details: { step: 'process drains' } },
      { details: { step: 'process drains' } },
      { details: { step: 'process takes runs' } },
    ]);
  });

  it('refuse to drain a process that is unknown, has left, has an invalid id, or takes no runs, and record nothing', async () => {
    await register(2, { role: 'api', slots: 0, classes: [] });
    await register(3);
    await createWorkers(database).leave(bootOf(3));
    for (const id of [bootOf(9), bootOf(3), "' OR true --", ''])
      await expect(service().drain(id, by)).rejects.toMatchObject({ code: 'process_not_found' });
    await expect(service().drain(bootOf(2), by)).rejects.toMatchObject({ code: 'conflict' });
    await expect(postgresTables(database).commit([stateWrite(bootOf(3), 'ready')])).rejects.toMatchObject({
      code: 'process_not_found',
    });
    expect(audited).toEqual([]);
  });

  it('return the same figures from each process, in the format of Prometheus', async () => {
    await register(1, { slots: 4 });
    await register(2, { slots: 0, role: 'api', classes: [] });
    await register(3, { classes: ['cpu', 'gpu'] });
    await service().drain(bootOf(3), by);
    await acceptRun(journal, 'has');
    await createRunClaims(database).claim('has', { boot: bootOf(1), capabilities: [] });
    await acceptRun(journal, 'waits');
    await acceptRun(journal, 'gpu', { workerClass: 'gpu' });
    const waits = createQueueWaits(database);
    for (const ms of [40, 400, 4_000_000]) waits.note('cpu', ms);
    await waits.flush();
    const read = async (checkQueue?: () => void) => {
      const registry = new prometheus.Registry();
      await createClusterFigures(prometheus, registry, service(checkQueue))();
      return registry.metrics();
    };
    const away = () => {
      throw new HeddleError('queue_unreachable', 'Redis does not answer.');
    };
    const one = await read(away);
    const other = await read(() => undefined);
    for (const line of [
      'heddle_slots{class="cpu",state="free"} 3',
      'heddle_slots{class="cpu",state="used"} 1',
      'heddle_slots{class="gpu",state="free"} 0',
      'heddle_queue_runs{class="cpu",state="waiting"} 1',
      'heddle_queue_runs{class="gpu",state="missing"} 1',
      'heddle_workers{state="ready"} 1',
      'heddle_workers{state="draining"} 1',
      'heddle_queue_wait_seconds_bucket{class="cpu",le="0.05"} 1',
      'heddle_queue_wait_seconds_bucket{class="cpu",le="0.5"} 2',
      'heddle_queue_wait_seconds_bucket{class="cpu",le="+Inf"} 3',
      'heddle_queue_wait_seconds_count{class="cpu"} 3',
    ])
      expect(one.split('\n')).toContain(line);
    expect([one, other].map((text) => /^heddle_queue_fault (\d)/m.exec(text)?.[1])).toEqual(['1', '0']);
    const same = (text: string) => text.replace(/^heddle_queue_(fault|oldest).*$/gm, '');
    expect(same(other)).toBe(same(one));
  });
});

describe('a Heddle of one process', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_MAX_RUNS: '7' } });
  });
  afterAll(() => server.close());

  it('lists itself, and refuses to drain', async () => {
    const { status, body } = await server.call('GET', '/api/cluster');
    expect([status, body]).toMatchObject([
      200,
      { isShared: false, processes: [{ role: 'all', slots: 7, runs: 0, state: 'ready' }], classes: [], missing: [] },
    ]);
    const id = String(body.processes[0].id);
    const refused = await server.call('POST', `/api/cluster/processes/${id}/drain`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    expect((await server.call('DELETE', `/api/cluster/processes/${id}/drain`)).status).toBe(409);
  });
});
