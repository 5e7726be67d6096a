import type { GraphMention, GraphStore } from '@heddle/core';
import type { VisiblePassages } from './visible-passages.js';

/** An entity in more passages than this links nothing, because it says little about any of them. */
const mostPassages = 50;
/** The most mentions that a step of a search reads; those of the rarest entities come first. */
const mostMentions = 600;
/** The first page of an entity's mentions; each further page is twice as large. */
const firstPage = 64;
/** An entity with more mentions than this, visible or not, counts as frequent for everybody. */
const mostRead = 2_000;

/** The mentions of an entity; empty if it is too frequent to link anything. */
export type Mentions = readonly GraphMention[];

/** Reads the visible mentions of entities. Entities that no visible passage mentions are left out. */
export async function knownMentions(
  store: Pick<GraphStore, 'find' | 'mentionsOf' | 'mentionsOfAll'>,
  collection: string,
  ids: readonly string[],
  visible: Pick<VisiblePassages, 'isWhole' | 'of'>,
): Promise<ReadonlyMap<string, Mentions>> {
  if (ids.length === 0) return new Map();
  const there = await store.find(collection, ids);
  const rare = there.filter(({ passages }) => passages <= mostPassages);
  const frequent = there.filter(({ passages }) => passages > mostPassages);
  const found = new Map<string, Mentions>();
  if (visible.isWhole) {
    for (const { id } of frequent) found.set(id, []);
    const read = withinBudget(rare.map(({ id, passages }) => ({ id, count: passages })));
    return groupedInto(found, await store.mentionsOfAll(collection, read));
  }
  for (const { id, passages } of frequent) {
    const mentions = passages > mostRead ? undefined : await visibleOf(store, collection, id, visible);
    if (mentions === undefined) found.set(id, []);
    else if (mentions.length > 0) found.set(id, mentions.length > mostPassages ? [] : mentions);
  }
  const rows = await store.mentionsOfAll(
    collection,
    rare.map(({ id }) => id),
  );
  groupedInto(found, await visible.of(rows));
  const counted = [...found].filter(([, { length }]) => length > 0);
  const kept = new Set(withinBudget(counted.map(([id, { length }]) => ({ id, count: length }))));
  return new Map([...found].filter(([id, { length }]) => length === 0 || kept.has(id)));
}

/** Reads pages until there are more visible mentions than an entity may have. */
async function visibleOf(
  store: Pick<GraphStore, 'mentionsOf'>,
  collection: string,
  id: string,
  visible: Pick<VisiblePassages, 'of'>,
): Promise<Mentions> {
  const found: GraphMention[] = [];
  let after: GraphMention | undefined;
  for (let limit = firstPage; found.length <= mostPassages; limit *= 2) {
    const page = await store.mentionsOf(collection, id, { after, limit });
    found.push(...(await visible.of(page)));
    after = page.at(-1);
    if (page.length < limit) break;
  }
  return found;
}

function groupedInto(found: Map<string, Mentions>, rows: Mentions): ReadonlyMap<string, Mentions> {
  const groups = new Map<string, GraphMention[]>();
  for (const row of rows) {
    const group = groups.get(row.entity);
    if (group === undefined) groups.set(row.entity, [row]);
    else group.push(row);
  }
  for (const [entity, mentions] of groups) found.set(entity, mentions);
  return found;
}

/** The rarest entities whose mentions fit into one step. */
function withinBudget(entities: readonly { readonly id: string; readonly count: number }[]): readonly string[] {
  let left = mostMentions;
  const sorted = entities.toSorted((one, other) => one.count - other.count || (one.id < other.id ? -1 : 1));
  return sorted.filter(({ count }) => (left -= count) >= 0).map(({ id }) => id);
}
