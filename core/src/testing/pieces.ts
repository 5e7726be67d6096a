import type { Steps } from '../values/steps.js';

/** How work in pieces was divided. */
export interface Pieces<Result> {
  readonly result: Result;
  readonly pieces: number;
  /** Most different things that one piece looked at. */
  readonly most: number;
}

/** Tells `watchPieces` what the work looks at. */
export interface PieceWatch {
  /** Counts one thing. */
  readonly saw: (thing: unknown) => void;
  /** Gives a value that counts each of its members, at every depth, where somebody reads it. */
  readonly watch: <Value>(value: Value) => Value;
}

/**
 * Does all of the work, and counts its pieces and what each of them looks at: how long a piece takes follows from that, on every machine.
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
 * Does several works at the same time, one piece of each in turn, as a server does with several requests.
 *
 * @example takeTurns([parseDocumentSteps(one), parseDocumentSteps(other)])
 */
export function takeTurns<Result>(works: readonly Steps<Result>[]): readonly Result[] {
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
    if (known !== undefined) return known as Value; // made of this value
    count += 1;
    const id = count;
    const proxy = new Proxy(value, {
      get: (target, name, receiver): unknown => {
        if (!Object.hasOwn(target, name)) return Reflect.get(target, name, receiver);
        // The length of a list is no member of it.
        if (!Array.isArray(target) || name !== 'length') saw(`${id} ${String(name)}`);
        return watch(Reflect.get(target, name, receiver));
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return watch;
}
