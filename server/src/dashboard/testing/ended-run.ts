import { randomUUID } from 'node:crypto';
import type { LabelLevel, RunRecord, RunTrigger } from '@heddle/core';
import type { Heddle } from '../../heddle/heddle.js';
import { emptyDocument } from '../../testing/empty-document.js';

/** A run for a test, as it is written to the journal. */
export interface EndedRun {
  readonly workflow: string;
  readonly at: number;
  readonly ms?: number;
  readonly version?: number;
  readonly project?: string;
  readonly key?: string;
  readonly channel?: string;
  readonly error?: { readonly code: string; readonly message: string };
  /** The label level of the error. */
  readonly level?: LabelLevel;
  readonly trigger?: RunTrigger;
}

/** Writes ended runs to the journal without executing anything. Returns the id of each. */
export const endedRun =
  ({ parts: { journal } }: Heddle) =>
  async ({
    workflow,
    at,
    ms = 100,
    version,
    project,
    key,
    channel,
    error,
    level = 'internal',
    trigger = 'api',
  }: EndedRun): Promise<string> => {
    const runId = `run-${randomUUID()}`;
    const caller = { principal: key === undefined ? 'user:x' : `key:${key}`, project, key, channel };
    await journal.accept(
      {
        runId,
        workflowId: workflow,
        workflowName: 'Work',
        time: at,
        trigger,
        inputs: {},
        options: {},
        rootId: runId,
        origin: undefined,
        reused: [],
        version,
        caller,
      },
      { document: emptyDocument('Work'), workflows: {} },
    );
    const failure = error && { ...error, retryable: false };
    const label = { level, marks: [] };
    const time = at + ms;
    const records: RunRecord[] = [
      { type: 'run-start', time: at },
      ...(failure === undefined
        ? []
        : [
            {
              type: 'node-error',
              time,
              path: 'say',
              attempt: 1,
              error: failure,
              started: at,
              isCarried: false,
              label,
            } as const,
          ]),
      { type: 'run-end', time, status: failure ? 'failed' : 'done', ...(failure && { error: failure, label }) },
    ];
    await journal.append(runId, records);
    return runId;
  };
