import { localPrincipal, StartRunRequest, type IngestReport } from '@heddle/core';
import { markOf, selectRequests } from '../../human-inputs/select-requests.js';
import type { Heddle } from '../../heddle/heddle.js';
import { workflowReply } from '../../workflows/workflow.service.js';
import { actEntry, type ActRule } from '../../http/acts.js';
import type { HeddleClient, RunTarget } from './heddle-client.js';
import { healthOf } from '../../health/health.js';

const acts = {
  workflow: {
    act: 'workflow',
    step: 'put',
    subject: 'workflow:{made.id}',
    details: { slug: 'made.slug', revision: 'made.revision' },
  },
  collection: {
    act: 'collection',
    step: 'made',
    subject: 'collection:{body.name}',
    details: { embedding: 'body.embedding', label: 'body.label' },
  },
  documents: {
    act: 'collection',
    step: 'documents taken in',
    subject: 'collection:{body.collection}',
    details: { done: 'made.done', removed: 'made.removed', failed: 'made.failed' },
  },
  download: { act: 'model', step: 'downloaded', subject: 'model:{body.id}' },
  model: { act: 'model', step: 'added', subject: 'model:{body.id}' },
} as const satisfies Readonly<Record<string, ActRule>>;

/** Works in this process, on a data folder that it has locked. */
export function createLocalClient(heddle: Heddle): HeddleClient {
  const { runs, workflows, collections, models, compile } = heddle;
  const documentOf = async (target: RunTarget) => {
    if ('document' in target) return { document: await compile.read(target.document) };
    const { id, document } = await workflows.document(target.workflow);
    return { document, workflowId: id };
  };
  return {
    address: undefined,
    compile: (document) => compile.report(document),
    workflows: () => workflows.list(),
    workflow: async (idOrSlug) => workflowReply(await workflows.get(idOrSlug)),
    putWorkflow: (document, slug) =>
      recorded(heddle, acts.workflow, {}, async () => workflowReply(await workflows.put(document, slug))),
    startRun: async (target, request) =>
      (await runs.start({ ...(await documentOf(target)), request: StartRunRequest.parse(request), trigger: 'cli' }))
        .runId,
    watchRun: (runId, after, onEvents) => watchLocally(heddle, runId, after, onEvents),
    run: (runId) => runs.get(runId),
    runs: (query) => runs.list(query),
    cancelRun: (runId) => runs.cancel(runId, localPrincipal.id),
    resumeRun: async (runId) => (await runs.resume(runId)).runId,
    requests: async ({ runId, assignee }) => {
      const now = heddle.clock.now();
      if (runId !== undefined) await runs.summary(runId);
      const requests = selectRequests(await runs.requests(runId), { assignee }, now);
      return requests.map((ask) => ({ ...ask, mark: markOf(ask, now) }));
    },
    answer: (runId, requestId, answer) => runs.answer(runId, requestId, answer, localPrincipal),
    uploadFile: (name, content) => heddle.parts.blobs.put(content, { name, mediaType: 'application/octet-stream' }),
    collections: () => collections.list(),
    createCollection: (request) => recorded(heddle, acts.collection, request, () => collections.create(request)),
    ingest: (collection, documents, { sync, ...follow }): Promise<IngestReport> =>
      recorded(heddle, acts.documents, { collection }, () =>
        collections.ingestNow(collection, { documents, sync }, follow),
      ),
    search: (collection, request) => collections.search(collection, request),
    models: () => models.list(),
    pullModel: (id, follow) => recorded(heddle, acts.download, { id }, () => models.pullNow(id, follow)),
    addModel: (card) => recorded(heddle, acts.model, card, () => models.add(card)),
    health: () => healthOf(heddle),
    close: async () => {
      await heddle.stop();
      await heddle.close();
    },
  };
}

/** Does the work of a route, and writes its audit event in the transaction of the change. */
const recorded = <T>({ audit }: Heddle, rule: ActRule, body: unknown, work: () => Promise<T>): Promise<T> =>
  audit.during(
    (made) => [actEntry(rule, localPrincipal.id, undefined, { params: {}, query: {}, body, resource: {}, made })],
    work,
  );

function watchLocally(
  heddle: Heddle,
  runId: string,
  after: number,
  onEvents: Parameters<HeddleClient['watchRun']>[2],
): Promise<void> {
  // Timers of the engine do not keep a process alive; this one does while a run is followed.
  const stayAlive = setInterval(() => undefined, 60_000);
  return new Promise<void>((resolve, reject) => {
    const stop = heddle.hub.watch(runId, after, {
      send: (events) => {
        onEvents(events);
        // The run waits for a person, so there is nothing to follow now.
        if (events.some((event) => event.type === 'run-suspend' || event.type === 'run-pause')) void leaveSuspended();
        return true;
      },
      whenReady: (callback) => queueMicrotask(callback),
      end: () => resolve(),
      fail: reject,
    });
    const leaveSuspended = async (): Promise<void> => {
      if (!(await heddle.runs.isAtRest(runId))) return;
      stop();
      resolve();
    };
  }).finally(() => clearInterval(stayAlive));
}
