import { z } from 'zod';
import { all, heads } from './conditions.js';
import type { Facts, Place, PineconeLocation } from './location.js';
import { termPlace } from '../shared/term-weights.js';
import { buckets } from './rows.js';

/** Milliseconds after which the weights of words include writes of other programs. */
const keptMs = 60_000;
/** Most passages that one search for a term counts; in a larger collection it counts a sample. */
const mostCounted = 2_000;
/** If the count in a sample is below this, the whole collection is counted. */
const leastCounted = 20;
/** Searches that run at the same time. */
const atOnce = 8;

const Language = z.object({ name: z.string() });

/** Reads the facts that a keyword search needs, with the number of passages that contain each term. */
export async function factsOf(
  location: PineconeLocation,
  { entry, terms: space }: Place,
  terms: (languages: readonly string[]) => readonly string[],
): Promise<Facts> {
  const known = location.facts.get(entry.tenant);
  const facts = known !== undefined && Date.now() - known.readAt < keptMs ? known : await readFacts({ terms: space });
  location.facts.set(entry.tenant, facts);
  const missing = terms(facts.languages).filter((term) => !facts.counts.has(term));
  for (let start = 0; start < missing.length; start += atOnce)
    await Promise.all(
      missing.slice(start, start + atOnce).map(async (term) => {
        facts.counts.set(term, await countOf({ terms: space }, term, facts.passages));
      }),
    );
  return facts;
}

async function readFacts({ terms }: Pick<Place, 'terms'>): Promise<Facts> {
  const [passages, languages] = await Promise.all([terms.count(all(heads)), terms.read({ kind: { $eq: 'language' } })]);
  const codes = languages.map(({ metadata }) => Language.parse(metadata).name).sort();
  return { readAt: Date.now(), passages, languages: codes, counts: new Map() };
}

/** Counts the passages with a term; in a large collection, estimates the number from a sample. */
async function countOf({ terms }: Pick<Place, 'terms'>, term: string, passages: number): Promise<number> {
  const count = async (share: number): Promise<number> => {
    const filter = all([...heads, ...(share < buckets ? [{ bucket: { $lt: share } }] : [])]);
    const sparseVector = { indices: [termPlace(term)], values: [1] };
    const found = await terms.query({ sparseVector, filter, topK: mostCounted });
    return found.filter(({ score }) => score > 0).length;
  };
  if (passages <= mostCounted) return count(buckets);
  const share = Math.max(1, Math.floor((buckets * mostCounted) / passages));
  const part = await count(share);
  return part < leastCounted ? count(buckets) : Math.round((part * buckets) / share);
}
