import {
  nameFinder,
  withoutUndefined,
  type GraphEntity,
  type GraphEntityReply,
  type GraphMention,
  type GraphRelation,
  type VectorCollection,
} from '@heddle/core';
import type { GraphView } from './graph-view.js';
import type { GraphReads, MergedRelation } from './merged-reads.js';

const shownMentions = 50;
const shownRelations = 200;
const shownNeighbours = 50;
const shownMerged = 50;
const countedPassages = 200;
const pageSize = 500;
/** The most rows of an entity that are read for a reader who may not see all documents. */
const mostRows = 10_000;

interface Looking {
  readonly inner: Pick<VectorCollection, 'name' | 'neighbours'>;
  readonly store: GraphReads;
  readonly view: GraphView;
}

/** An entity, and what the documents that the reader may see say about it. Undefined if no visible document mentions it. */
export async function viewEntity(looking: Looking, entity: string): Promise<GraphEntityReply | undefined> {
  const { inner, store, view } = looking;
  const root = store.rootOf(entity);
  const [stored] = await store.find(inner.name, [root]);
  const mentions = await visibleMentions(looking, root);
  if (stored === undefined || mentions.length === 0) return undefined;
  const id = shownId(looking, root, mentions);
  const counts = view.isWhole
    ? { passages: stored.passages, documents: stored.documents }
    : { passages: mentions.length, documents: new Set(mentions.map(({ document }) => document)).size };
  const relations = (await visibleRelations(looking, root)).map(({ number: _number, found, ...one }) =>
    view.isWhole ? one : { ...one, source: endOf(one.source, found.source), target: endOf(one.target, found.target) },
  );
  // For a restricted reader, each end of a relation keeps the name from its passage.
  function endOf(end: string, found: string): string {
    return end === root ? id : found;
  }
  return {
    entity: { id, ...namedLike(id, mentions), ...counts },
    merged: await mergedInto(looking, { root, id }, mentions),
    mentions: await textsOf(looking, mentions),
    relations,
    neighbours: await neighboursOf(looking, { root, id }, mentions.slice(0, countedPassages), relations),
  };
}

/**
 * The id under which an entity is shown: its root. If only hidden documents mention the root, a restricted reader sees the merged entity
 * that most visible passages mention.
 */
function shownId({ view }: Pick<Looking, 'view'>, root: string, visible: readonly GraphMention[]): string {
  const found = visible.map((one) => one.found ?? one.entity);
  return view.isWhole || found.includes(root) ? root : mostOf(found);
}

/** The entities that were merged into this one and that the reader may see. */
async function mergedInto(
  { inner, store, view }: Looking,
  { root, id }: { readonly root: string; readonly id: string },
  mentions: readonly GraphMention[],
): Promise<GraphEntityReply['merged']> {
  const names = view.isWhole
    ? await store.mergedNames(inner.name, root)
    : new Map(mentions.map((one) => [one.found ?? one.entity, one.name]));
  return store
    .membersOf(root)
    .filter((one) => one !== root && one !== id && (view.isWhole || names.has(one)))
    .slice(0, shownMerged)
    .map((one) => ({ id: one, name: names.get(one) ?? one }));
}

/** The name and type from the entity's own mentions; without any, from those of the entities merged into it. */
function namedLike(id: string, mentions: readonly GraphMention[]): Pick<GraphEntity, 'name' | 'type'> {
  const own = mentions.filter((one) => (one.found ?? one.entity) === id);
  return mostlyOf(own.length === 0 ? mentions : own);
}

async function visibleMentions({ inner, store, view }: Looking, id: string): Promise<readonly GraphMention[]> {
  if (view.isWhole) return store.mentionsOf(inner.name, id, { limit: countedPassages });
  const found: GraphMention[] = [];
  let after: GraphMention | undefined;
  for (let read = 0; read < mostRows; read += pageSize) {
    const page = await store.mentionsOf(inner.name, id, { after, limit: pageSize });
    for (const one of page) if (await view.showsId(one.document)) found.push(one);
    after = page.at(-1);
    if (page.length < pageSize) break;
  }
  return found;
}

async function visibleRelations({ inner, store, view }: Looking, id: string): Promise<readonly MergedRelation[]> {
  const found: MergedRelation[] = [];
  let after: { readonly document: string; readonly number: number } | undefined;
  for (let read = 0; read < mostRows && found.length < shownRelations; read += pageSize) {
    const page = await store.relationsOf(inner.name, id, { after, limit: pageSize });
    for (const one of page) if (await view.showsId(one.document)) found.push(one);
    after = page.at(-1);
    if (page.length < pageSize) break;
  }
  return found.slice(0, shownRelations);
}

/** The first passages with their texts. A passage is left out if it changed since it was read and no longer contains the name. */
async function textsOf(
  { inner, view }: Looking,
  mentions: readonly GraphMention[],
): Promise<GraphEntityReply['mentions']> {
  const found = await Promise.all(
    mentions.slice(0, shownMentions).map(async ({ document, passage, name }) => {
      const [one] = await inner.neighbours(passage, 0, 0);
      if (one?.document !== document || !nameFinder(one.text, one.title ?? '')(name)) return [];
      // Checked last, so that a list of readers that changed meanwhile counts.
      if (!(await view.showsId(document))) return [];
      return [{ document, title: one.title ?? document, passage, text: one.text }];
    }),
  );
  return found.flat();
}

/** Entities that share passages with this one, and entities that are related to it. */
async function neighboursOf(
  looking: Looking,
  { root, id }: { readonly root: string; readonly id: string },
  mentions: readonly GraphMention[],
  relations: readonly GraphRelation[],
): Promise<GraphEntityReply['neighbours']> {
  const { inner, store, view } = looking;
  const others = byEntity((await store.mentionsIn(inner.name, mentions)).filter(({ entity }) => entity !== root));
  const together = [...others].map(([other, of]) => {
    const shown = shownId(looking, other, of);
    return { id: shown, ...namedLike(shown, of), shared: of.length };
  });
  const known = new Set([id, ...together.map((one) => one.id)]);
  const further = [...new Set(relations.flatMap(({ source, target }) => [source, target]))].filter(
    (one) => !known.has(one) && !others.has(store.rootOf(one)),
  );
  // For a merged entity, the store knows only the name of the root.
  const named = (
    await store.find(
      inner.name,
      further.filter((one) => view.isWhole || store.membersOf(store.rootOf(one)).length === 1),
    )
  ).map(({ id: other, name, type }) => ({ id: other, name, type, shared: 0 }));
  return [...together, ...named]
    .toSorted((one, other) => other.shared - one.shared || (one.id < other.id ? -1 : 1))
    .slice(0, shownNeighbours);
}

function byEntity(mentions: readonly GraphMention[]): ReadonlyMap<string, readonly GraphMention[]> {
  const groups = new Map<string, GraphMention[]>();
  for (const one of mentions) {
    const group = groups.get(one.entity);
    if (group === undefined) groups.set(one.entity, [one]);
    else group.push(one);
  }
  return groups;
}

/** The most frequent name and type. A type that comes from a document title counts only if there is no other. */
function mostlyOf(mentions: readonly Pick<GraphMention, 'name' | 'type'>[]): Pick<GraphEntity, 'name' | 'type'> {
  const types = mentions.map(({ type }) => type);
  const telling = types.filter((type) => type !== 'document' && type !== 'other');
  return { name: mostOf(mentions.map(({ name }) => name)), type: mostOf(telling.length === 0 ? types : telling) };
}

function mostOf(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [most] = [...counts].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return most?.[0] ?? '';
}

export async function pageOfEntities(
  { inner, store, view }: Looking & { readonly inner: Pick<VectorCollection, 'documents'> },
  page: { readonly query?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly entities: readonly GraphEntity[]; readonly next?: string }> {
  const query = page.query?.normalize('NFKC').toLowerCase().trim();
  const wanted = { query, after: cursorOf(page.after), limit: page.limit };
  const entities = view.isWhole
    ? await store.entities(inner.name, wanted)
    : pageOf(await countVisible({ inner, store, view }), wanted).map(({ members: _members, ...one }) => one);
  const last = entities.length < page.limit ? undefined : entities.at(-1);
  return withoutUndefined({ entities, next: last === undefined ? undefined : `${last.passages} ${last.id}` });
}

function cursorOf(after: string | undefined): Pick<GraphEntity, 'id' | 'passages'> | undefined {
  const [, passages, id = ''] = /^(\d{1,9}) (.*)$/su.exec(after ?? '') ?? [];
  return passages === undefined ? undefined : { passages: Number(passages), id };
}

const pageOf = (
  all: readonly CountedEntity[],
  {
    query = '',
    after,
    limit,
  }: {
    readonly query: string | undefined;
    readonly after: Pick<GraphEntity, 'id' | 'passages'> | undefined;
    readonly limit: number;
  },
): readonly CountedEntity[] =>
  all
    .filter(({ members }) => members.some((id) => id.includes(query)))
    .filter(
      ({ id, passages }) =>
        after === undefined || passages < after.passages || (passages === after.passages && id > after.id),
    )
    .slice(0, limit);

/** An entity with the ids of all entities merged into it that visible passages mention. */
interface CountedEntity extends GraphEntity {
  readonly members: readonly string[];
}

/** Counts the entities in the documents that a reader may see. It reads all mentions, page by page. */
export async function countVisible(
  looking: Looking & { readonly inner: Pick<VectorCollection, 'documents'> },
): Promise<readonly CountedEntity[]> {
  const { inner, store, view } = looking;
  const visible = await visibleDocuments(inner, view);
  const counted: CountedEntity[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.entitiesById(inner.name, { after, limit: pageSize });
    const mentions = await store.mentionsOfAll(
      inner.name,
      page.map(({ id }) => id),
    );
    const seen = byEntity(mentions.filter(({ document }) => visible.has(document)));
    for (const [root, of] of seen) {
      const documents = new Set(of.map(({ document }) => document)).size;
      const id = shownId(looking, root, of);
      const members = [...new Set(of.map((one) => one.found ?? one.entity))];
      counted.push({ id, ...namedLike(id, of), passages: of.length, documents, members });
    }
    after = page.at(-1)?.id;
    if (page.length < pageSize) break;
  }
  return counted.toSorted((one, other) => other.passages - one.passages || (one.id < other.id ? -1 : 1));
}

async function visibleDocuments(
  inner: Pick<VectorCollection, 'documents'>,
  { shows }: Pick<GraphView, 'shows'>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await inner.documents({ limit: pageSize, after });
    for (const one of page) if (shows(one)) found.add(one.id);
    after = page.at(-1)?.id;
    if (after === undefined || page.length < pageSize) return found;
  }
}
