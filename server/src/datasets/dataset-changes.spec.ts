import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';

const echo: WorkflowDocument = {
  heddle: 2,
  name: 'Echo',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'session', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'question.session', to: 'reply.answer' }],
};

describe('changes of a dataset', () => {
  let house: TwoProjects;
  let owner: Shown;
  let viewer: Shown;
  let stranger: Shown;
  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    stranger = house.person({ [house.beta]: ['owner'] });
  });
  afterAll(() => house.close());

  const call = (who: Shown, method: string, path: string, body?: unknown) =>
    house.call(who, method, `/api/datasets${path}`, body);
  async function make(rows: readonly object[] = []): Promise<string> {
    const id = String(
      (await house.call(owner, 'POST', '/api/datasets', { name: 'Questions' }, house.alpha)).body['id'],
    );
    if (rows.length > 0) expect((await call(owner, 'POST', `/${id}/rows`, { set: rows })).status).toBe(200);
    return id;
  }
  const rowsOf = async (id: string): Promise<AnyJson[]> =>
    (await call(viewer, 'GET', `/${id}/rows`)).body.rows as AnyJson[];
  const stepsOf = async (id: string) =>
    (await house.server.heddle.audit.list({ subject: `dataset:${id}`, kinds: ['dataset', 'erase'] })).map(
      ({ details }) => details['step'],
    );

  it('adds, edits and removes rows as one version each, with an audit event', async () => {
    const id = await make([
      { id: 'a', inputs: { q: '1' }, split: 'train' },
      { id: 'b', inputs: { q: '2' } },
    ]);
    const edit = {
      set: [{ id: 'a', inputs: { q: 'one' }, label: 'restricted' }],
      remove: ['b'],
      base: 1,
      note: 'Better',
    };
    expect(await call(owner, 'POST', `/${id}/rows`, edit)).toMatchObject({
      status: 200,
      body: { version: 2, rows: 1 },
    });
    // The dataset changed in between.
    expect((await call(owner, 'POST', `/${id}/rows`, edit)).status).toBe(409);
    expect(await rowsOf(id)).toMatchObject([{ id: 'a', inputs: { q: 'one' }, label: 'restricted' }]);
    expect((await call(viewer, 'GET', `/${id}/rows/a?version=1`)).body).toMatchObject({ inputs: { q: '1' } });
    expect((await call(viewer, 'GET', `/${id}/rows/b`)).status).toBe(404);
    expect((await call(viewer, 'GET', `/${id}/difference?from=1&to=2`)).body).toMatchObject({
      added: 0,
      removed: 1,
      changed: 1,
      unchanged: 0,
    });
    expect((await call(viewer, 'GET', `/${id}/facets`)).body).toMatchObject({
      splits: [{ name: '', rows: 1 }],
      labels: [{ name: 'restricted', rows: 1 }],
    });
    expect((await call(owner, 'GET', `/${id}`)).body.versions).toMatchObject([{ note: 'Better' }, {}]);
    expect(await stepsOf(id)).toEqual(['rows written', 'rows written', 'made']);
  });

  it('refuses rows that do not fit, and writes nothing', async () => {
    const id = await make();
    for (const set of [[{ inputs: 1 }], [{ inputs: {}, label: 'secret' }], [{ inputs: {}, more: 1 }], [{}]])
      expect((await call(owner, 'POST', `/${id}/rows`, { set })).status).toBe(400);
    const twice = [
      { id: 'a', inputs: { q: 1 } },
      { id: 'a', inputs: { q: 2 } },
    ];
    expect((await call(owner, 'POST', `/${id}/rows`, { set: twice })).status).toBe(422);
    expect((await call(owner, 'GET', `/${id}`)).body).toMatchObject({ version: 0, rows: 0 });
  });

  it('removes leaked rows, and keeps the rows of a split', async () => {
    const id = await make([
      { id: 'a', inputs: { q: '1' }, split: 'train' },
      { id: 'b', inputs: { q: '1' }, split: 'test' },
      { id: 'c', inputs: { q: '2' }, split: 'train' },
    ]);
    const removed = await call(owner, 'POST', `/${id}/problems/remove`, { of: 'leaks', keep: 'test', note: 'Leaks' });
    expect(removed.body).toMatchObject({ version: 2, rows: 2, removed: 1 });
    expect(await rowsOf(id)).toMatchObject([{ id: 'b' }, { id: 'c' }]);
    expect((await call(viewer, 'POST', `/${id}/problems/remove`, { of: 'leaks' })).status).toBe(403);
  });

  it('are refused to people without the right', async () => {
    const id = await make([{ id: 'a', inputs: { q: '1' } }]);
    for (const path of ['/rows/a', '/facets', '/difference?from=0&to=1']) {
      expect((await call(viewer, 'GET', `/${id}${path}`)).status).toBe(200);
      expect((await call(stranger, 'GET', `/${id}${path}`)).status).toBe(404);
      expect((await call(house.key(house.alpha), 'GET', `/${id}${path}`)).status).toBe(403);
    }
    for (const [path, body] of [
      ['/rows', { remove: ['a'] }],
      ['/problems/remove', { of: 'leaks' }],
      ['/restore', undefined],
    ] as const) {
      expect((await call(viewer, 'POST', `/${id}${path}`, body)).status).toBe(403);
      expect((await call(stranger, 'POST', `/${id}${path}`, body)).status).toBe(404);
    }
    expect(await rowsOf(id)).toHaveLength(1);
  });

  it('can be undone: a deleted dataset is hidden at once, and comes back whole', async () => {
    const id = await make([{ id: 'a', inputs: { q: '1' } }]);
    expect((await call(owner, 'DELETE', `/${id}?undo=true`)).status).toBe(204);
    for (const path of ['', '/rows', '/facets', '/export'])
      expect((await call(owner, 'GET', `/${id}${path}`)).status).toBe(404);
    expect(JSON.stringify((await call(owner, 'GET', '')).body)).not.toContain(id);
    expect((await call(owner, 'POST', `/${id}/rows`, { set: [{ inputs: {} }] })).status).toBe(404);
    expect((await call(owner, 'POST', `/${id}/restore`)).body).toMatchObject({ id, version: 1, rows: 1 });
    expect(await rowsOf(id)).toHaveLength(1);
    expect((await call(owner, 'POST', `/${id}/restore`)).status).toBe(404);
    await call(owner, 'DELETE', `/${id}?undo=true`);
    const [deletion] = house.server.heddle.deletions.list('dataset');
    if (deletion !== undefined) await house.server.heddle.deletions.finish(deletion);
    expect((await call(owner, 'POST', `/${id}/restore`)).status).toBe(404);
    expect((await call(owner, 'GET', `/${id}`)).status).toBe(404);
    expect(await stepsOf(id)).toEqual([
      ...['removed', 'dataset deleted', 'dataset restored', 'dataset deleted', 'rows written', 'made'],
    ]);
  });

  describe('with runs', () => {
    const run = async (workflow: string, session: string, project = house.alpha, thread?: string): Promise<string> => {
      const { runs } = house.server.heddle;
      const { runId } = await runs.start({
        document: echo,
        workflowId: workflow,
        request: { inputs: { session }, thread },
        trigger: 'api',
        caller: { principal: 'user:u', project, subject: 'user:u' },
      });
      await runs.settled(runId);
      return runId;
    };

    it('adds the named runs, and reports the labels of the rows and how many runs gave none', async () => {
      const workflow = await house.workflow(house.alpha, echo);
      const theirs = await run(await house.workflow(house.beta, echo), 'Theirs', house.beta);
      const one = await run(workflow, 'One');
      const two = await run(workflow, 'Two');
      const id = await make();
      const reply = await call(owner, 'POST', `/${id}/runs`, { runs: [one, two, theirs, 'no-run'], split: 'test' });
      expect(reply.body).toMatchObject({ version: 1, added: 2, skipped: 2, labels: [{ rows: 2 }] });
      expect(await rowsOf(id)).toMatchObject([{ run: one }, { run: two }]);
      expect((await call(owner, 'POST', `/${id}/runs`, { runs: [one], workflow: 'none' })).status).toBe(404);
      // Takes all finished runs of the project that match.
      expect((await call(owner, 'POST', `/${await make()}/runs`, { search: one })).body).toMatchObject({ added: 1 });
      expect((await call(owner, 'POST', `/${await make()}/runs`, { trigger: 'schedule' })).body).toMatchObject({
        added: 0,
      });
    });

    it('uses corrected answers instead of outputs, and no answer that people rated bad', async () => {
      const workflow = await house.workflow(house.alpha, echo);
      const right = await run(workflow, 'One');
      const wrong = await run(workflow, 'Two');
      const fine = await run(workflow, 'Three');
      const say = async (who: Shown, runId: string, body: object): Promise<void> => {
        expect((await house.call(who, 'POST', `/api/runs/${runId}/feedback`, body)).status).toBeLessThan(300);
      };
      await say(owner, right, { thumb: 'down', correction: 'Older' });
      await say(house.person({ [house.alpha]: ['owner'] }), right, { correction: 'Uno' });
      await say(owner, wrong, { thumb: 'down', comment: 'No.' });
      await say(owner, fine, { thumb: 'up' });
      const id = await make();
      const all = await call(owner, 'POST', `/${id}/runs`, { workflow });
      expect(all.body).toMatchObject({ added: 3, corrected: 1, withoutAnswer: 1 });
      const rows = await rowsOf(id);
      const expected = new Map(rows.map((row: AnyJson): [unknown, unknown] => [row['run'], row['expected']]));
      expect(expected.get(right)).toBe('Uno');
      expect(expected.get(wrong)).toBeUndefined();
      expect(expected.get(fine)).toBe('Three');
      const only = async (feedback: string): Promise<AnyJson[]> => {
        const other = await make();
        await call(owner, 'POST', `/${other}/runs`, { workflow, feedback });
        return rowsOf(other);
      };
      expect(await only('correction')).toMatchObject([{ run: right, expected: 'Uno' }]);
      expect(await only('good')).toMatchObject([{ run: fine }]);
      expect(await only('bad')).toHaveLength(2);
      // A correction of one output replaces only that output.
      await say(owner, fine, { message: 'answer', correction: 'Tres' });
      await call(owner, 'POST', `/${id}/runs`, { runs: [fine] });
      expect((await rowsOf(id)).find((row: AnyJson) => row['run'] === fine)).toMatchObject({ expected: 'Tres' });
    });

    it('removes the rows of an erased conversation, in all versions and in copies', async () => {
      const workflow = await house.workflow(house.alpha, echo);
      const { conversations } = house.server.heddle.parts;
      const whose = { project: house.alpha, workflow, subject: 'user:u' };
      const thread = async (): Promise<string> => (await conversations.begin(whose)).id;
      const adas = await thread();
      const ada = await run(workflow, 'ada', house.alpha, adas);
      const ben = await run(workflow, 'ben', house.alpha, await thread());
      const id = await make();
      await call(owner, 'POST', `/${id}/runs`, { runs: [ada, ben] });
      const [row] = await rowsOf(id);
      const { hash: _hash, ...edited } = { ...row, id: 'copy' };
      await call(owner, 'POST', `/${id}/rows`, { set: [edited] });
      const erased = await house.call(owner, 'DELETE', `/api/conversations/${adas}`);
      expect(erased.status).toBeLessThan(300);
      expect(await rowsOf(id)).toMatchObject([{ run: ben }]);
      const { body } = await call(owner, 'GET', `/${id}`);
      expect(body.versions).toMatchObject([
        { version: 2, rows: 1, erased: 2 },
        { version: 1, rows: 1, erased: 1 },
      ]);
      const [event] = await house.server.heddle.audit.list({
        subject: `conversation:${adas}`,
        kinds: ['erase'],
      });
      expect(event?.details).toMatchObject({ rows: 2 });
    });
  });
});
