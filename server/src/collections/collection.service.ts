import {
  collectionNotFound,
  HeddleError,
  isStoreFault,
  labelOf,
  SearchRequest,
  toErrorValue,
  type CollectionInfo,
  type Collections,
  type CreateCollectionRequest,
  type DocumentInfo,
  type DocumentInput,
  type Embedder,
  type IngestReport,
  type JobReply,
  type Passage,
} from '@heddle/core';
import { z } from 'zod';
import type { CompileService } from '../compile/compile-service.js';
import type { Lazy } from '../common/lazy.js';
import type { JobRequest, JobService } from '../jobs/job.service.js';
import { documentText, type PlacedPassage } from './document-text.js';
import type { FileDocument } from '../files/file-document.js';
import { AcceptedDocument, type Originals } from './originals.js';

/** Documents of an ingest, and what is to be deleted once they are accepted. */
export interface Upload {
  readonly documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput> | Iterable<FileDocument>;
  readonly sync: boolean;
  readonly cleanUp?: () => Promise<void>;
}

/** Documents that are read by whoever takes them in. */
export interface ReadUpload extends Upload {
  readonly documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>;
}

/** What an ingest is to do, as it is kept for a later process. */
const IngestOrder = z.object({
  documents: z.array(AcceptedDocument),
  /** Documents that it does not name are removed. */
  sync: z.boolean().optional(),
  /** Also what has not changed. */
  force: z.boolean().optional(),
});
type IngestOrder = z.infer<typeof IngestOrder>;

/** Collections, their documents and searches. */
export class CollectionService {
  constructor(
    private readonly collections: Lazy<Collections>,
    private readonly jobs: JobService,
    private readonly compile: CompileService,
    private readonly originals: Originals,
    /** Whether documents and queries may be embedded by a model now. Errors: `stopped`. */
    private readonly admit: (model: string) => void = () => undefined,
  ) {}

  async list(): Promise<readonly CollectionInfo[]> {
    return (await this.collections.get()).list();
  }

  async get(name: string): Promise<CollectionInfo> {
    return (await this.open(name)).info();
  }

  /** Errors: `collection_exists`, `model_unknown`, `model_wrong_kind`. */
  async create(request: CreateCollectionRequest): Promise<CollectionInfo> {
    const { label, splitter, store, ...rest } = request;
    const collection = await (
      await this.collections.get()
    ).create({
      ...rest,
      ...(splitter === undefined ? {} : { splitter }),
      ...(store === undefined ? {} : { store }),
      ...(label === undefined ? {} : { label: labelOf(label) }),
    });
    this.compile.forget();
    return collection.info();
  }

  /** Errors: `collection_not_found`. */
  async drop(name: string): Promise<void> {
    const wasThere = await (await this.collections.get()).drop(name);
    if (wasThere) await this.originals.drop(name);
    this.compile.forget();
    if (!wasThere) throw collectionNotFound(name);
  }

  /**
   * Accepts documents and takes them in by a job. Their originals are kept before it replies: should the process end, the next one
   * goes on. Errors: `collection_not_found`, `storage_*`.
   */
  async ingest(name: string, upload: Upload): Promise<JobReply> {
    await this.open(name);
    try {
      const documents = await this.originals.accept(name, upload.documents);
      const order: IngestOrder = { documents, sync: upload.sync };
      return await this.jobs.start(this.requestOf(name, order));
    } finally {
      await upload.cleanUp?.();
    }
  }

  /** Takes documents in again from their originals, all of them or those named, also where nothing changed: a job. */
  async ingestAgain(name: string, documentIds: readonly string[] | undefined): Promise<JobReply> {
    await this.open(name);
    const ids = documentIds ?? (await this.everyDocument(name));
    const order: IngestOrder = { documents: ids.map((id) => ({ id })), force: true };
    return this.jobs.start(this.requestOf(name, order));
  }

  /** How an ingest goes on that an earlier process left. */
  leftJob(name: string, work: unknown): JobRequest {
    return this.requestOf(name, work);
  }

  private requestOf(name: string, work: unknown): JobRequest {
    return {
      kind: 'ingest',
      subject: name,
      work,
      run: async ({ signal, report }) => {
        const { documents, ...options } = IngestOrder.parse(work);
        return (await this.open(name)).ingest(this.accepted(name, documents), {
          ...options,
          signal,
          // A file may hold many documents; before they are read, each counts as one.
          onProgress: (progress) => report({ ...progress, documents: Math.max(progress.documents, documents.length) }),
        });
      },
    };
  }

  /** One that has no original is named in the report; a file of many records comes once. */
  private async *accepted(name: string, documents: readonly AcceptedDocument[]): AsyncGenerator<DocumentInput> {
    const seen = new Set<string>();
    for (const { id, error } of documents) {
      if (error !== undefined) {
        yield { id, content: '', error };
        continue;
      }
      try {
        const original = await this.originals.read(name, id);
        if (!seen.has(original.id)) yield original;
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
      const page = await collection.documents({ limit: 500, ...(after === undefined ? {} : { after }) });
      ids.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (after === undefined || page.length < 500) return ids;
    }
  }

  /** A document's text with its passages in their places. Errors: `document_not_found`. */
  async text(
    name: string,
    documentId: string,
  ): Promise<{ readonly text: string; readonly passages: readonly PlacedPassage[] }> {
    return documentText(await this.passages(name, documentId));
  }

  /** Takes documents in at once, without a job: the CLI's own way when no server runs. */
  async ingestNow(
    name: string,
    upload: ReadUpload,
    options: Pick<
      NonNullable<Parameters<Awaited<ReturnType<Collections['open']>>['ingest']>[1]>,
      'onProgress' | 'signal'
    >,
  ): Promise<IngestReport> {
    return (await this.open(name)).ingest(this.originals.keep(name, upload.documents), {
      sync: upload.sync,
      ...options,
    });
  }

  /** Errors: `query_empty`, `filter_invalid`, `collection_not_found`. */
  async search(
    name: string,
    request: z.input<typeof SearchRequest>,
    signal?: AbortSignal,
  ): Promise<readonly Passage[]> {
    const parsed = SearchRequest.parse(request);
    if (parsed.query.trim() === '') throw new HeddleError('query_empty', 'The query is empty: write what to look for.');
    return (await this.open(name)).search(parsed, signal === undefined ? {} : { signal });
  }

  async documents(
    name: string,
    page: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly DocumentInfo[]> {
    return (await this.open(name)).documents(page);
  }

  /** Errors: `document_not_found`. */
  async passages(name: string, documentId: string): Promise<readonly Passage[]> {
    const passages = await (await this.open(name)).passages(documentId);
    if (passages.length === 0) throw noSuchDocument(name, documentId);
    return passages;
  }

  /** Errors: `document_not_found`. */
  async deleteDocument(name: string, documentId: string): Promise<void> {
    if ((await (await this.open(name)).delete([documentId])) === 0) throw noSuchDocument(name, documentId);
    await this.originals.remove(name, documentId);
  }

  private async open(name: string): ReturnType<Collections['open']> {
    const collection = await (await this.collections.get()).open(name);
    const watched = (embedder: Embedder): Embedder => ({
      id: embedder.id,
      dimensions: embedder.dimensions,
      maxTokens: embedder.maxTokens,
      destination: embedder.destination,
      embed: async (texts, options) => {
        this.admit(embedder.id);
        return embedder.embed(texts, options);
      },
    });
    return collection.through?.(watched) ?? collection;
  }
}

function noSuchDocument(collection: string, document: string): HeddleError {
  return new HeddleError('document_not_found', `The collection '${collection}' has no document '${document}'.`, {
    details: { collection, document },
  });
}
