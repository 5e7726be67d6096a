import {
  entityTerms,
  type EntityPair,
  type EntitySuggestion,
  type GraphEntity,
  type VectorCollection,
} from '@heddle/core';
import { yieldToEventLoop } from '../../event-loop/in-slices.js';
import type { GraphView } from './graph-view.js';
import type { GraphReads } from './merged-reads.js';

/** How many entities are compared: those with the most passages. */
const mostCompared = 5_000;
const mostSuggestions = 50;
/** In names with this many letters, one different letter is more likely a typing error than another name. */
const longName = 8;
const initialsLength = { least: 2, most: 8 };
/** How many pairs with matching initials are checked in their passages. */
const mostRead = 200;

interface Suggesting {
  readonly inner: Pick<VectorCollection, 'name' | 'neighbours'>;
  readonly store: Pick<GraphReads, 'mentionsOfAll' | 'rootOf'>;
  readonly view: Pick<GraphView, 'showsId'>;
}

type Pair = EntitySuggestion;

const pageSize = 500;
/** Names that are grouped without a pause. */
const groupedAtOnce = 100;

/** The entities that are compared for a reader who may see everything. */
export async function mostMentioned(
  store: Pick<GraphReads, 'entities'>,
  collection: string,
): Promise<readonly GraphEntity[]> {
  const found: GraphEntity[] = [];
  for (let after: GraphEntity | undefined; found.length < mostCompared; after = found.at(-1)) {
    const page = await store.entities(collection, { after, limit: pageSize });
    found.push(...page);
    if (page.length < pageSize) break;
  }
  return found;
}

/**
 * Suggests pairs of entities that may be the same, among those that the reader may see. `apart` has the pairs that a person said are
 * different.
 */
export async function suggestMerges(
  suggesting: Suggesting,
  entities: readonly GraphEntity[],
  apart: readonly EntityPair[],
): Promise<readonly Pair[]> {
  const compared = entities.slice(0, mostCompared);
  const keyOf = (one: string, other: string): string => {
    const [first, second] = [one, other].map((id) => suggesting.store.rootOf(id)).toSorted();
    return `${first}\n${second}`;
  };
  const known = new Set(apart.map(({ one, other }) => keyOf(one, other)));
  const found: Pair[] = [];
  const add = (pair: Pair): void => {
    const key = keyOf(pair.one.id, pair.other.id);
    if (known.has(key)) return;
    known.add(key);
    found.push(pair);
  };
  for (const pair of await sameLetters(compared)) add(pair);
  for (const pair of await oneLetterApart(compared)) add(pair);
  const byInitials = (await sameInitials(compared)).filter(({ one, other }) => !known.has(keyOf(one.id, other.id)));
  for (const pair of byInitials.slice(0, mostRead)) if (await isExplained(suggesting, pair)) add(pair);
  return found
    .toSorted((a, b) => b.one.passages + b.other.passages - a.one.passages - a.other.passages)
    .slice(0, mostSuggestions);
}

/** Letters and digits without accents and case. */
const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

const pairOf = (a: GraphEntity, b: GraphEntity, reason: Pair['reason']): Pair =>
  b.passages > a.passages ? { one: b, other: a, reason } : { one: a, other: b, reason };

/** Pauses regularly: thousands of names have a hundred thousand spellings. */
async function grouped<Value>(
  values: readonly Value[],
  keysOf: (value: Value) => Iterable<string>,
): Promise<Map<string, Value[]>> {
  const groups = new Map<string, Value[]>();
  for (const [index, value] of values.entries()) {
    if (index % groupedAtOnce === groupedAtOnce - 1) await yieldToEventLoop();
    for (const key of keysOf(value)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
  }
  return groups;
}

/** Pairs each entity of a group with the first, which most passages mention. */
async function sameLetters(entities: readonly GraphEntity[]): Promise<readonly Pair[]> {
  const groups = await grouped(entities, ({ id }) => [lettersOf(id)]);
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((other) => pairOf(first, other, 'letters')),
  );
}

/** Two texts are at most one letter apart if leaving out at most one letter of each gives the same. */
async function oneLetterApart(entities: readonly GraphEntity[]): Promise<readonly Pair[]> {
  const long = entities.flatMap((entity) => {
    const letters = lettersOf(entity.id);
    return letters.length < longName ? [] : [{ entity, letters }];
  });
  const groups = await grouped(long, ({ letters }) => shortened(letters));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : others
          .filter(({ letters }) => isOneApart(first.letters, letters))
          .map(({ entity }) => pairOf(first.entity, entity, 'spelling')),
  );
}

function* shortened(letters: string): Generator<string> {
  yield letters;
  for (let at = 0; at < letters.length; at += 1) yield letters.slice(0, at) + letters.slice(at + 1);
}

/** Digits must be equal: "part 1" and "part 2" are different. */
function isOneApart(one: string, other: string): boolean {
  if (one === other || one.replaceAll(/\P{N}/gu, '') !== other.replaceAll(/\P{N}/gu, '')) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return Math.max(one.length, other.length) - start - end <= 1;
}

/** Pairs names of several words with names that consist of their initials. */
async function sameInitials(entities: readonly GraphEntity[]): Promise<readonly Pair[]> {
  const short = await grouped(
    entities.filter(({ id }) => !id.includes(' ')),
    ({ id }) => {
      const letters = lettersOf(id);
      return letters.length < initialsLength.least || letters.length > initialsLength.most ? [] : [letters];
    },
  );
  return entities.flatMap((entity) => {
    const terms = entityTerms(entity.id);
    if (terms.length < initialsLength.least) return [];
    const all = terms.map((term) => term.charAt(0)).join('');
    // Initials often leave out "of" and "the": "Bank of England" is BoE or BE.
    const capital = terms.filter((term) => term.length > 3).map((term) => term.charAt(0));
    const fitting = new Set([...(short.get(all) ?? []), ...(short.get(capital.join('')) ?? [])]);
    return [...fitting].map((other) => pairOf(entity, other, 'initials'));
  });
}

/** Whether a visible passage gives one name in brackets after the other: "World Health Organization (WHO)". */
async function isExplained({ inner, store, view }: Suggesting, { one, other }: Pair): Promise<boolean> {
  const ids = [one.id, other.id].map((id) => store.rootOf(id));
  const mentions = await store.mentionsOfAll(inner.name, ids);
  const [first = [], second = []] = ids.map((id) => mentions.filter(({ entity }) => entity === id));
  const names = new Map(first.map((mention) => [`${mention.document}\n${mention.passage}`, mention.name]));
  for (const { document, passage, name } of second) {
    const beside = names.get(`${document}\n${passage}`);
    if (beside === undefined || !(await view.showsId(document))) continue;
    const [read] = await inner.neighbours(passage, 0, 0);
    const text = read?.document === document ? read.text.replaceAll(/\s+/gu, ' ') : '';
    if (text.includes(`${beside} (${name})`) || text.includes(`${name} (${beside})`)) return true;
  }
  return false;
}
