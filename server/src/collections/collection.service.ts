import {
  collectionNotFound,
  HeddleError,
  isStoreFault,
  labelOf,
  normalReaders,
  SearchRequest,
  toErrorValue,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type Collection,
  type CollectionInfo,
  type CollectionRelevance,
  type CollectionReaders,
  type CollectionReply,
  type CollectionsReply,
  type Collections,
  type CreateCollectionRequest,
  type DocumentInfo,
  type DocumentInput,
  type DocumentReaders,
  type Embedder,
  type IngestProgress,
  type IngestReport,
  type JobReply,
  type Passage,
  type ReaderRules,
  type ReadersChanged,
  type RelevanceSetting,
  type RelevanceThreshold,
  type Reranker,
  type SearchOptions,
  type SearchSettings,
  type SearchSettingsOfCollection,
  type SetSearchSettingsRequest,
  type ReaderNamesNow,
} from '@heddle/core';
import { createNamedQueues } from '@heddle/adapters/event-loop';
import type { FileDocument } from '@heddle/adapters/originals';
import type { CollectionTitles } from '@heddle/adapters/stores';
import { z } from 'zod';
import type { CompileService } from '../compile/compile-service.js';
import type { Lazy } from '../common/lazy.js';
import type { JobRequest, JobService } from '../jobs/job.service.js';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import { checkBase } from './check-base.js';
import { documentText, type PlacedPassage } from './document-text.js';
import { AcceptedDocument, type Originals } from './originals.js';
import { GraphOrder, GraphService } from './graph/graph.service.js';
import { shownInfo } from './shown-info.js';
import { ReindexOrder, ReindexService } from './reindex.service.js';

/** Documents to import, and how to delete the uploaded files once the documents are accepted. */
export interface Upload {
  readonly documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput> | Iterable<FileDocument>;
  readonly sync: boolean;
  readonly cleanUp?: () => Promise<void>;
}

/** As `Upload`, with documents that are read during the import. */
interface ReadUpload extends Upload {
  readonly documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>;
}

/** Who reads: a person or program, by its reader names at each call, or Heddle itself, which may read everything. */
export type ReadBy = ReaderNamesNow | 'heddle';

/** What one reader can read of collections. */
export interface ReadCollections {
  get(name: string): Promise<CollectionReply>;
  documents(name: string, page: { readonly after?: string; readonly limit?: number }): Promise<readonly DocumentInfo[]>;
  passages(name: string, documentId: string): Promise<readonly Passage[]>;
  search(name: string, request: z.input<typeof SearchRequest>, options?: SearchOptions): Promise<readonly Passage[]>;
}

/** The options of an import job, stored so that a later process can continue it. */
const IngestOrder = z.object({
  documents: z.array(AcceptedDocument),
  /** Removes documents that the import does not name. */
  sync: z.boolean().optional(),
  /** Imports unchanged documents too. */
  force: z.boolean().optional(),
});
type IngestOrder = z.infer<typeof IngestOrder>;

/**
 * Manages collections and their documents, and searches them. The audit event of a change is written after the change, because collections
 * have a file of their own. Without `by`, a change is part of other work and has no audit event.
 */
export class CollectionService {
  readonly reindex: ReindexService;
  readonly graph: GraphService;
  /** Runs changes that are based on earlier values one after the other, for each collection. */
  private readonly edits = createNamedQueues();

  constructor(
    private readonly collections: Lazy<Collections>,
    private readonly titles: CollectionTitles,
    private readonly jobs: JobService,
    private readonly compile: CompileService,
    private readonly originals: Originals,
    private readonly audit: Pick<Audit, 'write' | 'during'>,
    private readonly deletions: Deletions,
    /** Checks that a model may embed documents and queries at present. Errors: `stopped`. */
    private readonly admit: (model: string) => void = () => undefined,
    /** Called after a collection is deleted. */
    private readonly onDropped: (name: string) => Promise<void> = () => Promise.resolve(),
    /** Called when documents of a collection may have lost readers, so that nobody gets copies that were kept. */
    private readonly onReadersChanged: (name: string) => Promise<void> = () => Promise.resolve(),
  ) {
    this.reindex = new ReindexService(collections, jobs, compile, audit, admit, (name) => this.graph.follow(name));
    this.graph = new GraphService(
      (name) => this.open(name),
      jobs,
      audit,
      () => compile.forget(),
    );
  }

  /** Errors: those of a store that does not answer. */
  async list(): Promise<readonly CollectionReply[]> {
    return this.withTitles(await (await this.collections.get()).list());
  }

  /** The collections of the stores that answer, and why the others do not. */
  async survey(): Promise<CollectionsReply> {
    const { collections, stores, unreachable } = await (await this.collections.get()).survey();
    return {
      collections: await this.withTitles(collections),
      stores: [...stores],
      unreachable: unreachable.map(({ store, error: { code, message } }) => ({ store, code, message })),
    };
  }

  private async withTitles(infos: readonly CollectionInfo[]): Promise<CollectionReply[]> {
    const titles = await this.titles.all();
    return infos.map((info) => ({ ...info, title: titles.get(info.name) ?? info.name }));
  }

  async get(name: string): Promise<CollectionReply> {
    return this.titled(await (await this.open(name)).info());
  }

  /** The collection, with counts of the documents that the reader may read. Errors: `collection_not_found`. */
  async shown(name: string, by: ReadBy): Promise<CollectionReply> {
    return this.shownTo(await this.get(name), by);
  }

  /** Limits what a reader learns of a collection. Errors: `collection_not_found`. */
  shownTo(info: CollectionReply, by: ReadBy): Promise<CollectionReply> {
    return by === 'heddle' ? Promise.resolve(info) : shownInfo(info, () => this.openFor(info.name, by));
  }

  /** Errors: `collection_exists`, `model_unknown`, `model_wrong_kind`. */
  async create(request: CreateCollectionRequest, by?: AuditActor): Promise<CollectionReply> {
    const { label, splitter, store, title, ...rest } = request;
    const collection = await (
      await this.collections.get()
    ).create({
      ...rest,
      splitter,
      store,
      label: label === undefined ? undefined : labelOf(label),
    });
    const { name, embedding } = request;
    // A crash may have left the title of an earlier collection of this name, which is removed here.
    await (title === undefined ? this.titles.forget(name) : this.titles.set(name, title));
    const details = { step: 'made', embedding, label, title } as const;
    if (by !== undefined) await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    this.compile.forget();
    return this.titled(await collection.info());
  }

  /** Errors: `collection_not_found`. */
  async setTitle(name: string, title: string, by: AuditActor): Promise<CollectionReply> {
    const info = await (await this.open(name)).info();
    const details = { step: 'title changed', title } as const;
    await this.audit.during({ kind: 'collection', ...by, subject: `collection:${name}`, details }, () =>
      this.titles.set(name, title),
    );
    return { ...info, title };
  }

  /** The threshold below which the collection has no answer to a question. Errors: `collection_not_found`. */
  async relevance(name: string): Promise<CollectionRelevance> {
    return thresholdOf(await this.open(name)).get();
  }

  /** Errors: `collection_not_found`, `bad_request`. */
  async setRelevance(name: string, setting: RelevanceSetting, by: AuditActor): Promise<CollectionRelevance> {
    const threshold = thresholdOf(await this.open(name));
    const details = { step: 'relevance changed', ...setting } as const;
    return this.audit.during({ kind: 'collection', ...by, subject: `collection:${name}`, details }, () =>
      threshold.set(setting),
    );
  }

  /** The settings of a search that leaves them out. Errors: `collection_not_found`. */
  async searchSettings(name: string): Promise<SearchSettings> {
    return settingsOf(await this.open(name)).get();
  }

  /**
   * Replaces the search settings; `base` are those that the change is based on. Errors: `collection_not_found`, `bad_request`,
   * `label_refused`, `conflict`, those of opening the reranker.
   */
  setSearchSettings(
    name: string,
    { settings, base }: SetSearchSettingsRequest,
    by: AuditActor,
  ): Promise<SearchSettings> {
    return this.edits.run(name, async () => {
      const stored = settingsOf(await this.open(name));
      checkBase(`The search settings of '${name}'`, base, await stored.get());
      return this.replaceSettings(name, stored, settings, by);
    });
  }

  private async replaceSettings(
    name: string,
    stored: SearchSettingsOfCollection,
    settings: SearchSettings,
    by: AuditActor,
  ): Promise<SearchSettings> {
    const details = withoutUndefined({
      step: 'search changed' as const,
      mode: settings.mode,
      reranker: settings.reranker?.model,
    });
    const set = await this.audit.during({ kind: 'collection', ...by, subject: `collection:${name}`, details }, () =>
      stored.set(settings),
    );
    this.compile.forget();
    return set;
  }

  /** Computes the threshold from the passages that are stored now. Errors: `collection_not_found`, those of the embedding model. */
  async calibrate(name: string, by: AuditActor, signal?: AbortSignal): Promise<CollectionRelevance> {
    const found = await thresholdOf(await this.open(name)).calibrate({ force: true, signal });
    const details = { step: 'relevance calibrated', minimum: found.inEffect?.minimum } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return found;
  }

  /** Errors: `collection_not_found`. */
  async drop(name: string, by: AuditActor): Promise<void> {
    const wasThere = await (await this.collections.get()).drop(name);
    if (wasThere) await this.originals.drop(name);
    if (wasThere) await this.titles.forget(name);
    if (wasThere) await this.onDropped(name);
    this.compile.forget();
    if (!wasThere) throw collectionNotFound(name);
    const details = { step: 'collection removed' } as const;
    await this.audit.write({ kind: 'erase', ...by, subject: `collection:${name}`, details });
  }

  /** Deletes a collection; `restore` can undo it for a few seconds. Errors: `collection_not_found`. */
  async dropForNow(name: string, by: AuditActor): Promise<void> {
    await this.open(name);
    await this.deletions.begin({ kind: 'collection', within: '', id: name, ...by });
    this.compile.forget();
  }

  /** Undoes `dropForNow`. Errors: `not_found` after a few seconds. */
  async restore(name: string, by: AuditActor): Promise<CollectionReply> {
    if (!(await this.deletions.restore('collection', name, by))) throw goneForGood('The collection');
    this.compile.forget();
    return this.get(name);
  }

  /**
   * Accepts documents and imports them in a job. Their originals are stored before the reply, so that a later process can continue the job.
   * Errors: `collection_not_found`, `storage_*`.
   */
  async ingest(name: string, upload: Upload, by?: AuditActor): Promise<JobReply> {
    await this.open(name);
    try {
      const documents = await this.originals.accept(name, upload.documents);
      const order: IngestOrder = { documents, sync: upload.sync };
      const job = await this.jobs.start(this.requestOf(name, order));
      const details = { step: 'documents taken in', job: job.jobId } as const;
      if (by !== undefined)
        await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
      return job;
    } finally {
      await upload.cleanUp?.();
    }
  }

  /** Starts a job that imports all or the given documents again from their originals, even if they are unchanged. */
  async ingestAgain(name: string, documentIds: readonly string[] | undefined, by: AuditActor): Promise<JobReply> {
    await this.open(name);
    const ids = documentIds ?? (await this.everyDocument(name));
    const order: IngestOrder = { documents: ids.map((id) => ({ id })), force: true };
    const job = await this.jobs.start(this.requestOf(name, order));
    const details = { step: 'documents taken in again', job: job.jobId } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return job;
  }

  /** Describes how to continue a job that an earlier process left unfinished. */
  leftJob(name: string, work: unknown): JobRequest {
    if (ReindexOrder.safeParse(work).success) return this.reindex.jobOf(name);
    const graph = GraphOrder.safeParse(work);
    return graph.success ? this.graph.jobOf(name, graph.data) : this.requestOf(name, work);
  }

  private requestOf(name: string, work: unknown): JobRequest {
    return {
      kind: 'ingest',
      subject: name,
      work,
      run: async ({ signal, report }) => {
        const { documents, ...options } = IngestOrder.parse(work);
        const collection = await this.open(name);
        const done = await collection.ingest(this.accepted(name, documents), {
          ...options,
          signal,
          // A file counts as one document until it is read; it can contain many.
          onProgress: (progress) => report({ ...progress, documents: Math.max(progress.documents, documents.length) }),
        });
        const isStated = documents.some(({ readers }) => readers !== undefined);
        if (isStated || (await collection.readers?.rules()) !== undefined) await this.readersChanged(name);
        await this.graph.follow(name);
        return done;
      },
    };
  }

  /**
   * Reads the originals of all documents, for another index. A document without an original is given with its error. Errors:
   * `collection_not_found`.
   */
  async *originalsOf(name: string): AsyncGenerator<DocumentInput> {
    const ids = await this.everyDocument(name);
    yield* this.accepted(
      name,
      ids.map((id) => ({ id })),
    );
  }

  /** Reads accepted documents. One without an original is given with its error, for the report. A file of many records is read once. */
  private async *accepted(name: string, documents: readonly AcceptedDocument[]): AsyncGenerator<DocumentInput> {
    const seen = new Set<string>();
    for (const { id, error, readers } of documents) {
      if (error !== undefined) {
        yield { id, content: '', error };
        continue;
      }
      try {
        const original = await this.originals.read(name, id);
        if (!seen.has(original.id)) yield readers === undefined ? original : { ...original, readers };
        seen.add(original.id);
      } catch (error) {
        if (isStoreFault(error)) throw error;
        yield { id, content: '', error: toErrorValue(error) };
      }
    }
  }

  private async everyDocument(name: string): Promise<readonly string[]> {
    const collection = await this.open(name);
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await collection.documents({ limit: 500, after });
      ids.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (after === undefined || page.length < 500) return ids;
    }
  }

  /** The text of a document, and the positions of its passages in it. Errors: `document_not_found`, also if the reader may not read it. */
  async text(
    name: string,
    documentId: string,
    by: ReadBy,
  ): Promise<{ readonly text: string; readonly passages: readonly PlacedPassage[] }> {
    return documentText(await this.passages(name, documentId, by));
  }

  /** Imports documents at once, without a job. */
  async ingestNow(
    name: string,
    upload: ReadUpload,
    options: Pick<
      NonNullable<Parameters<Awaited<ReturnType<Collections['open']>>['ingest']>[1]>,
      'onProgress' | 'signal'
    >,
  ): Promise<IngestReport> {
    const collection = await this.open(name);
    const done = await collection.ingest(this.originals.storeEach(name, upload.documents), {
      sync: upload.sync,
      ...options,
    });
    await this.graph.follow(name);
    return done;
  }

  /**
   * Imports documents of a source and stores their originals, without a job of its own. Returns the documents that were unchanged, and the
   * failures, including those inside a document. Errors: `collection_not_found`, `storage_*`.
   */
  async ingestFromSource(
    name: string,
    documents: readonly DocumentInput[],
    signal: AbortSignal,
  ): Promise<Pick<IngestReport, 'failures'> & { readonly unchanged: ReadonlySet<string> }> {
    const collection = await this.open(name);
    let last: IngestProgress | undefined;
    const { failures } = await collection.ingest(this.originals.storeEach(name, documents), {
      replaceParts: true,
      signal,
      onProgress: (progress) => {
        last = progress;
      },
    });
    if (documents.some(({ readers }) => readers !== undefined)) await this.readersChanged(name);
    await this.graph.follow(name);
    const unchanged = (last?.recent ?? []).filter(({ stage }) => stage === 'unchanged');
    return { failures, unchanged: new Set(unchanged.map(({ document }) => document)) };
  }

  /** Removes documents of a source, with their parts and originals. Ignores unknown ids. Errors: `collection_not_found`, `storage_*`. */
  async removeFromSource(name: string, documentIds: readonly string[]): Promise<void> {
    const collection = await this.open(name);
    for (const id of documentIds) {
      const gone = [id];
      const prefix = `${id}#`;
      for (let after: string | undefined = prefix; after !== undefined;) {
        const page = await collection.documents({ after, limit: 500 });
        const within = page.filter((part) => part.id.startsWith(prefix));
        gone.push(...within.map((part) => part.id));
        after = within.length < 500 ? undefined : within.at(-1)?.id;
      }
      await collection.delete(gone);
      await this.originals.remove(name, id);
    }
  }

  /** Errors: `query_empty`, `filter_invalid`, `collection_not_found`. */
  async search(
    name: string,
    request: z.input<typeof SearchRequest>,
    by: ReadBy,
    options: SearchOptions = {},
  ): Promise<readonly Passage[]> {
    const parsed = SearchRequest.parse(request);
    if (parsed.query.trim() === '') throw new HeddleError('query_empty', 'The query is empty: write what to look for.');
    return (await this.openFor(name, by)).search(parsed, options);
  }

  async documents(
    name: string,
    page: { readonly after?: string; readonly limit?: number },
    by: ReadBy,
  ): Promise<readonly DocumentInfo[]> {
    const documents = await (await this.openFor(name, by)).documents(page);
    // The other readers of a document are shown only to those who manage the collection.
    return by === 'heddle' ? documents : documents.map(({ readers: _readers, ...info }) => info);
  }

  /** Errors: `document_not_found`, also if the reader may not read it. */
  async document(name: string, documentId: string, by: ReadBy): Promise<DocumentInfo> {
    const found = await (await this.openFor(name, by)).document(documentId);
    if (found === undefined) throw noSuchDocument(name, documentId);
    return found;
  }

  /** Errors: `document_not_found`, also if the reader may not read it. */
  async passages(name: string, documentId: string, by: ReadBy): Promise<readonly Passage[]> {
    const passages = await (await this.openFor(name, by)).passages(documentId);
    if (passages.length === 0) throw noSuchDocument(name, documentId);
    return passages;
  }

  readableBy(by: ReadBy): ReadCollections {
    return {
      get: (name) => this.shown(name, by),
      documents: (name, page) => this.documents(name, page, by),
      passages: (name, documentId) => this.passages(name, documentId, by),
      search: (name, request, options) => this.search(name, request, by, options),
    };
  }

  /** Errors: `document_not_found`. */
  async readers(name: string, documentId: string): Promise<DocumentReaders> {
    const document = await (await this.open(name)).document(documentId);
    if (document === undefined) throw noSuchDocument(name, documentId);
    return { readers: document.readers ?? null };
  }

  /** Changes who may read a document and its parts. Errors: `document_not_found`. */
  async setReaders(
    name: string,
    documentId: string,
    readers: readonly string[] | null,
    by: AuditActor,
  ): Promise<ReadersChanged> {
    const collection = await this.open(name);
    const before = (await collection.document(documentId))?.readers;
    const documents = await readersOf(collection).set(documentId, readers);
    if (documents === 0) throw noSuchDocument(name, documentId);
    await this.readersChanged(name);
    const details = withoutUndefined({
      step: 'readers set' as const,
      document: documentId,
      documents,
      before,
      readers,
    });
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return { documents, readers: readers === null ? null : normalReaders(readers) };
  }

  /** Errors: `collection_not_found`. */
  async readerRules(name: string): Promise<ReaderRules> {
    return (await readersOf(await this.open(name)).rules()) ?? { rules: [] };
  }

  /**
   * Replaces the rules that give documents their readers, and applies them. If the rules are empty, documents keep the lists that a person
   * set. `base` are the rules that the change is based on. Errors: `collection_not_found`, `conflict`.
   */
  setReaderRules(
    name: string,
    rules: ReaderRules,
    base: ReaderRules | undefined,
    by: AuditActor,
  ): Promise<ReadersChanged> {
    return this.edits.run(name, async () => {
      checkBase(`The rules for readers of '${name}'`, base, await this.readerRules(name));
      return this.replaceReaderRules(name, rules, by);
    });
  }

  private async replaceReaderRules(name: string, rules: ReaderRules, by: AuditActor): Promise<ReadersChanged> {
    const isEmpty = rules.rules.length === 0 && rules.otherwise === undefined;
    const documents = await readersOf(await this.open(name)).setRules(isEmpty ? undefined : rules);
    await this.readersChanged(name);
    const subject = `collection:${name}` as const;
    await this.audit.write(
      isEmpty
        ? { kind: 'collection', ...by, subject, details: { step: 'rules for readers removed', documents } }
        : {
            kind: 'collection',
            ...by,
            subject,
            details: { step: 'rules for readers set', rules: rules.rules.length, documents },
          },
    );
    return { documents };
  }

  private async readersChanged(name: string): Promise<void> {
    await this.onReadersChanged(name);
    // Searches of the collection may now give results with another mark in their label.
    this.compile.forget();
  }

  /** Errors: `document_not_found`. */
  async deleteDocument(name: string, documentId: string, by: AuditActor): Promise<void> {
    if ((await (await this.open(name)).delete([documentId])) === 0) throw noSuchDocument(name, documentId);
    await this.originals.remove(name, documentId);
    const details = { step: 'document removed', document: documentId } as const;
    await this.audit.write({ kind: 'erase', ...by, subject: `collection:${name}`, details });
  }

  /** Deletes a document; `restoreDocument` can undo it for a few seconds. Errors: `document_not_found`. */
  async deleteDocumentForNow(name: string, documentId: string, by: AuditActor): Promise<void> {
    const info = await (await this.open(name)).document(documentId);
    if (info === undefined) throw noSuchDocument(name, documentId);
    await this.deletions.begin({ kind: 'document', within: name, id: documentId, passages: info.passages, ...by });
  }

  /** Undoes `deleteDocumentForNow`. Errors: `collection_not_found`, `not_found`. */
  async restoreDocument(name: string, documentId: string, by: AuditActor): Promise<void> {
    await this.open(name);
    if (!(await this.deletions.restore('document', documentId, by, name))) throw goneForGood('The document');
  }

  private async openFor(name: string, by: ReadBy): Promise<Collection> {
    const collection = await this.open(name);
    return by === 'heddle' ? collection : collection.readableBy(by);
  }

  private async titled(info: CollectionInfo): Promise<CollectionReply> {
    return { ...info, title: (await this.titles.get(info.name)) ?? info.name };
  }

  private async open(name: string): ReturnType<Collections['open']> {
    const collection = await (await this.collections.get()).open(name);
    const reranker = (model: Reranker): Reranker => ({
      id: model.id,
      destination: model.destination,
      rerank: async (...args) => {
        this.admit(model.id);
        return model.rerank(...args);
      },
    });
    const embedder = (model: Embedder): Embedder => ({
      id: model.id,
      dimensions: model.dimensions,
      maxTokens: model.maxTokens,
      destination: model.destination,
      embed: async (texts, options) => {
        this.admit(model.id);
        return model.embed(texts, options);
      },
    });
    return collection.through?.({ embedder, reranker }) ?? collection;
  }
}

function readersOf({ name, readers }: Collection): CollectionReaders {
  if (readers !== undefined) return readers;
  throw new HeddleError('forbidden', `The collection '${name}' belongs to another project: its readers are set there.`);
}

function thresholdOf({ name, relevance }: Awaited<ReturnType<Collections['open']>>): RelevanceThreshold {
  if (relevance !== undefined) return relevance;
  throw new HeddleError(
    'forbidden',
    `The collection '${name}' belongs to another project: its threshold is set there.`,
  );
}

function settingsOf({ name, settings }: Awaited<ReturnType<Collections['open']>>): SearchSettingsOfCollection {
  if (settings !== undefined) return settings;
  throw new HeddleError('forbidden', `The collection '${name}' belongs to another project: its search is set there.`);
}

function noSuchDocument(collection: string, document: string): HeddleError {
  return new HeddleError('document_not_found', `The collection '${collection}' has no document '${document}'.`, {
    details: { collection, document },
  });
}
