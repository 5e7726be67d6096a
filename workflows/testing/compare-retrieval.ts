import {
  compareVariantsSteps,
  runThrough,
  type ComparedScore,
  type Embedder,
  type VariantComparison,
} from '@heddle/core';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const Abstract = z.object({ question: z.string(), sections: z.array(z.object({ text: z.string() })) });

/** Questions, and the abstracts that answer them. */
export interface QuestionSet {
  readonly questions: readonly string[];
  readonly passages: readonly string[];
}

/** Finds the file of the PubMedQA abstracts beside the repository; undefined if it does not exist. */
export function abstractsFile(): string | undefined {
  const shared = process.env['HEDDLE_SHARED'] ?? path.join(root, '..', 'shared');
  return [shared, path.join(root, '..', '..', 'shared')]
    .map((folder) => path.join(folder, 'data', 'pubmedqa', 'pubmedqa.jsonl'))
    .find((one) => existsSync(one));
}

/** Reads the first `count` abstracts; undefined if there are none. */
export function readAbstracts(count: number): QuestionSet | undefined {
  const file = abstractsFile();
  if (file === undefined) return undefined;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, count);
  const abstracts = lines.map((line) => Abstract.parse(JSON.parse(line)));
  return {
    questions: abstracts.map(({ question }) => question),
    passages: abstracts.map(({ sections }) => sections.map(({ text }) => text).join('\n')),
  };
}

/** For each question, its similarity to each passage. */
export type Similarities = readonly Float64Array[];

export async function similarities(
  embedder: Embedder,
  questions: readonly string[],
  passages: readonly Float32Array[],
): Promise<Similarities> {
  const vectors = await embedder.embed(questions, { kind: 'query', tooLong: 'cut' });
  return vectors.map((vector) => Float64Array.from(passages, (passage) => dot(vector, passage)));
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (const [at, value] of one.entries()) sum += value * (other[at] ?? 0);
  return sum;
}

/** Makes a generator of numbers in [0, 1) that depend only on the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whether the abstract of a question ranks first if noise of this width is added to each similarity. */
export function isFirst(found: Similarities, question: number, noise: number, random: () => number): boolean {
  const row = found[question] ?? new Float64Array();
  // The sum of two uniform numbers approximates a bell curve and is fast.
  const heard = (at: number): number => (row[at] ?? 0) + noise * (random() + random() - 1);
  const own = heard(question);
  for (let at = 0; at < row.length; at += 1) if (at !== question && heard(at) > own) return false;
  return true;
}

/** Compares two variants by the rows on which each had a hit. */
export function compareHits(
  rows: readonly number[],
  hits: { readonly first: readonly boolean[]; readonly second: readonly boolean[] },
  resamples: number,
): VariantComparison {
  const scores = rows.flatMap((row, at): ComparedScore[] => [
    { row: String(row), variant: 'now', metric: 'hit', value: hits.first[at] === true ? 1 : 0 },
    { row: String(row), variant: 'new', metric: 'hit', value: hits.second[at] === true ? 1 : 0 },
  ]);
  const compared = {
    rows: rows.map((row) => ({ id: String(row) })),
    variants: ['now', 'new'],
    scores,
    metrics: [{ name: 'hit', title: 'Abstract is first', better: 'higher', unit: 'check' } as const],
  };
  const { comparisons } = runThrough(compareVariantsSteps(compared, { resamples }));
  const [comparison] = comparisons;
  if (comparison === undefined) throw new RangeError('There is nothing to compare.');
  return comparison;
}

/** Draws rows without replacement. */
export function drawRows(count: number, of: number, random: () => number): readonly number[] {
  const rows = Array.from({ length: of }, (_, at) => at);
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random() * (of - at));
    [rows[at], rows[other]] = [rows[other] ?? 0, rows[at] ?? 0];
  }
  return rows.slice(0, count);
}
