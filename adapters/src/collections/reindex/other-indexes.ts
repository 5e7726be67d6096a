import {
  HeddleError,
  modelUnknown,
  withoutUndefined,
  type CollectionInfo,
  type ReindexEstimate,
  type ReindexFailure,
  type ReindexOptions,
  type ReindexRequest,
  type ReindexState,
  type StoreKind,
  type Reindexing,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import type { CollectionContext, CollectionsOptions, OriginalOf } from '../collection-context.js';
import { requireCollection } from '../stores/locate-collection.js';
import { noStore } from '../stores/no-store.js';
import { openIn, type LocatedCollection } from '../stores/open-in.js';
import { canCopy } from './copy-documents.js';
import { endHandOver, handOver } from './hand-over.js';
import type { NamedQueues } from '../../event-loop/index.js';
import { checkHeaders } from '../headers/check-headers.js';
import { newSplitter } from '../new-splitter.js';
import { graphKey } from '../graph/graph-options.js';
import { rulesKey } from '../readers/reader-rules.js';
import { settingKey } from '../relevance/stored-relevance.js';
import { readSearchSettings, searchKey } from '../search/stored-settings.js';
import { catchUp, differenceOf } from './catch-up.js';
import { compareIndexes } from './compare-indexes.js';
import { estimateIndex } from './estimate-index.js';
import { indexName, type OtherIndex } from './index-names.js';

/** The key of the note that says until when the previous index is kept. It is written before the switch, so that no crash loses it. */
const keptKey = 'kept-until';
/** How long a previous index without that note is kept from now on. */
const usualKeepMs = 7 * 86_400_000;
const shownFailures = 100;
/** The key of the note on the serving index that names the store of another index. */
const storeKey = (which: OtherIndex): string => `${which}-store`;

interface ReindexingParts extends Pick<CollectionsOptions, 'embedder' | 'modelExists' | 'headers'> {
  readonly stores: readonly VectorStore[];
  readonly contextOf: (inner: VectorCollection) => CollectionContext;
  readonly queue: NamedQueues;
  readonly original?: OriginalOf;
  /** The last questions to a collection, newest first. */
  readonly lastQuestions: (collection: string) => readonly string[];
  readonly now: () => number;
}

/** Re-indexing, and what imports and deletions call on it. */
interface CollectionReindexing extends Reindexing {
  /**
   * Brings the other indexes up to date after a write to the collection. An error there does not fail the write, because the switch catches
   * up.
   */
  follow(name: string): Promise<void>;
  all(name: string): Promise<readonly [serving: VectorCollection, ...others: VectorCollection[]]>;
  dropOthers(name: string): Promise<void>;
}

/**
 * The other indexes of a collection are hidden collections, usually in the same store. `NAME@next` is filled while the serving index
 * answers searches; `NAME@previous` is the index that answered them before. A switch within a store renames both in one step. No other
 * state is stored, so after a crash the names show whether the switch happened.
 */
export class OtherIndexes implements CollectionReindexing {
  private readonly running = new Map<string, { again: boolean; work: Promise<readonly ReindexFailure[]> }>();
  private readonly failures = new Map<string, readonly ReindexFailure[]>();

  private readonly parts: ReindexingParts;

  constructor(parts: ReindexingParts) {
    this.parts = parts;
  }

  async state(name: string): Promise<ReindexState> {
    const located = await this.serving(name);
    const next = await this.other(located, 'next');
    const previous = await this.other(located, 'previous');
    return withoutUndefined({
      stores: this.parts.stores.map(({ kind }) => kind),
      serving: await located.inner.info(),
      next: next === undefined ? undefined : await this.describeNext(located, next.inner),
      previous:
        previous === undefined
          ? undefined
          : { info: named(await previous.inner.info(), name), keptUntil: await this.keptUntil(previous.inner) },
    });
  }

  async begin(name: string, { embedding, splitter, store }: Parameters<Reindexing['begin']>[1]): Promise<ReindexState> {
    const located = await this.serving(name);
    const target = store === undefined ? located.store : this.storeOf(store);
    if ((await this.other(located, 'next')) !== undefined)
      throw new HeddleError('conflict', `Collection '${name}' has a new index already: switch to it or drop it first.`);
    const { label } = await located.inner.info();
    const settings = await this.settingsOf(located, { embedding, splitter });
    // The store is noted before the index is made, so that the index is found after a crash. An older index of that name is left over, and
    // is dropped.
    await located.inner.setNote(storeKey('next'), target.kind);
    await target.drop(indexName(name, 'next'));
    await target.create({ name: indexName(name, 'next'), ...settings, label });
    this.failures.delete(indexName(name, 'next'));
    return this.state(name);
  }

  async estimate(
    name: string,
    request: ReindexRequest,
    { signal = new AbortController().signal }: Pick<ReindexOptions, 'signal'> = {},
  ): Promise<ReindexEstimate> {
    const { contextOf, original } = this.parts;
    const located = await this.serving(name);
    const now = await located.inner.info();
    const { kind } = request.store === undefined ? located.store : this.storeOf(request.store);
    const info = { ...now, ...(await this.settingsOf(located, request)), store: kind };
    if (canCopy(now, info)) return costOfCopy(info);
    return estimateIndex({ from: located.inner, context: contextOf(located.inner), info, original, signal });
  }

  async fill(name: string, options: ReindexOptions = {}): Promise<ReindexState> {
    const located = await this.serving(name);
    await this.bringUp(located, (await this.required(located, 'next')).inner, options);
    return this.state(name);
  }

  async compare(
    name: string,
    questions: Parameters<Reindexing['compare']>[1],
    k: number,
    readers?: readonly string[],
  ): ReturnType<Reindexing['compare']> {
    const { contextOf, lastQuestions } = this.parts;
    const located = await this.serving(name);
    const chosen = (await this.other(located, 'next')) ?? (await this.required(located, 'previous'));
    const asked =
      questions.length > 0 ? questions : lastQuestions(name).map((question) => ({ question, documents: [] }));
    const settings = await readSearchSettings(located.inner);
    return compareIndexes(contextOf(located.inner), contextOf(chosen.inner), asked, { k, settings, readers });
  }

  switch(name: string, { force = false, ...options }: Parameters<Reindexing['switch']>[1]): Promise<ReindexState> {
    return this.exchange(name, { from: 'next', to: 'previous', force, ...options });
  }

  async back(name: string, options: ReindexOptions = {}): Promise<ReindexState> {
    const located = await this.serving(name);
    await this.required(located, 'previous');
    if ((await this.other(located, 'next')) !== undefined)
      throw new HeddleError('conflict', `Collection '${name}' has a new index: drop it before you go back.`);
    return this.exchange(name, { from: 'previous', to: 'next', keepMs: usualKeepMs, force: true, ...options });
  }

  async discard(name: string, which: OtherIndex): Promise<boolean> {
    const located = await this.serving(name);
    const store = await this.storeOfOther(located, which);
    return store === undefined ? false : store.drop(indexName(name, which));
  }

  async sweep(): Promise<string[]> {
    const { stores, now } = this.parts;
    const gone: string[] = [];
    for (const store of stores)
      for (const { name } of await store.list()) {
        const [collection, which] = name.split('@');
        if (collection === undefined || which !== 'previous') continue;
        const previous = await openIn(store, name);
        if (previous !== undefined && (await this.keptUntil(previous)) <= now() && (await store.drop(name)))
          gone.push(collection);
      }
    return gone;
  }

  async follow(name: string): Promise<void> {
    const located = await this.serving(name);
    for (const which of ['next', 'previous'] as const) {
      const found = await this.other(located, which).catch(() => undefined);
      if (found !== undefined) await this.bringUp(located, found.inner, {}).catch(() => undefined);
    }
  }

  /** The indexes of a collection: the serving one first, then the others. */
  async all(name: string): Promise<readonly [serving: VectorCollection, ...others: VectorCollection[]]> {
    const located = await this.serving(name);
    const others = await Promise.all((['next', 'previous'] as const).map((which) => this.other(located, which)));
    return [located.inner, ...others.flatMap((found) => found?.inner ?? [])];
  }

  async dropOthers(name: string): Promise<void> {
    for (const store of this.parts.stores)
      for (const which of ['next', 'previous'] as const) await store.drop(indexName(name, which));
  }

  /** The settings of a new index; the serving index gives the defaults. Errors: `model_unknown`, `model_wrong_kind`. */
  private async settingsOf(
    { inner }: LocatedCollection,
    { embedding, splitter }: ReindexRequest,
  ): Promise<Pick<CollectionInfo, 'embedding' | 'dimensions' | 'splitter'>> {
    const { parts } = this;
    const info = await inner.info();
    const model = embedding ?? info.embedding;
    if ((await parts.modelExists?.(model)) === false) throw modelUnknown(model);
    const { dimensions, maxTokens } = await parts.embedder(model);
    await checkHeaders(parts.headers, info, splitter?.header);
    return {
      embedding: model,
      dimensions,
      splitter: splitter === undefined ? info.splitter : newSplitter(splitter, maxTokens),
    };
  }

  /**
   * Completes interrupted exchanges. `names` are all names in the stores; an exchange was interrupted if a collection has other indexes but
   * no serving one. Returns the collections that serve now.
   */
  async endHandOvers(names: readonly string[]): Promise<readonly CollectionInfo[]> {
    const serving = new Set(names);
    const lost = new Set(names.filter((name) => name.includes('@')).map((name) => name.split('@')[0] ?? ''));
    const found: CollectionInfo[] = [];
    for (const name of lost) {
      if (serving.has(name)) continue;
      const store = await endHandOver(this.parts.stores, name);
      const inner = store === undefined ? undefined : await openIn(store, name);
      if (inner !== undefined) found.push(await inner.info());
    }
    return found;
  }

  /** Drops the index that an earlier exchange left under the name that another index is about to get. */
  private async dropReplaced(located: LocatedCollection, to: OtherIndex): Promise<void> {
    const replaced = await this.storeOfOther(located, to);
    await replaced?.drop(indexName(located.inner.name, to));
  }

  /** The store of another index, as the note on the serving one says; without a note, the same store. */
  private async storeOfOther({ store, inner }: LocatedCollection, which: OtherIndex): Promise<VectorStore | undefined> {
    const kind = await inner.note(storeKey(which));
    return kind === undefined ? store : this.parts.stores.find((one) => one.kind === kind);
  }

  private async other(located: LocatedCollection, which: OtherIndex): Promise<LocatedCollection | undefined> {
    const store = await this.storeOfOther(located, which);
    const inner = store === undefined ? undefined : await openIn(store, indexName(located.inner.name, which));
    return store === undefined || inner === undefined ? undefined : { store, inner };
  }

  private async required(located: LocatedCollection, which: OtherIndex): Promise<LocatedCollection> {
    const found = await this.other(located, which);
    if (found !== undefined) return found;
    throw new HeddleError(
      'conflict',
      which === 'next'
        ? `Collection '${located.inner.name}' has no new index: start one with another model, splitter or store.`
        : `Collection '${located.inner.name}' has no previous index: it was dropped, or there was none.`,
    );
  }

  private storeOf(kind: StoreKind): VectorStore {
    const store = this.parts.stores.find((one) => one.kind === kind);
    if (store === undefined) throw noStore(kind);
    return store;
  }

  private serving(name: string): Promise<LocatedCollection> {
    return requireCollection(this.parts.stores, name);
  }

  /** Runs one catch-up of an index at a time; a second call makes the running one repeat when it ends. */
  private bringUp(
    located: LocatedCollection,
    inner: VectorCollection,
    options: ReindexOptions,
  ): Promise<readonly ReindexFailure[]> {
    const { contextOf, original } = this.parts;
    const known = this.running.get(inner.name);
    if (known !== undefined) {
      known.again = true;
      return known.work;
    }
    const entry = { again: false, work: Promise.resolve<readonly ReindexFailure[]>([]) };
    entry.work = (async () => {
      for (;;) {
        entry.again = false;
        const failed = await catchUp(located.inner, contextOf(inner), original, options);
        this.failures.set(inner.name, failed);
        if (!entry.again) return failed;
      }
    })().finally(() => this.running.delete(inner.name));
    this.running.set(inner.name, entry);
    return entry.work;
  }

  private async describeNext(located: LocatedCollection, next: VectorCollection): Promise<ReindexState['next']> {
    return {
      info: named(await next.info(), located.inner.name),
      missing: (await differenceOf(located.inner, next)).missing.length,
      failures: [...(this.failures.get(next.name) ?? [])].slice(0, shownFailures),
    };
  }

  private async keptUntil(previous: VectorCollection): Promise<number> {
    const note = Number(await previous.note(keptKey));
    if (note > 0) return note;
    const until = this.parts.now() + usualKeepMs;
    await previous.setNote(keptKey, String(until));
    return until;
  }

  /** Exchanges the serving index with another one once that one has all documents. No import runs meanwhile. */
  private exchange(name: string, { from, to, keepMs, force, ...options }: Exchange): Promise<ReindexState> {
    const { queue, now } = this.parts;
    return queue.run(name, async () => {
      const located = await this.serving(name);
      const { store, inner: chosen } = await this.required(located, from);
      const failed = await this.bringUp(located, chosen, options);
      options.signal?.throwIfAborted();
      if (failed.length > 0 && !force) throw lacks(name, failed);
      for (const key of [settingKey, searchKey, rulesKey, graphKey])
        await chosen.setNote(key, await located.inner.note(key));
      await located.inner.setNote(keptKey, String(now() + keepMs));
      await chosen.setNote(storeKey(to), located.store.kind);
      await chosen.setNote(storeKey(from), undefined);
      await this.dropReplaced(located, to);
      if (store === located.store)
        await store.rename([
          { from: name, to: indexName(name, to) },
          { from: indexName(name, from), to: name },
        ]);
      else await handOver({ name, serving: located, chosen: { store, inner: chosen }, from, to });
      this.failures.delete(indexName(name, from));
      return this.state(name);
    });
  }
}

/** The index that replaces the serving one, and the name that the serving one gets. */
interface Exchange extends ReindexOptions {
  readonly from: OtherIndex;
  readonly to: OtherIndex;
  readonly keepMs: number;
  readonly force: boolean;
}

const lacks = (name: string, failed: readonly ReindexFailure[]): HeddleError =>
  new HeddleError(
    'conflict',
    `The other index of '${name}' lacks ${failed.length} documents, such as '${failed[0]?.document ?? ''}' (${failed[0]?.message ?? ''}): fix or remove them, or switch with force.`,
    { details: { documents: failed.slice(0, shownFailures).map(({ document }) => document) } },
  );

/** Copied passages are not embedded: copying an index to another store costs only the time of writing. */
const costOfCopy = ({ embedding, splitter, documents, passages }: CollectionInfo): ReindexEstimate => ({
  embedding,
  splitter,
  documents,
  passages,
  passagesNow: passages,
  tokens: 0,
  ms: 0,
  sampled: 0,
  failures: [],
});

const named = (info: CollectionInfo, name: string): CollectionInfo => ({ ...info, name });
