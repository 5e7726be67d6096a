import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EvaluatorSetup, localPrincipal, MonitorRequest, Rubric, type WorkflowDocument } from '@heddle/core';
import { until } from '../../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';
import { echoDocument } from '../../testing/echo-document.js';

/** A workflow with a confidential input. */
const secretive: WorkflowDocument = {
  heddle: 2,
  name: 'Secretive',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'Text', label: 'confidential' }] },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'question.question', to: 'reply.answer' }],
};
const rubric = {
  criteria: [
    {
      name: 'clear',
      title: 'Clear',
      levels: [
        { value: 0, title: 'No' },
        { value: 1, title: 'Yes' },
      ],
    },
  ],
  hasCorrection: true,
};

describe('annotation queues', () => {
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let ada: Shown & { readonly id: string };
  let bob: Shown & { readonly id: string };
  let echo: string;

  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    ada = house.person({ [house.alpha]: ['runner'] });
    bob = house.person({ [house.alpha]: ['approver'] });
    echo = await house.workflow(house.alpha, { ...echoDocument(), name: 'Annotated' });
  });
  afterAll(() => house.close());

  async function run(workflow = echo, question = 'hi', document = echoDocument()): Promise<string> {
    const { runId } = await house.server.heddle.runs.start({
      document,
      workflowId: workflow,
      request: { inputs: { question } },
      trigger: 'api',
    });
    await house.server.heddle.runs.settled(runId);
    return runId;
  }
  const outputsOf = async (runId: string) =>
    (await house.server.heddle.parts.journal.events(runId)).flatMap((event) =>
      event.type === 'run-end' && event.outputs !== undefined ? [event.outputs] : [],
    );
  const path = '/api/annotation-queues';
  async function queue(more: object = {}): Promise<string> {
    const made = await house.call(owner, 'POST', path, { name: 'Clear?', rubric, ...more }, house.alpha);
    expect(made.status).toBe(201);
    return String(made.body.id);
  }
  const add = async (id: string, body: object): Promise<AnyJson> =>
    (await house.call(owner, 'POST', `${path}/${id}/items`, body)).body;
  const next = async (who: Shown, id: string): Promise<AnyJson> =>
    (await house.call(who, 'POST', `${path}/${id}/next`, {})).body;
  const say = (who: Shown, id: string, item: number, body: object) =>
    house.call(who, 'POST', `${path}/${id}/items/${item}/annotation`, body);

  it('gives each person a different run, with its inputs and outputs, and counts them', async () => {
    const id = await queue();
    const runs = [await run(echo, 'one'), await run(echo, 'two')];
    expect(await add(id, { runs: [...runs, runs[0], 'gone'] })).toEqual({ added: 2, known: 0, above: 0, refused: 1 });
    expect(await add(id, { runs })).toMatchObject({ added: 0, known: 2 });
    const first = await next(ada, id);
    const second = await next(bob, id);
    expect(first).toMatchObject({ queue: { items: 2, done: 0 }, task: { runs: [{ inputs: { question: 'one' } }] } });
    expect(Object.keys(first.task.runs[0].outputs)).toHaveLength(1);
    expect(second.task.item).not.toBe(first.task.item);
    expect((await next(ada, id)).task.item).toBe(first.task.item);
    expect((await say(ada, id, first.task.item, { scores: { clear: 1 }, correction: 'ONE' })).status).toBe(204);
    expect((await next(ada, id)).task).toBeUndefined();
    expect((await say(bob, id, second.task.item, { isSkipped: true })).status).toBe(204);
    expect((await next(ada, id)).task.item).toBe(second.task.item);
    const undone = await house.call(ada, 'POST', `${path}/${id}/undo`, {});
    expect(undone.body.task.item).toBe(first.task.item);
    expect((await house.call(owner, 'POST', `${path}/${id}/undo`, {})).status).toBe(409);
    const events = await house.server.heddle.audit.list({ subject: `annotation-queue:${id}`, kinds: ['annotation'] });
    expect(events.map(({ details }) => details['step'])).toEqual([
      ...['taken back', 'skipped', 'annotated', 'items added', 'items added', 'made'],
    ]);
    expect(JSON.stringify(events)).not.toContain('ONE');
  });

  it('refuses an answer that does not match the rubric', async () => {
    const id = await queue();
    await add(id, { runs: [await run()] });
    const { task } = await next(ada, id);
    for (const body of [
      {},
      { scores: { clear: 2 } },
      { scores: { clear: 1, other: 1 } },
      { scores: { clear: 1 }, text: 'Hm' },
      { scores: { clear: 1 }, preferred: 'tie' },
      { scores: { clear: 'x' } },
    ])
      expect([body, (await say(ada, id, task.item, body)).status]).toEqual([body, 400]);
    expect((await say(ada, id, 9_999, { scores: { clear: 1 } })).status).toBe(404);
    expect((await say(ada, id, task.item, { scores: { clear: 1 } })).status).toBe(204);
    for (const body of [{}, { runs: ['a'], pairs: [['a', 'b']] }, { runs: [] }, { sample: 3 }])
      expect((await house.call(owner, 'POST', `${path}/${id}/items`, body)).status).toBe(400);
  });

  it('contains the runs of an experiment on which its judges disagree most, within its project', async () => {
    const both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const call = (method: string, at: string, body?: unknown) => house.call(both, method, at, body, house.alpha);
    const { id: dataset } = (await call('POST', '/api/datasets', { name: 'Judged' })).body;
    const answer = String(Object.values((await outputsOf(await run(echo, 'same')))[0] ?? '')[0]?.value);
    const set = [
      { id: 'agreed', inputs: { question: 'same' }, expected: answer },
      { id: 'apart', inputs: { question: 'same' }, expected: answer.slice(0, 2) },
    ];
    await call('POST', `/api/datasets/${dataset}/rows`, { set });
    const { id: experiment } = (
      await call('POST', '/api/experiments', {
        name: 'Two checks',
        dataset,
        variants: [{ workflow: echo, version: 'draft' }],
        evaluators: [{ kind: 'exact' }, { kind: 'contains' }],
      })
    ).body;
    await until(async () => {
      const { body } = await call('GET', `/api/experiments/${experiment}`);
      return body.status === 'done' ? true : undefined;
    });
    const id = await queue();
    const disagreement = { experiment, metrics: ['exact', 'contains'] };
    expect(await add(id, { disagreement })).toEqual({ added: 1, known: 0, above: 0, refused: 0 });
    expect((await add(id, { disagreement: { experiment } })).error.message).toContain('two judges');
    expect((await add(id, { disagreement, runs: ['x'] })).error.code).toBe('bad_request');
    expect((await add(id, { disagreement: { experiment: 'none' } })).error.code).toBe('not_found');
    // A person in both projects cannot copy answers from one into the other.
    const theirs = await house.call(both, 'POST', path, { name: 'Theirs', rubric }, house.beta);
    const refused = await house.call(both, 'POST', `${path}/${theirs.body.id}/items`, { disagreement });
    expect(refused.body.error.code).toBe('not_found');
    await house.call(both, 'DELETE', `${path}/${theirs.body.id}`);
  });

  it('shows no run above its clearance, of another project, or to people who may not read values', async () => {
    const id = await queue();
    const secret = await house.workflow(house.alpha, secretive);
    const theirs = await house.workflow(house.beta, echoDocument());
    const confidential = await run(secret, 'who?', secretive);
    expect(await add(id, { runs: [confidential, await run(theirs)] })).toEqual({
      added: 0,
      known: 0,
      above: 1,
      refused: 1,
    });
    const open = await queue({ clearance: 'confidential' });
    expect(await add(open, { runs: [confidential] })).toMatchObject({ added: 1 });
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    const key = house.key(house.alpha, { permissions: ['run:feedback'] });
    expect((await house.call(viewer, 'POST', `${path}/${open}/next`, {})).status).toBe(403);
    expect((await house.call(ada, 'POST', path, { name: 'x', rubric })).status).toBe(403);
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/next'],
      ['POST', '/undo'],
      ['GET', '/results'],
    ] as const)
      expect(
        (await house.call(stranger, method, `${path}/${open}${rest}`, method === 'POST' ? {} : undefined)).status,
      ).toBe(404);
    expect((await house.call(stranger, 'GET', path)).body.queues).toEqual([]);
    // A key without the right to read values gets no run.
    expect((await house.call(key, 'POST', `${path}/${open}/next`, {})).body.task).toBeUndefined();
    expect((await next(ada, open)).task.runs).toMatchObject([{ label: 'confidential' }]);
  });

  it('is only for the people to whom it is assigned', async () => {
    const id = await queue({ assignees: [`user:${ada.id}`] });
    await add(id, { runs: [await run()] });
    expect((await house.call(bob, 'POST', `${path}/${id}/next`, {})).status).toBe(403);
    expect((await house.call(bob, 'GET', `${path}/${id}`)).body.open).toBe(0);
    expect((await house.call(ada, 'GET', `${path}/${id}`)).body.open).toBe(1);
    await house.call(owner, 'PATCH', `${path}/${id}`, { assignees: [] });
    expect((await next(bob, id)).task).toBeDefined();
  });

  it('is filled by a filter and a sample, and measures how two people agree', async () => {
    const workflow = await house.workflow(house.alpha, { ...echoDocument(), name: 'Filtered' });
    for (let index = 0; index < 6; index += 1) await run(workflow, `${index}`);
    const id = await queue({ double: 1 });
    expect(await add(id, { filter: { workflow, limit: 5 }, sample: 4 })).toMatchObject({ added: 4 });
    for (const who of [ada, bob])
      for (let index = 0; index < 4; index += 1) {
        const { task } = await next(who, id);
        const value = who === bob && index === 0 ? 0 : 1;
        expect((await say(who, id, task.item, { scores: { clear: value } })).status).toBe(204);
      }
    const { annotations, agreement, names } = (await house.call(owner, 'GET', `${path}/${id}/results`)).body;
    expect(annotations).toHaveLength(8);
    expect(agreement).toMatchObject([{ criterion: 'clear', items: 4, same: 0.75 }]);
    expect(Object.keys(names)).toHaveLength(2);
    expect((await house.call(owner, 'GET', `${path}/${id}`)).body).toMatchObject({ items: 4, done: 4, open: 0 });
    expect((await house.call(owner, 'POST', `${path}/${id}/items`, { filter: { workflow: 'gone' } })).status).toBe(404);
  });

  it("calibrates the judge of a monitor with people's scores of the same runs", async () => {
    const { heddle } = house.server;
    const judge = EvaluatorSetup.parse({ kind: 'judge', name: 'kind', config: { models: ['m'] } });
    const watch = async (monitor: string, project: string): Promise<void> => {
      const setup = MonitorRequest.parse({ name: 'Watch', workflow: echo, evaluators: [judge, { kind: 'refusal' }] });
      await heddle.parts.tables.commit([
        ...heddle.parts.monitors.write.save({ id: monitor, project, owner: `user:${owner.id}`, setup, metrics: [] }),
        ...heddle.ownership.write.assign('monitor', monitor, project),
      ]);
    };
    await watch('m_here', house.alpha);
    await watch('m_there', house.beta);
    const id = await queue({ double: 1 });
    const runs = await Promise.all(Array.from({ length: 16 }, (_, at) => run(echo, `${at}`)));
    await add(id, { runs });
    // One run was never judged, and one judgement is of another monitor.
    const scored = heddle.parts.scores.write.add(
      runs.slice(1).map((runId, at) => ({
        runId,
        monitorId: at === 0 ? 'm_other' : 'm_here',
        metric: 'kind',
        value: at % 2,
        explanation: '',
        cost: 0,
        tokens: 0,
        judgedAt: 1,
        project: house.alpha,
        workflow: echo,
        version: undefined,
        label: 'internal' as const,
      })),
    );
    await heddle.parts.tables.commit(scored);
    for (const who of [ada, bob])
      for (let at = 0; at < 16; at += 1) {
        const { task } = await next(who, id);
        const value = runs.indexOf(task.runs[0].runId) % 2 === 0 ? 1 : 0;
        await say(who, id, task.item, { scores: { clear: value } });
      }
    const calibrate = (body: object, who: Shown = owner): Promise<{ status: number; body: AnyJson }> =>
      house.call(who, 'POST', `${path}/${id}/calibration`, body);
    expect((await calibrate({ monitor: 'm_here' }, ada)).status).toBe(403);
    const first = await calibrate({ monitor: 'm_here' });
    expect(first.body.judges).toMatchObject([
      { name: 'kind', pairs: 28, calibration: { rows: 28, isCalibrated: false, agreement: 1 } },
    ]);
    const again = (await calibrate({ monitor: 'm_here', criterion: 'clear', judges: ['kind'] })).body.judges;
    expect(again).toMatchObject([{ pairs: 28, calibration: { rows: 28 } }]);
    expect(
      (await heddle.monitors.list({ shows: () => true, showsRun: () => true })).map(({ calibrations }) => calibrations),
    ).toContainEqual({
      kind: expect.objectContaining({
        rows: 28,
        summary: 'Not calibrated: people have judged 28 of the 30 rows that are needed.',
      }),
    });
    for (const [body, status] of [
      [{ monitor: 'm_here', judges: ['refusal'] }, 400],
      [{ monitor: 'm_here', criterion: 'other' }, 400],
      [{ monitor: 'm_there' }, 404],
      [{ monitor: 'gone' }, 404],
      [{}, 400],
    ] as const)
      expect([body, (await calibrate(body)).status]).toEqual([body, status]);
  });

  it('compares two answers, and stores which run was better', async () => {
    const id = await queue({ kind: 'compare', rubric: {} });
    const one = await run();
    const two = await run();
    expect(
      await add(id, {
        pairs: [
          [one, two],
          [one, one],
        ],
      }),
    ).toMatchObject({ added: 1, refused: 1 });
    expect(await add(id, { runs: [one] })).toMatchObject({ added: 0, refused: 1 });
    const { task } = await next(ada, id);
    expect(task.runs).toHaveLength(2);
    expect((await say(ada, id, task.item, { preferred: 'other' })).status).toBe(400);
    expect((await say(ada, id, task.item, { preferred: two })).status).toBe(204);
    const { annotations } = (await house.call(owner, 'GET', `${path}/${id}/results`)).body;
    expect(annotations).toMatchObject([{ runs: [one, two], preferred: two }]);
  });

  it('writes corrected answers as rows of a dataset in its project', async () => {
    const id = await queue();
    const corrected = await run(echo, 'How long?');
    await add(id, { runs: [corrected, await run()] });
    for (const correction of ['Two years', undefined]) {
      const { task } = await next(ada, id);
      await say(ada, id, task.item, { scores: { clear: 0 }, correction });
    }
    const dataset = async (project: string, who: Shown): Promise<string> =>
      String((await house.call(who, 'POST', '/api/datasets', { name: 'Rows' }, project)).body.id);
    const both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const ours = await dataset(house.alpha, both);
    const theirs = await dataset(house.beta, both);
    const write = (to: string, who: Shown = both) =>
      house.call(who, 'POST', `${path}/${id}/dataset`, { dataset: to, split: 'train' });
    expect((await write(ours)).body).toMatchObject({ version: 1, added: 1 });
    const { rows } = (await house.call(owner, 'GET', `/api/datasets/${ours}/rows`)).body;
    expect(rows).toMatchObject([
      { run: corrected, inputs: { question: 'How long?' }, expected: 'Two years', split: 'train', label: 'internal' },
    ]);
    expect((await write(theirs)).status).toBe(404);
    expect((await write(theirs, owner)).status).toBe(404);
    expect((await write(ours, ada)).status).toBe(403);
  });

  it('puts requests of evaluations into one queue per rubric', async () => {
    const { annotations } = house.server.heddle;
    const asked = Rubric.parse(rubric);
    const first = await annotations.request(await run(), asked, localPrincipal);
    expect(await annotations.request(await run(), asked, localPrincipal)).toBe(first);
    expect(await annotations.get(first, 'local')).toMatchObject({ items: 2, rubric: { hasCorrection: true } });
    await expect(annotations.request('gone', asked, localPrincipal)).rejects.toMatchObject({ code: 'conflict' });
  });
});
