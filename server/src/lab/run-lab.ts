import type { LabAnswer, LabRewriting, LabSpending, LabStore, StoredLab } from '@heddle/adapters/lab';
import {
  bestOf,
  compareWithFirst,
  confusionAt,
  isProvedWorse,
  learnSearch,
  ndcgAt,
  passagesFor,
  raceStep,
  recallAt,
  reciprocalRank,
  withoutUndefined,
  type Collection,
  type Embedder,
  type LabComparison,
  type LabIndex,
  type LabScore,
  type LabSearch,
  type Reranker,
  type SearchSettings,
} from '@heddle/core';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { fuseLists } from '@heddle/nodes';
import type { VectorCache } from './cached-embedder.js';
import type { LabRewriter } from './lab-rewriter.js';
import type { LabMoney } from './lab-spending.js';
import type { LabQuestion } from './plan-lab.js';

export interface BuiltIndex {
  readonly collection: Collection;
  readonly passages: number;
  readonly ms: number;
}

interface BuildProgress {
  readonly documents: number;
  readonly passages: number;
}

/** Builds and drops the indexes of a lab. An index that an earlier process began is continued. */
export interface LabIndexes {
  build(
    name: string,
    index: LabIndex,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: BuildProgress) => void },
  ): Promise<BuiltIndex>;
  drop(name: string): Promise<void>;
}

export interface LabRun {
  readonly store: LabStore;
  readonly lab: StoredLab;
  readonly questions: readonly LabQuestion[];
  /** The collection, with the index that serves. */
  readonly current: Collection;
  readonly indexes: LabIndexes;
  readonly vectors: VectorCache;
  readonly embedder: (id: string) => Promise<Embedder>;
  /** Tracks and limits the cost of models. */
  readonly money: LabMoney;
  readonly rewriter: Pick<LabRewriter, 'rewrite'>;
  /** Milliseconds, only for measuring durations. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Reports more answers, or the progress of building the index of a configuration. */
  readonly report: (done: number, building?: BuildProgress & { readonly number: number }) => void;
}

/** A configuration with its scores, in the order of the questions that it answered. */
interface Lane {
  readonly number: number;
  readonly values: readonly number[];
}

/** Measures the remaining configurations, index by index, and stores the best one. Measurements of an earlier process are kept. */
export async function runLab(run: LabRun): Promise<void> {
  const { store, lab, indexes, current } = run;
  const scores = await store.scores(lab.id);
  const done = new Map<number, readonly number[]>();
  for (const { number, status } of scores) if (status === 'done') done.set(number, await valuesOf(run, number));
  for (const group of groupsOf(scores)) {
    const open = group.filter(({ status }) => status === 'waiting' || status === 'running');
    const [first] = open;
    if (first === undefined) continue;
    const isCurrent = group.some(({ number }) => number === 1);
    const name = `i${group[0]?.number ?? 0}`;
    const onProgress = (progress: BuildProgress): void => run.report(0, { number: first.number, ...progress });
    const built = isCurrent ? undefined : await indexes.build(name, first.index, { signal: run.signal, onProgress });
    const passages = built?.passages ?? (await current.info()).passages;
    for (const configuration of open) {
      await store.setProgress(lab.id, configuration.number, { status: 'running', passages, indexMs: built?.ms });
      const values = await measure(run, configuration, built?.collection ?? current, bestLane(done));
      if (values !== undefined) done.set(configuration.number, values);
    }
    if (built !== undefined) await indexes.drop(name);
  }
  const comparisons: LabComparison[] = [];
  // The bootstrap over thousands of questions is slow, so other work runs in between.
  for (const one of compareWithFirst(done, { first: 1, tried: scores.length, seed: lab.request.seed })) {
    comparisons.push(one);
    await yieldToEventLoop();
  }
  const best = bestOf(done, comparisons, { first: 1 });
  const texts = run.questions.map(({ text }) => text);
  const learnt = learnSearch({ configurations: scores, scores: done, questions: texts }, lab.request.seed);
  if (best !== undefined) await store.setBest(lab.id, withoutUndefined({ ...best, learnt }), comparisons);
}

/** Groups configurations by their index, and keeps their order. */
function groupsOf(scores: readonly LabScore[]): readonly (readonly LabScore[])[] {
  const groups = new Map<string, LabScore[]>();
  for (const score of scores) {
    const key = JSON.stringify(score.index);
    groups.set(key, [...(groups.get(key) ?? []), score]);
  }
  return [...groups.values()];
}

/** Measures a configuration on all questions. Returns undefined if it stops early, because it is proved worse than the best one. */
async function measure(
  run: LabRun,
  { number, index, search }: LabScore,
  collection: Collection,
  best: Lane | undefined,
): Promise<readonly number[] | undefined> {
  const { store, lab, questions, signal, vectors } = run;
  const wrap = (embedder: Embedder): Embedder => vectors.before(embedder);
  const tried = (await collection.settings?.tried(settingsOf(search))) ?? collection;
  const reranker = (model: Reranker): Reranker => run.money.watch(model);
  const searched = tried.through?.({ embedder: wrap, reranker }) ?? tried;
  // Questions are embedded beforehand, so that the duration of a search does not include it.
  const texts = search.rewrite === undefined ? questions.map(({ text }) => text) : [];
  if (search.mode !== 'lexical') await embedQueries(run, index.embedding, texts);
  const asked = new Set((await store.answers(lab.id, number)).map(({ row }) => row));
  const checks = Math.floor((questions.length - 1) / raceStep);
  for (let from = 0; from < questions.length; from += raceStep) {
    const answers: LabAnswer[] = [];
    const rewritings: LabRewriting[] = [];
    for (const question of questions.slice(from, from + raceStep)) {
      signal.throwIfAborted();
      if (asked.has(question.row)) continue;
      const rewriting = search.rewrite && (await run.rewriter.rewrite(search.rewrite, question, signal));
      if (rewriting !== undefined && search.mode !== 'lexical')
        await embedQueries(run, index.embedding, rewriting.queries);
      answers.push(await answer(run, question, searched, { search, rewriting }));
      if (rewriting !== undefined) rewritings.push(rewriting);
    }
    // Throws `not_found` if the lab or its dataset was removed meanwhile.
    await store.get(lab.id);
    await store.addAnswers(lab.id, number, answers, { reranked: run.money.take(), rewritten: spendingOf(rewritings) });
    run.report(answers.length);
    const isLast = from + raceStep >= questions.length;
    if (!lab.request.race || best === undefined || isLast) continue;
    const challenger = await valuesOf(run, number);
    if (!isProvedWorse({ best: best.values, challenger, checks })) continue;
    await store.setProgress(lab.id, number, { status: 'stopped' });
    run.report(questions.length - challenger.length);
    return undefined;
  }
  await store.setProgress(lab.id, number, { status: 'done' });
  return valuesOf(run, number);
}

/** The search settings of a configuration. They never go on without the reranker, because that would measure a different search. */
export const settingsOf = ({
  mode,
  weight,
  titleWeight,
  diversity,
  returns,
  graphWeight,
  reranker,
}: LabSearch): SearchSettings =>
  withoutUndefined({
    mode,
    weight,
    titleWeight,
    diversity,
    returns,
    graphWeight,
    reranker: reranker && { ...reranker, ifUnavailable: 'fail' as const },
  });

/** The cost of rewritings, also of those that another configuration needed first. */
const spendingOf = (rewritings: readonly LabRewriting[]): LabSpending => ({
  calls: rewritings.length,
  cost: rewritings.reduce((sum, { cost }) => sum + (cost?.amount ?? 0), 0),
  currency: rewritings.find(({ cost }) => cost !== undefined)?.cost?.currency,
});

/** Embeds queries, which puts their vectors into the cache. */
async function embedQueries(
  { vectors, embedder, signal }: LabRun,
  model: string,
  queries: readonly string[],
): Promise<void> {
  const cached = vectors.before(await embedder(model));
  for (let from = 0; from < queries.length; from += 64) {
    signal.throwIfAborted();
    await cached.embed(queries.slice(from, from + 64), { kind: 'query', signal });
  }
}

/** Searches for all queries of a question, as the node _Retrieve_ does, and measures the results. */
async function answer(
  { lab: { request }, now, signal }: LabRun,
  { row, text, relevance }: LabQuestion,
  collection: Collection,
  { search, rewriting }: { readonly search: LabSearch; readonly rewriting: LabRewriting | undefined },
): Promise<LabAnswer> {
  const k = passagesFor(request.k);
  const { mode, weight, titleWeight, diversity, returns, graphWeight } = search;
  const wanted = { k, mode, weight, titleWeight, diversity, returns, graphWeight };
  const begun = now();
  const lists = await Promise.all(
    (rewriting?.queries ?? [text]).map((query) => collection.search({ ...wanted, query }, { signal })),
  );
  const passages =
    lists.length === 1 ? (lists[0] ?? []) : fuseLists(lists, Math.max(k, ...lists.map(({ length }) => length)));
  // A rewriting that was made earlier counts with the duration of its call.
  const ms = now() - begun + (rewriting?.ms ?? 0);
  const ranked = passages.map(({ document }) => document);
  return {
    row,
    ms,
    ndcg: ndcgAt(request.k, ranked, relevance),
    recall: recallAt(request.k, ranked, relevance),
    mrr: reciprocalRank(ranked, relevance),
    confusion: confusionAt(request.k, ranked, relevance),
  };
}

/** The values of the chosen metric, up to the first question without an answer. */
async function valuesOf({ store, lab, questions }: LabRun, number: number): Promise<readonly number[]> {
  const byRow = new Map((await store.answers(lab.id, number)).map((one) => [one.row, one[lab.request.metric]]));
  const values: number[] = [];
  for (const { row } of questions) {
    const value = byRow.get(row);
    if (value === undefined) break;
    values.push(value);
  }
  return values;
}

function bestLane(done: ReadonlyMap<number, readonly number[]>): Lane | undefined {
  const [best] = [...done]
    .map(([number, values]) => ({ number, values, mean: meanOf(values) }))
    .sort((a, b) => b.mean - a.mean);
  return best;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
