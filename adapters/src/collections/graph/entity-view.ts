import {
  nameFinder,
  withoutUndefined,
  type GraphEntity,
  type GraphEntityReply,
  type GraphMention,
  type GraphRelation,
  type GraphStore,
  type VectorCollection,
} from '@heddle/core';
import type { GraphView } from './graph-view.js';

const shownMentions = 50;
const shownRelations = 200;
const shownNeighbours = 50;
/** Passages that names, types and neighbours are counted in. */
const countedPassages = 200;
const pageSize = 500;
/** The most rows of an entity that are read for somebody who may not read all documents. */
const mostRows = 10_000;

interface Looking {
  readonly inner: Pick<VectorCollection, 'name' | 'neighbours'>;
  readonly store: GraphStore;
  readonly view: GraphView;
}

/** An entity with what the documents say about it that a reader may see. Undefined where there is no such document. */
export async function viewEntity(looking: Looking, id: string): Promise<GraphEntityReply | undefined> {
  const { inner, store, view } = looking;
  const [stored] = await store.find(inner.name, [id]);
  const mentions = await visibleMentions(looking, id);
  if (stored === undefined || mentions.length === 0) return undefined;
  const { name, type } = mostlyOf(mentions);
  const counts = view.isWhole
    ? { passages: stored.passages, documents: stored.documents }
    : { passages: mentions.length, documents: new Set(mentions.map(({ document }) => document)).size };
  const relations = await visibleRelations(looking, id);
  return {
    entity: { id, name, type, ...counts },
    mentions: await textsOf(looking, mentions),
    relations,
    neighbours: await neighboursOf(looking, id, mentions.slice(0, countedPassages), relations),
  };
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

async function visibleRelations({ inner, store, view }: Looking, id: string): Promise<GraphRelation[]> {
  const found: GraphRelation[] = [];
  let after: { readonly document: string; readonly number: number } | undefined;
  for (let read = 0; read < mostRows && found.length < shownRelations; read += pageSize) {
    const page = await store.relationsOf(inner.name, id, { after, limit: pageSize });
    for (const { number: _number, ...one } of page) if (await view.showsId(one.document)) found.push(one);
    after = page.at(-1);
    if (page.length < pageSize) break;
  }
  return found.slice(0, shownRelations);
}

/** The first passages with their texts. A passage that changed since it was read is left out where the name is no longer in it. */
async function textsOf(
  { inner, view }: Looking,
  mentions: readonly GraphMention[],
): Promise<GraphEntityReply['mentions']> {
  const found = await Promise.all(
    mentions.slice(0, shownMentions).map(async ({ document, passage, name }) => {
      const [one] = await inner.neighbours(passage, 0, 0);
      if (one?.document !== document || !nameFinder(one.text, one.title ?? '')(name)) return [];
      // Asked last: a list that began meanwhile counts.
      if (!(await view.showsId(document))) return [];
      return [{ document, title: one.title ?? document, passage, text: one.text }];
    }),
  );
  return found.flat();
}

/** Entities of the same passages, and those that a relation names. */
async function neighboursOf(
  { inner, store }: Looking,
  id: string,
  mentions: readonly GraphMention[],
  relations: readonly GraphRelation[],
): Promise<GraphEntityReply['neighbours']> {
  const others = byEntity((await store.mentionsIn(inner.name, mentions)).filter(({ entity }) => entity !== id));
  const together = [...others].map(([entity, of]) => ({ id: entity, ...mostlyOf(of), shared: of.length }));
  const ends = new Set(relations.flatMap(({ source, target }) => [source, target]));
  const further = [...ends].filter((one) => one !== id && !others.has(one));
  const named = (await store.find(inner.name, further)).map(({ id: other, name, type }) => ({
    id: other,
    name,
    type,
    shared: 0,
  }));
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

/** The name and the type that most mentions have. A type of a title says the least. */
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

/** A page of the entities that a reader may see. */
export async function pageOfEntities(
  { inner, store, view }: Looking & { readonly inner: Pick<VectorCollection, 'documents'> },
  page: { readonly query?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly entities: readonly GraphEntity[]; readonly next?: string }> {
  const query = page.query?.normalize('NFKC').toLowerCase().trim();
  const wanted = { query, after: cursorOf(page.after), limit: page.limit };
  const entities = view.isWhole
    ? await store.entities(inner.name, wanted)
    : pageOf(await countVisible({ inner, store, view }), wanted);
  const last = entities.length < page.limit ? undefined : entities.at(-1);
  return withoutUndefined({ entities, next: last === undefined ? undefined : `${last.passages} ${last.id}` });
}

function cursorOf(after: string | undefined): Pick<GraphEntity, 'id' | 'passages'> | undefined {
  const [, passages, id = ''] = /^(\d{1,9}) (.*)$/su.exec(after ?? '') ?? [];
  return passages === undefined ? undefined : { passages: Number(passages), id };
}

const pageOf = (
  all: readonly GraphEntity[],
  {
    query = '',
    after,
    limit,
  }: {
    readonly query: string | undefined;
    readonly after: Pick<GraphEntity, 'id' | 'passages'> | undefined;
    readonly limit: number;
  },
): readonly GraphEntity[] =>
  all
    .filter(({ id }) => id.includes(query))
    .filter(
      ({ id, passages }) =>
        after === undefined || passages < after.passages || (passages === after.passages && id > after.id),
    )
    .slice(0, limit);

/** Counts entities in the documents that a reader may see, in steps: all mentions are read. */
export async function countVisible({
  inner,
  store,
  view,
}: Looking & { readonly inner: Pick<VectorCollection, 'documents'> }): Promise<readonly GraphEntity[]> {
  const visible = await visibleDocuments(inner, view);
  const counted: GraphEntity[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.entitiesById(inner.name, { after, limit: pageSize });
    const mentions = await store.mentionsOfAll(
      inner.name,
      page.map(({ id }) => id),
    );
    const seen = byEntity(mentions.filter(({ document }) => visible.has(document)));
    for (const [id, of] of seen) {
      const documents = new Set(of.map(({ document }) => document)).size;
      counted.push({ id, ...mostlyOf(of), passages: of.length, documents });
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
