import type { LedgerEntry } from '../ledger.js';

/** What clients learned before the power was cut, and the state afterwards. */
export interface PowerHistory {
  /** The tags of accepted runs, by run. */
  readonly accepted: ReadonlyMap<string, string>;
  /** The outputs that clients saw at the end of runs. */
  readonly seen: ReadonlyMap<string, unknown>;
  /** The end of each run afterwards. Runs that were lost or do not end are missing. */
  readonly after: ReadonlyMap<string, { readonly status: string; readonly outputs: unknown }>;
  readonly ledger: readonly Pick<LedgerEntry, 'tag' | 'effect' | 'key' | 'body' | 'isAnswered'>[];
}

/** Checks that no accepted run is lost, that no end changes, and that each effect has only one key and one body. */
export function judgePower({ accepted, seen, after, ledger }: PowerHistory): readonly string[] {
  const lost = [...accepted.keys()].flatMap((runId) => {
    const status = after.get(runId)?.status;
    return status === 'done' ? [] : [`the accepted run ${runId} is ${status ?? 'lost'}`];
  });
  const changed = [...seen].flatMap(([runId, outputs]) => {
    const now = after.get(runId)?.outputs;
    const before = JSON.stringify(outputs);
    const later = JSON.stringify(now);
    return before === later ? [] : [`the run ${runId} gave ${before}, and now ${later}`];
  });
  const effects = new Map<string, { readonly keys: Set<string | undefined>; readonly bodies: Set<string> }>();
  for (const { tag, effect, key, body, isAnswered } of ledger) {
    if (!isAnswered) continue;
    const name = `${tag} ${effect}`;
    const found = effects.get(name) ?? { keys: new Set(), bodies: new Set() };
    effects.set(name, found);
    found.keys.add(key);
    found.bodies.add(body);
  }
  const differing = [...effects].flatMap(([name, { keys, bodies }]) => [
    ...(keys.size === 1 ? [] : [`${name} went out under ${keys.size} keys`]),
    ...(bodies.size === 1 ? [] : [`${name} went out with ${bodies.size} bodies`]),
  ]);
  return [...lost, ...changed, ...differing];
}
