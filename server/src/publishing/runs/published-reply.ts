import {
  HeddleError,
  isAtMost,
  isErrorCode,
  type LabelledValue,
  type LabelLevel,
  type PublishedReply,
  type RunEvent,
  type RunSummary,
} from '@heddle/core';
import { citationsIn } from '../../common/citations-in.js';
import { errorWithin } from './error-within.js';

type RunEnd = Extract<RunEvent, { type: 'run-end' }>;

/** Gives the outputs of a run if all of them may be sent. Errors: `label_refused` with the first output above the clearance. */
function outputsWithin(
  outputs: Readonly<Record<string, LabelledValue>>,
  clearance: LabelLevel,
): Record<string, unknown> {
  for (const [name, { label }] of Object.entries(outputs))
    if (!isAtMost(label.level, clearance))
      throw new HeddleError(
        'label_refused',
        `The output '${name}' is ${label.level}; replies of this version carry ${clearance} at most.`,
        { details: { output: name, label: label.level, clearance } },
      );
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** Gives a published run as its caller sees it. Errors: `label_refused`. */
export function publishedReply(
  run: RunSummary,
  about: { readonly slug: string; readonly version: number; readonly clearance: LabelLevel },
  end: RunEnd | undefined,
): PublishedReply {
  const outputs = outputsWithin(end?.outputs ?? {}, about.clearance);
  const citations = Object.values(outputs).flatMap((value) => citationsIn(value));
  const failure = end?.error ?? run.error;
  const error = failure === undefined ? undefined : errorWithin(failure, end?.label, about.clearance);
  return {
    runId: run.runId,
    thread: run.caller?.thread,
    workflow: about.slug,
    version: about.version,
    status: run.status,
    outputs,
    ...(citations.length === 0 ? {} : { citations }),
    usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens, cost: run.cost },
    error: error === undefined ? undefined : { code: error.code, message: error.message },
  };
}

/** Gives the error of a failed run, for channels that answer with an error; undefined for other replies. */
export function failureOf({ status, error, runId }: PublishedReply): HeddleError | undefined {
  if (status === 'cancelled') return new HeddleError('run_cancelled', 'The run was cancelled.', { details: { runId } });
  if (status !== 'failed') return undefined;
  const code = error !== undefined && isErrorCode(error.code) ? error.code : 'node_failed';
  return new HeddleError(code, error?.message ?? 'The run failed.', { details: { runId } });
}
