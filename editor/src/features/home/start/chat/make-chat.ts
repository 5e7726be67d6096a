import type { JobReply } from '@heddle/core';
import { client } from '../../../../data/api/client.js';
import { ApiError, toApiError } from '../../../../data/http/http.js';
import { isOpenJob } from '../../../../data/queries/use-topic.js';
import { uploadForm, type NamedFile } from '../../../../ui/fields/read-dropped.js';
import { nameFor, readReport } from '../../../collections/index.js';
import { askDocuments } from './ask-documents.js';
import { filesTitle } from './files-title.js';

/** The current step of creating a chat. */
export type ChatStep =
  { readonly kind: 'creating' } | { readonly kind: 'sending' } | { readonly kind: 'importing'; readonly job: JobReply };

/** A chat that is ready, with the files that could not be imported. */
export interface MadeChat {
  readonly slug: string;
  readonly collection: string;
  readonly documents: number;
  readonly failures: readonly { readonly document: string; readonly message: string }[];
  /** Deletes the chat's workflow and collection. Rejects with an ApiError. */
  readonly discard: () => Promise<void>;
}

interface ChatOrder {
  readonly files: readonly NamedFile[];
  readonly embedding: string;
  readonly model: string;
}

const everyMs = 250;
const mostNames = 20;

/**
 * Creates a collection, imports the files and creates a workflow that answers from them. After an error or an abort, it deletes everything
 * that it created. Rejects with an ApiError whose message names what could not be deleted.
 */
export async function makeChat(
  { files, embedding, model }: ChatOrder,
  onStep: (step: ChatStep) => void,
  signal: AbortSignal,
): Promise<MadeChat> {
  const title = filesTitle(files.map(({ id }) => id));
  const made: Made = {};
  try {
    onStep({ kind: 'creating' });
    const collection = await createCollection(title, embedding, signal);
    made.collection = collection;
    signal.throwIfAborted();
    onStep({ kind: 'sending' });
    const params = { path: { name: collection } };
    made.job = (
      await client.POST('/api/collections/{name}/documents', { params, body: uploadForm(files), signal })
    ).jobId;
    const workflow = await client.POST('/api/workflows', {
      body: { document: askDocuments(`Chat with ${title}`, collection, model) },
    });
    made.workflow = workflow.id;
    const job = await followJob(made.job, (running) => onStep({ kind: 'importing', job: running }), signal);
    const report = readReport(job);
    if (job.status !== 'done' || report === undefined)
      throw new ApiError(job.error?.code ?? 'ingest_failed', job.error?.message ?? 'The import was cancelled.', 0);
    const documents = report.documents - report.failures.length;
    if (documents === 0) throw noneRead(report.failures);
    const { slug } = workflow;
    return { slug, collection, documents, failures: report.failures, discard: () => discard(made) };
  } catch (error) {
    await undo(made, toApiError(error));
    throw error;
  }
}

/** What has been created so far and must be deleted after an error. */
interface Made {
  collection?: string;
  job?: string;
  workflow?: string;
}

/**
 * Creates the collection under a free name. A name can be taken by another project's collection, which is not listed; then the next name is
 * tried.
 */
async function createCollection(title: string, embedding: string, signal: AbortSignal): Promise<string> {
  const taken = new Set((await client.GET('/api/collections', { signal })).collections.map(({ name }) => name));
  for (let tries = 0; ; tries += 1) {
    const name = nameFor(title, taken);
    try {
      await client.POST('/api/collections', { body: { name, title, embedding } });
      return name;
    } catch (error) {
      if (toApiError(error).code !== 'collection_exists' || tries >= mostNames) throw error;
      taken.add(name);
    }
  }
}

async function followJob(id: string, onChange: (job: JobReply) => void, signal?: AbortSignal): Promise<JobReply> {
  for (;;) {
    const job = await client.GET('/api/jobs/{id}', { params: { path: { id } }, ...(signal ? { signal } : {}) });
    onChange(job);
    if (!isOpenJob(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    signal?.throwIfAborted();
  }
}

function noneRead(failures: MadeChat['failures']): ApiError {
  const shown = failures.slice(0, 3).map(({ document, message }) => `${document}: ${message}`);
  const more = failures.length - shown.length;
  return new ApiError(
    'ingest_failed',
    `No file could be read. ${shown.join(' ')}${more > 0 ? ` And ${more} more.` : ''} Nothing was kept.`,
    0,
  );
}

async function undo(made: Made, cause: ApiError): Promise<void> {
  try {
    await discard(made);
  } catch (error) {
    const left =
      made.collection === undefined ? '' : ` The collection '${made.collection}' may remain: delete it there.`;
    throw new ApiError(cause.code, `${cause.message}${left} (${toApiError(error).message})`, cause.status);
  }
}

async function discard({ job, workflow, collection }: Made): Promise<void> {
  if (job !== undefined) {
    // This fails if the job has already ended, which is fine.
    await client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job } } }).catch(() => undefined);
    await followJob(job, () => undefined);
  }
  if (workflow !== undefined) await client.DELETE('/api/workflows/{id}', { params: { path: { id: workflow } } });
  if (collection !== undefined)
    await client.DELETE('/api/collections/{name}', { params: { path: { name: collection } } });
}
