import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultLabel } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createFakeEngine } from '../testing/fake-engine.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { crashesInARow } from './crashes-in-a-row.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('POST /api/workflows/:id/runs', () => {
  let server: TestServer;
  afterEach(() => server.close());

  const stored = async () =>
    (await server.call('POST', '/api/workflows', { document: testDocument() })).body.id as string;

  it('answers 202 with the run once it is in the journal, and 200 with the whole run for ?wait=1', async () => {
    server = await startTestServer();
    const id = await stored();
    const accepted = await server.call('POST', `/api/workflows/${id}/runs`, { inputs: { question: 'why' } });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('location')).toBe(`/api/runs/${accepted.body.runId}`);
    expect((await server.call('GET', `/api/runs/${accepted.body.runId}`)).body.summary).toMatchObject({
      workflowId: id,
      trigger: 'api',
    });
    const waited = await server.call('POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question: 'why' } });
    expect([waited.status, waited.body.status, waited.body.outputs]).toEqual([200, 'done', { question: 'why' }]);
    expect((await server.call('GET', `/api/runs?workflow=shout&status=done`)).body.runs).toHaveLength(2);
  });

  it.each([
    ['a missing input', {}, 422, 'input_missing'],
    ['an input that is only spaces', { question: '  ' }, 422, 'input_empty'],
    ['an input of the wrong type', { question: { a: 1 } }, 422, 'input_type'],
    ['an input that the workflow does not take', { question: 'why', colour: 'red' }, 422, 'input_unknown'],
    ['a text of 5 MB', { question: 'x'.repeat(5_000_000) }, 413, 'input_too_large'],
  ])('refuses %s and accepts nothing', async (_what, inputs, status, code) => {
    server = await startTestServer();
    const id = await stored();
    const reply = await server.call('POST', `/api/workflows/${id}/runs`, { inputs });
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    expect(reply.body.error.details.input).toBe(code === 'input_unknown' ? 'colour' : 'question');
    expect((await server.call('GET', '/api/runs')).body.runs).toEqual([]);
    expect((await server.call('GET', '/api/health')).body.runs).toMatchObject({ running: 0, queued: 0 });
  });

  it('lists runs page by page, each once, even if many were accepted in the same millisecond', async () => {
    server = await startTestServer({ clock: createFakeClock() });
    const started: string[] = [];
    for (let index = 0; index < 5; index += 1)
      started.push(
        (await server.call('POST', '/api/runs', { document: testDocument(), inputs: { question: 'why' } })).body.runId,
      );
    const listed: string[] = [];
    let next: string | undefined;
    do {
      const { body } = await server.call('GET', `/api/runs?limit=2${next === undefined ? '' : `&before=${next}`}`);
      listed.push(...body.runs.map((run: { runId: string }) => run.runId));
      next = body.next;
    } while (next !== undefined);
    expect(listed).toEqual(started.reverse());
    const odd = await server.call('GET', '/api/runs?before=yesterday');
    expect([odd.status, odd.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('refuses a workflow with issues, and names them', async () => {
    server = await startTestServer();
    const reply = await server.call('POST', '/api/runs', {
      document: { ...testDocument(), edges: [] },
      inputs: { question: 'why' },
    });
    expect([reply.status, reply.body.error.code]).toEqual([422, 'workflow_invalid']);
    expect(reply.body.error.details.issues.length).toBeGreaterThan(0);
  });

  it('queues a limited number of runs, then answers 503 with Retry-After, and starts the next when a slot is free', async () => {
    const engine = createFakeEngine();
    server = await startTestServer({ engine, settings: { HEDDLE_MAX_RUNS: '1', HEDDLE_MAX_QUEUED: '1' } });
    const start = () => server.call('POST', '/api/runs', { document: testDocument(), inputs: { question: 'why' } });
    const first = await start();
    const second = await start();
    const third = await start();
    expect([first.status, second.status, third.status]).toEqual([202, 202, 503]);
    expect([third.body.error.code, third.headers.get('retry-after')]).toEqual(['busy', '2']);
    expect(engine.begun).toEqual([first.body.runId]);
    const waiting = (await server.call('GET', `/api/runs/${second.body.runId}`)).body;
    expect([waiting.status, waiting.summary.position]).toEqual(['queued', 1]);
    const listed = (await server.call('GET', '/api/runs')).body.runs as { runId: string; position?: number }[];
    expect(listed.map(({ runId, position }) => [runId, position])).toEqual([
      [second.body.runId, 1],
      [first.body.runId, undefined],
    ]);
    await (await engine.driven(first.body.runId)).finish();
    await engine.driven(second.body.runId);
    expect((await start()).status).toBe(202);
  });

  it('cancels a queued run, a running one and a suspended one, and refuses an ended one', async () => {
    const engine = createFakeEngine();
    server = await startTestServer({ engine, settings: { HEDDLE_MAX_RUNS: '1' } });
    const start = async () =>
      (await server.call('POST', '/api/runs', { document: testDocument(), inputs: { question: 'why' } })).body
        .runId as string;
    const cancel = (runId: string) => server.call('POST', `/api/runs/${runId}/cancel`);
    const running = await start();
    const queued = await start();
    expect((await cancel(queued)).body.status).toBe('cancelled');
    await engine.driven(running);
    expect((await cancel(running)).status).toBe(202);
    await settle();
    expect((await server.call('GET', `/api/runs/${running}`)).body.status).toBe('cancelled');
    const again = await cancel(running);
    expect([again.status, again.body.error.code]).toEqual([409, 'run_terminal']);
    const suspended = await start();
    await (await engine.driven(suspended)).suspend(Date.now() + 3_600_000);
    await settle();
    expect((await cancel(suspended)).body.status).toBe('cancelled');
    expect(engine.begun).not.toContain(queued);
  });
});

describe('RunService', () => {
  it('wakes a suspended run when its time has come', async () => {
    const clock = createFakeClock();
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ clock, engine });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    await (await engine.driven(runId)).suspend(clock.now() + 60_000);
    await settle();
    await clock.advance(59_000);
    await settle();
    expect(engine.begun).toHaveLength(1);
    await clock.advance(1_000);
    await settle();
    expect(engine.begun).toEqual([runId, runId]);
    expect((await engine.driven(runId)).isResumed).toBe(true);
    await heddle.stop();
    await heddle.close();
  });

  it('continues a suspended run with an answer, once', async () => {
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    const run = await engine.driven(runId);
    const about = { time: Date.now(), path: 'shout', attempt: 1, requestId: 'ask1', key: 'k' };
    await run.append({ type: 'human-input-start', ...about, question: { title: 'Really?', schema: {} } });
    await run.suspend();
    await settle();
    expect(await heddle.runs.requests()).toMatchObject([{ requestId: 'ask1', runId }]);
    await expect(heddle.runs.answer(runId, 'other', { value: true })).rejects.toMatchObject({
      code: 'human_input_not_found',
    });
    await heddle.runs.answer(runId, 'ask1', { value: true });
    const revived = await engine.driven(runId);
    expect([revived.isResumed, revived.answers]).toEqual([true, [{ requestId: 'ask1', value: true }]]);
    await revived.append({ type: 'human-input-end', ...about, outcome: 'answered', value: true });
    // A person who repeats an answer gets the one that counted.
    const decided = { code: 'human_input_decided', details: { requestId: 'ask1', value: true } };
    await expect(heddle.runs.answer(runId, 'ask1', { value: false })).rejects.toMatchObject(decided);
    await heddle.stop();
    await heddle.close();
  });

  it('resumes a cancelled run as a new one with the existing results', async () => {
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    const run = await engine.driven(runId);
    await expect(heddle.runs.resume(runId)).rejects.toMatchObject({ code: 'conflict' });
    await run.append({
      type: 'node-end',
      time: 1,
      started: 0,
      path: 'question',
      attempt: 1,
      outputs: { question: { value: 'why', label: defaultLabel } },
    });
    await heddle.runs.cancel(runId);
    await settle();
    const resumed = await heddle.runs.resume(runId);
    const { acceptance } = (await engine.driven(resumed.runId)).run;
    expect(acceptance).toMatchObject({
      origin: runId,
      rootId: runId,
      reused: ['question'],
      trigger: 'resume',
      inputs: { question: { value: 'why' } },
    });
    await heddle.stop();
    await heddle.close();
  });

  it('recovers unfinished runs of an earlier process, and ends a run that ended the process three times in a row', async () => {
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine });
    const { journal } = heddle.parts;
    const bundle = { document: testDocument(), workflows: {} };
    const accept = (runId: string) =>
      journal.accept(
        {
          runId,
          workflowId: undefined,
          workflowName: 'Shout',
          time: 1,
          trigger: 'api',
          inputs: {},
          options: {},
          rootId: runId,
          origin: undefined,
          reused: [],
        },
        bundle,
      );
    const recovered = { type: 'run-resume', time: 1, reason: 'recovered' } as const;
    await accept('fresh');
    await accept('halfway');
    await journal.append('halfway', [{ type: 'run-start', time: 1 }, recovered, recovered]);
    await accept('deadly');
    const start = { type: 'node-start', time: 1, path: 'shout', attempt: 1 } as const;
    await journal.append('deadly', [
      { type: 'run-start', time: 1 },
      recovered,
      start,
      recovered,
      start,
      recovered,
      start,
    ]);
    await accept('bystander');
    await journal.append('bystander', [
      { type: 'run-start', time: 1 },
      start,
      recovered,
      recovered,
      recovered,
      recovered,
    ]);
    const ask = { requestId: 'ask', key: 'ok', time: 1, path: 'shout', attempt: 1 } as const;
    for (const runId of ['asking', 'answered']) {
      await accept(runId);
      await journal.append(runId, [
        { type: 'run-start', time: 1 },
        { type: 'human-input-start', ...ask, question: { title: 'OK?', schema: { type: 'boolean' } } },
        { type: 'run-suspend', time: 1, requests: ['ask'] },
      ]);
    }
    await journal.append('answered', [{ type: 'human-input-end', ...ask, outcome: 'answered', value: true }]);
    expect(await heddle.recover(false)).toBe(6);
    expect((await engine.driven('answered')).isResumed).toBe(true);
    expect(engine.begun).not.toContain('asking');
    expect((await engine.driven('fresh')).isResumed).toBe(true);
    expect((await engine.driven('bystander')).isResumed).toBe(true);
    expect((await engine.driven('halfway')).isResumed).toBe(true);
    expect(await heddle.runs.get('deadly')).toMatchObject({ status: 'failed', error: { code: 'crash_loop' } });
    expect(engine.begun).not.toContain('deadly');
    await heddle.stop();
    await heddle.close();
  });

  it('leaves running runs to the next start when it is stopped', async () => {
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    await engine.driven(runId);
    const waiting = heddle.runs.wait(runId);
    await Promise.all([heddle.stop(), expect(waiting).rejects.toMatchObject({ code: 'shutting_down' })]);
    expect(await heddle.parts.journal.summary(runId)).toMatchObject({ status: 'running' });
    await expect(
      heddle.runs.start({ document: testDocument(), request: { inputs: { question: 'why' } }, trigger: 'test' }),
    ).rejects.toMatchObject({ code: 'shutting_down' });
    await heddle.close();
  });
});

describe('crashesInARow', () => {
  const resume = (reason: 'recovered' | 'released') => ({
    type: 'run-resume' as const,
    runId: 'r',
    seq: 1,
    time: 1,
    reason,
  });
  it('counts recoveries only since the last progress, and an orderly stop resets the count', () => {
    expect(crashesInARow([])).toBe(0);
    // No node started, so the run did not either.
    expect(crashesInARow([resume('recovered'), resume('recovered')])).toBe(0);
    const at = { runId: 'r', seq: 2, time: 1, path: 'a', attempt: 1 };
    expect(crashesInARow([resume('recovered'), { type: 'node-end', ...at, started: 1, outputs: {} }])).toBe(0);
    // A start alone is no progress: each crash of a node that ends the process leaves one.
    const start = { type: 'node-start' as const, ...at };
    expect(crashesInARow([resume('recovered'), start, resume('recovered'), start])).toBe(2);
    const queue = { type: 'run-queue' as const, runId: 'r', seq: 1, time: 1, position: 0 };
    const runStart = { type: 'run-start' as const, runId: 'r', seq: 3, time: 1 };
    expect(crashesInARow([queue, runStart, start, resume('recovered'), queue, start])).toBe(2);
    expect(crashesInARow([queue, queue, runStart])).toBe(0);
    expect(crashesInARow([resume('recovered'), start, resume('released'), resume('recovered'), start])).toBe(1);
  });
});
