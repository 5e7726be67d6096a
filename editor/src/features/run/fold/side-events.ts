import type { ErrorValue, LabelledValue, StreamEvent, Usage } from '@heddle/core';
import { lineOf, type LogLine } from './log-line.js';

/** A nested run of an execution. */
export interface NestedRun {
  /** The prefix of the paths of its executions. */
  readonly scope: string;
  /** The path of the execution that started it. */
  readonly path: string;
  readonly key: string;
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly outputs: Readonly<Record<string, LabelledValue>> | undefined;
  readonly error: ErrorValue | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** The tokens and cost of a run's models so far, and where its data went. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  /** The destinations outside this machine to which data was sent. */
  readonly left: readonly string[];
  /** Whether tools of tool servers were called. Such tools may send data elsewhere. */
  readonly hasTools: boolean;
}

/** The nested runs, log and totals of a run, which are not part of the state of its executions. */
interface SideEvents {
  apply(event: StreamEvent): void;
  /** Publishes pending changes and returns the topics that changed. */
  publish(): readonly (`nested:${string}` | 'log' | 'totals')[];
  totals(): Totals;
  nestedOf(path: string): readonly NestedRun[];
  nested(scope: string): NestedRun | undefined;
  log(): readonly LogLine[];
}

/** The most lines of the log. Beyond this, the earliest are dropped. */
const mostLines = 20_000;

export function createSideEvents(): SideEvents {
  const byScope = new Map<string, NestedRun>();
  const scopesOf = new Map<string, string[]>();
  const shown = new Map<string, readonly NestedRun[]>();
  const changed = new Set<string>();
  let lines: LogLine[] = [];
  let shownLines: readonly LogLine[] = [];
  let totals: Totals = { inputTokens: 0, outputTokens: 0, cost: 0, left: [], hasTools: false };
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
    apply: (event) => {
      if (event.type === 'nested-start') keep(startedRun(event, byScope));
      else if (event.type === 'nested-end') {
        const run = byScope.get(`${event.path}#${event.key}`);
        if (run !== undefined) keep({ ...run, outputs: event.outputs, error: event.error, endedAt: event.time });
      } else totals = totalsAfter(totals, event);
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

/** A nested run that starts, or starts again after a restart of the server. In the second case it keeps its first start time. */
function startedRun(
  { path, key, workflow, inputs, time }: Extract<StreamEvent, { type: 'nested-start' }>,
  known: ReadonlyMap<string, NestedRun>,
): NestedRun {
  const scope = `${path}#${key}`;
  const startedAt = known.get(scope)?.startedAt ?? time;
  return { scope, path, key, workflow, inputs, outputs: undefined, error: undefined, startedAt, endedAt: undefined };
}

/** The totals after an event. Returns the same object if the event does not change them. */
function totalsAfter(totals: Totals, event: StreamEvent): Totals {
  switch (event.type) {
    case 'node-end':
      return event.usage === undefined ? totals : sumOf(totals, event.usage);
    case 'label-decision':
      return event.decision === 'allowed' ? withLeft(totals, event.destination) : totals;
    case 'model-call':
      // A connection's model is named `connection/model`. If the connection's clearance allows every label, there is no label decision, so
      // the model call itself counts.
      return event.isLocal ? totals : withLeft(totals, event.model.split('/', 1)[0] ?? event.model);
    case 'tool-call':
      return event.source === 'mcp' && !totals.hasTools ? { ...totals, hasTools: true } : totals;
    default:
      return totals;
  }
}

const sumOf = (totals: Totals, { inputTokens, outputTokens, cost = 0 }: Usage): Totals => ({
  ...totals,
  inputTokens: totals.inputTokens + inputTokens,
  outputTokens: totals.outputTokens + outputTokens,
  cost: totals.cost + cost,
});

function withLeft(totals: Totals, destination: string): Totals {
  return totals.left.includes(destination) ? totals : { ...totals, left: [...totals.left, destination] };
}
