import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf, type NegativesReport } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';

const texts: Readonly<Record<string, string>> = {
  'opening.md': 'The library opens at nine on weekdays.',
  'pool.md': 'The pool of the town opens at seven, the library later.',
  'copy.md': 'The library opens at NINE on weekdays!',
  'museum.md': 'The museum opens at ten and the library shop at noon.',
  'station.md': 'The station never closes, unlike the library.',
  'zoo.md': 'Elephants live here.',
  'secret.md': 'The library vault opens at midnight.',
};
const question = 'library';

describe('hard negatives of labelled questions', () => {
  let house: TwoProjects;
  let far: TestModelServer;
  let owner: Shown;
  let viewer: Shown;
  let stranger: Shown;
  let both: Shown;
  let reply: (text: string) => string;

  const connect = async (clearance: string, method = 'PUT', path = '/api/connections/far'): Promise<void> => {
    const prices = { inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' };
    const { status } = await house.call(both, method, path, {
      id: 'far',
      kind: 'openai-compatible',
      attempts: 1,
      baseUrl: far.baseUrl,
      models: [{ name: 'one' }],
      prices: [{ model: 'one', ...prices }],
      clearance,
    });
    expect(status).toBeLessThan(300);
  };

  beforeAll(async () => {
    far = await startModelServer([() => Promise.resolve(reply(JSON.stringify(far.requests.at(-1)?.messages)))]);
    const collections = createFakeCollections();
    house = await openTwoProjects({ collections });
    owner = house.person({ [house.alpha]: ['owner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    stranger = house.person({ [house.beta]: ['owner'] });
    both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    for (const [name, project] of [
      ['town', house.alpha],
      ['theirs', house.beta],
    ] as const) {
      const made = await collections.create({ name, embedding: 'mini', label: labelOf('confidential') });
      await made.ingest(Object.entries(texts).map(([id, content]) => ({ id, content })));
      await made.readers?.set('secret.md', ['group:nobody']);
      house.server.heddle.ownership.assign('collection', name, project);
    }
    await connect('confidential', 'POST', '/api/connections');
  });
  beforeEach(() => {
    far.requests.length = 0;
    reply = () => '{"answered": false}';
  });
  afterAll(async () => {
    await house.close();
    await far.close();
  });

  const labelled = { id: 'q', inputs: { question }, expected: 'At nine.', references: [{ document: 'opening.md' }] };
  const make = async (set: readonly object[] = [labelled], who = owner, project = house.alpha): Promise<string> => {
    const id = String((await house.call(who, 'POST', '/api/datasets', { name: 'Q' }, project)).body['id']);
    await house.call(who, 'POST', `/api/datasets/${id}/rows`, { set }, project);
    return id;
  };
  const ask = (who: Shown, id: string, body: object = {}) =>
    house.call(who, 'POST', `/api/datasets/${id}/negatives`, { collection: 'town', each: 3, ...body });
  async function ended(jobId: unknown): Promise<AnyJson> {
    for (;;) {
      const { body } = await house.call(both, 'GET', `/api/jobs/${String(jobId)}`);
      if (body['status'] !== 'queued' && body['status'] !== 'running') return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const rowsOf = async (id: string, query = ''): Promise<AnyJson[]> =>
    (await house.call(owner, 'GET', `/api/datasets/${id}/rows${query}`)).body['rows'] as AnyJson[];
  const mined = async (set?: readonly object[], body: object = {}) => {
    const id = await make(set);
    const job = await ended((await ask(owner, id, body)).body['jobId']);
    const [row = {}] = await rowsOf(id);
    const proposed = (row['proposed'] ?? []) as AnyJson[];
    const grades = Object.fromEntries(proposed.map((one) => [String(one['document']), Number(one['grade'])]));
    return { id, job, row, proposed, grades };
  };
  const review = (who: Shown, id: string, row: AnyJson, body: object) =>
    house.call(who, 'POST', `/api/datasets/${id}/rows/${row['id']}/review`, { hash: row['hash'], ...body });

  it('are passages of other documents; a copy of a relevant one is proposed as relevant, and no hidden one is read', async () => {
    const { id, job, row, proposed, grades } = await mined();
    expect(job).toMatchObject({ kind: 'negatives', subject: id, status: 'done' });
    expect(job['result']).toMatchObject({ planned: 1, done: 1, proposed: 3, relevant: 1, version: 2 });
    expect(grades).toEqual({ 'pool.md': 0, 'museum.md': 0, 'station.md': 0, 'copy.md': 1 });
    expect(proposed.find(({ document }) => document === 'copy.md')).toMatchObject({ because: 'answer' });
    expect(proposed.find(({ document }) => document === 'pool.md')).toEqual({
      document: 'pool.md',
      text: texts['pool.md'],
      grade: 0,
      passage: 'pool.md#0',
    });
    // The row now contains texts of the collection, and has its label.
    expect(row).toMatchObject({ references: [{ document: 'opening.md' }], label: 'confidential' });
    const events = await house.server.heddle.audit.list({ subject: `dataset:${id}`, kinds: ['dataset'] });
    expect(events.map(({ details }) => details['step'])).toContain('hard negatives asked for');
  });

  it('reach the requested number together with those of the row, and are not proposed twice', async () => {
    const references = [{ document: 'opening.md' }, { document: 'pool.md', grade: 0 }];
    const { id, grades } = await mined([{ ...labelled, references }], { each: 2 });
    expect(Object.values(grades).filter((grade) => grade === 0)).toHaveLength(1);
    expect(grades).not.toHaveProperty('pool.md');
    const again = await ended((await ask(owner, id, { each: 2 })).body['jobId']);
    expect(again).toMatchObject({ status: 'failed', error: { code: 'bad_request' } });
    expect((await house.call(owner, 'GET', `/api/datasets/${id}`)).body['version']).toBe(2);
  });

  it('are verified by a model: a document that answers the question is proposed as relevant', async () => {
    reply = (text) => JSON.stringify({ answered: text.includes('museum') });
    const { job, grades, proposed } = await mined(undefined, { model: 'far/one' });
    expect(grades).toMatchObject({ 'museum.md': 1, 'pool.md': 0, 'station.md': 0 });
    expect(proposed.find(({ document }) => document === 'museum.md')?.['because']).toBe('model');
    expect(job['result'].cost).toBeGreaterThan(0);
    expect(JSON.stringify(far.requests)).not.toContain('vault');
    reply = () => 'I cannot say.';
    const unsure = await mined(undefined, { model: 'far/one' });
    expect(unsure.grades).toEqual({ 'copy.md': 1 });
    expect(unsure.job['result'].unreadable).toBe(3);
  });

  it('are verified only by a model with the clearance for their passages, within a budget', async () => {
    await connect('internal');
    const refused = await mined(undefined, { model: 'far/one' });
    expect(refused.job['result']).toMatchObject({ refused: 3, proposed: 0 });
    expect(far.requests).toEqual([]);
    await connect('confidential');
    const poor = await mined(undefined, { model: 'far/one', budget: 0.000001 });
    expect(poor.job).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' } });
    expect(far.requests).toEqual([]);
  });

  it('are not searched for rows without a question or a relevant document, or under review', async () => {
    const { job } = await mined([
      labelled,
      { id: 'none', inputs: { question } },
      { id: 'new', inputs: { question }, references: labelled.references, unreviewed: true },
      { id: 'other', inputs: { question }, references: [{ document: 'elsewhere.md' }] },
      { id: 'hidden', inputs: { question }, references: [{ document: 'secret.md' }] },
      { id: 'mute', inputs: { depth: 2 }, references: labelled.references },
    ]);
    expect(job['result']).toMatchObject({ planned: 3, done: 3, skipped: 4, proposed: 3, failed: 0 });
  });

  it('use nothing of another project, and need the right to change the dataset', async () => {
    const id = await make();
    expect((await ask(viewer, id)).status).toBe(403);
    expect((await ask(stranger, id)).status).toBe(404);
    expect((await ask(both, id, { collection: 'theirs' })).body.error.code).toBe('collection_not_found');
    expect((await ask(owner, id, { model: 'none/one' })).body.error.code).toBe('connection_not_found');
    expect((await ask(owner, id, { each: 21 })).status).toBe(400);
    const narrow = house.key(house.alpha, { permissions: ['workflow:write', 'run:values'] });
    expect((await ask(narrow, id)).status).toBe(403);
    const { jobId } = (await ask(owner, id)).body;
    await ended(jobId);
    expect((await house.call(stranger, 'GET', `/api/jobs/${String(jobId)}`)).status).toBe(404);
  });

  it('are added to the dataset once, however often their process ends', async () => {
    const set = ['a', 'b', 'c'].map((id) => ({ ...labelled, id }));
    const id = await make(set);
    const { parts, negatives } = house.server.heddle;
    const request = { collection: 'town', model: 'far/one', each: 2, questions: 9, seed: 0 };
    const report: NegativesReport = {
      planned: 0,
      done: 0,
      skipped: 0,
      proposed: 0,
      relevant: 0,
      refused: 0,
      unreadable: 0,
      failed: 0,
      cost: 0,
      problems: [],
    };
    const left = await parts.negatives.create({ dataset: id, owner: 'local', project: house.alpha, request, report });
    for (const at of [1, 3, 5]) {
      const stop = new AbortController();
      let calls = 0;
      reply = () => {
        calls += 1;
        if (calls === at) stop.abort();
        return '{"answered": false}';
      };
      const job = negatives.leftJob(id, { negatives: left });
      await job.run({ signal: stop.signal, report: () => undefined }).catch(() => undefined);
    }
    const job = negatives.leftJob(id, { negatives: left });
    await job.run({ signal: new AbortController().signal, report: () => undefined }).catch(() => undefined);
    const rows = await rowsOf(id);
    const negativesOf = (row: AnyJson): number =>
      (row['proposed'] as AnyJson[]).filter(({ grade }) => grade === 0).length;
    expect(rows.map(negativesOf)).toEqual([2, 2, 2]);
    expect((await house.call(owner, 'GET', `/api/datasets/${id}`)).body['version']).toBe(2);
  });

  describe('under review', () => {
    it('wait beside a row that stays in use, and become references with their grades', async () => {
      const { id, row } = await mined();
      expect(await rowsOf(id, '?review=open')).toHaveLength(1);
      expect(await rowsOf(id, '?review=accepted')).toHaveLength(1);
      expect((await house.call(owner, 'GET', `/api/datasets/${id}/facets`)).body['toReview']).toBe(1);
      expect((await review(viewer, id, row, { decision: 'accept' })).status).toBe(403);
      expect((await review(stranger, id, row, { decision: 'accept' })).status).toBe(404);
      expect((await review(owner, id, { ...row, hash: 'old' }, { decision: 'accept' })).body.error.code).toBe(
        'conflict',
      );
      const foreign = { decision: 'accept', proposed: [{ document: 'zoo.md', grade: 1 }] };
      expect((await review(owner, id, row, foreign)).body.error.code).toBe('bad_request');
      expect((await review(owner, id, row, { decision: 'accept' })).status).toBe(200);
      const [kept = {}] = await rowsOf(id);
      expect(kept).not.toHaveProperty('proposed');
      expect((kept['references'] as AnyJson[]).map(({ document, grade }): unknown[] => [document, grade])).toEqual(
        expect.arrayContaining([
          ['opening.md', 1],
          ['copy.md', 1],
          ['pool.md', 0],
        ]),
      );
      expect(await rowsOf(id, '?review=open')).toEqual([]);
      expect((await review(owner, id, kept, { decision: 'accept' })).body.error.code).toBe('conflict');
    });

    it('are accepted one by one with another grade, or dropped while the row stays', async () => {
      const { id, row } = await mined();
      const taken = [
        { document: 'pool.md', grade: 0 },
        { document: 'museum.md', grade: 1 },
      ];
      expect((await review(owner, id, row, { decision: 'accept', proposed: taken })).status).toBe(200);
      const [kept] = await rowsOf(id);
      expect(kept?.['references']).toMatchObject([
        { document: 'opening.md', grade: 1 },
        { document: 'pool.md', grade: 0, text: texts['pool.md'] },
        { document: 'museum.md', grade: 1 },
      ]);
      const other = await mined();
      expect((await review(owner, other.id, other.row, { decision: 'reject' })).status).toBe(200);
      const [same = {}] = await rowsOf(other.id);
      expect(same).toMatchObject({ id: 'q', references: [{ document: 'opening.md', grade: 1 }] });
      expect(same).not.toHaveProperty('proposed');
    });
  });
});
