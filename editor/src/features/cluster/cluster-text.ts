import type { ClusterClass, ClusterProcess } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';

/** Splits the name of a process into its host and data folder. */
export function partsOfName(name: string): { readonly host: string; readonly folder: string } {
  const at = name.indexOf(' ');
  return at < 0 ? { host: name, folder: '' } : { host: name.slice(0, at), folder: name.slice(at + 1) };
}

export const roleText: Readonly<Record<ClusterProcess['role'], string>> = {
  all: 'Requests and runs',
  api: 'Requests',
  worker: 'Runs',
};

/** The state of a process as text; `silent` with the time since its last renewal. */
export function stateText({ state, silentSeconds }: ClusterProcess): string {
  if (state === 'silent') return `Silent for ${formatDuration(silentSeconds * 1_000)}`;
  return state === 'ready' ? 'Ready' : 'Draining';
}

/** The status that the dot beside a process shows. */
export const stateDot: Readonly<Record<ClusterProcess['state'], string>> = {
  ready: 'done',
  draining: 'waiting',
  silent: 'failed',
};

/** The name of a class with its meaning. */
export const classText = (name: string): string =>
  name === 'gpu' ? 'gpu: with a local model' : name === 'cpu' ? 'cpu: without a local model' : name;

/**
 * The time within which a share of the runs began; undefined if none has begun.
 *
 * @example beganWithin(waits, 0.95) // '≤ 0.5 s'
 */
export function beganWithin({ runs, buckets }: ClusterClass['waits'], share: number): string | undefined {
  if (runs === 0) return undefined;
  const found = buckets.find((bucket) => bucket.runs >= runs * share);
  if (found !== undefined) return `≤ ${formatDuration(found.seconds * 1_000)}`;
  const longest = buckets.at(-1)?.seconds ?? 0;
  return `> ${formatDuration(longest * 1_000)}`;
}
