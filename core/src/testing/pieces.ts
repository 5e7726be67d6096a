import type { Steps } from '../values/steps.js';

/** How work was divided into steps. */
export interface Pieces<Result> {
  readonly result: Result;
  readonly pieces: number;
  /** The most different values that one step read. */
  readonly most: number;
}

/** Tells `watchPieces` which values the work reads. */
export interface PieceWatch {
  /** Counts one value. */
  readonly saw: (thing: unknown) => void;
  /** Returns a proxy that counts each member that is read, at every depth. */
  readonly watch: <Value>(value: Value) => Value;
}

/**
 * Runs all steps and counts them and the values that each of them reads. This measures how long a step takes, independently of the machine.
 *
 * @example watchPieces(({ watch }) => serialiseDocumentSteps(watch(document))).most
 */
export function watchPieces<Result>(begin: (watch: PieceWatch) => Steps<Result>): Pieces<Result> {
  const seen = new Set<unknown>();
  const saw = (thing: unknown): void => void seen.add(thing);
  const steps = begin({ saw, watch: watcher(saw) });
  let most = 0;
  for (let pieces = 1; ; pieces += 1) {
    const step = steps.next();
    most = Math.max(most, seen.size);
    if (step.done === true) return { result: step.value, pieces, most };
    seen.clear();
  }
}

/**
 * Runs several tasks at the same time, one step of each in turn, as a server does with several requests.
 *
 * @example runInterleaved([parseDocumentSteps(one), parseDocumentSteps(other)])
 */
export function runInterleaved<Result>(works: readonly Steps<Result>[]): readonly Result[] {
  const results: Result[] = [];
  const open = new Map(works.entries());
  while (open.size > 0)
    for (const [index, work] of open) {
      const step = work.next();
      if (step.done !== true) continue;
      results[index] = step.value;
      open.delete(index);
    }
  return results;
}

function watcher(saw: (thing: unknown) => void): <Value>(value: Value) => Value {
  const proxies = new WeakMap<object, object>();
  let count = 0;
  const watch = <Value>(value: Value): Value => {
    if (typeof value !== 'object' || value === null) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known as Value; // created from this value
    count += 1;
    const id = count;
    const proxy = new Proxy(value, {
      get: (target, name, receiver): unknown => {
        if (!Object.hasOwn(target, name)) return Reflect.get(target, name, receiver);
        // The length of a list is not a member.
        if (!Array.isArray(target) || name !== 'length') saw(`${id} ${String(name)}`);
        return watch(Reflect.get(target, name, receiver));
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return watch;
}
