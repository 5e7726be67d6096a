import {
  CollectionInfo,
  CompileReply,
  FileRef,
  LabelledValue,
  ModelState,
  NodeDescription,
  RunReply,
  RunSummary,
  WorkflowDocument,
  WorkflowReply,
  WorkflowSummary,
  type StartRunRequest,
} from '@heddle/core';
import { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const RunDocumentReply = z.object({ document: WorkflowDocument, inputs: z.record(z.string(), LabelledValue) });
const StartRunReply = z.object({ runId: z.string() });

// A list is a field of the reply with the list's name.
const NodesReply = z.object({ nodes: z.array(NodeDescription) });
const WorkflowsReply = z.object({ workflows: z.array(WorkflowSummary) });
const RunsReply = z.object({ runs: z.array(RunSummary) });
const ModelsReply = z.object({ models: z.array(ModelState) });
const CollectionsReply = z.object({ collections: z.array(CollectionInfo) });

/** The server's API, typed by core's schemas. Errors of every call: ApiError. */
export const api = {
  nodes: async (signal?: AbortSignal) => (await fetchJson(NodesReply, at('nodes'), withSignal(signal))).nodes,
  /** `workflow` is the stored workflow that the document is a draft of. */
  compile: (document: WorkflowDocument, signal?: AbortSignal, workflow?: string) =>
    fetchJson(CompileReply, at('compile'), {
      ...{ method: 'POST', body: { document, workflow } },
      ...withSignal(signal),
    }),
  workflows: async (signal?: AbortSignal) =>
    (await fetchJson(WorkflowsReply, at('workflows'), withSignal(signal))).workflows,
  workflow: (id: string, signal?: AbortSignal) => fetchJson(WorkflowReply, at('workflows', id), withSignal(signal)),
  createWorkflow: (document: unknown, slug?: string) =>
    fetchJson(WorkflowReply, at('workflows'), {
      method: 'POST',
      body: { document, slug },
    }),
  /** Errors: `conflict` when `revision` is not the current one. */
  saveWorkflow: (id: string, document: WorkflowDocument, revision: number) =>
    fetchJson(WorkflowReply, at('workflows', id), {
      method: 'PUT',
      body: { document },
      headers: { 'if-match': `"${revision}"` },
    }),
  deleteWorkflow: async (id: string): Promise<void> => {
    await send(at('workflows', id), { method: 'DELETE' });
  },
  /** Stores a file and returns the reference that inputs use. */
  uploadFile: (file: File) => {
    const form = new FormData();
    form.append('file', file, file.name);
    return fetchJson(FileRef, at('files'), { method: 'POST', form });
  },
  runs: async (signal?: AbortSignal) => (await fetchJson(RunsReply, `${at('runs')}?limit=50`, withSignal(signal))).runs,
  models: async (signal?: AbortSignal) => (await fetchJson(ModelsReply, at('models'), withSignal(signal))).models,
  collections: async (signal?: AbortSignal) =>
    (await fetchJson(CollectionsReply, at('collections'), withSignal(signal))).collections,
  run: (runId: string, signal?: AbortSignal) => fetchJson(RunReply, at('runs', runId), withSignal(signal)),
  /** The workflow and the inputs of a run as they were accepted. */
  runDocument: (runId: string, signal?: AbortSignal) =>
    fetchJson(RunDocumentReply, at('runs', runId, 'document'), withSignal(signal)),
  startRun: (workflowId: string, request: Partial<StartRunRequest>) =>
    fetchJson(StartRunReply, `${at('workflows', workflowId, 'runs')}?trigger=editor`, {
      method: 'POST',
      body: request,
    }),
  cancelRun: async (runId: string): Promise<void> => {
    await send(at('runs', runId, 'cancel'), { method: 'POST', body: {} });
  },
};

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
