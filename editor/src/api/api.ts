import {
  CompileReply,
  LabelledValue,
  NodeDescription,
  RunReply,
  RunSummary,
  WorkflowDocument,
  WorkflowReply,
  WorkflowSummary,
  type StartRunRequest,
} from '@heddle/core';
import { z } from 'zod';
import { fetchJson, send } from './http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const RunDocumentReply = z.object({ document: WorkflowDocument, inputs: z.record(z.string(), LabelledValue) });
const StartRunReply = z.object({ runId: z.string() });

/** A list under its name, as the server sends lists. */
const listOf = <Item extends z.ZodType>(name: string, item: Item) =>
  z.union([z.array(item), z.looseObject({ [name]: z.array(item) }).transform((reply) => z.array(item).parse(reply[name]))]);

/** The server's API, typed by core's schemas. Errors of every call: ApiError. */
export const api = {
  nodes: (signal?: AbortSignal) => fetchJson(listOf('nodes', NodeDescription), at('nodes'), withSignal(signal)),
  compile: (document: WorkflowDocument, signal?: AbortSignal) => fetchJson(CompileReply, at('compile'), { method: 'POST', body: { document }, ...withSignal(signal) }),
  workflows: (signal?: AbortSignal) => fetchJson(listOf('workflows', WorkflowSummary), at('workflows'), withSignal(signal)),
  workflow: (id: string, signal?: AbortSignal) => fetchJson(WorkflowReply, at('workflows', id), withSignal(signal)),
  runs: (signal?: AbortSignal) => fetchJson(listOf('runs', RunSummary), at('runs'), withSignal(signal)),
  run: (runId: string, signal?: AbortSignal) => fetchJson(RunReply, at('runs', runId), withSignal(signal)),
  /** The workflow and the inputs as they were when the run was accepted. */
  runDocument: (runId: string, signal?: AbortSignal) => fetchJson(RunDocumentReply, at('runs', runId, 'document'), withSignal(signal)),
  startRun: (workflowId: string, request: Partial<StartRunRequest>) => fetchJson(StartRunReply, `${at('workflows', workflowId, 'runs')}?trigger=editor`, { method: 'POST', body: request }),
  cancelRun: async (runId: string): Promise<void> => {
    await send(at('runs', runId, 'cancel'), { method: 'POST', body: {} });
  },
};

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
