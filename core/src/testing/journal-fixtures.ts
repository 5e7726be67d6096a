import { defaultLabel } from '../labels/label.js';
import type { LabelledValue, RunRecord } from '../events/events.js';
import type { Journal, PlanBundle, RunAcceptance } from '../ports/journal.js';

/** Adds the default label to a value, as in the journal. */
export const labelled = (value: unknown): LabelledValue => ({ value, label: defaultLabel });

/** Creates a bundle with a document of this name. */
export function bundleNamed(name: string): PlanBundle {
  return {
    document: { heddle: 2, name, nodes: {}, edges: [] },
    workflows: { other: { heddle: 2, name: 'Other', nodes: {}, edges: [] } },
  };
}

/** Creates an acceptance with defaults for the fields that a test does not set. */
export function acceptanceOf(runId: string, details: Partial<RunAcceptance> = {}): RunAcceptance {
  return {
    runId,
    workflowId: 'workflow-1',
    workflowName: 'Sample',
    time: 1000,
    trigger: 'test',
    inputs: { question: labelled('Why?') },
    options: {},
    rootId: runId,
    origin: undefined,
    reused: [],
    ...details,
  };
}

/** Accepts a run with defaults. */
export async function acceptRun(
  journal: Journal,
  runId: string,
  details: Partial<RunAcceptance> = {},
): Promise<string> {
  return journal.accept(acceptanceOf(runId, details), bundleNamed('Sample'));
}

/** Appends records to any journal and returns a promise, even if the journal works synchronously. */
export async function appendTo(journal: Journal, runId: string, records: readonly RunRecord[]): Promise<number> {
  return journal.append(runId, records);
}

/** Short factories for records. */
export const records = {
  runStart: (time = 1001): RunRecord => ({ type: 'run-start', time }),
  runEnd: (status: 'done' | 'failed' | 'cancelled' = 'done', time = 2000): RunRecord => ({
    type: 'run-end',
    time,
    status,
    outputs: { answer: labelled('42') },
  }),
  nodeStart: (path: string, attempt = 1): RunRecord => ({ type: 'node-start', time: 1002, path, attempt }),
  nodeEnd: (path: string, value: unknown = 'text', attempt = 1): RunRecord => ({
    type: 'node-end',
    time: 1010,
    path,
    attempt,
    started: 1002,
    outputs: { text: labelled(value) },
  }),
  suspend: (until: number | undefined, requests: string[] = []): RunRecord => ({
    type: 'run-suspend',
    time: 1500,
    requests,
    until,
  }),
  humanInputStart: (requestId: string, path = 'approve'): RunRecord => ({
    type: 'human-input-start',
    time: 1400,
    path,
    attempt: 1,
    requestId,
    key: 'approve',
    titles: ['Approve'],
    question: { title: 'May I?', schema: { type: 'object' } },
  }),
  humanInputEnd: (requestId: string, path = 'approve'): RunRecord => ({
    type: 'human-input-end',
    time: 1600,
    path,
    attempt: 1,
    requestId,
    key: 'approve',
    outcome: 'answered',
    value: { yes: true },
    by: 'ada',
  }),
};
