import type { ClusterClass, ClusterProcess } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';

/** The host and the data folder, which the name of a process consists of. */
export function partsOfName(name: string): { readonly host: string; readonly folder: string } {
  const at = name.indexOf(' ');
  return at < 0 ? { host: name, folder: '' } : { host: name.slice(0, at), folder: name.slice(at + 1) };
}

/** What a process does. */
export const roleText: Readonly<Record<ClusterProcess['role'], string>> = {
  all: 'Requests and runs',
  api: 'Requests',
  worker: 'Runs',
};

/** The state of a process in words; `silent` with the time since its last sign. */
export function stateText({ state, silentSeconds }: ClusterProcess): string {
  if (state === 'silent') return `Silent for ${formatDuration(silentSeconds * 1_000)}`;
  return state === 'ready' ? 'Ready' : 'Draining';
}

/** The status of a dot beside it. */
export const stateDot: Readonly<Record<ClusterProcess['state'], string>> = {
  ready: 'done',
  draining: 'waiting',
  silent: 'failed',
};

/** A class with what it means. */
export const classText = (name: string): string =>
  name === 'gpu' ? 'gpu: with a local model' : name === 'cpu' ? 'cpu: without a local model' : name;

/**
 * The time within which a share of the runs began; undefined without any.
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
