import {
  compareScores,
  confusionAt,
  HeddleError,
  ndcgAt,
  passagesFor,
  recallAt,
  reciprocalRank,
  withoutUndefined,
  type IndexDifference,
  type ReindexComparison,
  type ReindexQuestion,
  type Relevance,
  type SearchSettings,
} from '@heddle/core';
import type { CollectionContext } from '../collection-context.js';
import { search } from '../search/search.js';

interface Asked {
  readonly documents: readonly string[];
  readonly ms: number;
}

interface Row {
  readonly question: ReindexQuestion;
  readonly serving: Asked;
  readonly other: Asked;
}

interface Compared {
  readonly k: number;
  readonly settings: SearchSettings;
  /** The names of the reader; without them, everything is searched. */
  readonly readers: readonly string[] | undefined;
}

type Metric = IndexDifference['metric'];
const metrics: Readonly<Record<Metric, (k: number, ranked: readonly string[], relevance: Relevance) => number>> = {
  ndcg: ndcgAt,
  recall: recallAt,
  reciprocalRank: (_k, ranked, relevance) => reciprocalRank(ranked, relevance),
};
const metricNames = ['ndcg', 'recall', 'reciprocalRank'] as const satisfies readonly Metric[];

/**
 * Asks two indexes the same questions and compares the documents that each finds first, how far they overlap, and, for labelled questions,
 * which are right.
 */
export async function compareIndexes(
  serving: CollectionContext,
  other: CollectionContext,
  questions: readonly ReindexQuestion[],
  how: Compared,
): Promise<ReindexComparison> {
  const { k } = how;
  if (questions.length === 0)
    throw new HeddleError(
      'bad_request',
      'There are no questions to compare with: give some, or search the collection first.',
    );
  const rows: Row[] = [];
  for (const question of questions)
    rows.push({ question, serving: await ask(serving, question, how), other: await ask(other, question, how) });
  const labelled = rows.filter(({ question }) => question.documents.length > 0);
  const confusable = labelled.filter(({ question }) => (question.notRelevant ?? []).length > 0);
  const figuresOf = (side: 'serving' | 'other') =>
    withoutUndefined({
      ndcg: meanOrNone(scoresOf(labelled, side, 'ndcg', k)),
      recall: meanOrNone(scoresOf(labelled, side, 'recall', k)),
      reciprocalRank: meanOrNone(scoresOf(labelled, side, 'reciprocalRank', k)),
      confusions: meanOrNone(confusionsOf(confusable, side, k)),
      ms: mean(rows.map((row) => row[side].ms)),
    });
  return withoutUndefined({
    questions: rows.length,
    labelled: labelled.length,
    confusable: confusable.length === 0 ? undefined : confusable.length,
    overlap: mean(rows.map((row) => overlapOf(row.serving.documents.slice(0, k), row.other.documents.slice(0, k)))),
    serving: figuresOf('serving'),
    other: figuresOf('other'),
    differences: labelled.length === 0 ? undefined : differencesOf(labelled, k),
    rows: rows.map((row) => ({
      question: row.question.question,
      serving: row.serving.documents.slice(0, k),
      other: row.other.documents.slice(0, k),
    })),
  });
}

/** Compares each metric of the other index with the serving one; the statistics are corrected for the number of metrics. */
const differencesOf = (labelled: readonly Row[], k: number): IndexDifference[] =>
  metricNames.map((metric) => ({
    metric,
    ...compareScores(scoresOf(labelled, 'serving', metric, k), scoresOf(labelled, 'other', metric, k), {
      comparisons: metricNames.length,
      seed: 1,
    }),
  }));

const scoresOf = (rows: readonly Row[], side: 'serving' | 'other', metric: Metric, k: number): readonly number[] =>
  rows.map(({ question: { documents }, ...asked }) =>
    metrics[metric](k, asked[side].documents, new Map(documents.map((document) => [document, 1]))),
  );

/** For each question: 1 if a document judged not relevant ranks above the first relevant one. */
const confusionsOf = (rows: readonly Row[], side: 'serving' | 'other', k: number): readonly number[] =>
  rows.map(({ question: { documents, notRelevant = [] }, ...asked }) => {
    const judged = new Map([
      ...notRelevant.map((one) => [one, 0] as const),
      ...documents.map((one) => [one, 1] as const),
    ]);
    return confusionAt(k, asked[side].documents, judged) ?? 0;
  });

/** Searches for the documents that a lab would count: those of the first passages, each once. */
async function ask(
  context: CollectionContext,
  { question }: ReindexQuestion,
  { k, settings, readers }: Compared,
): Promise<Asked> {
  const begun = performance.now();
  const passages = await search(context, { query: question, k: passagesFor(k) }, { settings, readers });
  return { documents: [...new Set(passages.map(({ document }) => document))], ms: performance.now() - begun };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOrNone = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : mean(values));

function overlapOf(one: readonly string[], other: readonly string[]): number {
  const both = one.filter((document) => other.includes(document)).length;
  const all = new Set([...one, ...other]).size;
  return all === 0 ? 1 : both / all;
}
