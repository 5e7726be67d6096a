import {
  createRunState,
  foldRun,
  type ExecutionState,
  type NodeReport,
  type RunEvent,
  type RunReply,
  type RunState,
  type RunSummary,
  type Steps,
} from '@heddle/core';
import { previewValues } from '../live/preview-event.js';

/** The number of events and nodes that are processed in one tick. */
const stretch = 500;

/**
 * Builds the reply for a run from its events, with the state of every node, in steps. Large values of nodes are previews, outputs are
 * whole.
 */
export function* runReply(summary: RunSummary, events: readonly RunEvent[]): Steps<RunReply> {
  const state = createRunState(summary.runId);
  for (const [index, event] of events.entries()) {
    foldRun(state, event);
    if (index % stretch === stretch - 1) yield;
  }
  const nodes: [string, NodeReport][] = [];
  for (const [path, execution] of state.executions) {
    const reported = report(execution);
    nodes.push([path, reported]);
    // Yields after a large value, because measuring it meant writing all of it as JSON.
    const hasPreview = Object.values(reported.outputs ?? {}).some(({ preview }) => preview !== undefined);
    if (hasPreview || nodes.length % stretch === 0) yield;
  }
  return {
    runId: summary.runId,
    status: summary.status,
    outputs: Object.fromEntries(Object.entries(state.outputs ?? {}).map(([name, labelled]) => [name, labelled.value])),
    ...errorOf(summary, state),
    nodes: Object.fromEntries(nodes),
    summary,
  };
}

function errorOf(summary: RunSummary, state: RunState): Pick<RunReply, 'error'> {
  const error = state.error ?? summary.error;
  return error === undefined ? {} : { error };
}

function report(execution: ExecutionState): NodeReport {
  const { path, status, attempt, startedAt, endedAt, outputs, error, decision } = execution;
  return {
    path,
    status,
    attempt,
    startedAt,
    ...(startedAt === undefined || endedAt === undefined ? {} : { ms: Math.max(0, endedAt - startedAt) }),
    outputs: outputs === undefined ? undefined : previewValues(outputs),
    error,
    decision,
  };
}
