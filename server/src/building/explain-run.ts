import {
  isAtMost,
  joinLabels,
  publicLabel,
  type ErrorValue,
  type Label,
  type LabelLevel,
  type RunEvent,
  type RunSummary,
  type WorkflowDocument,
} from '@heddle/core';
import { repairOf } from './repairs.js';
import { withoutKeys } from './hidden-values.js';

/** A failed step. Its message is hidden if it is above the clearance. */
interface ExplainedStep {
  readonly path: string;
  readonly node: string;
  readonly type: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly repair: string;
}

/** How a run ended, for a builder. */
export interface ExplainedRun {
  readonly runId: string;
  readonly status: RunSummary['status'];
  readonly workflow: string | undefined;
  readonly failed: readonly ExplainedStep[];
  readonly error: Omit<ExplainedStep, 'path' | 'node' | 'type'> | undefined;
  /** Nodes that did not run, and why. */
  readonly skipped: readonly { readonly node: string; readonly reason: string }[];
  /** Nodes with effects that were given sample outputs instead of running. */
  readonly sampled: readonly string[];
}

const mostSteps = 20;

/**
 * Explains a run to a builder: its steps, error codes and repairs. A message can contain values, so it is shown only up to the clearance.
 */
export function explainRun(
  { runId, status, workflowId, error }: RunSummary,
  events: readonly RunEvent[],
  document: WorkflowDocument | undefined,
  clearance: LabelLevel,
): ExplainedRun {
  const highest = highestLabel(events);
  const typeOf = (path: string): string | undefined => document?.nodes[nodeOfPath(path)]?.type;
  const failed = events.flatMap((event): ExplainedStep[] =>
    event.type === 'node-error' && !event.isCarried
      ? [
          {
            path: event.path,
            node: nodeOfPath(event.path),
            type: typeOf(event.path),
            ...shownError(event.error, event.label ?? highest, clearance),
          },
        ]
      : [],
  );
  const skipped = events.flatMap((event) =>
    event.type === 'node-skip' ? [{ node: nodeOfPath(event.path), reason: event.reason }] : [],
  );
  const sampled = events.flatMap((event) =>
    event.type === 'node-decision' && event.kind === 'replay' ? [nodeOfPath(event.path)] : [],
  );
  return {
    runId,
    status,
    workflow: workflowId,
    failed: failed.slice(0, mostSteps),
    error: error === undefined ? undefined : shownError(error, highest, clearance),
    skipped: skipped.slice(0, mostSteps),
    sampled: [...new Set(sampled)],
  };
}

/** The node of the outermost workflow that a path begins with. */
const nodeOfPath = (path: string): string => /^[a-z][a-z0-9_-]*/.exec(path)?.[0] ?? path;

function shownError({ code, message }: ErrorValue, label: Label, clearance: LabelLevel) {
  return {
    code,
    message: isAtMost(label.level, clearance)
      ? withoutKeys(message).slice(0, 1_000)
      : `The message is hidden: its label is ${label.level}, above your clearance (${clearance}).`,
    repair: repairOf(code),
  };
}

/** The highest label of anything in a run, including values that were declassified later. */
function highestLabel(events: readonly RunEvent[]): Label {
  return events.reduce((highest, event) => labelsOf(event).reduce(joinLabels, highest), publicLabel);
}

function labelsOf(event: RunEvent): readonly Label[] {
  switch (event.type) {
    case 'node-end':
    case 'node-cached':
      return Object.values(event.outputs).map(({ label }) => label);
    case 'node-step':
      return [event.value.label];
    case 'label-decision':
      return [event.label];
    case 'node-error':
      return event.label === undefined ? [] : [event.label];
    case 'nested-start':
      return Object.values(event.inputs).map(({ label }) => label);
    case 'run-end':
      return [
        ...Object.values(event.outputs ?? {}).map(({ label }) => label),
        ...(event.label === undefined ? [] : [event.label]),
      ];
    default:
      return [];
  }
}

/**
 * Whether a value above the clearance was declassified in the run. The builder chose the nodes, so such a declassification does not count
 * for the builder.
 */
export const hasDeclassifiedAbove = (events: readonly RunEvent[], clearance: LabelLevel): boolean =>
  events.some(
    (event) =>
      event.type === 'label-decision' && event.decision === 'declassified' && !isAtMost(event.label.level, clearance),
  );
