import {
  LabelledValue,
  RunOptions,
  RunReply,
  RunSummary,
  WorkflowDocument,
  type RunStatus,
  type RunTrigger,
} from '@heddle/core';
import { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const Started = z.object({ runId: z.string() });
const RunsReply = z.object({ runs: z.array(RunSummary), next: z.string().optional() });

/** An open request, as in `GET /api/human-inputs`. */
export const OpenRequest = z.object({
  requestId: z.string(),
  runId: z.string(),
  path: z.string(),
  /** Titles of the nodes in the path, outermost first. Older servers leave it out. */
  titles: z.array(z.string()).optional(),
  time: z.number(),
  /** Its stage when it was read. Older servers leave it out. */
  mark: z.enum(['open', 'reminded', 'escalated']).default('open'),
  question: z.object({
    title: z.string(),
    body: z.string().optional(),
    schema: z.record(z.string(), z.unknown()).default({}),
    assignee: z.string().optional(),
    dueAt: z.number().optional(),
    remindAt: z.number().optional(),
    escalateAt: z.number().optional(),
    escalateTo: z.string().optional(),
    buttons: z.array(z.object({ id: z.string(), title: z.string() })).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type OpenRequest = z.infer<typeof OpenRequest>;
const HumanInputsReply = z.object({ requests: z.array(OpenRequest) });

/** A run as accepted. Older servers leave out the fields of the second line. */
const AcceptedRun = z.object({
  document: WorkflowDocument,
  inputs: z.record(z.string(), LabelledValue),
  workflows: z.record(z.string(), WorkflowDocument).default({}),
  options: RunOptions.default({}),
});
export type AcceptedRun = z.infer<typeof AcceptedRun>;

/** The filter of a run list. */
export interface RunFilter {
  readonly status?: readonly RunStatus[];
  readonly trigger?: RunTrigger;
  readonly workflow?: string;
  readonly search?: string;
  /** The cursor of the previous page. */
  readonly before?: string;
  readonly limit?: number;
}

/** How a run is repeated. */
export interface RerunRequest extends z.infer<typeof RunOptions> {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly reuse?: boolean;
}

/** The run calls of the server's API. Errors of every call: ApiError. */
export const runApi = {
  /** A page of runs, newest first; `next` where there may be older ones. */
  list: (filter: RunFilter, signal?: AbortSignal) =>
    fetchJson(RunsReply, `${at('runs')}?${queryOf(filter)}`, signal === undefined ? {} : { signal }),
  get: (runId: string, signal?: AbortSignal) =>
    fetchJson(RunReply, at('runs', runId), signal === undefined ? {} : { signal }),
  accepted: (runId: string, signal?: AbortSignal) =>
    fetchJson(AcceptedRun, at('runs', runId, 'document'), signal === undefined ? {} : { signal }),
  /** A complete value that events carry as a preview. */
  value: (runId: string, path: string, port: string) =>
    fetchJson(LabelledValue, `${at('runs', runId, 'values')}?${new URLSearchParams({ path, port })}`),
  /** Runs the workflow of a run again, as it was then. */
  rerun: (runId: string, request: RerunRequest) =>
    fetchJson(Started, at('runs', runId, 'rerun'), { method: 'POST', body: request }),
  /** Resumes a failed or cancelled run, as a new run. */
  resume: (runId: string) => fetchJson(Started, at('runs', runId, 'resume'), { method: 'POST', body: {} }),
  /** Deletes an ended run with its inputs, results and log. */
  remove: async (runId: string): Promise<void> => {
    await send(at('runs', runId), { method: 'DELETE' });
  },
  cancel: async (runId: string): Promise<void> => {
    await send(at('runs', runId, 'cancel'), { method: 'POST', body: {} });
  },
  requests: async (signal?: AbortSignal) =>
    (await fetchJson(HumanInputsReply, at('human-inputs'), signal === undefined ? {} : { signal })).requests,
  /** Continues from a breakpoint; `step` pauses again before the next node. */
  goOn: async (runId: string, requestId: string, step: boolean): Promise<void> => {
    await send(at('runs', runId, 'human-inputs', requestId, 'continue'), { method: 'POST', body: { step } });
  },
  answer: async (runId: string, requestId: string, value: unknown, reason?: string): Promise<void> => {
    await send(at('runs', runId, 'human-inputs', requestId), {
      method: 'POST',
      body: { value, ...(reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() }) },
    });
  },
};

function queryOf({ status, trigger, workflow, search, before, limit = 50 }: RunFilter): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (status !== undefined && status.length > 0) query.set('status', status.join(','));
  if (trigger !== undefined) query.set('trigger', trigger);
  if (workflow !== undefined && workflow !== '') query.set('workflow', workflow);
  if (search !== undefined && search.trim() !== '') query.set('search', search.trim());
  if (before !== undefined) query.set('before', before);
  return query.toString();
}
