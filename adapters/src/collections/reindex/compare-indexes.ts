import { HeddleError, type ReindexComparison, type ReindexQuestion } from '@heddle/core';
import type { CollectionContext } from '../collection-context.js';
import { search } from '../search/search.js';

interface Asked {
  readonly documents: readonly string[];
  readonly ms: number;
}

/** Asks two indexes the same questions: which documents they find first, how much is the same, and what is right where questions are labelled. */
export async function compareIndexes(
  serving: CollectionContext,
  other: CollectionContext,
  questions: readonly ReindexQuestion[],
  k: number,
): Promise<ReindexComparison> {
  if (questions.length === 0)
    throw new HeddleError(
      'bad_request',
      'There is no question to compare with: give some, or ask the collection something first.',
    );
  const rows: { readonly question: ReindexQuestion; readonly serving: Asked; readonly other: Asked }[] = [];
  for (const question of questions)
    rows.push({ question, serving: await ask(serving, question, k), other: await ask(other, question, k) });
  const labelled = rows.filter(({ question }) => question.documents.length > 0);
  const figuresOf = (side: 'serving' | 'other') => ({
    ...(labelled.length === 0
      ? {}
      : {
          recall: mean(labelled.map((row) => recallOf(row.question, row[side]))),
          reciprocalRank: mean(labelled.map((row) => reciprocalRankOf(row.question, row[side]))),
        }),
    ms: mean(rows.map((row) => row[side].ms)),
  });
  return {
    questions: rows.length,
    labelled: labelled.length,
    overlap: mean(rows.map((row) => overlapOf(row.serving.documents, row.other.documents))),
    serving: figuresOf('serving'),
    other: figuresOf('other'),
    rows: rows.map((row) => ({
      question: row.question.question,
      serving: [...row.serving.documents],
      other: [...row.other.documents],
    })),
  };
}

/** The documents of the first passages, each once. */
async function ask(context: CollectionContext, { question }: ReindexQuestion, k: number): Promise<Asked> {
  const begun = performance.now();
  const passages = await search(context, { query: question, k });
  return { documents: [...new Set(passages.map(({ document }) => document))], ms: performance.now() - begun };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function recallOf({ documents: wanted }: ReindexQuestion, { documents: found }: Asked): number {
  return wanted.filter((document) => found.includes(document)).length / wanted.length;
}

function reciprocalRankOf({ documents: wanted }: ReindexQuestion, { documents: found }: Asked): number {
  const rank = found.findIndex((document) => wanted.includes(document));
  return rank < 0 ? 0 : 1 / (rank + 1);
}

function overlapOf(one: readonly string[], other: readonly string[]): number {
  const both = one.filter((document) => other.includes(document)).length;
  const all = new Set([...one, ...other]).size;
  return all === 0 ? 1 : both / all;
}
