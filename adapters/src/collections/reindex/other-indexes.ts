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
  type Reindexing,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import type { CollectionContext, CollectionsOptions, OriginalOf } from '../collection-context.js';
import { openIn, requireCollection, type LocatedCollection } from '../locate-collection.js';
import type { NamedQueues } from '../named-queues.js';
import { checkHeaders } from '../headers/check-headers.js';
import { newSplitter } from '../new-splitter.js';
import { rulesKey } from '../readers/reader-rules.js';
import { settingKey } from '../relevance/stored-relevance.js';
import { readSearchSettings, searchKey } from '../search/stored-settings.js';
import { catchUp, differenceOf } from './catch-up.js';
import { compareIndexes } from './compare-indexes.js';
import { estimateIndex } from './estimate-index.js';
import { indexName, type OtherIndex } from './index-names.js';

/** The note that says until when the index before is kept; it is written before the switch, so that no crash loses it. */
const keptKey = 'kept-until';
/** An index before whose note is missing is kept from now on for this time. */
const usualKeepMs = 7 * 86_400_000;
const shownFailures = 100;

/** What re-indexing works with. */
export interface ReindexingParts extends Pick<CollectionsOptions, 'embedder' | 'modelExists' | 'headers'> {
  readonly stores: readonly VectorStore[];
  readonly contextOf: (inner: VectorCollection) => CollectionContext;
  /** The queue of the imports of a collection. */
  readonly queue: NamedQueues;
  readonly original?: OriginalOf;
  /** The last questions that were asked of a collection, newest first. */
  readonly lastQuestions: (collection: string) => readonly string[];
  readonly now: () => number;
}

/** Re-indexing, and what imports and deletions tell it. */
export interface CollectionReindexing extends Reindexing {
  /** Takes what was written to a collection into its other indexes. A fault there is no fault of the write: the switch catches up. */
  follow(name: string): Promise<void>;
  all(name: string): Promise<readonly [serving: VectorCollection, ...others: VectorCollection[]]>;
  /** Drops the other indexes of a collection that is dropped. */
  dropOthers(name: string): Promise<void>;
}

/**
 * The other indexes of a collection are hidden collections in the same store. `NAME@next` is filled while the current index answers searches;
 * `NAME@previous` is the index that answered them before. A switch renames both in one step of the store. No other state is stored, so after
 * a crash the names show whether the switch happened.
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
    const [next, previous] = [await other(located, 'next'), await other(located, 'previous')];
    return withoutUndefined({
      serving: await located.inner.info(),
      next: next === undefined ? undefined : await this.describeNext(located, next),
      previous:
        previous === undefined
          ? undefined
          : { info: named(await previous.info(), name), keptUntil: await this.keptUntil(previous) },
    });
  }

  async begin(name: string, { embedding, splitter }: Parameters<Reindexing['begin']>[1]): Promise<ReindexState> {
    const located = await this.serving(name);
    if ((await other(located, 'next')) !== undefined)
      throw new HeddleError('conflict', `Collection '${name}' has a new index already: switch to it or drop it first.`);
    const { label } = await located.inner.info();
    const settings = await this.settingsOf(located, { embedding, splitter });
    await located.store.create({ name: indexName(name, 'next'), ...settings, label });
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
    const info = { ...(await located.inner.info()), ...(await this.settingsOf(located, request)) };
    return estimateIndex({ from: located.inner, context: contextOf(located.inner), info, original, signal });
  }

  async fill(name: string, options: ReindexOptions = {}): Promise<ReindexState> {
    const located = await this.serving(name);
    await this.bringUp(located, await required(located, 'next'), options);
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
    const chosen = (await other(located, 'next')) ?? (await required(located, 'previous'));
    const asked =
      questions.length > 0 ? questions : lastQuestions(name).map((question) => ({ question, documents: [] }));
    const settings = await readSearchSettings(located.inner);
    return compareIndexes(contextOf(located.inner), contextOf(chosen), asked, { k, settings, readers });
  }

  switch(name: string, { force = false, ...options }: Parameters<Reindexing['switch']>[1]): Promise<ReindexState> {
    return this.exchange(name, { from: 'next', to: 'previous', force, ...options });
  }

  async back(name: string, options: ReindexOptions = {}): Promise<ReindexState> {
    const located = await this.serving(name);
    await required(located, 'previous');
    if ((await other(located, 'next')) !== undefined)
      throw new HeddleError('conflict', `Collection '${name}' has a new index: drop it before you go back.`);
    return this.exchange(name, { from: 'previous', to: 'next', keepMs: usualKeepMs, force: true, ...options });
  }

  async discard(name: string, which: OtherIndex): Promise<boolean> {
    const { store } = await this.serving(name);
    return store.drop(indexName(name, which));
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
      const found = await other(located, which);
      if (found !== undefined) await this.bringUp(located, found, {}).catch(() => undefined);
    }
  }

  /** The indexes of a collection: the serving one, and those beside it. */
  async all(name: string): Promise<readonly [serving: VectorCollection, ...others: VectorCollection[]]> {
    const located = await this.serving(name);
    const others = await Promise.all((['next', 'previous'] as const).map((which) => other(located, which)));
    return [located.inner, ...others.filter((found) => found !== undefined)];
  }

  async dropOthers(name: string): Promise<void> {
    for (const store of this.parts.stores)
      for (const which of ['next', 'previous'] as const) await store.drop(indexName(name, which));
  }

  /** The settings of a new index; settings that the request leaves out are those of the serving index. Errors: `model_unknown`, `model_wrong_kind`. */
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
      ...{ embedding: model, dimensions },
      splitter: splitter === undefined ? info.splitter : newSplitter(splitter, maxTokens),
    };
  }

  private serving(name: string): Promise<LocatedCollection> {
    return requireCollection(this.parts.stores, name);
  }

  /** One catch-up of an index at a time; a second call makes the first one start over. */
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

  /** Exchanges the serving index with another one, when that one has all documents. No import runs meanwhile. */
  private exchange(name: string, { from, to, keepMs, force, ...options }: Exchange): Promise<ReindexState> {
    const { queue, now } = this.parts;
    return queue.run(name, async () => {
      const located = await this.serving(name);
      const chosen = await required(located, from);
      const failed = await this.bringUp(located, chosen, options);
      options.signal?.throwIfAborted();
      if (failed.length > 0 && !force) throw lacks(name, failed);
      for (const key of [settingKey, searchKey, rulesKey]) await chosen.setNote(key, await located.inner.note(key));
      await located.inner.setNote(keptKey, String(now() + keepMs));
      await located.store.drop(indexName(name, to));
      await located.store.rename([
        { from: name, to: indexName(name, to) },
        { from: indexName(name, from), to: name },
      ]);
      this.failures.delete(indexName(name, from));
      return this.state(name);
    });
  }
}

/** Which index takes the place of the serving one, and which name that one gets. */
interface Exchange extends ReindexOptions {
  readonly from: OtherIndex;
  readonly to: OtherIndex;
  readonly keepMs: number;
  readonly force: boolean;
}

const lacks = (name: string, failed: readonly ReindexFailure[]): HeddleError =>
  new HeddleError(
    'conflict',
    `The other index of '${name}' lacks ${failed.length} documents, such as '${failed[0]?.document ?? ''}' (${failed[0]?.message ?? ''}): mend or remove them, or switch with force.`,
    { details: { documents: failed.slice(0, shownFailures).map(({ document }) => document) } },
  );

const other = ({ store, inner }: LocatedCollection, which: OtherIndex): Promise<VectorCollection | undefined> =>
  openIn(store, indexName(inner.name, which));

async function required(located: LocatedCollection, which: OtherIndex): Promise<VectorCollection> {
  const found = await other(located, which);
  if (found !== undefined) return found;
  throw new HeddleError(
    'conflict',
    which === 'next'
      ? `Collection '${located.inner.name}' has no new index: begin one with another model or splitter.`
      : `Collection '${located.inner.name}' has no index before: it was dropped, or there was none.`,
  );
}

const named = (info: CollectionInfo, name: string): CollectionInfo => ({ ...info, name });
