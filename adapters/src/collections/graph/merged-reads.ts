import type { EntityMerge, GraphEntity, GraphMention, GraphStore, NumberedRelation } from '@heddle/core';

/** A relation whose ends may be merged entities. */
export interface MergedRelation extends NumberedRelation {
  /** The ends before they were merged. */
  readonly found: { readonly source: string; readonly target: string };
}

type Position = Parameters<GraphStore['mentionsOf']>[2];
type RelationPage = Parameters<GraphStore['relationsOf']>[2];

/** Reads a graph with its merges applied: merged entities are read as one entity. Its id is that of the final merge target, the root. */
export interface GraphReads extends Pick<
  GraphStore,
  'find' | 'mentionsOf' | 'mentionsOfAll' | 'mentionsIn' | 'entities' | 'entitiesById' | 'counts'
> {
  relationsOf(collection: string, entity: string, page: RelationPage): Promise<readonly MergedRelation[]>;
  rootOf(entity: string): string;
  /** The root and all entities merged into it. */
  membersOf(root: string): readonly string[];
  /** The names of the entities merged into a root, by id, as their own passages write them. */
  mergedNames(collection: string, root: string): Promise<ReadonlyMap<string, string>>;
}

/** Opens a graph with its current merges. Without merges, all reads go directly to the store. */
export async function openMerged(store: GraphStore, collection: string): Promise<GraphReads> {
  const merges = await store.merges(collection);
  return merges.length === 0 ? unmerged(store) : new MergedReads(store, merges);
}

const unmerged = (store: GraphStore): GraphReads => ({
  ...store,
  relationsOf: async (collection, entity, page) => withFound(await store.relationsOf(collection, entity, page)),
  rootOf: (entity) => entity,
  membersOf: (root) => [root],
  mergedNames: () => Promise.resolve(new Map()),
});

const withFound = (relations: readonly NumberedRelation[]): readonly MergedRelation[] =>
  relations.map((one) => ({ ...one, found: { source: one.source, target: one.target } }));

const byPassages = (one: GraphEntity, other: GraphEntity): number =>
  other.passages - one.passages || (one.id < other.id ? -1 : 1);

class MergedReads implements GraphReads {
  private readonly roots = new Map<string, string>();
  private readonly groups = new Map<string, string[]>();

  private readonly store: GraphStore;

  constructor(store: GraphStore, merges: readonly EntityMerge[]) {
    this.store = store;
    const targets = new Map(merges.map(({ entity, target }) => [entity, target]));
    for (const id of new Set(merges.flatMap(({ entity, target }) => [entity, target]))) {
      let root = id;
      // Only a damaged database has a circle of merges; each entity in it is then its own root.
      const passed = new Set([id]);
      for (let next = targets.get(root); next !== undefined; next = targets.get(root)) {
        root = passed.has(next) ? id : next;
        if (root === id) break;
        passed.add(next);
      }
      this.roots.set(id, root);
      this.groups.set(root, [...(this.groups.get(root) ?? []), id]);
    }
  }

  rootOf(entity: string): string {
    return this.roots.get(entity) ?? entity;
  }

  membersOf(root: string): readonly string[] {
    return this.groups.get(root) ?? [root];
  }

  async mergedNames(collection: string, root: string): Promise<ReadonlyMap<string, string>> {
    const found = await this.store.find(collection, this.membersOf(root));
    return new Map(found.map(({ id, name }) => [id, name]));
  }

  private isSingle(entity: string): boolean {
    return !this.roots.has(entity);
  }

  async find(collection: string, ids: readonly string[]): Promise<readonly GraphEntity[]> {
    const single = await this.store.find(
      collection,
      ids.filter((id) => this.isSingle(id)),
    );
    const roots = new Set(ids.filter((id) => !this.isSingle(id)).map((id) => this.rootOf(id)));
    return [...single, ...(await this.groupsOf(collection, [...roots]))];
  }

  /** Groups of merged entities as single entities. A group has the name of its root if passages mention the root. */
  private async groupsOf(collection: string, roots: readonly string[]): Promise<readonly GraphEntity[]> {
    const groups: GraphEntity[] = [];
    for (const root of roots) {
      const members = this.membersOf(root);
      const [most] = (await this.store.find(collection, members)).toSorted(
        (one, other) => Number(other.id === root) - Number(one.id === root) || byPassages(one, other),
      );
      if (most !== undefined) groups.push({ ...most, id: root, ...(await this.store.countOf(collection, members)) });
    }
    return groups;
  }

  async mentionsOf(collection: string, entity: string, { after, limit }: Position): Promise<readonly GraphMention[]> {
    if (this.isSingle(entity)) return this.store.mentionsOf(collection, entity, { after, limit });
    const members = this.membersOf(this.rootOf(entity));
    let found: readonly GraphMention[] = [];
    for (let from = after; ;) {
      const page = await this.store.mentionsOfAny(collection, members, { after: from, limit });
      // A passage that mentions several of them counts once, so a full page may yield fewer mentions.
      found = oncePerPassage([...found, ...this.merged(page)]);
      from = page.at(-1);
      if (page.length < limit || found.length >= limit) return found.slice(0, limit);
    }
  }

  async mentionsOfAll(collection: string, entities: readonly string[]): Promise<readonly GraphMention[]> {
    const wanted = [...new Set(entities.flatMap((id) => this.membersOf(this.rootOf(id))))];
    return oncePerPassage(this.merged(await this.store.mentionsOfAll(collection, wanted)));
  }

  async mentionsIn(...[collection, passages]: Parameters<GraphStore['mentionsIn']>): Promise<readonly GraphMention[]> {
    return oncePerPassage(this.merged(await this.store.mentionsIn(collection, passages)));
  }

  private merged(mentions: readonly GraphMention[]): readonly GraphMention[] {
    return mentions.map((one) =>
      this.isSingle(one.entity) ? one : { ...one, entity: this.rootOf(one.entity), found: one.entity },
    );
  }

  async entities(...[collection, page]: Parameters<GraphStore['entities']>): Promise<readonly GraphEntity[]> {
    const { query = '', after, limit } = page;
    const isBehind = ({ id, passages }: GraphEntity): boolean =>
      after === undefined || passages < after.passages || (passages === after.passages && id > after.id);
    const named = [...this.groups].filter(([, members]) => members.some((id) => id.includes(query)));
    const groups = await this.groupsOf(
      collection,
      named.map(([root]) => root),
    );
    const single = await this.singleOnes<(typeof page)['after']>(
      limit,
      after,
      (from) => this.store.entities(collection, { query, after: from, limit }),
      (last) => last,
    );
    return [...groups.filter(isBehind), ...single].toSorted(byPassages).slice(0, limit);
  }

  async entitiesById(...[collection, page]: Parameters<GraphStore['entitiesById']>): Promise<readonly GraphEntity[]> {
    const { after = '', limit } = page;
    const roots = [...this.groups.keys()].filter((root) => root > after);
    const groups = await this.groupsOf(collection, roots.toSorted().slice(0, limit));
    const single = await this.singleOnes<string | undefined>(
      limit,
      after,
      (from) => this.store.entitiesById(collection, { after: from, limit }),
      ({ id }) => id,
    );
    return [...groups, ...single].toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit);
  }

  /** Reads `limit` entities that belong to no group, or all that are left. */
  private async singleOnes<After>(
    limit: number,
    after: After,
    read: (after: After) => Promise<readonly GraphEntity[]>,
    next: (last: GraphEntity) => After,
  ): Promise<readonly GraphEntity[]> {
    const found: GraphEntity[] = [];
    for (let from = after; ;) {
      const page = await read(from);
      found.push(...page.filter(({ id }) => this.isSingle(id)));
      const last = page.at(-1);
      if (last === undefined || page.length < limit || found.length >= limit) return found;
      from = next(last);
    }
  }

  async counts(collection: string): Promise<{ readonly entities: number; readonly relations: number }> {
    const { entities, relations } = await this.store.counts(collection);
    const there = await this.store.find(collection, [...this.roots.keys()]);
    const groups = new Set(there.map(({ id }) => this.rootOf(id)));
    return { entities: entities - there.length + groups.size, relations };
  }

  async relationsOf(
    collection: string,
    entity: string,
    { after, limit }: RelationPage,
  ): Promise<readonly MergedRelation[]> {
    const root = this.rootOf(entity);
    const found: MergedRelation[] = [];
    for (let from = after; ;) {
      const page = this.isSingle(entity)
        ? await this.store.relationsOf(collection, entity, { after: from, limit })
        : await this.store.relationsOfAny(collection, this.membersOf(root), { after: from, limit });
      const ends = withFound(page).map((one) => ({
        ...one,
        source: this.rootOf(one.source),
        target: this.rootOf(one.target),
      }));
      // A relation between two entities that were merged relates an entity to itself, and is left out.
      found.push(...ends.filter(({ source, target }) => source !== target));
      from = page.at(-1);
      if (page.length < limit || found.length >= limit) return found.slice(0, limit);
    }
  }
}

/** Keeps one mention of an entity in a passage, preferably that of the root. */
function oncePerPassage(mentions: readonly GraphMention[]): readonly GraphMention[] {
  const once = new Map<string, GraphMention>();
  for (const one of mentions) {
    const key = `${one.entity}\n${one.document}\n${one.passage}`;
    if (!once.has(key) || one.found === one.entity) once.set(key, one);
  }
  return [...once.values()];
}
