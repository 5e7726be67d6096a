import { z } from 'zod';
import { wholeLine } from './live-shares.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A version in a test and the share of callers that get it. */
export const AbArm = lazyStrictObject(() => ({
  version: z.int().positive(),
  /** From 0 to 1, in steps of 0.0001. The shares of a test add up to 1. */
  share: z.number().min(0).max(1),
}));
export type AbArm = z.infer<typeof AbArm>;

/** A section of the line from 0 to 10,000 that belongs to one version. Slices follow each other without gaps. */
export const AbSlice = lazyObject(() => ({ version: z.int().positive(), until: z.int().min(1).max(10_000) }));
export type AbSlice = z.infer<typeof AbSlice>;

/** Explains in one sentence why these arms do not form a test; undefined if they do. */
export function armsProblem(arms: readonly AbArm[]): string | undefined {
  const versions = new Set(arms.map(({ version }) => version));
  if (versions.size !== arms.length) return 'Each version can be only one arm.';
  const sum = arms.reduce((total, { share }) => total + toSteps(share), 0);
  if (sum !== wholeLine) return `The shares add up to ${(sum / 100).toFixed(2)} %, not to 100 %.`;
  return undefined;
}

const toSteps = (share: number): number => Math.round(share * wholeLine);

/**
 * Returns the slices of new arms. The control is last, so a canary of 10 % gets the callers from 0 to 1,000.
 *
 * @example firstSlices([{ version: 1, share: 0.9 }, { version: 2, share: 0.1 }], 1) // [{ version: 2, until: 1000 }, { version: 1, until: 10000 }]
 */
export function firstSlices(arms: readonly AbArm[], control: number): readonly AbSlice[] {
  return moveShares(
    [{ version: control, until: wholeLine }],
    [...arms].sort((a, b) => Number(a.version === control) - Number(b.version === control)),
  );
}

/**
 * Adapts slices to new shares. An arm that shrinks gives up callers from the start of its slices; arms that grow take them. No caller moves
 * between two arms unless the new shares require it.
 */
export function moveShares(slices: readonly AbSlice[], arms: readonly AbArm[]): readonly AbSlice[] {
  const before = new Map<number, number>();
  let start = 0;
  for (const { version, until } of slices) {
    before.set(version, (before.get(version) ?? 0) + until - start);
    start = until;
  }
  const change = new Map([...before].map(([version, steps]) => [version, -steps]));
  for (const { version, share } of arms) change.set(version, (change.get(version) ?? 0) + toSteps(share));
  const growing = arms.map(({ version }) => version).filter((version) => (change.get(version) ?? 0) > 0);
  const moved: AbSlice[] = [];
  const add = (version: number, length: number): void => {
    const last = moved.at(-1);
    const until = (last?.until ?? 0) + length;
    if (last?.version === version) moved[moved.length - 1] = { version, until };
    else moved.push({ version, until });
  };
  start = 0;
  for (const { version, until } of slices) {
    let left = until - start;
    start = until;
    while (left > 0) {
      const surplus = -(change.get(version) ?? 0);
      const taker = surplus > 0 ? growing.find((one) => (change.get(one) ?? 0) > 0) : undefined;
      const length = taker === undefined ? left : Math.min(left, surplus, change.get(taker) ?? 0);
      add(taker ?? version, length);
      left -= length;
      if (taker === undefined) continue;
      change.set(version, length - surplus);
      change.set(taker, (change.get(taker) ?? 0) - length);
    }
  }
  return moved;
}

/** Returns the version at a point from 0 (inclusive) to 1 (exclusive). */
export function versionAt(slices: readonly AbSlice[], point: number): number | undefined {
  return slices.find(({ until }) => point * wholeLine < until)?.version;
}
