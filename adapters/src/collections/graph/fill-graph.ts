import {
  HeddleError,
  isAtMost,
  isStoreFault,
  joinLabels,
  labelOfCollection,
  toHeddleError,
  type CollectionInfo,
  type GraphFillOptions,
  type GraphModel,
  type GraphOptions,
  type GraphPassage,
  type Graphs,
  type Label,
  type VectorCollection,
} from '@heddle/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { findEntities } from './find-entities.js';
import { keyOf, readGraphOptions } from './graph-options.js';
import { documentsOfGraph, isMissing, statesOf, type DocumentOfGraph } from './missing-documents.js';

/** After this many failed documents in a row, the model is at fault and is not called any more. */
const mostFailures = 5;
/** The most rounds; documents that change while they are read are read again in the next round. */
const mostRounds = 20;

/** The calls that fill graphs in this process. A second call for a collection waits for the first, so that no passage is read twice. */
const filling = new WeakMap<Graphs, Map<string, Promise<unknown>>>();

/** How often, within the lifetime of a claim, a waiting call checks whether other processes are done. */
const asksOfClaim = 3;

/**
 * Finds the entities of documents that lack them. If several processes share the database, only one of them reads a document at a time, and
 * the call ends when all of them are done. The findings of a document are stored in one commit. Findings of single passages are kept until
 * then, so that a later call continues where an interrupted one stopped. Errors: `graph_missing`, those of a model that fails five
 * documents in a row, `storage_*`.
 */
export async function fillGraph(inner: VectorCollection, graphs: Graphs, options: GraphFillOptions): Promise<void> {
  const running = filling.get(graphs) ?? new Map<string, Promise<unknown>>();
  filling.set(graphs, running);
  const before = running.get(inner.name);
  const work = (async () => {
    await before?.catch(() => undefined);
    await new GraphFill(inner, graphs, options).run();
  })();
  running.set(inner.name, work);
  try {
    await work;
  } finally {
    if (running.get(inner.name) === work) running.delete(inner.name);
  }
}

interface Reading {
  readonly model: GraphModel;
  readonly options: GraphOptions;
  readonly info: CollectionInfo;
}

class GraphFill {
  private failures = 0;
  /** Keys of documents that failed in this call. */
  private readonly tried = new Set<string>();

  private readonly inner: VectorCollection;
  private readonly graphs: Graphs;
  private readonly signal: AbortSignal;
  private readonly retryFailed: boolean;
  private readonly onProgress: GraphFillOptions['onProgress'];

  constructor(
    inner: VectorCollection,
    graphs: Graphs,
    { signal = new AbortController().signal, retryFailed = false, onProgress }: GraphFillOptions,
  ) {
    this.inner = inner;
    this.graphs = graphs;
    this.signal = signal;
    this.retryFailed = retryFailed;
    this.onProgress = onProgress;
  }

  async run(): Promise<void> {
    for (let round = 0; round < mostRounds;) {
      this.signal.throwIfAborted();
      const options = await readGraphOptions(this.inner);
      if (options === undefined && round === 0) throw graphMissing(this.inner.name);
      // The graph was removed meanwhile.
      if (options === undefined) return;
      // The note of the collection may come from another database, whose graph is not here.
      if (round === 0) await this.graphs.store.begin(this.inner.name);
      await this.removeStrangers();
      const info = await this.inner.info();
      const outcome = await this.readMissing(options, info);
      if (outcome === 'complete') return;
      if (outcome === 'read') round += 1;
      else await this.waitForOthers();
    }
  }

  /** Waits for a part of the lifetime of a claim: another process reads the missing documents, or has ended silently. */
  private async waitForOthers(): Promise<void> {
    await sleep((this.graphs.store.claimMs ?? 0) / asksOfClaim, undefined, { signal: this.signal });
  }

  /** Removes findings of documents that are gone: one may have been deleted while it was read. */
  private async removeStrangers(): Promise<void> {
    const { inner, graphs } = this;
    const strangers: string[] = [];
    for (const document of (await statesOf(graphs.store, inner.name)).keys())
      if ((await inner.document(document)) === undefined) strangers.push(document);
    for (let from = 0; from < strangers.length; from += 200)
      await graphs.store.forget(inner.name, strangers.slice(from, from + 200));
  }

  /** Reads the missing documents. `busy`: other processes are reading all that are left. */
  private async readMissing(options: GraphOptions, info: CollectionInfo): Promise<'complete' | 'read' | 'busy'> {
    const { inner, graphs, signal } = this;
    const open: DocumentOfGraph[] = [];
    for await (const page of documentsOfGraph(inner, graphs.store, options, info))
      open.push(...page.filter((one) => this.isOpen(one)));
    if (open.length === 0) return 'complete';
    const model = await graphs.model(inner.name, options.model);
    let isBusy = true;
    for (const [at, one] of open.entries()) {
      signal.throwIfAborted();
      this.onProgress?.({ documents: info.documents, done: Math.max(0, info.documents - open.length + at) });
      // The options may have changed: the next round reads with the new ones.
      if (!isDeepStrictEqual(await readGraphOptions(inner), options)) return 'read';
      if (await this.claimAndRead(one, { model, options, info })) isBusy = false;
    }
    if (isBusy) return 'busy';
    this.onProgress?.({ documents: info.documents, done: info.documents });
    return 'read';
  }

  private isOpen(one: DocumentOfGraph): boolean {
    if (!isMissing(one) || this.tried.has(`${one.info.id}\n${one.key}`)) return false;
    return one.stored?.key !== one.key || this.retryFailed;
  }

  /** Reads a document. Returns false while another process reads it. */
  private async claimAndRead(one: DocumentOfGraph, how: Reading): Promise<boolean> {
    const { inner, graphs } = this;
    const claim = await graphs.store.claim(inner.name, one.info.id);
    if (claim === undefined) return false;
    try {
      // Another process may have read it since it was listed.
      if (isDeepStrictEqual(await graphs.store.state(inner.name, one.info.id), one.stored))
        await this.read(one, how, claim.lost);
      return true;
    } catch (error) {
      if (this.signal.aborted || !(claim.lost.aborted || isConflict(error))) throw error;
      // The next round checks what became of it.
      return true;
    } finally {
      await claim.release();
    }
  }

  private async read(
    { info: { id, label }, key }: DocumentOfGraph,
    { model, options, info }: Reading,
    lost: AbortSignal,
  ): Promise<void> {
    const { inner, graphs } = this;
    const { store } = graphs;
    const signal = AbortSignal.any([this.signal, lost]);
    const joined = joinLabels(labelOfCollection(info), label ?? info.label);
    const of = { document: id, key };
    try {
      checkLabel(id, joined, model);
      const document = {
        id,
        label: joined,
        passages: await inner.passages(id),
        kept: await store.kept(inner.name, of),
        keep: (passages: readonly GraphPassage[]) => store.keep(inner.name, of, passages),
      };
      const found = await findEntities(model, options, document, signal);
      // The findings belong to this key only if the document did not change meanwhile.
      const now = await inner.document(id);
      if (now === undefined || keyOf(options, await inner.info(), now) !== key) return;
      await store.write(inner.name, { ...of, ...found });
      this.failures = 0;
    } catch (error) {
      if (signal.aborted || isStoreFault(error) || isRemoved(error) || isConflict(error)) throw error;
      await this.noteFailure(id, key, toHeddleError(error, 'graph_failed'));
    }
  }

  private async noteFailure(document: string, key: string, error: HeddleError): Promise<void> {
    const { code, message, retryable } = error;
    this.tried.add(`${document}\n${key}`);
    await this.graphs.store.fail(this.inner.name, { document, key, code, message });
    // A label refuses only this document; the next one may be allowed.
    if (code === 'label_refused') return;
    this.failures += 1;
    if (this.failures < mostFailures) return;
    throw new HeddleError(
      code,
      `${mostFailures} documents of '${this.inner.name}' failed in a row, the last one with: ${message} The others were not read. Continue once the cause is fixed.`,
      { retryable, details: { document } },
    );
  }
}

/** Another process has the claim to a document, or the document was deleted. */
const isConflict = (error: unknown): boolean => error instanceof HeddleError && error.code === 'conflict';

const isRemoved = (error: unknown): boolean => error instanceof HeddleError && error.code === 'graph_missing';

function checkLabel(document: string, label: Label, { destination }: GraphModel): void {
  if (isAtMost(label.level, destination.clearance)) return;
  throw new HeddleError(
    'label_refused',
    `'${document}' is ${label.level}, and '${destination.name}', which finds the entities of this collection, takes up to ${destination.clearance}: use a model of this machine for that, or raise the clearance of the connection.`,
    { details: { destination: destination.name, level: label.level, clearance: destination.clearance } },
  );
}

const graphMissing = (collection: string): HeddleError =>
  new HeddleError('graph_missing', `Collection '${collection}' has no knowledge graph: set a model for it first.`);
