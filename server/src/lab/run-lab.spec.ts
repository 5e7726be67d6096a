import { createLabStore, type LabStore, type StoredLab } from '@heddle/adapters/lab';
import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { createDatasetStore } from '@heddle/adapters/datasets';
import {
  DatasetRow,
  expandConfigurations,
  LabRequest,
  type Collection,
  type GenerateRequest,
  type LabRewriteKind,
  type LabScore,
  type LanguageModel,
} from '@heddle/core';
import {
  createFakeClock,
  createFakeEmbedder,
  createFakeLanguageModel,
  type FakeLanguageModel,
} from '@heddle/core/testing';
import { promptOfRewriting } from '@heddle/nodes';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VectorCache } from './cached-embedder.js';
import { LabRewriter } from './lab-rewriter.js';
import { LabMoney } from './lab-spending.js';
import type { LabQuestion } from './plan-lab.js';
import { runLab, type LabIndexes, type LabRun } from './run-lab.js';
import { addDataset } from '../testing/reach/add-dataset.js';

const questions: readonly LabQuestion[] = Array.from({ length: 60 }, (_, at) => ({
  row: `row-${at}`,
  text: `question ${at}`,
  // Every fourth question has a document that is judged not relevant.
  relevance: new Map([[`document-${at}`, 1], ...(at % 4 === 1 ? [['trap', 0] as const] : [])]),
}));
const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20, context: true } as const;

const promptOf = ({ messages: [first] }: GenerateRequest): string => JSON.stringify(first?.content);

/** Aborts after this many searches. */
class Stop {
  readonly controller = new AbortController();
  constructor(private left: number) {}
  count(): void {
    this.left -= 1;
    if (this.left === 0) this.controller.abort(new Error('the process ends'));
  }
}

describe('a lab that was stopped', () => {
  let folder: string;
  let database: ReturnType<typeof openDatabase>;
  let store: LabStore;
  let tables: ReturnType<typeof sqliteTables>;
  let lab: StoredLab;
  const asked: string[] = [];
  const builds: string[] = [];
  let model: FakeLanguageModel;
  let time: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-run-lab-'));
    database = openDatabase(join(folder, 'heddle.db'));
    tables = sqliteTables(database);
    store = createLabStore(tables);
    const datasets = createDatasetStore(tables, createFakeClock(1_000));
    const dataset = await addDataset({ parts: { datasets, tables } }, { name: 'Q' });
    const rows = questions.map(({ row, text }) => DatasetRow.parse({ id: row, inputs: { question: text } }));
    await datasets.addVersion(dataset, rows, { mode: 'add', who: 'local', note: '' });
    const request = LabRequest.parse({
      collection: 'notes',
      grid: { maxTokens: [100, 200], mode: ['hybrid', 'lexical'] },
    });
    const of = { dataset, version: 1, project: 'default', owner: 'local', request, createdAt: 1_000 };
    await tables.commit(
      store.write.insert(
        { id: 'l_1', ...of, questions: questions.length, skipped: 0 },
        expandConfigurations({ embedding: 'mini', splitter }, request.grid),
      ),
    );
    lab = await store.get('l_1', dataset);
    asked.length = 0;
    builds.length = 0;
    model = createFakeLanguageModel((request) => `${/question \d+/.exec(promptOf(request))?.[0] ?? ''} again`);
    time = 0;
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A collection that finds the document of every question, or of every second one. */
  const collection = (name: string, stop: Stop | undefined, findsAll: boolean): Collection =>
    ({
      info: async () => Promise.resolve({ passages: 7 }),
      search: async ({ query, mode }: { readonly query: string; readonly mode: string }) => {
        asked.push(`${name} ${mode} ${query}`);
        stop?.count();
        const number = Number(query.split(' ')[1]);
        return Promise.resolve(
          findsAll || number % 2 === 0
            ? [{ id: `p-${number}`, document: `document-${number}` }]
            : [{ id: 'p-trap', document: 'trap' }],
        );
      },
    }) as unknown as Collection; // Only the methods that a lab uses.

  const run = (stop?: Stop, findsAll = true): Promise<void> => {
    const indexes: LabIndexes = {
      build: async (name) => {
        builds.push(name);
        return Promise.resolve({ collection: collection(name, stop, findsAll), passages: 9, ms: 1 });
      },
      drop: () => Promise.resolve(),
    };
    const signal = stop?.controller.signal ?? new AbortController().signal;
    const current = collection('current', stop, true);
    const embedder = (id: string) => Promise.resolve(createFakeEmbedder({ id }));
    const rest: Pick<LabRun, 'now' | 'report'> = { now: () => time, report: () => undefined };
    const money = new LabMoney(undefined, () => Promise.resolve(undefined), 0);
    const languageModel = (): Promise<LanguageModel> => Promise.resolve(timed(model));
    const rewriter = new LabRewriter({ store, lab: lab.id, languageModel, money, now: () => time });
    const models = { vectors: new VectorCache(), embedder, money, rewriter };
    const parts = { store, lab, questions, current, indexes, ...models, signal };
    return runLab({ ...parts, ...rest });
  };

  it.each([1, 30, 61, 125, 180, 239])('after %i searches runs each question on each configuration once', async (at) => {
    await expect(run(new Stop(at))).rejects.toThrow();
    const before = asked.length;
    expect(before).toBeLessThan(240);
    await run();
    // The answers of a step are stored together, so those of an interrupted step are repeated.
    const again = asked.slice(before).filter((one) => asked.indexOf(one) < before);
    expect(again.length).toBeLessThan(25);
    expect(new Set(asked).size).toBe(240);
    expect(
      (await store.scores('l_1')).map(({ status, questions: count, means }) => [status, count, means?.recall]),
    ).toEqual(Array.from({ length: 4 }, () => ['done', 60, 1]));
    expect((await store.get('l_1')).best).toMatchObject({ number: 1, verdict: 'same' });
    await run();
    expect(new Set(asked).size).toBe(240);
  });

  /** Makes each call of the model take 100 ms. */
  const timed = (one: LanguageModel): LanguageModel => ({
    ...one,
    generate(request, options) {
      time += 100;
      return one.generate(request, options);
    },
  });

  /** Runs another lab on the same dataset, which compares questions with their rewriting. */
  async function rewrite(kinds: readonly LabRewriteKind[]): Promise<readonly LabScore[]> {
    const grid = { mode: ['hybrid', 'lexical'], rewrite: kinds, rewriter: ['chat'] };
    const request = LabRequest.parse({ collection: 'notes', grid, race: false });
    const { dataset, version, project, owner, createdAt } = lab;
    const of = { dataset, version, project, owner, createdAt, request, questions: questions.length, skipped: 0 };
    const configurations = expandConfigurations({ embedding: 'mini', splitter }, request.grid);
    await tables.commit(store.write.insert({ id: 'l_2', ...of }, configurations));
    lab = await store.get('l_2');
    return store.scores('l_2');
  }

  it.each([
    ['multi', 1, ['question 7', 'question 7 again']],
    ['multi', 61, ['question 7', 'question 7 again']],
    ['stepback', 130, ['question 7', 'question 7 again']],
    // Only the imagined answer is searched, not the question.
    ['hyde', 170, ['question 7 again']],
  ] as const)('calls a model once per question, in kind %s also after %i searches', async (kind, at, queries) => {
    const before = await rewrite([kind]);
    expect(before.map(({ search }) => [search.mode, search.rewrite?.kind])).toEqual([
      ['hybrid', undefined],
      ['hybrid', kind],
      ['lexical', kind],
    ]);
    await expect(run(new Stop(at))).rejects.toThrow();
    await run();
    expect(model.requests.map(promptOf).toSorted()).toEqual(
      questions.map(({ text }) => JSON.stringify(promptOfRewriting(text, { mode: kind, count: 3 }))).toSorted(),
    );
    const ways = new Set(asked.filter((one) => /^current lexical question 7( |$)/.test(one)));
    expect([...ways]).toEqual(queries.map((query) => `current lexical ${query}`));
    const scores = await store.scores('l_2');
    expect(scores.map(({ status, rewriteCalls, searchMs, cost }) => [status, rewriteCalls, searchMs, cost])).toEqual([
      ['done', undefined, 0, undefined],
      ['done', 60, 100, undefined],
      ['done', 60, 100, undefined],
    ]);
    expect((await store.get('l_2')).best).toBeDefined();
  });

  it('searches for the question itself when a model writes nothing usable', async () => {
    await rewrite(['hyde']);
    model = createFakeLanguageModel(['...']);
    await run();
    expect(new Set(asked).size).toBe(120);
    expect(asked.every((one) => /^current (hybrid|lexical) question \d+$/.test(one))).toBe(true);
  });

  it('does not repeat a configuration that was proved worse', async () => {
    await run(undefined, false);
    const scores = await store.scores('l_1');
    expect(scores.map(({ status }) => status)).toEqual(['done', 'done', 'stopped', 'stopped']);
    expect(scores[0]?.confusions).toEqual({ share: 0, questions: 15 });
    expect(scores[2]?.confusions?.share).toBe(1);
    const before = asked.length;
    const built = builds.length;
    await run(undefined, false);
    expect([asked.length, builds.length]).toEqual([before, built]);
  });

  it('ends when its lab was removed meanwhile', async () => {
    const stop = new Stop(30);
    stop.controller.signal.addEventListener('abort', () => tables.apply(store.write.remove('l_1')));
    await expect(run(stop)).rejects.toThrow();
    await expect(run()).resolves.toBeUndefined();
    expect(asked.length).toBe(30);
  });
});
