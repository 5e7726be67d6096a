import { HealthReply, HeddleError } from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createFakeEngine } from '../testing/fake-engine.js';
import { testDocument } from '../testing/test-nodes.js';
import type { Placement } from '../runs/placement.js';
import { healthOf } from './health.js';
import { runningExecutions, waitingList, type RunFacts } from './waiting-list.js';

const summary = (runId: string, status: RunSummary['status'] = 'running'): [string, RunSummary] => [
  runId,
  {
    runId,
    workflowName: `Flow ${runId}`,
    status,
    trigger: 'api',
    acceptedAt: 1_000,
    inputTokens: 0,
    outputTokens: 0,
    cost: 0,
    lastSeq: 1,
  },
];
const suspendedRuns = (count: number): RunSummary[] =>
  Array.from({ length: count }, (_, index) => summary(`run-${index}`, 'suspended')[1]);
const facts = (given: Partial<RunFacts>): RunFacts => ({
  now: 100_000,
  stuckMs: 30_000,
  suspended: 0,
  unfinished: new Map(),
  live: [],
  queued: [],
  lost: [],
  requests: [],
  due: new Map(),
  ...given,
});

describe('the runs that health lists as waiting', () => {
  it('distinguish work, silence, and waits for a slot, a retry, a person, a timer and the store', () => {
    const given = facts({
      unfinished: new Map([
        summary('live'),
        summary('lost'),
        summary('place', 'queued'),
        summary('person', 'suspended'),
      ]),
      live: [
        {
          runId: 'live',
          snapshot: {
            journalTries: 0,
            executions: [
              { path: 'works', attempt: 1, state: 'working', startedAt: 90_000, aliveAt: 99_000, idleDueAt: 129_000 },
              { path: 'silent', attempt: 1, state: 'working', startedAt: 1_000, aliveAt: 60_000 },
              { path: 'slot', attempt: 1, state: 'slot', limit: 'model:small', position: 2 },
              { path: 'retry', attempt: 2, state: 'retrying', until: 104_000 },
            ],
          },
        },
      ],
      lost: [
        {
          runId: 'lost',
          group: 'g',
          since: 95_000,
          error: { code: 'storage_full', message: 'Full.', retryable: true },
        },
      ],
      queued: ['place'],
      requests: [
        {
          requestId: 'ask-1',
          runId: 'person',
          path: 'approve',
          time: 50_000,
          question: { title: 'May I?', schema: {} },
        },
      ],
      due: new Map([['later', 200_000]]),
    });
    expect(waitingList(given).map(({ runId, path, reason, isStuck }) => [runId, path, reason, isStuck])).toEqual([
      ['place', undefined, 'place', true],
      ['live', 'silent', 'silent', true],
      ['lost', undefined, 'store', true],
      ['person', 'approve', 'person', false],
      ['live', 'slot', 'slot', false],
      ['live', 'retry', 'retry', false],
      ['later', undefined, 'timer', false],
    ]);
    expect(waitingList(given)[1]).toMatchObject({ silentSeconds: 40, since: 60_000, workflowName: 'Flow live' });
    expect(
      runningExecutions(given).map(({ path, silentSeconds, idleDueAt }) => [path, silentSeconds, idleDueAt]),
    ).toEqual([
      ['works', 1, 129_000],
      ['silent', 40, undefined],
    ]);
  });

  it('name the run that no process owns when processes share the runs, and say if no process takes runs', () => {
    const unfinished = new Map([summary('elsewhere'), summary('waits', 'queued')]);
    const placed = (hasWorkers: boolean, missing: Placement['missing'] = new Map()) =>
      waitingList(facts({ unfinished, placement: { owned: new Set(['elsewhere']), hasWorkers, missing } }));
    expect(placed(true)).toMatchObject([{ runId: 'waits', reason: 'place', isStuck: true }]);
    expect(placed(false)).toMatchObject([
      { runId: 'waits', reason: 'owner', isStuck: true, error: { code: 'no_worker', retryable: true } },
    ]);
    expect([placed(true).length, placed(false).length]).toEqual([1, 1]);
    const error = { code: 'capability_missing', message: 'No process has the model.', retryable: true } as const;
    expect(placed(true, new Map([['waits', error]]))).toMatchObject([
      { runId: 'waits', reason: 'owner', isStuck: true, error },
    ]);
  });

  it('include a suspended run whose time has come and that no process can continue', () => {
    const error = { code: 'capability_missing', message: 'No process has the model.', retryable: true } as const;
    const placement = { owned: new Set<string>(), hasWorkers: true, missing: new Map([['due', error]]) };
    const given = facts({
      due: new Map([
        ['due', 99_999],
        ['other', 99_998],
      ]),
      placement,
    });
    expect(waitingList(given)).toMatchObject([
      { runId: 'due', reason: 'timer', isStuck: true, error },
      { runId: 'other', reason: 'timer', isStuck: false },
    ]);
  });

  it('are stuck when their timer is overdue, or when they have no owner', () => {
    const given = facts({ unfinished: new Map([summary('orphan')]), due: new Map([['late', 50_000]]) });
    expect(waitingList(given)).toMatchObject([
      { runId: 'orphan', reason: 'owner', isStuck: true },
      { runId: 'late', reason: 'timer', isStuck: true },
    ]);
  });
});

describe('GET /api/health', () => {
  let server: TestServer | undefined;
  afterEach(async () => server?.close());

  it('reports a fault of the store while a run cannot write to it, though a small write succeeds', async () => {
    server = await startTestServer();
    const { heddle } = server;
    const error = { code: 'storage_full', message: 'The disk is full.', retryable: true };
    const writing = { runId: 'live', snapshot: { executions: [], journalTries: 1, journalError: error } };
    const runs = Object.create(heddle.runs, {
      snapshot: { value: () => [writing] },
    }) as typeof heddle.runs;
    expect(() => heddle.parts.storage.check()).not.toThrow();
    const received = await healthOf({ ...heddle, runs });
    expect(received).toMatchObject({
      status: 'degraded',
      storage: { status: 'fault', error },
      waiting: [{ runId: 'live', reason: 'store', error }],
    });
  });
  const start = { document: testDocument(), request: { inputs: { question: 'why' } }, trigger: 'test' } as const;

  it('is degraded and ready while the server with hints is unavailable, and names it', async () => {
    server = await startTestServer();
    const { heddle } = server;
    expect((await healthOf(heddle)).queue).toBeUndefined();
    let fault: HeddleError | undefined = new HeddleError('queue_unreachable', 'Redis at queue does not answer.');
    const checkQueue = () => {
      if (fault !== undefined) throw fault;
    };
    const sources = { ...heddle, parts: { ...heddle.parts, checkQueue } };
    expect(await healthOf(sources)).toMatchObject({
      status: 'degraded',
      storage: { status: 'ok' },
      queue: { status: 'fault', error: { code: 'queue_unreachable' } },
    });
    const hidden = await healthOf(sources, { showsRun: () => true, showsFaults: false });
    expect(hidden.queue).toEqual({ status: 'fault' });
    fault = undefined;
    expect(await healthOf(sources)).toMatchObject({ status: 'ok', queue: { status: 'ok' } });
  });

  it('is degraded while the bucket with files is unavailable, and names it under storage', async () => {
    server = await startTestServer();
    const { heddle } = server;
    let fault: HeddleError | undefined = new HeddleError('bucket_unreachable', 'The bucket does not answer.');
    const checkFiles = () => {
      if (fault !== undefined) throw fault;
    };
    const sources = { ...heddle, parts: { ...heddle.parts, checkFiles } };
    expect(await healthOf(sources)).toMatchObject({
      status: 'degraded',
      storage: { status: 'fault', error: { code: 'bucket_unreachable' } },
    });
    fault = undefined;
    expect(await healthOf(sources)).toMatchObject({ status: 'ok', storage: { status: 'ok' } });
  });

  it('is live while it answers, and ready while it can store and is not stopping', async () => {
    let fault: HeddleError | undefined;
    server = await startTestServer();
    const { storage } = server.heddle.parts;
    const check = () => {
      if (fault !== undefined) throw fault;
    };
    Object.assign(storage, { check });
    const codes = async () =>
      Promise.all(['live', 'ready'].map(async (name) => (await server!.call('GET', `/api/health/${name}`)).status));
    expect(await codes()).toEqual([200, 200]);
    fault = new HeddleError('database_unreachable', 'It does not answer.');
    expect(await codes()).toEqual([200, 503]);
    fault = undefined;
    server.heddle.queue.stop();
    expect(await codes()).toEqual([200, 503]);
  });

  it('counts every suspended run, however many there are', async () => {
    server = await startTestServer();
    const { heddle } = server;
    const journal = { ...heddle.parts.journal, unfinished: () => Promise.resolve(suspendedRuns(2_000)) };
    const received = await healthOf({ ...heddle, parts: { ...heddle.parts, journal } });
    expect(received.runs.suspended).toBe(2_000);
  });

  it('names what waits for a slot, the limits, and the retention times', async () => {
    const engine = createFakeEngine();
    server = await startTestServer({ engine, settings: { HEDDLE_MAX_RUNS: '1', HEDDLE_KEEP_RUNS_DAYS: '5' } });
    const first = await server.heddle.runs.start(start);
    await engine.driven(first.runId);
    const second = await server.heddle.runs.start(start);
    const { status, body } = await server.call('GET', '/api/health');
    const health = HealthReply.parse(body);
    expect(status).toBe(200);
    expect(health).toMatchObject({
      status: 'ok',
      storage: { status: 'ok' },
      stuck: 0,
      runs: {
        running: 1,
        queued: 1,
        maxRunning: 1,
        maxQueued: 1000,
        oldest: { runId: first.runId, status: 'running' },
      },
    });
    expect(health.waiting).toMatchObject([{ runId: second.runId, reason: 'place', position: 1 }]);
    expect(health.retention.classes).toContainEqual({ name: 'runs', setting: 'HEDDLE_KEEP_RUNS_DAYS', days: 5 });
  });

  it('does not report a run without a living process as running, here and in the list', async () => {
    server = await startTestServer({ engine: createFakeEngine() });
    const { journal } = server.heddle.parts;
    await journal.accept(
      {
        runId: 'orphan',
        workflowId: undefined,
        workflowName: 'Shout',
        time: 1,
        trigger: 'api',
        inputs: {},
        options: {},
        rootId: 'orphan',
        origin: undefined,
        reused: [],
      },
      { document: testDocument(), workflows: {} },
    );
    await journal.append('orphan', [{ type: 'run-start', time: 1 }]);
    const health = HealthReply.parse((await server.call('GET', '/api/health')).body);
    expect(health).toMatchObject({ status: 'degraded', stuck: 1, runs: { running: 0, oldest: { status: 'queued' } } });
    expect(health.waiting).toMatchObject([{ runId: 'orphan', reason: 'owner', isStuck: true }]);
    expect((await server.call('GET', '/api/runs')).body.runs).toMatchObject([{ runId: 'orphan', status: 'queued' }]);
    expect((await server.call('GET', '/api/runs?status=running')).body.runs).toEqual([]);
    expect((await server.call('GET', '/api/runs?status=queued')).body.runs).toHaveLength(1);
    await server.heddle.recover(false);
    expect((await server.call('GET', '/api/runs/orphan')).body.status).toBe('running');
    expect((await server.call('GET', '/api/health')).body.status).toBe('ok');
  });

  it('shows nothing of a run to callers who may not see it, and no path of a file to them', async () => {
    const broken = {
      check: () => {
        throw new Error('cannot write /var/lib/heddle');
      },
      mark: () => Promise.resolve(undefined),
      step: () => Promise.resolve({ removed: {}, isDone: true }),
      removeRuns: () => Promise.resolve(),
      removable: () => Promise.resolve([]),
      forgetAsked: () => Promise.resolve(),
      sweepFiles: () => Promise.resolve({ files: 0, bytes: 0 }),
    };
    const settings = { HEDDLE_SIGN_IN: 'required', HEDDLE_MAX_RUNS: '1' };
    const own = (server = await startTestServer({ engine: createFakeEngine(), storage: broken, settings }));
    const { heddle } = own;
    const { users, projects, sessions } = heddle.parts.identity;
    const cookieIn = async (name: string, project: string): Promise<Readonly<Record<string, string>>> => {
      const { id } = await users.create({ email: `${name}@example.org`, name });
      await projects.setRoles(project, `user:${id}`, ['owner']);
      return { cookie: `heddle=${(await sessions.begin(id, { isSecure: false, agent: '' })).token}` };
    };
    const ada = await cookieIn('ada', 'default');
    const eve = await cookieIn('eve', (await projects.create('Other')).id);
    const workflow = await heddle.workflows.create({ ...testDocument(), name: 'Take over of Example Inc.' });
    const run = { document: workflow.document, workflowId: workflow.id, request: { inputs: { question: 'why' } } };
    for (let attempt = 0; attempt < 2; attempt += 1) await heddle.runs.start({ ...run, trigger: 'api' });
    const received = (headers: Readonly<Record<string, string>>) => own.call('GET', '/api/health', undefined, headers);
    expect((await received(ada)).body).toMatchObject({ waiting: [{ workflowName: 'Take over of Example Inc.' }] });
    expect((await received(ada)).body.storage.error.message).toContain('/var/lib/heddle');
    for (const who of [{}, eve, { authorization: 'Bearer hk_none' }, { cookie: `heddle=hs_${'x'.repeat(43)}` }]) {
      const { status, body } = await received(who);
      expect([status, body.status, body.runs.queued, body.waiting, body.executions]).toEqual([
        ...[200, 'degraded', 1, [], []],
      ]);
      expect(JSON.stringify(body)).not.toMatch(/Take over|var|runId/);
    }
  });

  it('answers with the fault while the store cannot be written', async () => {
    const storage = {
      check: () => {
        throw new Error('no disk');
      },
      mark: () => Promise.resolve(undefined),
      step: () => Promise.resolve({ removed: {}, isDone: true }),
      removeRuns: () => Promise.resolve(),
      removable: () => Promise.resolve([]),
      forgetAsked: () => Promise.resolve(),
      sweepFiles: () => Promise.resolve({ files: 0, bytes: 0 }),
    };
    server = await startTestServer({ storage });
    const { status, body } = await server.call('GET', '/api/health');
    expect([status, body.status, body.storage.status, body.storage.error.code]).toEqual([
      200,
      'degraded',
      'fault',
      'storage_failed',
    ]);
  });
});
