import { HeddleError, isSettled, type Journal, type Plan, type RunAcceptance, type RunEvent } from '@heddle/core';

/** What the runs say that a run continues (D2). */
export interface EarlierRuns {
  /**
   * Events of the run that this one continues directly, behind those of the runs before it as far as they are needed: its seeds are
   * what ended in these, the latest of each path.
   */
  readonly origin: readonly RunEvent[];
  /** Executions of `atMostOnce` nodes that some earlier run began and none finished: they may have run (G4). By path. */
  readonly unclear: Pick<ReadonlySet<string>, 'has'>;
}

export const noEarlierRuns: EarlierRuns = { origin: [], unclear: new Set() };

/** Name of the question about a node that may have run already; the attempt follows. */
export const mayHaveRunKey = '~at-most-once-';

/** Whether earlier runs must be read at all. */
export function continuesRuns({
  plan,
  acceptance,
}: {
  readonly plan: Plan;
  readonly acceptance: RunAcceptance;
}): boolean {
  return acceptance.origin !== undefined && (acceptance.seeds.length > 0 || hasAtMostOnce(plan));
}

/**
 * Reads the run that this one continues, and the ones before it: all where a node must not run twice, else as long as a seed is missing
 * that the ones behind them never came to use. Of one that was kept long enough, or deleted, nobody knows any more what it began: a node
 * that must not run twice may have run in it. Errors: `run_not_found` where it had a seed.
 */
export async function readEarlierRuns(
  journal: Journal,
  plan: Plan,
  { origin, seeds }: RunAcceptance,
): Promise<EarlierRuns> {
  if (origin === undefined) return noEarlierRuns;
  const isWhole = hasAtMostOnce(plan);
  const missing = new Set(seeds);
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

/** The events of a run; undefined where it is gone and may be. */
async function eventsOf(journal: Journal, runId: string, mayBeGone: boolean): Promise<readonly RunEvent[] | undefined> {
  try {
    return await journal.events(runId);
  } catch (error) {
    if (mayBeGone && error instanceof HeddleError && error.code === 'run_not_found') return undefined;
    throw error;
  }
}

/** Everything but what is known to have a result. */
function unlessFinished(events: readonly RunEvent[]): EarlierRuns['unclear'] {
  const finished = new Set<string>();
  for (const event of events) if (event.type === 'node-end' || event.type === 'node-cached') finished.add(event.path);
  return { has: (path) => !finished.has(path) };
}

/** Begun, or asked about because it had begun, and without a result since. A failure is none: the effect may have happened. */
function unclearIn(events: readonly RunEvent[]): ReadonlySet<string> {
  const unclear = new Set<string>();
  for (const event of events) {
    if (event.type === 'node-start' || (event.type === 'ask-start' && event.key.startsWith(mayHaveRunKey)))
      unclear.add(event.path);
    else if (event.type === 'node-end' || event.type === 'node-cached') unclear.delete(event.path);
  }
  return unclear;
}

function hasAtMostOnce(plan: Plan): boolean {
  return plan.nodes.some(({ run }) => run.atMostOnce) || [...plan.workflows.values()].some(hasAtMostOnce);
}
