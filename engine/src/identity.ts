import { createHash } from 'node:crypto';

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The key under which an effect happens once, even if another run or attempt repeats it: a hash of root run, path and step key. */
export function idempotencyKey(rootId: string, path: string, key: string): string {
  return `heddle-${digest(rootId, path, key).slice(0, 40)}`;
}

/** The id of a human input request: the same each time the execution repeats the question. */
export function requestIdOf(runId: string, path: string, key: string): string {
  return `ask-${digest(runId, path, key).slice(0, 24)}`;
}
