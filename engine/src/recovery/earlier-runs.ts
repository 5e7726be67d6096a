import type { Journal, Plan, RunAcceptance, RunEvent } from '@heddle/core';

/** What the runs say that a run continues (D2). */
export interface EarlierRuns {
  /** Events of the run that this one continues directly: its seeds are results of these. */
  readonly origin: readonly RunEvent[];
  /** Executions of `atMostOnce` nodes that some earlier run began and none finished: they may have run (G4). */
  readonly unclear: ReadonlySet<string>;
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

/** Reads the run that this one continues and, where a node must not run twice, the ones before it. */
export async function readEarlierRuns(journal: Journal, plan: Plan, { origin }: RunAcceptance): Promise<EarlierRuns> {
  if (origin === undefined) return noEarlierRuns;
  const events = await journal.events(origin);
  if (!hasAtMostOnce(plan)) return { origin: events, unclear: noEarlierRuns.unclear };
  const chain = [events];
  for (let next = (await journal.acceptance(origin)).origin; next !== undefined;) {
    chain.unshift(await journal.events(next));
    next = (await journal.acceptance(next)).origin;
  }
  return { origin: events, unclear: unclearIn(chain.flat()) };
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
