import type { BlobStore } from '@heddle/adapters/blobs';
import type { HeddleAudit } from '@heddle/adapters/audit';
import {
  newId,
  type BatchStore,
  type GivenRow,
  type OpenAiFiles,
  type StoredOpenAiBatch,
  type StoredOpenAiFile,
} from '@heddle/adapters/channels';
import {
  CreateOpenAiBatchRequest,
  HeddleError,
  type BatchReply,
  type FileRef,
  type OpenAiBatch,
  type OpenAiBatchesQuery,
  type OpenAiBatchesReply,
} from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AUDIT } from '../../../audit/audit-token.js';
import { TrustedClock } from '../../../common/trusted-clock.js';
import { BATCH_STORE, OPENAI_FILES } from '../../../channel-stores/channel-tokens.js';
import { BLOBS } from '../../../files/file-tokens.js';
import { PublishedRuns } from '../../../publishing/runs/published-runs.js';
import { PublishedWorkflows } from '../../../publishing/published-workflows.js';
import { RunService } from '../../../runs/run.service.js';
import { BatchService } from '../../batches/batch.service.js';
import { ChannelCallers } from '../../channel-callers.js';
import type { CallerFacts } from '../caller-facts.js';
import { OpenAiService, type ChatTarget } from '../openai.service.js';
import { lastUserText, readMessages } from '../read-messages.js';
import { batchAnswers, type AnswerLine } from './batch-answers.js';
import { surveyRequests, readRequests } from './batch-requests.js';
import { expiryOf, pageOf } from './file-rules.js';
import { OpenAiFileService, ownerOf, type FileCaller } from './openai-files.service.js';

/** The stored part of the request. */
const Body = CreateOpenAiBatchRequest.extend({ model: z.string() });
const seconds = (time: number): number => Math.floor(time / 1000);

/** OpenAI's batches: a batch of a published workflow, whose rows are the requests in a file. */
@Injectable()
export class OpenAiBatchService {
  /** The results that are being written, by batch. */
  private readonly writing = new Map<string, Promise<StoredOpenAiBatch>>();

  constructor(
    @Inject(OPENAI_FILES) private readonly store: OpenAiFiles,
    @Inject(BATCH_STORE) private readonly rows: BatchStore,
    @Inject(BLOBS) private readonly blobs: BlobStore,
    @Inject(AUDIT) private readonly audit: HeddleAudit,
    private readonly files: OpenAiFileService,
    private readonly batches: BatchService,
    private readonly openai: OpenAiService,
    private readonly callers: ChannelCallers,
    private readonly published: PublishedRuns,
    private readonly versions: PublishedWorkflows,
    private readonly runs: RunService,
    private readonly clock: TrustedClock,
  ) {}

  /** Errors: `file_not_found`, `batch_invalid`, `model_unknown`, `bad_request`, `forbidden`, `not_found`. */
  async create(request: CreateOpenAiBatchRequest, caller: FileCaller, asked: CallerFacts): Promise<OpenAiBatch> {
    if (asked.onBehalfOf !== undefined)
      throw new HeddleError('bad_request', 'A batch runs in the name of its key: leave out the end user.');
    const file = await this.files.requireFile(request.input_file_id, caller, 'input_file_id');
    const { first, model } = await surveyRequests(await this.contentOf(file.blob), request.endpoint);
    const target = await this.openai.target(first.chat, caller.principal, asked);
    const { workflow } = target;
    if (workflow === undefined)
      throw new HeddleError(
        'bad_request',
        `'${model.slice(0, 80)}' is a model: a batch answers with a published workflow. Name its slug as the model of each request.`,
        { details: { input: 'model' } },
      );
    const given = await this.rowsOf(file, request, target);
    // The name of a batch must not be empty or have spaces around it.
    const name = (request.metadata?.['name'] ?? '').slice(0, 100).trim();
    const config = {
      name: name === '' ? file.name.slice(0, 100).trim() : name,
      concurrency: 4,
      clearance: 'internal' as const,
    };
    const columns = { [workflow.chat.input.name]: workflow.chat.input.name };
    const { workflowId } = workflow;
    const entry = {
      ...ownerOf(caller),
      id: newId('batch'),
      workflow: workflowId,
      body: { ...request, model },
      input: file.blob,
      createdAt: this.clock.now(),
      cancelledAt: null,
      endedAt: null,
      outputFile: null,
      errorFile: null,
    };
    const made = await this.batches.create(workflowId, given, { ...config, columns }, caller.principal, (batch) => [
      this.store.write.insertBatch({ ...entry, batch }),
    ]);
    return replyOf({ ...entry, batch: made.id }, made);
  }

  /** The state of a batch. Once all its requests have ended, their results are written as files. Errors: `batch_not_found`. */
  async get(id: string, caller: FileCaller): Promise<OpenAiBatch> {
    return this.present(await this.requireBatch(id, caller), caller);
  }

  async list({ after, limit }: OpenAiBatchesQuery, caller: FileCaller): Promise<OpenAiBatchesReply> {
    const { entries, ...page } = pageOf(await this.store.batches(ownerOf(caller)), { after, limit });
    const data: OpenAiBatch[] = [];
    for (const batch of entries) {
      const shown = await this.presentIfAllowed(batch, caller);
      if (shown !== undefined) data.push(shown);
    }
    return { object: 'list', data, ...page };
  }

  /** Ends a batch: no more requests start, and running ones are cancelled. Errors: `batch_not_found`, `conflict`. */
  async cancel(id: string, caller: FileCaller): Promise<OpenAiBatch> {
    const stored = await this.requireBatch(id, caller);
    await this.callers.checkMayRun(caller.principal, stored.workflow);
    const { status } = await this.batches.get(stored.workflow, stored.batch);
    if (stored.endedAt !== null || status === 'done')
      throw new HeddleError('conflict', `The batch '${id}' has ended: it cannot be cancelled.`);
    await this.batches.cancel(stored.workflow, stored.batch, caller.principal);
    await this.store.cancelBatch(id, this.clock.now());
    return this.get(id, caller);
  }

  private async requireBatch(id: string, caller: FileCaller): Promise<StoredOpenAiBatch> {
    const found = await this.store.findBatch(id, ownerOf(caller));
    if (found === undefined) throw batchNotFound(id);
    return found;
  }

  private async presentIfAllowed(batch: StoredOpenAiBatch, caller: FileCaller): Promise<OpenAiBatch | undefined> {
    try {
      return await this.present(batch, caller);
    } catch (error) {
      // A batch that was removed, or whose workflow the caller may no longer run, is not listed.
      if (error instanceof HeddleError && error.status < 500) return undefined;
      throw error;
    }
  }

  private async present(stored: StoredOpenAiBatch, caller: FileCaller): Promise<OpenAiBatch> {
    await this.callers.checkMayRun(caller.principal, stored.workflow);
    const inner = await this.batches.get(stored.workflow, stored.batch);
    const hasEnded = inner.rows.waiting + inner.rows.running === 0;
    if (stored.endedAt !== null || !hasEnded) return replyOf(stored, inner);
    let writing = this.writing.get(stored.id);
    if (writing === undefined) {
      writing = this.writeResults(stored, inner, caller).finally(() => this.writing.delete(stored.id));
      this.writing.set(stored.id, writing);
    }
    return replyOf(await writing, inner);
  }

  /**
   * Writes the results as files. After a crash, the next request about the batch writes them again, because nothing refers to the files
   * that were written before.
   */
  private async writeResults(
    stored: StoredOpenAiBatch,
    inner: BatchReply,
    caller: FileCaller,
  ): Promise<StoredOpenAiBatch> {
    const { endpoint, output_expires_after: expires } = Body.parse(stored.body);
    const { compiled } = await this.versions.version(stored.workflow, inner.version);
    const lines = async (kind: AnswerLine['kind']): Promise<FileRef | undefined> =>
      this.storeLines(
        batchAnswers(inner.id, readRequests(await this.contentOf(stored.input), endpoint), {
          store: this.rows,
          published: this.published,
          runs: this.runs,
          caller: caller.principal,
          plan: compiled.plan,
          clearance: inner.clearance,
        }),
        kind,
        stored.id,
      );
    const made: { readonly kind: AnswerLine['kind']; readonly file: FileRef | undefined }[] = [];
    for (const kind of ['answer', 'error'] as const) made.push({ kind, file: await lines(kind) });
    const now = this.clock.now();
    const fileOf = (kind: AnswerLine['kind']): StoredOpenAiFile | undefined => {
      const file = made.find((each) => each.kind === kind)?.file;
      if (file === undefined) return undefined;
      return {
        id: newId('file').replace('_', '-'),
        owner: stored.owner,
        project: stored.project,
        purpose: 'batch_output',
        name: file.name,
        bytes: file.size,
        blob: file.id,
        createdAt: now,
        expiresAt: expiryOf(now, expires?.seconds),
      };
    };
    const event = { kind: 'export', who: stored.owner, project: stored.project } as const;
    const details = { batch: inner.id, format: 'jsonl', clearance: inner.clearance };
    const subject = `workflow:${stored.workflow}` as const;
    // Another process may have written the results meanwhile; then its files count.
    await this.store.endBatch(stored.id, now, { output: fileOf('answer'), errors: fileOf('error') }, (writes) =>
      this.audit.commit({ ...event, subject, details }, writes),
    );
    return this.requireBatch(stored.id, caller);
  }

  /** Stores the lines of one kind as a file; undefined if there are none. */
  private async storeLines(
    lines: AsyncIterable<AnswerLine>,
    kind: AnswerLine['kind'],
    id: string,
  ): Promise<FileRef | undefined> {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const line of lines) if (line.kind === kind) yield Buffer.from(line.text);
    }
    const draft = await this.blobs.receive(bytes());
    try {
      if (draft.size === 0) return undefined;
      const name = `${id}_${kind === 'answer' ? 'output' : 'error'}.jsonl`;
      return await draft.keep({ name, mediaType: 'application/x-ndjson' });
    } finally {
      await draft.discard();
    }
  }

  private async rowsOf(
    file: StoredOpenAiFile,
    { endpoint }: CreateOpenAiBatchRequest,
    { workflow, blobs }: ChatTarget,
  ): Promise<readonly GivenRow[]> {
    const { name = '', kind } = workflow?.chat.input ?? {};
    const rows: GivenRow[] = [];
    for await (const { chat } of readRequests(await this.contentOf(file.blob), endpoint)) {
      const messages = await readMessages(chat.messages, blobs);
      rows.push({ [name]: kind === 'messages' ? messages : lastUserText(messages) });
    }
    return rows;
  }

  private async contentOf(blob: string): Promise<AsyncIterable<Uint8Array>> {
    return (await this.blobs.open(blob)).stream;
  }
}

const batchNotFound = (id: string): HeddleError =>
  new HeddleError('batch_not_found', `There is no batch '${id.slice(0, 80)}': GET /v1/batches lists yours.`);

function statusOf({ endedAt, cancelledAt }: StoredOpenAiBatch, { status, rows }: BatchReply): OpenAiBatch['status'] {
  const isCancelled = cancelledAt !== null || status === 'cancelled';
  if (endedAt !== null) return isCancelled ? 'cancelled' : 'completed';
  if (rows.waiting + rows.running === 0) return 'finalizing';
  return isCancelled ? 'cancelling' : 'in_progress';
}

/** Describes a batch in OpenAI's form. */
function replyOf(stored: StoredOpenAiBatch, inner: BatchReply): OpenAiBatch {
  const { id, createdAt, cancelledAt, endedAt, outputFile, errorFile } = stored;
  const { endpoint, model, input_file_id, completion_window, metadata = null } = Body.parse(stored.body);
  const { done, failed, cancelled, waiting, running } = inner.rows;
  const status = statusOf(stored, inner);
  return {
    id,
    object: 'batch',
    endpoint,
    model,
    errors: null,
    input_file_id,
    completion_window,
    status,
    output_file_id: outputFile,
    error_file_id: errorFile,
    metadata,
    created_at: seconds(createdAt),
    in_progress_at: seconds(createdAt),
    expires_at: null,
    failed_at: null,
    expired_at: null,
    finalizing_at: endedAt === null ? null : seconds(endedAt),
    completed_at: endedAt !== null && status === 'completed' ? seconds(endedAt) : null,
    cancelling_at: cancelledAt === null ? null : seconds(cancelledAt),
    cancelled_at: endedAt !== null && status === 'cancelled' ? seconds(endedAt) : null,
    request_counts: {
      total: done + failed + cancelled + waiting + running,
      completed: done,
      failed: failed + cancelled,
    },
  };
}
