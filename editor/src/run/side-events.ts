import type { ErrorValue, LabelledValue, StreamEvent } from '@heddle/core';
import { formatDuration } from '../format/format-duration.js';
import { remindWords } from './remind-words.js';

/** A nested run of an execution. */
export interface NestedRun {
  /** The prefix of its executions' paths. */
  readonly scope: string;
  /** The execution that started it. */
  readonly path: string;
  readonly key: string;
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly outputs: Readonly<Record<string, LabelledValue>> | undefined;
  readonly error: ErrorValue | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** One line of a run's log. */
export interface LogLine {
  readonly seq: number;
  readonly time: number;
  readonly path: string | undefined;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** The tokens and cost of a run's models so far. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** A run's nested runs and log, besides the state of its executions. */
export interface SideEvents {
  take(event: StreamEvent): void;
  /** Publishes pending changes; returns the changed topics. */
  publish(): readonly (`nested:${string}` | 'log' | 'totals')[];
  totals(): Totals;
  nestedOf(path: string): readonly NestedRun[];
  nested(scope: string): NestedRun | undefined;
  log(): readonly LogLine[];
}

/** The maximum number of lines: the first are dropped. */
const mostLines = 20_000;

/** No data yet. */
export function createSideEvents(): SideEvents {
  const byScope = new Map<string, NestedRun>();
  const scopesOf = new Map<string, string[]>();
  const shown = new Map<string, readonly NestedRun[]>();
  const changed = new Set<string>();
  let lines: LogLine[] = [];
  let shownLines: readonly LogLine[] = [];
  let totals: Totals = { inputTokens: 0, outputTokens: 0, cost: 0 };
  let shownTotals = totals;

  const keep = (run: NestedRun): void => {
    if (!byScope.has(run.scope)) {
      const scopes = scopesOf.get(run.path) ?? [];
      scopes.push(run.scope);
      scopesOf.set(run.path, scopes);
    }
    byScope.set(run.scope, run);
    changed.add(run.path);
  };

  return {
    take: (event) => {
      if (event.type === 'nested-start') {
        const scope = `${event.path}#${event.key}`;
        const { path, key, workflow, inputs, time } = event;
        keep({
          scope,
          path,
          key,
          workflow,
          inputs,
          outputs: undefined,
          error: undefined,
          startedAt: byScope.get(scope)?.startedAt ?? time,
          endedAt: undefined,
        });
      } else if (event.type === 'nested-end') {
        const run = byScope.get(`${event.path}#${event.key}`);
        if (run !== undefined) keep({ ...run, outputs: event.outputs, error: event.error, endedAt: event.time });
      }
      if (event.type === 'node-end' && event.usage !== undefined) {
        const { inputTokens, outputTokens, cost = 0 } = event.usage;
        totals = {
          inputTokens: totals.inputTokens + inputTokens,
          outputTokens: totals.outputTokens + outputTokens,
          cost: totals.cost + cost,
        };
      }
      const line = lineOf(event);
      if (line !== undefined) lines.push(line);
      if (lines.length > mostLines) lines = lines.slice(-mostLines / 2);
    },
    publish: () => {
      const topics: (`nested:${string}` | 'log' | 'totals')[] = [];
      if (totals !== shownTotals) topics.push('totals');
      shownTotals = totals;
      for (const path of changed) {
        shown.delete(path);
        topics.push(`nested:${path}`);
      }
      changed.clear();
      if (lines.length !== shownLines.length || lines.at(-1) !== shownLines.at(-1)) {
        shownLines = [...lines];
        topics.push('log');
      }
      return topics;
    },
    nestedOf: (path) => {
      const scopes = scopesOf.get(path);
      if (scopes === undefined) return noRuns;
      const known = shown.get(path) ?? scopes.flatMap((scope) => byScope.get(scope) ?? []);
      shown.set(path, known);
      return known;
    },
    nested: (scope) => byScope.get(scope),
    totals: () => shownTotals,
    log: () => shownLines,
  };
}

const noRuns: readonly NestedRun[] = [];

/** The log line of an event, as text. */
function lineOf(event: StreamEvent): LogLine | undefined {
  if (!('seq' in event)) return undefined;
  const at = { seq: event.seq, time: event.time, path: 'path' in event ? event.path : undefined, details: undefined };
  switch (event.type) {
    case 'run-start':
      return { ...at, level: 'info', message: 'The run started.' };
    case 'run-end':
      return {
        ...at,
        level: event.status === 'failed' ? 'error' : 'info',
        message:
          event.error === undefined ? `The run ended: ${event.status}.` : `The run failed: ${event.error.message}`,
      };
    case 'run-suspend':
      return { ...at, level: 'info', message: 'The run is suspended.' };
    case 'run-resume':
      return { ...at, level: 'info', message: resumeWords[event.reason] };
    case 'run-pause':
      return { ...at, level: 'warn', message: `The run is paused: ${event.reason}` };
    case 'cancel-request':
      return {
        ...at,
        level: 'info',
        message: event.by === undefined ? 'A stop of the run was requested.' : `${event.by} stopped the run.`,
      };
    case 'node-log':
      return { ...at, level: event.level, message: event.message, details: event.details };
    case 'node-retry':
      return {
        ...at,
        level: 'warn',
        message: `Attempt ${event.attempt} failed, the next starts after ${formatDuration(Math.max(0, event.dueAt - event.time))}: ${event.error.message}`,
      };
    case 'node-error':
      return { ...at, level: event.isCarried ? 'warn' : 'error', message: event.error.message };
    case 'human-input-start':
      return { ...at, level: 'info', message: `Human input requested: ${event.question.title}` };
    case 'human-input-end':
      return {
        ...at,
        level: 'info',
        message:
          event.outcome === 'expired'
            ? 'Not answered in time.'
            : `Answered${event.by === undefined ? '' : ` by ${event.by}`}.`,
      };
    case 'human-input-remind':
      return { ...at, level: 'info', message: remindWords(event) };
    case 'loop-next':
      return { ...at, level: 'info', message: `Iteration ${event.iteration + 1} starts.` };
    case 'loop-limit':
      return {
        ...at,
        level: event.atLimit === 'fail' ? 'error' : 'warn',
        message: `The loop reached its limit of ${event.max} iterations.`,
      };
    case 'node-decision':
      return { ...at, level: 'info', message: event.summary };
    case 'tool-call':
      return {
        ...at,
        level: event.error === undefined ? 'info' : 'warn',
        message:
          event.error === undefined
            ? `Called ${event.tool}${event.by === undefined ? '' : `, approved by ${event.by}`}.`
            : `${event.tool} was not used: ${event.error.message}`,
      };
    case 'label-decision':
      // Each model call has an allowing decision: only exceptions are a line.
      if (event.decision === 'allowed') return undefined;
      return {
        ...at,
        level: event.decision === 'refused' ? 'error' : 'info',
        message: `${event.label.level} data ${event.decision === 'declassified' ? 'was declassified' : `to ${event.destination} was ${event.decision}`}: ${event.reason}`,
      };
    default:
      return undefined;
  }
}

const resumeWords = {
  recovered: 'The run continues after a restart.',
  answered: 'The run continues: its request was answered.',
  timer: 'The run continues: its time was reached.',
  released: 'The run continues: it was released.',
} as const;
