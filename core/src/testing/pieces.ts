import type { Steps } from '../values/steps.js';

/** How work was divided into steps, and its result. */
export interface Pieces<Result> {
  readonly result: Result;
  readonly pieces: number;
  /** The maximum number of different values that one step read. */
  readonly most: number;
}

/** Reports to `watchPieces` which values the work reads. */
export interface PieceWatch {
  readonly saw: (thing: unknown) => void;
  /** Returns a proxy that counts each member that is read, at any depth. */
  readonly watch: <Value>(value: Value) => Value;
}

/**
 * Runs all steps; counts the steps and the values that each of them reads. This measures the length of a step independently of the machine.
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
 * Runs several tasks in alternation, one step of each at a time, like a server with several requests.
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
        // Reading the length of a list does not count.
        if (!Array.isArray(target) || name !== 'length') saw(`${id} ${String(name)}`);
        return watch(Reflect.get(target, name, receiver));
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return watch;
}
