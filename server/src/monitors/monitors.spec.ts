import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRandom, isSampled, referenceRuns, type MonitorReply } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { endedRun } from '../dashboard/testing/ended-run.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';
import { echoDocument } from '../testing/echo-document.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';
import { MonitorWorker } from './monitor-worker.js';
import { watchDrift } from './watch-drift.js';

const day = 86_400_000;
const good = JSON.stringify({ reason: 'It says why.', level: 5 });
const refusal = { kind: 'refusal' };
const judge = { kind: 'judge', config: { models: ['far/one'], maxTokens: 100 } };

describe('monitors', () => {
  let house: TwoProjects;
  let far: TestModelServer;
  let clock: FakeClock;
  let owner: Shown & { readonly id: string };
  let workflow: string;
  let answer: () => Promise<string>;
  let monitors: string[];
  beforeAll(async () => {
    clock = createFakeClock(Date.now());
    far = await startModelServer([() => answer()]);
    house = await openTwoProjects({ withStoredJournal: true, clock });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    await house.call(owner, 'POST', '/api/connections', {
      id: 'far',
      kind: 'openai-compatible',
      attempts: 1,
      baseUrl: far.baseUrl,
      models: [{ name: 'one' }],
      prices: [{ model: 'one', inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' }],
      clearance: 'internal',
    });
    workflow = await house.workflow(house.alpha, echoDocument());
  });
  afterAll(async () => {
    await house.server.heddle.monitorWorker.stop();
    await house.close();
    await far.close();
  });
  beforeEach(() => {
    answer = () => Promise.resolve(good);
    monitors = [];
  });
  afterEach(async () => {
    for (const id of monitors) await house.call(owner, 'DELETE', `/api/monitors/${id}`);
  });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    status = 200,
    who: Shown = owner,
  ): Promise<AnyJson> => {
    const reply = await house.call(who, method, path, body);
    expect([method, path, reply.status, reply.body]).toEqual([method, path, status, reply.body]);
    return reply.body;
  };
  async function monitor(setup: object = {}, who: Shown = owner): Promise<string> {
    const request = { name: 'Watch', workflow, share: 1, evaluators: [refusal], watchesDrift: false, ...setup };
    const { id } = await call('POST', '/api/monitors', request, 201, who);
    monitors.push(String(id));
    return String(id);
  }
  const run = async (question = 'Why?', path = workflow): Promise<string> =>
    String((await call('POST', `/api/workflows/${path}/runs?wait=1`, { inputs: { question } })).runId);
  const catchUp = (): Promise<void> => house.server.heddle.monitorWorker.catchUp();
  const get = (id: string): Promise<MonitorReply> => call('GET', `/api/monitors/${id}`) as Promise<MonitorReply>;
  const scoresOf = async (runId: string, who: Shown = owner): Promise<AnyJson[]> =>
    (await call('GET', `/api/runs/${runId}/scores`, undefined, 200, who)).scores as AnyJson[];

  it('judge a share of the runs that finish after a monitor starts, and show the scores at the run and by version', async () => {
    const before = await run();
    const id = await monitor({ share: 0.5 });
    const ids: string[] = [];
    const sampledOf = () => ids.filter((one) => isSampled(one, 0.5));
    // Ids are random, so eight runs could all be sampled, or none of them.
    while (ids.length < 8 || sampledOf().length === 0 || sampledOf().length === ids.length)
      ids.push(await run(ids.length % 2 === 0 ? 'Why?' : "I'm sorry, I cannot help"));
    await catchUp();
    const sampled = sampledOf();
    for (const one of ids) {
      const scores = await scoresOf(one);
      expect(scores).toHaveLength(sampled.includes(one) ? 1 : 0);
      if (scores.length > 0)
        expect(scores[0]).toMatchObject({
          metric: 'refusal',
          monitor: 'Watch',
          monitorId: id,
          label: expect.any(String),
        });
    }
    expect(await scoresOf(before)).toEqual([]);
    expect((await get(id)).counts).toMatchObject({ waiting: 0, judged: sampled.length, failed: 0 });
    const { series } = await call('GET', `/api/monitors/${id}/series?unit=hour`);
    expect(series).toMatchObject([
      { metric: 'refusal', version: 0, total: { scores: sampled.length }, points: [{ scores: sampled.length }] },
    ]);
  });

  it('judge within the daily budget, and count the rest as skipped', async () => {
    // The most that a call may cost is reserved before it, so the judge can spend less than the limit.
    const id = await monitor({ evaluators: [refusal, judge], costPerDay: 50 });
    const ids: string[] = [];
    for (let at = 0; at < 4; at += 1) ids.push(await run());
    const { monitors: store } = house.server.heddle.parts;
    await house.server.heddle.monitorWorker.catchUp();
    const { counts, today } = await get(id);
    expect(today.cost).toBeLessThanOrEqual(50);
    expect(counts.judged + counts.skipped.budget).toBe(4);
    const spent = await monitor({ evaluators: [refusal, judge], costPerDay: 0.001 });
    const asked = far.requests.length;
    for (let at = 0; at < 3; at += 1) ids.push(await run());
    await catchUp();
    expect((await get(spent)).counts).toMatchObject({ waiting: 0, judged: 0, skipped: { budget: 3 } });
    // The first monitor goes on within its own budget; the second made no call.
    expect(far.requests.length - asked).toBe((await get(id)).counts.judged - counts.judged);
    // Setting the clock back does not renew the budget.
    const used = await store.spent(spent, Math.floor(house.server.heddle.parts.clock.trusted.now() / day));
    expect(used.runs).toBeGreaterThan(0);
  });

  it('skip runs above the clearance of a judge, and send it nothing of them', async () => {
    const document = echoDocument();
    const fields = [{ name: 'question', type: 'Text', label: 'confidential' }];
    const secret = await house.workflow(house.alpha, {
      ...document,
      name: 'Secret echo',
      nodes: { ...document.nodes, question: { type: 'input', version: 1, config: { fields } } },
    });
    const id = await monitor({ workflow: secret, evaluators: [refusal, judge] });
    const asked = far.requests.length;
    const runId = await run('Ada is ill', secret);
    await catchUp();
    expect((await get(id)).counts).toMatchObject({ judged: 0, failed: 0, skipped: { label: 1, budget: 0 } });
    expect(far.requests.length).toBe(asked);
    // The evaluator without a model judged the run.
    expect(await scoresOf(runId)).toMatchObject([{ metric: 'refusal', label: 'confidential' }]);
  });

  it('report a judge that answers nonsense or is unavailable, and go on', async () => {
    const id = await monitor({ evaluators: [judge], costPerDay: 50 });
    answer = () => Promise.resolve('I like turtles');
    const nonsense = await run();
    await catchUp();
    expect(await scoresOf(nonsense)).toMatchObject([{ metric: 'judge', error: { code: 'schema_mismatch' } }]);
    expect(await get(id)).toMatchObject({ counts: { failed: 1 }, lastError: { code: 'schema_mismatch' } });
    const gone = await monitor({
      evaluators: [{ kind: 'judge', name: 'other', config: { models: ['far/two'] } }],
      costPerDay: 50,
    });
    await run();
    await catchUp();
    expect((await get(gone)).counts).toMatchObject({ failed: 1, waiting: 0 });
  });

  it('do not judge the runs of a judge that is a workflow', async () => {
    const { slug } = await house.published(house.alpha, { ...echoDocument('1 '), name: 'Scorer' });
    const id = await monitor({
      workflow: slug,
      evaluators: [{ kind: 'workflow', config: { workflow: slug } }],
    });
    await run('Why?', slug);
    for (let round = 0; round < 3; round += 1) await catchUp();
    const { counts } = await get(id);
    expect(counts.judged + counts.failed).toBe(1);
  });

  it('count runs that are removed before they are judged, and remove scores with their runs', async () => {
    const id = await monitor();
    const judged = await run();
    const removed = await run();
    const { monitors: store } = house.server.heddle.parts;
    while ((await store.take(100, 1)) > 0);
    await call('DELETE', `/api/runs/${removed}`, undefined, 204);
    await catchUp();
    expect((await get(id)).counts).toMatchObject({ judged: 1, waiting: 0, skipped: { removed: 1 } });
    expect(await scoresOf(judged)).toHaveLength(1);
    await call('DELETE', `/api/runs/${judged}`, undefined, 204);
    expect(await house.server.heddle.parts.scores.of(judged)).toEqual([]);
  });

  it('pause when their creator has lost the rights, and keep the waiting runs', async () => {
    const maker = house.person({ [house.alpha]: ['owner'] });
    const id = await monitor({}, maker);
    await run();
    await call('PATCH', `/api/users/${maker.id}`, { isDisabled: true });
    await catchUp();
    expect(await get(id)).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('disabled'),
      counts: { waiting: 1 },
    });
    await call('PUT', `/api/monitors/${id}`, await get(id));
    await call('POST', `/api/monitors/${id}/resume`);
    await catchUp();
    expect(await get(id)).toMatchObject({
      state: 'running',
      owner: `user:${owner.id}`,
      counts: { waiting: 0, judged: 1 },
    });
  });

  it('are refused without right answers or without rights, and hidden from other projects', async () => {
    const bad = async (body: object, status: number, code: string, who: Shown = owner): Promise<void> => {
      const reply = await call('POST', '/api/monitors', { name: 'X', workflow, ...body }, status, who);
      expect(reply.error.code).toBe(code);
    };
    await bad({ evaluators: [{ kind: 'exact' }] }, 422, 'evaluator_invalid');
    await bad({ evaluators: [{ kind: 'person' }] }, 422, 'evaluator_invalid');
    await bad({ workflow: 'none', evaluators: [refusal] }, 404, 'workflow_not_found');
    await bad({ evaluators: [refusal], share: 2 }, 400, 'bad_request');
    await bad({ watchesDrift: false }, 400, 'bad_request');
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    await bad({ evaluators: [refusal] }, 403, 'forbidden', viewer);
    await bad({ evaluators: [refusal] }, 404, 'workflow_not_found', stranger);
    const id = await monitor();
    const runId = await run();
    await catchUp();
    expect((await call('GET', '/api/monitors', undefined, 200, viewer)).monitors).toHaveLength(1);
    expect((await call('GET', '/api/monitors', undefined, 200, stranger)).monitors).toEqual([]);
    for (const path of ['', '/series', '/drift'])
      await call('GET', `/api/monitors/${id}${path}`, undefined, 404, stranger);
    for (const step of ['pause', 'resume', 'reference']) {
      await call('POST', `/api/monitors/${id}/${step}`, undefined, 404, stranger);
      await call('POST', `/api/monitors/${id}/${step}`, undefined, 403, viewer);
    }
    await call('DELETE', `/api/monitors/${id}`, undefined, 404, stranger);
    // Explanations repeat values, so a key that may read runs does not see them.
    const reader = house.key(house.alpha, { permissions: ['run:read'] });
    await call('GET', `/api/runs/${runId}/scores`, undefined, 403, reader);
    await call('GET', `/api/monitors/${id}/series`, undefined, 200, reader);
    await call('GET', `/api/runs/${runId}/scores`, undefined, 404, stranger);
    const other = await house.workflow(house.alpha, { ...echoDocument(), name: 'Other' });
    const narrow = house.key(house.alpha, { workflows: [other], permissions: ['run:read', 'workflow:publish'] });
    expect((await house.call(narrow, 'GET', '/api/monitors')).status).toBe(404);
    expect((await house.call(narrow, 'DELETE', `/api/monitors/${id}`)).status).toBeGreaterThanOrEqual(403);
  });

  it('leave an audit event for each change', async () => {
    const id = await monitor();
    for (const step of ['pause', 'resume', 'reference']) await call('POST', `/api/monitors/${id}/${step}`);
    await call('PUT', `/api/monitors/${id}`, { ...(await get(id)), share: 0.2 });
    await call('DELETE', `/api/monitors/${id}`, undefined, 204);
    const events = await house.server.heddle.audit.list({ subject: `monitor:${id}` });
    expect(events.map(({ details, who }) => [details['step'], who])).toEqual(
      [
        'monitor removed',
        'monitor changed',
        'reference renewed',
        'monitor resumed',
        'monitor paused',
        'monitor made',
      ].map((step) => [step, `user:${owner.id}`]),
    );
    await call('GET', `/api/monitors/${id}`, undefined, 404);
  });

  it('discard a judgement for a monitor that is removed meanwhile', async () => {
    const id = await monitor({ evaluators: [judge], costPerDay: 50 });
    const runId = await run();
    answer = async () => {
      await call('DELETE', `/api/monitors/${id}`, undefined, 204);
      return good;
    };
    await catchUp();
    expect(far.requests.length).toBeGreaterThan(0);
    expect(await scoresOf(runId)).toEqual([]);
  });

  it('detect that runs differ from earlier ones, and name them', async () => {
    const id = await monitor({ watchesDrift: true });
    const { monitors: store, tables, clock: ownClock } = house.server.heddle.parts;
    const sources = { monitors: store, tables, clock: ownClock };
    const ended = endedRun(house.server.heddle);
    const random = createRandom(1);
    await run('A question of usual length');
    await catchUp();
    expect(await call('GET', `/api/monitors/${id}/drift`)).toMatchObject({
      referenceRuns: 1,
      isReferenceFull: false,
      newRuns: 0,
      findings: [],
      // No model is installed: the meaning of inputs is not compared, and the page says so.
      vectorError: expect.any(String),
    });
    const add = async (count: number, length: number): Promise<void> => {
      for (let at = 0; at < count; at += 1) await ended({ workflow, at: clock.now() - 500 });
      while ((await store.take(100, 1)) > 0);
      for (let run = await store.next(id, 1); run !== undefined; run = await store.next(id, 1)) {
        const inputLength = length + Math.round(60 * random.uniform());
        const sample = {
          runId: run.runId,
          inputLength,
          answerLength: 300,
          isRefused: false,
          route: '',
          label: 'internal' as const,
        };
        await store.finish(run, {
          outcome: 'judged',
          scores: [],
          cost: 0,
          isSpent: false,
          day: 1,
          at: 1,
          batches: [],
          sample,
        });
      }
    };
    await add(referenceRuns - 1, 80);
    await add(60, 240);
    expect(await watchDrift(id, sources)).toHaveLength(60);
    // Runs are compared once a day, however many there are.
    expect(await watchDrift(id, sources)).toBeUndefined();
    const { findings } = await call('GET', `/api/monitors/${id}/drift`);
    const drifted = (findings as AnyJson[]).filter(({ isDrifted }) => isDrifted);
    expect(drifted).toMatchObject([{ kind: 'input-length', referenceRuns: 200, currentRuns: 60 }]);
    expect(drifted[0]?.examples).toHaveLength(5);
    expect((await get(id)).drifts).toBe(1);
    // The drift lasts: its first day stays stored, even if the clock is set back.
    const { since } = drifted[0] ?? {};
    await clock.advance(-3 * day);
    await add(60, 240);
    const seen: [string, number][] = [];
    const { parts, evaluators } = house.server.heddle;
    const onCompared = (one: string, runs: readonly string[]): Promise<void> =>
      Promise.resolve(void seen.push([one, runs.length]));
    await new MonitorWorker({ ...parts, evaluators, onCompared }).catchUp();
    expect(seen).toEqual([[id, 60]]);
    const again = (await store.get(id)).drift.findings;
    expect(again.find(({ kind }) => kind === 'input-length')?.since).toBe(since);
    await tables.commit(store.write.renewReference(id));
    expect((await store.get(id)).drift.findings).toEqual([]);
  });
});
