import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderBlobs } from '@heddle/adapters/blobs';
import { createRunClaims, createRunCommands, createWorkers, reconcile, stateWrite } from '@heddle/adapters/cluster';
import { createPostgresJournal } from '@heddle/adapters/journal';
import { openPostgres, postgresTables, type PostgresDatabase } from '@heddle/adapters/postgres';
import { openTestDatabase, type TestDatabase } from '@heddle/adapters/testing';
import {
  compilePlan,
  createCatalog,
  defineNode,
  Json,
  parseDocument,
  publicLabel,
  Text,
  type Clock,
  type Dispatch,
  type Journal,
  type PlanBundle,
  type RunHint,
  type RunSummary,
  type Workers,
} from '@heddle/core';
import { createLimits } from '@heddle/engine';
import { z } from 'zod';
import { silentLog } from '../common/log.js';
import {
  carryOutAtRest,
  sendCommand,
  startWorker,
  wakeRun,
  workTimes,
  type RunningWorker,
  type WorkerParts,
} from './index.js';

const clock: Clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.max(0, time - Date.now())).unref();
    return () => clearTimeout(timer);
  },
};
const times = { ...workTimes, commandMs: 20, watchMs: 20, graceMs: 50 };
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Nodes that note the calls of their effects with the keys, and gates that a test opens. */
function createNodes() {
  const calls: string[] = [];
  let isOpen = true;
  let hasCome = false;
  const base = { version: 1, category: 'other', summary: 'For tests.', config: z.object({}) } as const;
  const through = { inputs: { value: Text.optional() }, outputs: { value: Text } } as const;
  const catalog = createCatalog([
    defineNode({
      ...base,
      type: 'source',
      title: 'Source',
      role: 'source',
      effects: [],
      inputs: {},
      outputs: { value: Text },
      run: () => ({ value: 'x' }),
    }),
    defineNode({
      ...base,
      ...through,
      type: 'effect',
      title: 'Effect',
      role: 'step',
      effects: [],
      async run({ inputs, context }) {
        await context.step('call', ({ idempotencyKey }) => Promise.resolve(void calls.push(idempotencyKey)));
        return { value: inputs.value ?? '' };
      },
    }),
    defineNode({
      ...base,
      ...through,
      type: 'gate',
      title: 'Gate',
      role: 'step',
      effects: [],
      async run({ inputs, context }) {
        while (!isOpen && !context.signal.aborted) await pause(5);
        context.signal.throwIfAborted();
        return { value: inputs.value ?? '' };
      },
    }),
    defineNode({
      ...base,
      ...through,
      type: 'nap',
      title: 'Nap',
      role: 'step',
      effects: [],
      async run({ inputs, context }) {
        const until = await context.step('until', () => Promise.resolve(context.now() + 50));
        if (until > context.now()) await context.sleep(until);
        return { value: inputs.value ?? '' };
      },
    }),
    defineNode({
      ...base,
      ...through,
      type: 'doze',
      title: 'Doze',
      role: 'step',
      effects: [],
      async run({ inputs, context }) {
        while (!hasCome) await context.sleep(context.now() + 3_600_000);
        return { value: inputs.value ?? '' };
      },
    }),
    defineNode({
      ...base,
      ...through,
      type: 'person',
      title: 'Person',
      role: 'step',
      effects: ['human'],
      async run({ context }) {
        const schema = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] };
        const answer = await context.requestInput('word', { title: 'Which word?', schema });
        return { value: answer.type === 'answered' ? (answer.value as { word: string }).word : '' };
      },
    }),
    defineNode({
      ...base,
      type: 'sink',
      title: 'Sink',
      role: 'sink',
      effects: [],
      outputs: {},
      inputs: { value: Json.optional() },
      run: () => ({}),
    }),
  ]);
  return { calls, catalog, open: () => (isOpen = true), shut: () => (isOpen = false), come: () => (hasCome = true) };
}

/** A bundle whose nodes follow each other. */
function bundleOf(types: readonly string[]): PlanBundle {
  const names = ['source', ...types.map((type, at) => `${type}${at}`), 'sink'];
  const nodes = Object.fromEntries(names.map((name) => [name, { type: name.replace(/\d+$/, ''), version: 1 }]));
  const edges = names.slice(1).map((name, at) => ({ from: `${names[at]}.value`, to: `${name}.value` }));
  return { document: parseDocument({ heddle: 2, name: 'Sample', nodes, edges }), workflows: {} };
}

describe('a worker of the cluster', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let folder = '';
  let journal: Journal;
  let nodes: ReturnType<typeof createNodes>;
  const started: RunningWorker[] = [];
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock, connections: 4 });
  }, 120_000);
  beforeEach(async () => {
    await postgres.query(
      'TRUNCATE heddle.runs, heddle.bundles, heddle.records, heddle.human_inputs, heddle.deltas, heddle.workers, heddle.commands',
    );
    folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
    journal = createPostgresJournal(database, { blobs: new FolderBlobs(folder), clock });
    nodes = createNodes();
  });
  afterEach(async () => {
    nodes.open();
    for (const worker of started.splice(0)) await worker.drain();
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });

  async function accept(types: readonly string[], details: object = {}): Promise<string> {
    const runId = randomUUID();
    const more = { trigger: 'test', rootId: runId, origin: undefined, options: {}, reused: [] } as const;
    const inputs = { value: { value: 'x', label: publicLabel } };
    await journal.accept(
      { runId, workflowId: undefined, workflowName: 'Sample', time: Date.now(), ...more, inputs, ...details },
      bundleOf(types),
    );
    return runId;
  }

  async function start(name: string, more: Partial<WorkerParts> = {}): Promise<RunningWorker> {
    const worker = await startWorker({
      journal,
      clock,
      log: silentLog,
      times,
      claims: createRunClaims(database),
      workers: createWorkers(database),
      commands: createRunCommands(database),
      worker: { name, version: '1', capabilities: [], slots: 3 },
      lifeTimes: { renewMs: 50, fenceMs: 600_000, deadMs: 700_000 },
      host: {
        catalog: nodes.catalog,
        resources: { use: () => Promise.reject(new Error('there are no resources')) },
        limits: createLimits(() => Infinity),
        secret: () => Promise.reject(new Error('there are no secrets')),
        random: Math.random,
        graceMs: 1_000,
        compile({ document }) {
          const { plan } = compilePlan(document, nodes.catalog);
          if (plan === undefined) throw new Error('it does not compile');
          return plan;
        },
      },
      ...more,
    });
    started.push(worker);
    return worker;
  }

  async function reach(runId: string, ...wanted: readonly RunSummary['status'][]): Promise<RunSummary> {
    for (;;) {
      const summary = await journal.summary(runId);
      if (wanted.includes(summary.status)) return summary;
      await pause(10);
    }
  }
  /** Waits until the result of a node is in the journal. Before that, whoever continues the run repeats its effect under the same key. */
  async function stored(runId: string, node: string): Promise<void> {
    const isStored = async (): Promise<boolean> =>
      (await journal.events(runId)).some((event) => event.type === 'node-end' && event.path === node);
    while (!(await isStored())) await pause(5);
  }
  const parts = () => ({ journal, clock, commands: createRunCommands(database) });
  const ownerOf = async (runId: string): Promise<unknown> => {
    const [row] = await database.run<{ owner: string | null }>({
      sql: 'SELECT owner FROM heddle.runs WHERE id = $1',
      values: [runId],
    });
    return row?.owner;
  };

  it('runs the runs that it claims to the end, in rounds with short waits, and without a queue', async () => {
    await start('one');
    const runs = await Promise.all(Array.from({ length: 7 }, () => accept(['effect', 'nap', 'effect'])));
    for (const runId of runs) await reach(runId, 'done');
    expect(nodes.calls).toHaveLength(14);
    expect(new Set(nodes.calls).size).toBe(14);
    for (const runId of runs) expect(await ownerOf(runId)).toBeNull();
  }, 60_000);

  it('runs a hinted run at once, and a run without a hint only after a while', async () => {
    const receivers: ((hint: RunHint) => Promise<void>)[] = [];
    const slots: number[] = [];
    const dispatch: Dispatch = {
      send: () => Promise.resolve(),
      waiting: () => Promise.resolve(0),
      close: () => Promise.resolve(),
      receive({ onHint }) {
        receivers.push(onHint);
        const nothing = (): Promise<void> => Promise.resolve();
        return { setSlots: (count) => void slots.push(count), reopen: nothing, close: nothing };
      },
    };
    await start('one', { dispatch, times: { ...times, patienceMs: 600 } });
    const hinted = await accept(['effect']);
    const silent = await accept(['effect']);
    const hint = { class: 'cpu', epoch: 0 };
    await Promise.all([
      receivers[0]?.({ ...hint, runId: hinted }),
      receivers[0]?.({ ...hint, runId: hinted }),
      receivers[0]?.({ ...hint, runId: 'none' }),
    ]);
    expect((await journal.summary(hinted)).status).toBe('done');
    await reach(silent, 'done');
    expect(nodes.calls).toHaveLength(2);
    expect(slots).toContain(2);
  }, 60_000);

  it('polls without hints while none arrive', async () => {
    const nothing = (): Promise<void> => Promise.resolve();
    const dispatch: Dispatch = {
      send: nothing,
      close: nothing,
      waiting: () => Promise.resolve(0),
      receive: () => ({ setSlots: () => undefined, reopen: nothing, close: nothing }),
    };
    let hasHints = true;
    await start('one', { dispatch, hasHints: () => hasHints, times: { ...times, patienceMs: 3_600_000 } });
    const runId = await accept(['effect']);
    await pause(200);
    expect((await journal.summary(runId)).status).toBe('queued');
    hasHints = false;
    await reach(runId, 'done');
  }, 60_000);

  it('continues the run of a worker that counts as dead, which writes nothing more and registers again', async () => {
    nodes.shut();
    const workers = createWorkers(database);
    let isCut = false;
    let last: Promise<unknown> = Promise.resolve();
    const renew: Workers['renew'] = (boot) => {
      if (isCut) return Promise.reject(new Error('the network is cut'));
      const renewed = workers.renew(boot);
      last = renewed.catch(() => undefined);
      return renewed;
    };
    const one = await start('one', { workers: { ...workers, renew } });
    const runId = await accept(['effect', 'gate', 'effect']);
    await stored(runId, 'effect0');
    const { boot } = one;
    isCut = true;
    await last;
    await postgres.query(`UPDATE heddle.workers SET seen_at = seen_at - interval '60 s' WHERE boot = '${boot}'`);
    expect((await reconcile(database)).orphans).toEqual([runId]);
    isCut = false;
    while (one.boot === boot) await pause(5);
    nodes.open();
    await start('other');
    await reach(runId, 'done');
    expect(nodes.calls).toHaveLength(2);
    const events = await journal.events(runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, at) => at + 1));
    expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(1);
  }, 60_000);

  it('starts no effect after it was silent for too long, and records no failure in the run', async () => {
    nodes.shut();
    let skip = 0;
    const steady = {
      now: () => Date.now() + skip,
      at: (time: number, then: () => void) => clock.at(time - skip, then),
    };
    const workers = createWorkers(database);
    const renew: Workers['renew'] = (boot) =>
      skip > 0 ? Promise.reject(new Error('the network is cut')) : workers.renew(boot);
    const lifeTimes = { renewMs: 50, fenceMs: 600_000, deadMs: 700_000 };
    const one = await start('one', { clock: { ...clock, steady }, workers: { ...workers, renew }, lifeTimes });
    const runId = await accept(['effect', 'gate', 'effect']);
    await stored(runId, 'effect0');
    const { boot } = one;
    skip = 1_000_000;
    nodes.open();
    while (one.boot === boot) await pause(5);
    skip = 0;
    await reach(runId, 'done');
    expect(nodes.calls).toHaveLength(2);
    expect((await journal.events(runId)).filter(({ type }) => type === 'node-error')).toEqual([]);
  }, 60_000);

  it('releases its runs when it drains, and another worker continues them', async () => {
    nodes.shut();
    const one = await start('one');
    const runId = await accept(['effect', 'gate', 'effect']);
    await stored(runId, 'effect0');
    await one.drain();
    await one.over;
    expect(await ownerOf(runId)).toBeNull();
    expect((await journal.summary(runId)).status).toBe('running');
    nodes.open();
    await start('other');
    await reach(runId, 'done');
    expect(nodes.calls).toHaveLength(2);
  }, 60_000);

  it('ends when another process takes its name, and leaves its run to that process', async () => {
    nodes.shut();
    const one = await start('same');
    const runId = await accept(['effect', 'gate', 'effect']);
    await stored(runId, 'effect0');
    const other = await start('same');
    await one.over;
    const rows = await createWorkers(database).list();
    const living = rows.filter(({ state, isAlive }) => state !== 'retired' && isAlive);
    expect(living.map(({ name, boot }) => [name, boot])).toEqual([['same', other.boot]]);
    nodes.open();
    await reach(runId, 'done');
    expect([nodes.calls.length, one.size]).toEqual([2, 0]);
  }, 60_000);

  it('fails a run that cannot be compiled, instead of leaving it queued', async () => {
    await start('one');
    const runId = await accept(['unknown']);
    expect((await reach(runId, 'failed')).error).toMatchObject({ code: 'internal' });
  }, 60_000);

  describe('capabilities and classes', () => {
    const claimed: string[] = [];
    const setState = (boot: string, state: 'ready' | 'draining') =>
      postgresTables(database).commit([stateWrite(boot, state)]);
    beforeEach(() => void claimed.splice(0));
    const able = (name: string, capabilities: readonly string[], classes: readonly string[] = ['cpu']) =>
      start(name, {
        worker: { name, version: '1', capabilities, classes, slots: 3 },
        onClaimed: ({ runId }) => void claimed.push(`${name} ${runId}`),
      });

    it('assign each run to a worker that can run it, whichever claims first', async () => {
      const runs = await Promise.all(
        Array.from({ length: 12 }, (_, number) =>
          accept(['effect', 'nap', 'effect'], {
            needs: [number % 2 === 0 ? 'zone:a' : 'zone:b'],
            workerClass: number % 3 === 0 ? 'gpu' : 'cpu',
          }),
        ),
      );
      await Promise.all([
        able('a', ['zone:a'], ['cpu', 'gpu']),
        able('b', ['zone:b', 'zone:c']),
        able('b-gpu', ['zone:b'], ['gpu']),
      ]);
      for (const runId of runs) await reach(runId, 'done');
      expect(nodes.calls).toHaveLength(24);
      const by = (name: string) =>
        new Set(claimed.flatMap((one) => (one.startsWith(`${name} `) ? [one.split(' ')[1]] : [])));
      const expected = (is: (number: number) => boolean) => new Set(runs.filter((_, number) => is(number)));
      expect(by('a')).toEqual(expected((number) => number % 2 === 0));
      expect(by('b')).toEqual(expected((number) => number % 2 === 1 && number % 3 !== 0));
      expect(by('b-gpu')).toEqual(expected((number) => number % 2 === 1 && number % 3 === 0));
    }, 60_000);

    it('finish a run that the worker claims again before it has left its last claim', async () => {
      const commands = createRunCommands(database);
      // The wait of the node is over before the worker knows whether a command has come.
      const ofRun: typeof commands.ofRun = async (runId) => {
        await pause(200);
        return commands.ofRun(runId);
      };
      await start('one', { commands: { ...commands, ofRun } });
      const runs = await Promise.all([accept(['nap', 'effect', 'nap']), accept(['nap', 'effect', 'nap'])]);
      for (const runId of runs) await reach(runId, 'done');
      expect(nodes.calls).toHaveLength(2);
    }, 60_000);

    it('let a run start once a worker has what it needs, whether it joins or changes', async () => {
      let can: readonly string[] = [];
      await start('one', { capabilities: () => can, onClaimed: ({ runId }) => void claimed.push(runId) });
      const late = await accept(['effect'], { needs: ['model:a'] });
      const other = await accept(['effect'], { needs: ['model:b'] });
      const plain = await accept(['effect']);
      await reach(plain, 'done');
      expect(claimed).toEqual([plain]);
      can = ['model:a'];
      await reach(late, 'done');
      // The claim of a worker uses its new capabilities at once; others read them after the next renewal.
      while ((await createWorkers(database).list()).some(({ capabilities }) => capabilities.length === 0))
        await pause(5);
      expect((await createWorkers(database).list()).map(({ capabilities }) => capabilities)).toEqual([['model:a']]);
      expect((await journal.summary(other)).status).toBe('queued');
      await able('two', ['model:b']);
      await reach(other, 'done');
      expect(claimed).toEqual([plain, late, `two ${other}`]);
    }, 60_000);

    it('move a run from a worker that an operator drains, which may then accept runs again', async () => {
      nodes.shut();
      const one = await able('one', ['zone:a']);
      const runId = await accept(['effect', 'gate', 'effect'], { needs: ['zone:a'] });
      await stored(runId, 'effect0');
      const workers = createWorkers(database);
      await setState(one.boot, 'draining');
      while (one.size > 0) await pause(5);
      expect(await ownerOf(runId)).toBeNull();
      const later = await accept(['effect']);
      await pause(100);
      expect([one.size, (await journal.summary(later)).status]).toEqual([0, 'queued']);
      expect((await workers.list()).map(({ state, isAlive, runs }) => [state, isAlive, runs])).toEqual([
        ['draining', true, 0],
      ]);
      nodes.open();
      await setState(one.boot, 'ready');
      for (const each of [runId, later]) await reach(each, 'done');
      expect(nodes.calls).toHaveLength(3);
    }, 60_000);

    it('keep a worker draining after it was counted as dead', async () => {
      const nothing = (): Promise<void> => Promise.resolve();
      const slots: number[] = [];
      const dispatch: Dispatch = {
        send: nothing,
        close: nothing,
        waiting: () => Promise.resolve(0),
        receive: () => ({ setSlots: (count) => void slots.push(count), reopen: nothing, close: nothing }),
      };
      const one = await start('one', { dispatch });
      const workers = createWorkers(database);
      await setState(one.boot, 'draining');
      while (slots.at(-1) !== 0) await pause(5);
      const { boot } = one;
      while ((await workers.list()).length < 2) {
        // The worker registers again under another boot id as soon as it finds that it counts as dead.
        await postgres.query(`UPDATE heddle.workers SET state = 'retired' WHERE boot = '${boot}'`);
        await pause(20);
      }
      const fresh = (await workers.list()).find((row) => row.boot !== boot);
      expect(fresh).toMatchObject({ name: 'one', state: 'draining' });
      await setState(fresh?.boot ?? '', 'ready');
      while (slots.at(-1) === 0) await pause(5);
    }, 60_000);
  });

  describe('commands', () => {
    it('cancel a run without an owner and a run of a worker, and report that a run has ended', async () => {
      const waiting = await accept(['gate'], { needs: ['nobody'] });
      await sendCommand(parts(), waiting, { kind: 'cancel', by: 'user:1' });
      expect((await journal.summary(waiting)).status).toBe('cancelled');
      nodes.shut();
      await start('one');
      const running = await accept(['gate', 'effect']);
      await reach(running, 'running');
      await sendCommand(parts(), running, { kind: 'cancel', by: 'user:1', reason: 'enough' });
      await reach(running, 'cancelled');
      expect(nodes.calls).toEqual([]);
      expect((await journal.events(running)).find(({ type }) => type === 'cancel-request')).toMatchObject({
        by: 'user:1',
        reason: 'enough',
      });
      await expect(sendCommand(parts(), running, { kind: 'cancel' })).rejects.toMatchObject({ code: 'run_terminal' });
    }, 60_000);

    it('pause a run without an owner and a run of a worker', async () => {
      const waiting = await accept(['gate'], { needs: ['nobody'] });
      await sendCommand(parts(), waiting, { kind: 'pause', reason: 'stop' });
      expect((await journal.summary(waiting)).status).toBe('paused');
      nodes.shut();
      const one = await start('one');
      const running = await accept(['gate']);
      await reach(running, 'running');
      await sendCommand(parts(), running, { kind: 'pause', reason: 'stop' });
      expect((await journal.summary(running)).status).toBe('paused');
      while (one.size > 0) await pause(5);
      expect(await ownerOf(running)).toBeNull();
    }, 60_000);

    it('bring an answer to a suspended run once, and refuse another answer', async () => {
      await start('one');
      const runId = await accept(['person', 'effect']);
      await reach(runId, 'suspended');
      const [request] = await journal.requests({ runId });
      const requestId = request?.requestId ?? '';
      const answer = { kind: 'answer', requestId, value: { word: 'yes' }, by: 'user:1' } as const;
      const id = randomUUID();
      await Promise.all([sendCommand(parts(), runId, answer, { id }), sendCommand(parts(), runId, answer, { id })]);
      await reach(runId, 'done');
      await sendCommand(parts(), runId, answer, { id });
      await expect(sendCommand(parts(), runId, { ...answer, value: { word: 'no' } })).rejects.toMatchObject({
        code: 'run_terminal',
      });
      const ends = (await journal.events(runId)).filter(({ type }) => type === 'human-input-end');
      expect(ends).toEqual([expect.objectContaining({ value: { word: 'yes' }, by: 'user:1' })]);
    }, 60_000);

    it('refuse an answer that does not fit, and leave the run waiting', async () => {
      await start('one');
      const runId = await accept(['person']);
      await reach(runId, 'suspended');
      const [request] = await journal.requests({ runId });
      const answer = { kind: 'answer', requestId: request?.requestId ?? '', value: 7 } as const;
      await expect(sendCommand(parts(), runId, answer)).rejects.toMatchObject({ code: 'human_input_invalid' });
      await expect(sendCommand(parts(), runId, { ...answer, requestId: 'none' })).rejects.toMatchObject({
        code: 'human_input_not_found',
      });
      expect((await journal.summary(runId)).status).toBe('suspended');
    }, 60_000);

    it('are carried out later when the process that stored them ended before', async () => {
      const { commands } = parts();
      const waiting = await accept(['gate']);
      const ended = await accept(['gate']);
      const ids = [randomUUID(), randomUUID()] as const;
      await commands.send(ids[0], waiting, { kind: 'cancel' });
      await commands.send(ids[1], ended, { kind: 'pause', reason: 'stop' });
      await journal.append(ended, [{ type: 'run-end', time: 1, status: 'done' }]);
      for (const open of await commands.ofOrphans(10)) await carryOutAtRest(parts(), open);
      expect((await journal.summary(waiting)).status).toBe('cancelled');
      expect(await commands.outcome(ids[0])).toEqual({ status: 'done' });
      expect(await commands.outcome(ids[1])).toMatchObject({ status: 'refused', error: { code: 'run_terminal' } });
      expect(await commands.ofOrphans(10)).toEqual([]);
    }, 60_000);

    it('wake a run before its time from a process that runs no runs', async () => {
      const one = await start('one');
      const runId = await accept(['doze', 'effect']);
      await reach(runId, 'suspended');
      while ((await ownerOf(runId)) !== null) await pause(5);
      // The node checks, and what it waits for has not come.
      expect(await wakeRun(parts(), runId, 'doze0')).toBe(true);
      while ((await parts().commands.ofRun(runId)).length > 0 || one.size > 0) await pause(5);
      expect((await journal.summary(runId)).status).toBe('suspended');
      expect(nodes.calls).toEqual([]);
      nodes.come();
      await wakeRun(parts(), runId, 'doze0');
      await reach(runId, 'done');
      expect(nodes.calls).toHaveLength(1);
      expect(await wakeRun(parts(), runId, 'doze0')).toBe(false);
    }, 60_000);

    it('keep the waking of a run until a worker comes', async () => {
      const one = await start('one');
      const runId = await accept(['doze']);
      await reach(runId, 'suspended');
      await one.drain();
      for (let times = 0; times < 3; times += 1) expect(await wakeRun(parts(), runId, 'doze0')).toBe(true);
      expect(await parts().commands.ofRun(runId)).toHaveLength(1);
      for (const open of await parts().commands.ofOrphans(10)) await carryOutAtRest(parts(), open);
      expect(await parts().commands.ofRun(runId)).toHaveLength(1);
      nodes.come();
      await start('other');
      await reach(runId, 'done');
    }, 60_000);

    it('are reported as stored when no process carries them out in time', async () => {
      const runId = await accept(['person'], { needs: ['nobody'] });
      await expect(
        sendCommand(parts(), runId, { kind: 'answer', requestId: 'q', value: 1 }, { waitMs: 50 }),
      ).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('is stored') as unknown });
    }, 60_000);
  });
});
