import type { NodeUsage } from '../run/run-tree.js';

const counts = [
  'cachedTokens',
  'cacheWriteTokens',
  'cacheSaved',
  'batchSaved',
  'reasoningTokens',
  'totalMs',
  'cost',
] as const;

/** Adds the usage of one call to that of the execution. `firstTokenMs` stays that of the first call. */
export function addUsage(known: NodeUsage | undefined, more: NodeUsage): NodeUsage {
  if (known === undefined) return more;
  const sum = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined ? b : b === undefined ? a : a + b;
  const total: NodeUsage = {
    ...known,
    ...more,
    inputTokens: known.inputTokens + more.inputTokens,
    outputTokens: known.outputTokens + more.outputTokens,
  };
  for (const field of counts) {
    const value = sum(known[field], more[field]);
    if (value !== undefined) total[field] = value;
  }
  if (known.firstTokenMs !== undefined) total.firstTokenMs = known.firstTokenMs;
  return total;
}
