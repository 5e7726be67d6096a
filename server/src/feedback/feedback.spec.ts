import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { recall, remembering } from '../security/testing/memory-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';
import { echoDocument } from '../testing/echo-document.js';

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
    say: { type: 'prompt', version: 1, config: { template: 'You asked {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

const rights = ['run:published', 'run:feedback', 'speak-for-users'];

describe('feedback', () => {
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let runner: Shown & { readonly id: string };
  let slug: string;
  let id: string;

  beforeAll(async () => {
    house = await openTwoProjects({ nodes: [...standardNodes, recall] });
    owner = house.person({ [house.alpha]: ['owner'] });
    runner = house.person({ [house.alpha]: ['runner'] });
    ({ slug, id } = await house.published(house.alpha, { ...echoDocument(), name: 'Rated' }));
  });
  afterAll(() => house.close());

  const start = async (who: Shown, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { status, body } = await house.call({ ...who, ...headers }, 'POST', `/v1/workflows/${slug}`, {
      question: 'hi',
    });
    expect(status).toBe(200);
    return String(body.runId);
  };
  const give = (who: Shown, run: string, body: object, version = 'v1') =>
    house.call(who, 'POST', `/${version}/runs/${run}/feedback`, body);
  const read = async (who: Shown, run: string): Promise<AnyJson> =>
    (await house.call(who, 'GET', `/api/runs/${run}/feedback`)).body;
  const own = async (who: Shown, run: string): Promise<AnyJson> =>
    (await house.call(who, 'GET', `/v1/runs/${run}/feedback`)).body;

  it('is limited to one per person and run: given, shown, changed and removed', async () => {
    const run = await start(runner);
    expect((await give(runner, run, { thumb: 'up', comment: ' Good. ' })).status).toBe(204);
    expect((await own(runner, run)).feedback).toMatchObject([{ thumb: 'up', comment: 'Good.' }]);
    expect((await give(runner, run, { rating: 2, correction: 'hello' }, 'api')).status).toBe(204);
    expect((await give(owner, run, { thumb: 'down' }, 'api')).status).toBe(204);
    const { feedback, names } = await read(owner, run);
    expect(feedback).toHaveLength(2);
    const later = `user:${owner.id}`;
    const earlier = `user:${runner.id}`;
    expect(feedback).toContainEqual(expect.objectContaining({ who: later, thumb: 'down', isOwn: true }));
    const changed = feedback.find(({ who }: { who: string }) => who === earlier);
    expect(changed).toMatchObject({ rating: 2, correction: 'hello', isOwn: false, label: 'internal' });
    expect(changed).not.toHaveProperty('thumb');
    expect(changed).not.toHaveProperty('comment');
    expect(Object.keys(names).sort()).toEqual([later, earlier].sort());
    expect((await house.call(runner, 'DELETE', `/v1/runs/${run}/feedback`)).status).toBe(204);
    expect((await house.call(runner, 'DELETE', `/v1/runs/${run}/feedback`)).status).toBe(204);
    expect((await own(runner, run)).feedback).toEqual([]);
    expect((await read(owner, run)).feedback).toHaveLength(1);
  });

  it('is refused when it is empty, contradicts itself, or is too long', async () => {
    const run = await start(runner);
    const bad: readonly object[] = [
      {},
      { thumb: 'up', rating: 5 },
      { score: 1, thumb: 'up' },
      { rating: 0 },
      { rating: 2.5 },
      { comment: ' ' },
      { correction: 'x'.repeat(200_001) },
      { thumb: 'up', message: 'nothing' },
      { thumb: 'up', message: 'answer/0' },
      { thumb: 'up', model: 'none' },
    ];
    for (const body of bad) expect([body, (await give(runner, run, body)).status]).toEqual([body, 400]);
    expect((await give(runner, 'gone', { thumb: 'up' })).status).toBe(404);
    const [output = ''] = Object.keys((await house.call(runner, 'GET', `/v1/runs/${run}`)).body.outputs);
    expect((await give(runner, run, { thumb: 'up', message: output })).status).toBe(204);
    expect((await give(runner, run, { thumb: 'down' })).status).toBe(204);
    expect((await own(runner, run)).feedback).toHaveLength(2);
    await house.call(runner, 'DELETE', `/v1/runs/${run}/feedback?message=${output}`);
    expect((await own(runner, run)).feedback).toMatchObject([{ thumb: 'down' }]);
  });

  it("is given on the caller's own runs: a key rates its own calls, and an end user their own", async () => {
    const key = house.key(house.alpha, { permissions: rights });
    const other = house.key(house.alpha, { permissions: [...rights, 'run:values'] });
    const run = await start(key);
    expect((await give(key, run, { thumb: 'up' })).status).toBe(204);
    for (const who of [other, house.key(house.beta, { permissions: rights })])
      for (const call of [give(who, run, { thumb: 'down' }), house.call(who, 'GET', `/v1/runs/${run}/feedback`)])
        expect((await call).status).toBe(404);
    // A key that may read values of the project rates its runs like a member, through the routes of members.
    expect((await give(other, run, { thumb: 'down' }, 'api')).status).toBe(204);
    const blind = house.key(house.alpha, { permissions: ['run:feedback'] });
    expect((await give(blind, run, { thumb: 'down' }, 'api')).status).toBe(404);
    expect((await give(house.key(house.alpha), run, { thumb: 'up' })).status).toBe(403);
    expect((await give(house.person({ [house.alpha]: ['viewer'] }), run, { thumb: 'up' }, 'api')).status).toBe(403);
    expect((await give(house.person({ [house.beta]: ['owner'] }), run, { thumb: 'up' }, 'api')).status).toBe(404);

    const ada = { 'heddle-end-user': 'ada' };
    const eve = { 'heddle-end-user': 'eve' };
    const hers = await start(key, ada);
    expect((await give({ ...key, ...ada }, hers, { rating: 4 })).status).toBe(204);
    expect((await give({ ...key, ...eve }, hers, { rating: 1 })).status).toBe(404);
    expect((await own({ ...key, ...ada }, hers)).feedback).toMatchObject([{ rating: 4 }]);
    expect((await read(owner, hers)).names).toEqual({ [(await read(owner, hers)).feedback[0].who]: 'ada' });
    const mute = house.key(house.alpha, { permissions: ['run:published', 'run:feedback'] });
    expect((await give({ ...mute, ...ada }, await start(mute), { rating: 1 })).status).toBe(403);
  });

  it('has the label of the run, and the audit log contains none of its text', async () => {
    const { slug: secret } = await house.published(house.alpha, secretive);
    const { runId } = await house.server.heddle.runs.start({
      document: secretive,
      workflowId: (await house.server.heddle.workflows.get(secret)).id,
      request: { inputs: { question: 'who?' } },
      trigger: 'api',
    });
    await house.server.heddle.runs.settled(runId);
    await give(owner, runId, { comment: 'Not so secret', correction: 'Nobody' }, 'api');
    expect((await read(owner, runId)).feedback).toMatchObject([{ label: 'confidential' }]);
    await house.call(owner, 'DELETE', `/api/runs/${runId}/feedback`);
    const events = await house.server.heddle.audit.list({ subject: `run:${runId}`, kinds: ['feedback'] });
    expect(events.map(({ details }) => details)).toEqual([
      { step: 'removed' },
      { step: 'given', hasComment: true, hasCorrection: true },
    ]);
  });

  it('filters and marks runs in lists', async () => {
    const good = await start(runner);
    const bad = await start(runner);
    const silent = await start(runner);
    await give(runner, good, { thumb: 'up' });
    await give(owner, good, { rating: 4, comment: 'Fine' }, 'api');
    await give(runner, bad, { rating: 1, correction: 'Better' });
    const list = async (filter: string): Promise<AnyJson> =>
      (await house.call(owner, 'GET', `/api/runs?workflow=${id}&limit=500&${filter}`)).body;
    const idsOf = async (filter: string): Promise<string[]> =>
      ((await list(filter)).runs as { runId: string }[]).map(({ runId }) => runId);
    expect((await list('')).feedback).toMatchObject({
      [good]: { count: 2, good: 2, bad: 0, mean: 0.875, comments: 1, corrections: 0 },
      [bad]: { count: 1, good: 0, bad: 1, mean: 0, corrections: 1 },
    });
    expect(await idsOf('feedback=good')).toContain(good);
    expect(await idsOf('feedback=good')).not.toContain(bad);
    expect(await idsOf('feedback=bad')).toContain(bad);
    expect(await idsOf('feedback=comment')).toContain(good);
    expect(await idsOf('feedback=correction')).toContain(bad);
    expect(await idsOf('feedback=any')).not.toContain(silent);
    expect((await house.call(owner, 'GET', '/api/runs?feedback=odd')).status).toBe(400);
  });

  it('is refused before the answer, and is rate-limited', async () => {
    const waiting: WorkflowDocument = {
      heddle: 2,
      name: 'Asks',
      nodes: { ask: { type: 'human-input', version: 1, config: { question: 'Go on?' } } },
      edges: [],
    };
    const { runId } = await house.server.heddle.runs.start({
      document: waiting,
      request: { inputs: {} },
      trigger: 'editor',
    });
    await house.server.heddle.runs.settled(runId);
    expect((await give(owner, runId, { thumb: 'up' }, 'api')).status).toBe(409);
    const busy = house.person({ [house.alpha]: ['runner'] });
    const run = await start(busy);
    // All are sent at once, since the limit per minute refills meanwhile.
    const replies = await Promise.all(Array.from({ length: 130 }, () => give(busy, run, { thumb: 'up' })));
    const count = (wanted: number): number => replies.filter(({ status }) => status === wanted).length;
    expect(count(204)).toBeGreaterThanOrEqual(60);
    expect(count(429)).toBeGreaterThan(0);
    expect(count(204) + count(429)).toBe(130);
  });

  it('is removed with the conversation of its run, and with the person', async () => {
    const memory = await house.published(house.alpha, { ...remembering, name: 'Remembers' });
    const person = house.person({ [house.alpha]: ['runner'] });
    const ask = async (): Promise<{ readonly runId: string; readonly thread: string }> => {
      const { body } = await house.call(person, 'POST', `/v1/workflows/${memory.slug}`, { text: 'Hi' });
      return { runId: String(body.runId), thread: String(body.thread) };
    };
    const { runId: first, thread } = await ask();
    const { runId: second } = await ask();
    for (const run of [first, second]) expect((await give(person, run, { comment: 'Mine' })).status).toBe(204);
    expect((await house.call(owner, 'DELETE', `/api/conversations/${thread}`)).status).toBe(200);
    expect((await read(owner, first)).feedback).toEqual([]);
    expect((await read(owner, second)).feedback).toHaveLength(1);

    const plain = await start(person);
    await give(person, plain, { comment: 'Also mine' });
    const others = await start(owner);
    await give(owner, others, { comment: 'Not hers' });
    await give(person, others, { comment: 'On a run of somebody else' }, 'api');
    expect((await house.call(owner, 'DELETE', `/api/conversations?subject=user:${person.id}`)).status).toBe(200);
    expect((await read(owner, second)).feedback).toEqual([]);
    expect((await read(owner, plain)).feedback).toEqual([]);
    expect((await read(owner, others)).feedback).toMatchObject([{ comment: 'Not hers' }]);
    const [event] = await house.server.heddle.audit.list({ subject: 'feedback', kinds: ['erase'] });
    expect(event?.details).toEqual({ step: 'feedback of a person', feedback: 3, by: ['subject'] });
  });

  it('loses its texts and its person with the run, and still counts', async () => {
    const run = await start(runner);
    await give(runner, run, { thumb: 'up', comment: 'Mine' });
    expect((await house.call(owner, 'DELETE', `/api/runs/${run}`)).status).toBe(204);
    const [left] = await house.server.heddle.parts.feedback.of(run);
    expect(left).toMatchObject({ thumb: 'up', who: expect.stringMatching(/^removed:/) });
    expect(left).not.toHaveProperty('comment');
  });
});
