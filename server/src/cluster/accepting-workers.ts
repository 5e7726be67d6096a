import { missingOf, type ErrorValue, type ListedWorker, type PlacedRun } from '@heddle/core';
import { noWorker } from '../runs/placement.js';

/** Whether a process takes runs now. */
export const acceptsRuns = ({ state, isAlive, slots }: Pick<ListedWorker, 'state' | 'isAlive' | 'slots'>): boolean =>
  state === 'ready' && isAlive && slots > 0;

/** Why none of these processes can take a run; undefined if one can. */
export const whyUnplaced = (run: PlacedRun, accepting: readonly ListedWorker[]): ErrorValue | undefined =>
  accepting.length === 0 ? noWorker : missingOf(run, accepting);
