import type { VectorQuery } from '@heddle/core';
import { termPlace } from '../shared/term-weights.js';
import { textIn } from './columns.js';
import { readerTerms } from '../shared/reader-terms.js';
import { all, containsAny, passageWhere, quoted } from './conditions.js';
import type { Place, Statistics } from './location.js';

/** The current facts of a collection that a search needs. */
export interface Facts {
  /** Languages of its passages; a language stays when all its passages are gone. */
  readonly languages: readonly string[];
  /** The stored long lists that contain the reader. */
  readonly lists: readonly string[];
}

/** Reads the facts that this query needs. */
export async function factsOf(place: Place, { mode, readers = [], signal }: VectorQuery): Promise<Facts> {
  const kinds = [
    ...(mode === 'dense' ? [] : ['kind == "language"']),
    ...(readers.length === 0 ? [] : [`(kind == "list" and ${containsAny('readers', readerTerms(readers))})`]),
  ];
  if (kinds.length === 0) return { languages: [], lists: [] };
  const where = all([`tenant == ${quoted(place.tenant)}`, `(${kinds.join(' or ')})`]);
  const rows = await place.location.records.query(where, ['kind', 'name'], { signal });
  const namesOf = (kind: string): readonly string[] =>
    rows.filter((row) => textIn(row, 'kind') === kind).map((row) => textIn(row, 'name'));
  return { languages: [...namesOf('language')].sort(), lists: namesOf('list') };
}

/** Milliseconds after which the weights of words include writes of other programs. */
const keptMs = 60_000;
/** Counts that run at the same time. */
const atOnce = 8;

/** The statistics of these terms. A write of this program discards the cached ones. */
export async function statisticsOf(
  place: Place,
  terms: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readonly passages: number; readonly countOf: (term: string) => number | undefined }> {
  const { facts, name } = place.location;
  const count = (where: string): Promise<number> => place.passages.count(where, { collection: name, signal });
  const known = facts.get(place.tenant);
  const isKept = known !== undefined && Math.abs(Date.now() - known.readAt) < keptMs;
  const statistics: Statistics = isKept
    ? known
    : { readAt: Date.now(), passages: await count(passageWhere({})), counts: new Map<string, number>() };
  const missing = terms.filter((term) => !statistics.counts.has(term));
  for (let start = 0; start < missing.length; start += atOnce)
    await Promise.all(
      missing.slice(start, start + atOnce).map(async (term) => {
        statistics.counts.set(term, await count(`array_contains(words, ${termPlace(term)})`));
      }),
    );
  facts.set(place.tenant, statistics);
  return { passages: statistics.passages, countOf: (term) => statistics.counts.get(term) };
}
