import { HeddleError, isSettled, type Journal, type Plan, type RunAcceptance, type RunEvent } from '@heddle/core';

/** What the journal knows about the runs that this run continues. */
export interface EarlierRuns {
  /**
   * Events of the runs that this run continues, oldest first, as far back as needed. A path may have several results; the latest one is
   * reused.
   */
  readonly origin: readonly RunEvent[];
  /** Paths of `atMostOnce` executions that an earlier run started and no run finished: they may have had their effect. */
  readonly unclear: Pick<ReadonlySet<string>, 'has'>;
}

/** The value for a run that continues no other. */
export const noEarlierRuns: EarlierRuns = { origin: [], unclear: new Set() };

/** The beginning of the key of the question about a node that may have run already; the attempt follows. */
export const mayHaveRunKey = '~at-most-once-';

/** Whether earlier runs must be read at all. */
export function continuesRuns({
  plan,
  acceptance,
}: {
  readonly plan: Plan;
  readonly acceptance: RunAcceptance;
}): boolean {
  return acceptance.origin !== undefined && (acceptance.reused.length > 0 || hasAtMostOnce(plan));
}

/**
 * Reads the runs that this run continues, latest first. If the plan has an `atMostOnce` node, it reads them all, else only until every
 * reused result is found. If one of them was deleted, any `atMostOnce` node without a result may have run in it. Errors: `run_not_found` if
 * a reused result was in a deleted run.
 */
export async function readEarlierRuns(
  journal: Journal,
  plan: Plan,
  { origin, reused }: RunAcceptance,
): Promise<EarlierRuns> {
  if (origin === undefined) return noEarlierRuns;
  const isWhole = hasAtMostOnce(plan);
  const missing = new Set(reused);
  const chain: (readonly RunEvent[])[] = [];
  for (let next: string | undefined = origin; next !== undefined;) {
    const events = await eventsOf(journal, next, missing.size === 0);
    if (events === undefined) return { origin: chain.flat(), unclear: unlessFinished(chain.flat()) };
    chain.unshift(events);
    for (const event of events) if (isSettled(event)) missing.delete(event.path);
    next = isWhole || missing.size > 0 ? (await journal.acceptance(next)).origin : undefined;
  }
  const events = chain.flat();
  return { origin: events, unclear: isWhole ? unclearIn(events) : noEarlierRuns.unclear };
}

/** Returns the events of a run; undefined if the run was deleted and `mayBeGone` is set. */
async function eventsOf(journal: Journal, runId: string, mayBeGone: boolean): Promise<readonly RunEvent[] | undefined> {
  try {
    return await journal.events(runId);
  } catch (error) {
    if (mayBeGone && error instanceof HeddleError && error.code === 'run_not_found') return undefined;
    throw error;
  }
}

/** All paths except those that have a result. */
function unlessFinished(events: readonly RunEvent[]): EarlierRuns['unclear'] {
  const finished = new Set<string>();
  for (const event of events) if (event.type === 'node-end' || event.type === 'node-cached') finished.add(event.path);
  return { has: (path) => !finished.has(path) };
}

/**
 * Paths that started, or that a person was asked about, and that have no result since. A failure is not a result: the effect may have
 * happened.
 */
function unclearIn(events: readonly RunEvent[]): ReadonlySet<string> {
  const unclear = new Set<string>();
  for (const event of events) {
    if (event.type === 'node-start' || (event.type === 'human-input-start' && event.key.startsWith(mayHaveRunKey)))
      unclear.add(event.path);
    else if (event.type === 'node-end' || event.type === 'node-cached') unclear.delete(event.path);
  }
  return unclear;
}

function hasAtMostOnce(plan: Plan): boolean {
  return plan.nodes.some(({ run }) => run.atMostOnce) || [...plan.workflows.values()].some(hasAtMostOnce);
}
