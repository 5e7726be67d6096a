import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import {
  JobReply,
  LabelledComparisonRequest,
  ReindexComparison,
  ReindexEstimate,
  ReindexState,
  type Embedder,
  type ModelHub,
} from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';

const towns = ['Bergen', 'Lisbon', 'Kyoto', 'Quito', 'Accra', 'Hobart'] as const;
const documents = towns.map((town, at) => ({
  id: `${town}.md`,
  content: `# ${town}\n\nThe harbour of ${town} has ${at + 3} cranes. ${'Ships come and go. '.repeat(20)}`,
}));
const splitter = { kind: 'sentence', maxTokens: 16, overlapTokens: 0, context: false } as const;

describe('another index of a collection, through the API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-reindex-api-'));
  const parser = createDocuments();
  let house: TwoProjects;
  let owner: Shown;
  let store: ReturnType<typeof createEmbeddedStore>;
  let dataset: string;
  /** Ids of documents whose originals are damaged. */
  const broken = new Set<string>();
  /** While it is set, the second model waits for it. */
  let held: Promise<void> | undefined;
  /** Of the last call of the second model. */
  let signal: AbortSignal | undefined;

  const embedder = async (id: string): Promise<Embedder> => {
    const model = createFakeEmbedder({ id, dimensions: id === 'second' ? 128 : 64 });
    if (id !== 'second') return model;
    return {
      ...model,
      embed: async (texts, options) => {
        ({ signal } = options);
        await held;
        return model.embed(texts, options);
      },
    };
  };
  const at = (path = ''): string => `/api/collections/notes/reindex${path}`;
  const call = (method: string, path: string, body?: object, who = owner) =>
    house.call(who, method, path, body, house.alpha);
  const code = ({ body }: { readonly body: unknown }): unknown => (body as { error?: { code: string } }).error?.code;
  const state = async (): Promise<ReindexState> => ReindexState.parse((await call('GET', at())).body);
  const ended = async (jobId: unknown): Promise<JobReply> => {
    for (;;) {
      const job = JobReply.parse((await call('GET', `/api/jobs/${String(jobId)}`)).body);
      if (job.endedAt !== undefined) return job;
      await wait(20);
    }
  };
  /** The passages that a search ranks first. */
  const found = async (query = 'harbour of Kyoto'): Promise<readonly string[]> => {
    const { body } = await call('POST', '/api/collections/notes/search', { query, k: 1 });
    return (body['results'] as { readonly text: string }[]).map(({ text }) => text);
  };

  beforeAll(async () => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    const tokenizer = () => Promise.resolve(createFakeTokenizer());
    const texts = new Map(documents.map((document) => [document.id, document]));
    const collections = createCollections({
      embedded: store,
      documents: parser,
      embedder,
      tokenizer,
      original: async (_collection, id) => Promise.resolve(broken.has(id) ? { id, content: '' } : texts.get(id)),
      modelExists: (id) => id !== 'none',
    });
    house = await openTwoProjects({ collections, models: { embedder } as ModelHub }); // Only the method that collections use.
    owner = house.person({ [house.alpha]: ['owner'] });
    await house.server.heddle.collections.create({ name: 'notes', embedding: 'first' });
    house.server.heddle.ownership.assign('collection', 'notes', house.alpha);
    await house.server.heddle.collections.ingestNow('notes', { documents, sync: false }, {});
    dataset = String((await call('POST', '/api/datasets', { name: 'Questions' })).body['id']);
    const set = towns.map((town, at) => ({
      inputs: { question: `How many cranes has the harbour of ${town}?` },
      // The next document is near, and is judged not relevant for the first two towns.
      references: [
        { document: `${town}.md` },
        ...(at < 2 ? [{ document: `${towns[at + 1] ?? ''}.md`, grade: 0 }] : []),
      ],
    }));
    await call('POST', `/api/datasets/${dataset}/rows`, { set: [...set, { inputs: { question: 'Which one?' } }] });
  });
  beforeEach(async () => {
    held = undefined;
    const { next, previous } = await state();
    if (next !== undefined) await call('DELETE', at('?which=next'));
    if (previous !== undefined) await call('DELETE', at('?which=previous'));
  });
  afterAll(async () => {
    await house.close();
    await parser.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('estimates its cost, fills while the old index answers, answers after the switch, and can be switched back', async () => {
    const request = { embedding: 'second', splitter };
    const estimate = ReindexEstimate.parse((await call('POST', at('/estimate'), request)).body);
    expect(estimate).toMatchObject({ embedding: 'second', documents: 6, failures: [] });
    expect(estimate.passages).toBeGreaterThan(estimate.passagesNow);
    expect((await state()).next).toBeUndefined();
    const [old] = await found();
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    const begun = await call('POST', at(), request);
    expect(begun.status).toBe(202);
    const job = JobReply.parse((await call('GET', `/api/jobs/${String(begun.body['jobId'])}`)).body);
    expect(job).toMatchObject({ kind: 'reindex', subject: 'notes' });
    // The new index is empty, and the old one answers.
    expect((await state()).next).toMatchObject({ info: { embedding: 'second' }, missing: 6 });
    expect(await found()).toEqual([old]);
    expect(code(await call('POST', at('/fill')))).toBe('conflict');
    release();
    expect((await ended(begun.body['jobId'])).status).toBe('done');
    const { next } = await state();
    expect(next).toMatchObject({ missing: 0, info: { documents: 6 } });
    expect(Math.abs(estimate.passages - (next?.info.passages ?? 0))).toBeLessThanOrEqual(3);
    expect(await found()).toEqual([old]);
    const switched = ReindexState.parse((await call('POST', at('/switch'), {})).body);
    expect(switched).toMatchObject({ serving: { embedding: 'second' }, previous: { info: { embedding: 'first' } } });
    const [fresh] = await found();
    expect(fresh).not.toBe(old);
    expect((old ?? '').length).toBeGreaterThan((fresh ?? '').length);
    await call('POST', at('/back'));
    expect(await found()).toEqual([old]);
  });

  it('is compared with the old one on the labelled questions of a dataset', async () => {
    const begun = await call('POST', at(), { embedding: 'second', splitter });
    await ended(begun.body['jobId']);
    const path = `/api/datasets/${dataset}/index-comparisons`;
    const reply = await call('POST', path, { collection: 'notes', k: 3 });
    const compared = ReindexComparison.parse(reply.body);
    // The row without a reference is skipped.
    expect(compared).toMatchObject({ questions: 6, labelled: 6, confusable: 2 });
    for (const { confusions } of [compared.serving, compared.other]) expect([0, 0.5, 1]).toContain(confusions);
    expect(compared.differences?.map(({ metric }) => metric)).toEqual(['ndcg', 'recall', 'reciprocalRank']);
    expect(code(await call('POST', path, { collection: 'notes', split: 'none' }))).toBe('lab_invalid');
    expect(code(await call('POST', path, { collection: 'gone' }))).toBe('collection_not_found');
    expect(LabelledComparisonRequest.safeParse({ collection: 'notes', questions: 1_001 }).success).toBe(false);
  });

  it('continues after its job was cancelled, and ends the job when it is discarded', async () => {
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    const begun = await call('POST', at(), { embedding: 'second' });
    await call('POST', `/api/jobs/${String(begun.body['jobId'])}/cancel`);
    release();
    expect((await ended(begun.body['jobId'])).status).toBe('cancelled');
    expect((await state()).next?.missing).toBeGreaterThan(0);
    held = undefined;
    const again = await call('POST', at('/fill'));
    expect(again.status).toBe(202);
    expect((await ended(again.body['jobId'])).status).toBe('done');
    expect((await state()).next?.missing).toBe(0);
    const steps = (await house.server.heddle.parts.audit.list({ subject: 'collection:notes' })).map(
      ({ details }) => (details as { step?: string }).step,
    );
    expect(steps).toContain('reindex continued');
    await call('DELETE', at('?which=next'));
    held = new Promise((resolve) => (release = resolve));
    signal = undefined;
    const third = await call('POST', at(), { embedding: 'second' });
    while (signal === undefined) await wait(5);
    const gone = call('DELETE', at('?which=next'));
    while (!(signal as AbortSignal).aborted) await wait(5);
    release();
    expect((await gone).status).toBe(204);
    expect((await ended(third.body['jobId'])).status).toBe('cancelled');
    expect(code(await call('POST', at('/fill')))).toBe('conflict');
  });

  it('does not serve when the gate finds it worse, unless a person who manages gates gives a reason', async () => {
    const gate = '/api/collections/notes/index-gate';
    const editor = house.person({ [house.alpha]: ['editor'] });
    expect((await call('PUT', gate, { dataset }, editor)).status).toBe(403);
    expect((await call('PUT', gate, { dataset: 'gone' })).status).toBe(404);
    // A person in two projects cannot use data of one in the other.
    const both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const made = await house.call(both, 'POST', '/api/datasets', { name: 'Theirs' }, house.beta);
    const theirs = String(made.body['id']);
    expect(code(await call('PUT', gate, { dataset: theirs }, both))).toBe('collection_not_found');
    const across = `/api/datasets/${theirs}/index-comparisons`;
    const compared = await house.call(both, 'POST', across, { collection: 'notes' }, house.beta);
    expect(code(compared)).toBe('collection_not_found');
    expect((await call('PUT', gate, { dataset, metric: 'recall', k: 1, maxLoss: 0.02 })).status).toBe(200);
    expect((await call('GET', gate)).body).toMatchObject({ gate: { dataset, metric: 'recall', maxLoss: 0.02 } });
    // Half of the documents cannot be added to the new index.
    for (const id of ['Kyoto.md', 'Quito.md', 'Accra.md']) broken.add(id);
    const worse = await call('POST', at(), { embedding: 'second' });
    await ended(worse.body['jobId']);
    const refused = await call('POST', at('/switch'), { force: true });
    expect([refused.status, code(refused)]).toEqual([409, 'index_gate_failed']);
    expect(JSON.stringify(refused.body)).toContain('on 6 labelled questions');
    expect(JSON.stringify(refused.body)).toMatch(/stand above the first relevant one for [\d.]+ % of 2 questions/);
    expect((await state()).serving.embedding).toBe('first');
    const overrideGate = { reason: 'A test of the override.' };
    expect((await call('POST', at('/switch'), { force: true, overrideGate }, editor)).status).toBe(403);
    expect((await call('POST', at('/switch'), { force: true, overrideGate: { reason: '' } })).status).toBe(400);
    expect((await call('POST', at('/switch'), { force: true, overrideGate })).status).toBe(200);
    const events = await house.server.heddle.parts.audit.list({ subject: 'collection:notes' });
    expect(events.map(({ details }) => details)).toContainEqual({
      step: 'index switched',
      embedding: 'second',
      store: 'embedded',
      overridden: 'A test of the override.',
    });
    // Switching back needs no gate.
    expect((await call('POST', at('/back'))).status).toBe(200);
    expect((await state()).serving.embedding).toBe('first');
    await call('DELETE', at('?which=next'));
    broken.clear();
    // The same settings again lose nothing.
    const same = await call('POST', at(), {});
    await ended(same.body['jobId']);
    expect((await call('POST', at('/switch'), {})).status).toBe(200);
    await call('POST', at('/back'));
    // What cannot be measured does not pass.
    const empty = String((await call('POST', '/api/datasets', { name: 'Empty' })).body['id']);
    await call('PUT', gate, { dataset: empty });
    expect(code(await call('POST', at('/switch'), {}))).toBe('index_gate_failed');
    await call('DELETE', `/api/datasets/${empty}`);
    expect(code(await call('POST', at('/switch'), {}))).toBe('index_gate_failed');
    expect((await call('DELETE', gate, undefined, editor)).status).toBe(403);
    expect((await call('DELETE', gate)).status).toBe(204);
    expect((await call('GET', gate)).body).toEqual({});
    expect((await call('DELETE', gate)).status).toBe(404);
  });

  it('is refused for other callers and for unknown models', async () => {
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    for (const path of ['/estimate', '/fill', '/switch', '/back', '']) {
      expect([path, (await call('POST', at(path), {}, viewer)).status]).toEqual([path, 403]);
      expect([path, (await house.call(stranger, 'POST', at(path), {}, house.beta)).status]).toEqual([path, 404]);
    }
    const path = `/api/datasets/${dataset}/index-comparisons`;
    expect((await call('POST', path, { collection: 'notes' }, viewer)).status).toBe(403);
    expect((await house.call(stranger, 'POST', path, { collection: 'notes' }, house.beta)).status).toBe(404);
    expect(code(await call('POST', at('/estimate'), { embedding: 'none' }))).toBe('model_unknown');
    expect(code(await call('POST', at('/estimate'), { splitter: { maxTokens: 1 } }))).toBe('bad_request');
    expect((await state()).next).toBeUndefined();
  });
});
