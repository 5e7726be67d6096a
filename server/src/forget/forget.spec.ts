import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@heddle/adapters/database';
import { everyProject, labelOf, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { join } from 'node:path';
import { hubOf } from '../channels/testing/open-channels.js';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';
import { filesHolding } from '../testing/files-holding.js';

const field = (name: string, type: string, optional = false) => ({ name, type, required: !optional });

/** Answers with a model, caches the answer, and on request fails with its input in the message. */
const talks: WorkflowDocument = {
  heddle: 2,
  name: 'Talks',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: { fields: [field('question', 'Text'), field('file', 'File', true)] },
    },
    chat: { type: 'generate', version: 1, config: { model: 'fake' } },
    keep: { type: 'cache', version: 1, config: { mode: 'store', match: 'exact', name: 'answers' } },
    reply: { type: 'output', version: 1, config: { fields: [field('answer', 'Text'), field('kept', 'Json', true)] } },
  },
  edges: [
    { from: 'asked.question', to: 'chat.prompt' },
    { from: 'asked.question', to: 'keep.key' },
    { from: 'chat.text', to: 'keep.value' },
    { from: 'chat.text', to: 'reply.answer' },
    { from: 'keep.value', to: 'reply.kept' },
  ],
};

/** Waits for a person. */
const asks: WorkflowDocument = {
  heddle: 2,
  name: 'Asks',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [field('question', 'Text')] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May I?' } },
    reply: { type: 'output', version: 1, config: { fields: [field('answer', 'Json')] } },
  },
  edges: [
    { from: 'asked.question', to: 'ask.value' },
    { from: 'ask.answer', to: 'reply.answer' },
  ],
};

const planted = 'planted-of-ann';
const others = 'planted-of-zoe';

describe('forgetting a person', () => {
  let house: TwoProjects;
  let talk: { readonly id: string; readonly slug: string };
  let wait: { readonly id: string; readonly slug: string };
  let owner: Shown & { readonly id: string };
  let ann: Shown;
  let zoe: Shown;
  const model = createFakeLanguageModel(({ messages }) => {
    const asked = JSON.stringify(messages.at(-1)?.content);
    return asked.includes('fail') ? { text: '', finishReason: 'incomplete' } : `Answer to ${asked}`;
  });

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(model, createFakeEmbedder({ dimensions: 8 })),
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    [talk, wait] = [await house.published(house.alpha, talks), await house.published(house.alpha, asks)];
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const key = house.key(house.alpha, {
      permissions: ['run:published', 'run:feedback', 'model:try', 'speak-for-users'],
    });
    [ann, zoe] = [
      { ...key, 'heddle-end-user': 'ann' },
      { ...key, 'heddle-end-user': 'zoe' },
    ];
  });
  afterAll(() => house.close());

  const fileOf = (text: string): string =>
    `data:text/plain;base64,${Buffer.from(`${text} `.repeat(9)).toString('base64')}`;
  const forget = (who: Shown, subject: string) => house.call(who, 'POST', '/api/people/forget', { subject });

  /** Leaves a text in every store that can hold a text of a person. */
  async function leave(who: Shown, text: string): Promise<{ readonly thread: string; readonly waits: string }> {
    const run = async (
      slug: string,
      inputs: { readonly question: string; readonly file?: string },
      headers: Shown = {},
    ): Promise<AnyJson> => {
      const { status, body } = await house.call({ ...who, ...headers }, 'POST', `/v1/workflows/${slug}`, inputs);
      expect([status, body.code]).toEqual(
        inputs.question.endsWith('fail') ? [502, 'stream_incomplete'] : [200, undefined],
      );
      return body;
    };
    const first = await run(
      talk.slug,
      { question: `${text}-one`, file: fileOf(`${text}-original`) },
      { 'heddle-thread': 'new' },
    );
    expect(first.outputs?.answer).toContain(text);
    const thread = String(first.thread);
    await run(talk.slug, { question: `${text}-two ${'x'.repeat(70_000)}` }, { 'heddle-thread': thread });
    await run(talk.slug, { question: `${text} fail` }, { 'idempotency-key': `${text}-${first.runId}` });
    await house.call(who, 'POST', `/v1/runs/${first.runId}/feedback`, { thumb: 'down', comment: `${text}-comment` });
    const made = { model: 'fake', input: `${text}-response`, metadata: { note: `${text}-note` } };
    expect((await house.call(who, 'POST', '/v1/responses', made)).status).toBe(200);
    const subject = `end-user:${who['heddle-end-user']}`;
    const facts = [{ key: `${text}-key-${thread}`, text: `${text}-fact`, label: labelOf('internal') }];
    await house.server.heddle.parts.facts
      .of({ project: house.alpha, workflow: talk.id, subject }, { run: String(first.runId), thread })
      .remember(facts, { idempotencyKey: thread });
    const waits = await house.call(
      { ...who, prefer: 'respond-async', 'heddle-thread': 'new' },
      'POST',
      `/v1/workflows/${wait.slug}`,
      {
        question: `${text}-waits`,
      },
    );
    // The owner repeats a run of the person, and lists the first words of all runs.
    const again = await house.call(owner, 'POST', `/api/runs/${first.runId}/rerun`, {}, house.alpha);
    expect([again.status < 300, again.body.error]).toEqual([true, undefined]);
    await house.server.heddle.runs.wait(String(again.body.runId));
    await house.call(owner, 'GET', `/api/runs?limit=100`, undefined, house.alpha);
    return { thread, waits: String(waits.body.runId) };
  }

  const holding = (text: string): readonly string[] => filesHolding(text, house.server.heddle.settings.dataFolder);

  /** The tables with a row that contains a text. */
  function tablesWith(text: string): readonly string[] {
    const database = openDatabase(join(house.server.heddle.settings.dataFolder, 'heddle.db'));
    const tables = database.connection
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .pluck()
      .all();
    const found = tables.filter((table) =>
      database.connection
        .prepare(`SELECT * FROM "${table}"`)
        .all()
        .some((row) => JSON.stringify(row).includes(text)),
    );
    database.close();
    return found;
  }

  it('leaves none of their texts in any file of the data folder, and keeps those of others', async () => {
    const { heddle } = house.server;
    // Rows of both people share database pages.
    const left = [
      await leave(zoe, others),
      await leave(ann, planted),
      await leave(zoe, others),
      await leave(ann, planted),
    ];
    const [, hers] = left;
    await until(async () => ((await heddle.runs.isAtRest(hers?.waits ?? '')) ? true : undefined));
    expect(holding(planted).length).toBeGreaterThan(1);

    const { status, body } = await forget(owner, 'end-user:ann');
    expect([status, body.error]).toEqual([200, undefined]);
    expect(body.erased).toMatchObject({ conversations: 4, facts: 2, feedback: 2, ended: 2, files: expect.any(Number) });
    // Twice six runs: two talks, a failed one, a response, one that waits, and a repeated one.
    expect(body.erased.runs).toBe(12);
    for (const kind of ['turns', 'contents', 'files', 'cachedResults', 'traces'])
      expect([kind, body.erased[kind] > 0]).toEqual([kind, true]);
    expect(body.remains.join()).toContain('backups');

    expect(holding(planted)).toEqual([]);
    // The audit log keeps whose runs there were; no other table names her.
    expect(tablesWith('end-user:ann')).toEqual(['audit']);
    expect(holding(others).length).toBeGreaterThan(0);

    expect((await house.call(ann, 'GET', `/v1/threads/${hers?.thread}`)).status).toBe(404);
    await expect(heddle.runs.summary(hers?.waits ?? '')).rejects.toMatchObject({ code: 'run_not_found' });
    const kept = await house.call(zoe, 'GET', `/v1/threads/${left[0]?.thread}/messages`);
    expect(kept.body.messages).toHaveLength(4);
    expect(await heddle.runs.isAtRest(left[0]?.waits ?? '')).toBe(true);

    const records = await heddle.audit.list({ subject: 'person' });
    expect(records.map(({ details }) => details['step'])).toEqual(['person forgotten', 'runs of a person']);
    expect(records[0]).toMatchObject({ who: `user:${owner.id}`, details: body.erased });
    expect(JSON.stringify(await heddle.audit.list({ limit: 1_000 }))).not.toContain(planted);
    expect(await heddle.audit.verify()).toBeUndefined();

    const twice = await forget(owner, 'end-user:ann');
    expect([twice.status, twice.body.erased.runs, twice.body.erased.conversations]).toEqual([200, 0, 0]);
  });

  it('erases the batches that a person began, with their results and with rows that never ran', async () => {
    const { heddle } = house.server;
    const text = 'planted-in-rows';
    const begin = async (who: Shown, rows: readonly string[]): Promise<string> => {
      const body = { name: `${rows[0]} batch`, concurrency: 1, rows: rows.map((question) => ({ question })) };
      const { status, body: made } = await house.call(
        who,
        'POST',
        `/api/workflows/${talk.id}/batches`,
        body,
        house.alpha,
      );
      expect([status, made.code]).toEqual([201, undefined]);
      return String(made.id);
    };
    const read = (id: string) =>
      house.call(owner, 'GET', `/api/workflows/${talk.id}/batches/${id}`, undefined, house.alpha);
    const done = (id: string) =>
      until(async () => {
        const { body }: { readonly body: { readonly status: string; readonly rows: unknown } } = await read(id);
        return body.status === 'done' ? body : undefined;
      });
    const person = house.person({ [house.alpha]: ['runner'] });
    const other = house.person({ [house.alpha]: ['runner'] });
    const kept = await begin(other, ['kept-in-rows']);
    await done(kept);
    const small = await begin(person, [`${text} one`, `${text} fail`]);
    expect((await done(small)).rows).toMatchObject({ done: 1, failed: 1 });
    // The run of the first attempt is found although its row now belongs to the second.
    await house.call(owner, 'POST', `/api/workflows/${talk.id}/batches/${small}/retry`, {}, house.alpha);
    await done(small);
    const large = await begin(
      person,
      Array.from({ length: 400 }, (_, row) => `${text} ${row}`),
    );
    expect((await read(large)).body.rows.waiting).toBeGreaterThan(0);
    expect(holding(text)).not.toEqual([]);

    const { status, body } = await forget(owner, `user:${person.id}`);
    expect([status, body.error]).toEqual([200, undefined]);
    expect(body.erased.traces).toBeGreaterThanOrEqual(402);
    expect(holding(text)).toEqual([]);
    for (const id of [small, large]) expect((await read(id)).status).toBe(404);
    expect((await heddle.jobs.list()).filter(({ kind, status: at }) => kind === 'batch' && at === 'failed')).toEqual(
      [],
    );
    expect((await read(kept)).body.rows.done).toBe(1);
    expect(holding('kept-in-rows')).not.toEqual([]);
  });

  it('is refused to people who do not manage users', async () => {
    for (const who of [house.person({ [house.alpha]: ['editor'] }), ann, house.key(house.alpha)])
      expect((await forget(who, 'end-user:zoe')).status).toBe(403);
    expect((await house.server.call('POST', '/api/people/forget', { subject: 'end-user:zoe' })).status).toBe(401);
    expect((await forget(owner, 'everybody')).status).toBe(400);
    expect(holding(others).length).toBeGreaterThan(0);
  });

  it('affects no person with a similar name', async () => {
    const before = (await house.server.heddle.runs.list({ limit: 1_000 })).length;
    for (const subject of ['end-user:zo', 'end-user:zoe2', 'user:zoe', 'end-user:%', 'visitor:zoe']) {
      const { status, body } = await forget(owner, subject);
      expect([subject, status, body.error]).toEqual([subject, 200, undefined]);
      expect([subject, body.erased.runs, body.erased.conversations]).toEqual([subject, 0, 0]);
    }
    expect((await house.server.heddle.runs.list({ limit: 1_000 })).length).toBe(before);
  });
});
