import {
  HumanInputsReply,
  CollectionInfo,
  CompileReply,
  FileRef,
  fromErrorValue,
  HeddleError,
  JobReply,
  HealthReply,
  ModelCard,
  ModelState,
  RunReply,
  RunSummary,
  SearchReply,
  WorkflowReply,
  WorkflowSummary,
  type DocumentInput,
  type IngestProgress,
  type IngestReport,
} from '@heddle/core';
import { z } from 'zod';
import type { FollowOptions, HeddleClient, RunTarget } from './heddle-client.js';
import { createCaller, type Caller } from './http-call.js';
import { multipartOf, partsOfDocuments } from './multipart.js';
import { followEvents } from './read-event-stream.js';
import { queryString } from './query-string.js';

const Accepted = z.object({ runId: z.string() });
const JobAccepted = z.object({ jobId: z.string() });
const pollMs = 250;

/** Works through a running server. `token` is the token in the lock of the server, for commands of the same user. */
export function createHttpClient(address: string, token?: string): HeddleClient {
  const caller = createCaller(address, token);
  const { call, request } = caller;
  const pathOf = (runId: string): string => `/api/runs/${encodeURIComponent(runId)}`;
  const startPath = (target: RunTarget): string =>
    'document' in target ? '/api/runs' : `/api/workflows/${encodeURIComponent(target.workflow)}/runs`;
  return {
    address,
    compile: (document) => call(CompileReply, 'POST', '/api/compile', { document }),
    workflows: async () =>
      (await call(z.object({ workflows: z.array(WorkflowSummary) }), 'GET', '/api/workflows')).workflows,
    workflow: (idOrSlug) => call(WorkflowReply, 'GET', `/api/workflows/${encodeURIComponent(idOrSlug)}`),
    putWorkflow: (document, slug) => putWorkflow(call, document, slug),
    startRun: async (target, body) =>
      (
        await call(Accepted, 'POST', `${startPath(target)}?trigger=cli`, {
          ...body,
          ...('document' in target ? { document: target.document } : {}),
        })
      ).runId,
    watchRun: (runId, after, onEvents) =>
      followEvents(
        (seq) => request('GET', `${pathOf(runId)}/events`, { headers: { 'last-event-id': String(seq) } }),
        () => isAtRest(call, runId),
        after,
        onEvents,
      ),
    run: (runId) => call(RunReply, 'GET', pathOf(runId)),
    runs: ({ limit }) => latestRuns(call, limit),
    cancelRun: (runId) => call(RunSummary, 'POST', `${pathOf(runId)}/cancel`, { by: 'cli' }),
    resumeRun: async (runId) => (await call(Accepted, 'POST', `${pathOf(runId)}/resume`, {})).runId,
    uploadFile: async (name, content) => {
      const form = multipartOf([{ name: 'file', filename: name, content }]);
      return FileRef.parse(await (await request('POST', '/api/files', form)).json());
    },
    collections: async () =>
      (await call(z.object({ collections: z.array(CollectionInfo) }), 'GET', '/api/collections')).collections,
    createCollection: (create) => call(CollectionInfo, 'POST', '/api/collections', create),
    ingest: (...given) => ingest(caller, ...given),
    search: async (collection, body) =>
      (await call(SearchReply, 'POST', `/api/collections/${encodeURIComponent(collection)}/search`, body)).results,
    models: async () => (await call(z.object({ models: z.array(ModelState) }), 'GET', '/api/models')).models,
    pullModel: async (id, follow) => {
      const { jobId } = await call(JobAccepted, 'POST', `/api/models/${encodeURIComponent(id)}/pull`, {});
      await followJob(call, jobId, follow);
    },
    addModel: (card) => call(ModelCard, 'POST', '/api/models', card),
    requests: async ({ runId, assignee }) =>
      (await call(HumanInputsReply, 'GET', `/api/human-inputs${queryString({ run: runId, assignee })}`)).requests,
    answer: async (runId, requestId, answer) => {
      const path = `${pathOf(runId)}/human-inputs/${encodeURIComponent(requestId)}`;
      const headers = { 'content-type': 'application/json' };
      await request('POST', path, { headers, body: JSON.stringify(answer) });
    },
    health: () => call(HealthReply, 'GET', '/api/health'),
    close: () => Promise.resolve(),
  };
}

async function ingest(
  { call, request }: Caller,
  collection: string,
  documents: AsyncIterable<DocumentInput>,
  { sync, ...follow }: FollowOptions<IngestProgress> & { readonly sync: boolean },
): Promise<IngestReport> {
  const path = `/api/collections/${encodeURIComponent(collection)}/documents`;
  const reply = await request('POST', path, multipartOf(partsOfDocuments(documents, sync)));
  const job = await followJob(call, JobAccepted.parse(await reply.json()).jobId, follow);
  return job.result as IngestReport; // what the server's collection gave
}

/** Whether a run waits for a person. */
async function isAtRest(call: Caller['call'], runId: string): Promise<boolean> {
  const { status } = await call(RunReply, 'GET', `/api/runs/${encodeURIComponent(runId)}`);
  if (status !== 'suspended') return status === 'paused';
  return (
    (
      await call(
        z.object({ requests: z.array(z.unknown()) }),
        'GET',
        `/api/human-inputs?run=${encodeURIComponent(runId)}`,
      )
    ).requests.length > 0
  );
}

/** The most runs in one reply of the server. */
const mostRuns = 1000;
const RunsPage = z.object({ runs: z.array(RunSummary), next: z.string().optional() });

async function latestRuns(call: Caller['call'], limit: number): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  let before = '';
  while (runs.length < limit) {
    const page = await call(RunsPage, 'GET', `/api/runs?limit=${Math.min(mostRuns, limit - runs.length)}${before}`);
    runs.push(...page.runs);
    if (page.next === undefined) break;
    before = `&before=${encodeURIComponent(page.next)}`;
  }
  return runs;
}

async function putWorkflow(call: Caller['call'], document: unknown, slug: string | undefined): Promise<WorkflowReply> {
  if (slug !== undefined) {
    try {
      return await call(
        WorkflowReply,
        'PUT',
        `/api/workflows/${encodeURIComponent(slug)}`,
        { document },
        { 'if-match': '*' },
      );
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'workflow_not_found') throw error;
    }
  }
  return call(WorkflowReply, 'POST', '/api/workflows', { document, slug });
}

/** Follows a job to its end; the signal cancels it. Throws the error of the job. */
async function followJob<Progress>(
  call: Caller['call'],
  jobId: string,
  { signal, onProgress }: FollowOptions<Progress>,
): Promise<JobReply> {
  let isCancelled = false;
  for (;;) {
    const job = await call(JobReply, 'GET', `/api/jobs/${jobId}`);
    if (Object.keys(job.progress).length > 0) onProgress?.(job.progress as Progress); // the server reports what this kind of job reports
    if (job.status === 'done') return job;
    if (job.status === 'failed' || job.status === 'cancelled') {
      throw job.error === undefined
        ? new HeddleError('aborted', `The job was ${job.status}.`)
        : fromErrorValue(job.error);
    }
    if (signal?.aborted === true && !isCancelled) {
      isCancelled = true;
      await call(JobReply, 'POST', `/api/jobs/${jobId}/cancel`, {});
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
