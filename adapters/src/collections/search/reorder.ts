import type { Filter, Passage, SearchRequest, Steps } from '@heddle/core';

type Reordering = Pick<SearchRequest, 'k' | 'recency' | 'boosts'> & { readonly diversity: number };

const dayMs = 86_400_000;

/** Whether a search orders its results by more than how well they match. It then needs more candidates than results. */
export const isReordered = ({ diversity, recency, boosts }: Reordering): boolean =>
  diversity > 0 || recency !== undefined || boosts.length > 0;

/** How many candidates to reorder: the more there are, the more a boost can raise. */
export const candidatesOf = ({ k }: Pick<SearchRequest, 'k'>): number => Math.min(1000, Math.max(k * 4, k + 20));

/**
 * Selects the best `k` candidates: boosted by metadata and age, then chosen so that they differ from each other. It yields between steps,
 * because a thousand passages are compared with each other.
 *
 * @example await inSlices(reorder(found, request, Date.now()))
 */
export function* reorder(found: readonly Passage[], request: Reordering, now: number): Steps<readonly Passage[]> {
  const boosted = boost(found, request, now);
  return request.diversity > 0 ? yield* diverse(boosted, request) : boosted.slice(0, request.k);
}

function boost(found: readonly Passage[], { recency, boosts }: Reordering, now: number): readonly Passage[] {
  if (recency === undefined && boosts.length === 0) return found;
  const factorOf = (passage: Passage): number =>
    boosts.reduce((factor, { filter, factor: by }) => factor * (passes(filter, passage) ? by : 1), 1) *
    (recency === undefined ? 1 : freshness(passage, recency, now));
  return found
    .map((passage) => {
      const { score = 0 } = passage;
      const factor = factorOf(passage);
      // A cosine can be negative; dividing then lowers it as multiplying lowers a positive score.
      return { ...passage, score: score < 0 ? score / factor : score * factor };
    })
    .toSorted((one, other) => (other.score ?? 0) - (one.score ?? 0));
}

/** 1 for a passage of now, falling to 1 less the weight for a very old passage or one without a date. A future date counts as now. */
function freshness(
  passage: Passage,
  { field, halfLifeDays, weight }: NonNullable<SearchRequest['recency']>,
  now: number,
): number {
  const time = timeOf(valueOf(passage, field));
  if (time === undefined) return 1 - weight;
  const days = Math.max(0, now - time) / dayMs;
  return 1 - weight + weight * 2 ** (-days / halfLifeDays);
}

/** Reads a date as text, or as milliseconds or seconds since the epoch. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.abs(value) < 1e11 ? value * 1000 : value;
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** Maximal marginal relevance (Carbonell and Goldstein, 1998): each next passage is good and unlike those before it. */
function* diverse(found: readonly Passage[], { k, diversity }: Reordering): Steps<readonly Passage[]> {
  const left = relevances(found).map((relevance, index) => ({
    index,
    relevance,
    terms: termsOf(found[index]?.text ?? ''),
    likeness: 0,
  }));
  const chosen: Passage[] = [];
  while (chosen.length < k && left.length > 0) {
    const marginal = left.map(({ relevance, likeness }) => (1 - diversity) * relevance - diversity * likeness);
    const [next] = left.splice(marginal.indexOf(Math.max(...marginal)), 1);
    const passage = next === undefined ? undefined : found[next.index];
    if (next === undefined || passage === undefined) break;
    chosen.push(passage);
    for (const other of left) other.likeness = Math.max(other.likeness, likenessOf(next.terms, other.terms));
    yield;
  }
  return chosen;
}

/** Scales scores of any kind to between 0 and 1. */
function relevances(found: readonly Passage[]): readonly number[] {
  const scores = found.map(({ score = 0 }) => score);
  const lowest = Math.min(...scores);
  const highest = Math.max(...scores);
  return scores.map((score) => (highest > lowest ? (score - lowest) / (highest - lowest) : 1));
}

const termsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** The share of the smaller passage's words that the other one also has, so that a copy inside a longer passage counts as a copy. */
function likenessOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  if (small.size === 0) return 0;
  let shared = 0;
  for (const word of small) if (large.has(word)) shared += 1;
  return shared / small.size;
}

/** Whether a passage passes a filter, by the same rules as in the stores. A list passes if one of its items does. */
function passes(filter: Filter, passage: Passage): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((one) => passes(one, passage));
    case 'or':
      return filter.filters.some((one) => passes(one, passage));
    case 'not':
      return !passes(filter.filter, passage);
    case 'exists':
      return [valueOf(passage, filter.field)].flat().some((value) => value !== undefined && value !== null);
    default:
      return [valueOf(passage, filter.field)].flat().some((value) => compares(filter, value));
  }
}

type Comparison = Extract<Filter, { readonly value: unknown }>;

function compares(filter: Comparison, value: unknown): boolean {
  if (filter.op === 'eq') return value === filter.value;
  if (filter.op === 'in') return filter.value.some((one) => one === value);
  if (typeof value !== typeof filter.value || (typeof value !== 'number' && typeof value !== 'string')) return false;
  switch (filter.op) {
    case 'gt':
      return value > filter.value;
    case 'gte':
      return value >= filter.value;
    case 'lt':
      return value < filter.value;
    case 'lte':
      return value <= filter.value;
  }
}

function valueOf(passage: Passage, field: string): unknown {
  if (field === 'document' || field === 'title' || field === 'source') return passage[field];
  return passage.metadata !== undefined && Object.hasOwn(passage.metadata, field) ? passage.metadata[field] : undefined;
}
