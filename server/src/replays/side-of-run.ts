import {
  isSettled,
  locationOfPath,
  withoutUndefined,
  type ReplaySide,
  type RunEvent,
  type RunSummary,
} from '@heddle/core';

/** What the executions of one path cost. */
interface Work {
  readonly ms: number;
  readonly cost: number;
  readonly tokens: number;
  readonly egress: readonly string[];
}

/** What a run did, by the paths of its executions. */
interface WorkOfRun {
  readonly summary: Pick<RunSummary, 'status' | 'error'>;
  readonly byPath: ReadonlyMap<string, Work>;
  /** The paths with a reused result. */
  readonly reused: ReadonlySet<string>;
}

const nothing: Work = { ms: 0, cost: 0, tokens: 0, egress: [] };

/** Reads the work of each execution from the events of a run. */
export function workOfRun(summary: Pick<RunSummary, 'status' | 'error'>, events: readonly RunEvent[]): WorkOfRun {
  const byPath = new Map<string, Work>();
  const reused = new Set<string>();
  const add = (path: string, more: Partial<Work>): void => {
    const known = byPath.get(path) ?? nothing;
    byPath.set(path, {
      ms: known.ms + (more.ms ?? 0),
      cost: known.cost + (more.cost ?? 0),
      tokens: known.tokens + (more.tokens ?? 0),
      egress: [...known.egress, ...(more.egress ?? [])],
    });
  };
  for (const event of events) {
    if (event.type === 'model-call') {
      const { usage, kind } = event;
      // Embeddings do not count, as in the figures of a run: the first search of a collection may embed thousands of sentences.
      const tokens = kind === 'generate' ? (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) : 0;
      add(event.path, { cost: usage?.cost ?? 0, tokens, egress: event.isLocal ? [] : [event.model] });
    } else if (event.type === 'label-decision' && event.decision === 'allowed') {
      add(event.path, { egress: [event.destination] });
    } else if (event.type === 'node-end' || (event.type === 'node-error' && isSettled(event))) {
      add(event.path, { ms: Math.max(0, event.time - event.started) });
    } else if (event.type === 'node-cached') {
      reused.add(event.path);
      add(event.path, {});
    }
  }
  return { summary, byPath, reused };
}

/** Gives both sides of a row. A reused result counts with the work of the recorded run, so that the sides are comparable. */
export function sidesOf(
  recorded: WorkOfRun,
  replayed: WorkOfRun,
): { readonly before: ReplaySide; readonly after: ReplaySide } {
  const taken = [...recorded.byPath].filter(([path]) => isWithin(path, replayed.reused));
  return {
    before: sideOf(recorded.summary, [...recorded.byPath]),
    after: sideOf(replayed.summary, [...replayed.byPath, ...taken]),
  };
}

const isWithin = (path: string, reused: ReadonlySet<string>): boolean =>
  reused.has(path) || [...path.matchAll(/#/g)].some(({ index }) => reused.has(path.slice(0, index)));

function sideOf({ status, error }: WorkOfRun['summary'], work: readonly (readonly [string, Work])[]): ReplaySide {
  const sum = (of: (one: Work) => number): number => work.reduce((total, [, one]) => total + of(one), 0);
  return withoutUndefined({
    status,
    ms: sum(({ ms }) => ms),
    cost: sum(({ cost }) => cost),
    tokens: sum(({ tokens }) => tokens),
    nodes: [...new Set(work.map(([path]) => locationOfPath(path)))].sort(),
    egress: [...new Set(work.flatMap(([, { egress }]) => egress))].sort(),
    error: error === undefined ? undefined : { code: error.code },
  });
}
