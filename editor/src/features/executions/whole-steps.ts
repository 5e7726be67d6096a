import type { RunEventOf } from '@heddle/core';
import type { PathRecord } from '../run/index.js';

export type StepRecord = RunEventOf<'node-step'>;

/** The loaded contents of steps, by key. */
export type FetchedSteps = ReadonlyMap<string, { readonly seq: number; readonly value: unknown }>;

/** Steps of at most this many bytes are loaded completely, larger ones partly. */
const wholeUpTo = 1_000_000;
export const isFetchedWhole = ({ value }: StepRecord): boolean => (value.size ?? Infinity) <= wholeUpTo;

/** The steps that arrived truncated and have not been loaded yet. */
export function cutSteps(records: readonly PathRecord[], fetched: FetchedSteps): readonly StepRecord[] {
  return records
    .filter((record) => record.type === 'node-step')
    .filter(({ key, seq, value }) => value.value === undefined && isCut(value) && fetched.get(key)?.seq !== seq);
}

/** The records with the loaded contents. A step that was loaded partly keeps its preview, which marks that there is more. */
export function withFetched(records: readonly PathRecord[], fetched: FetchedSteps): readonly PathRecord[] {
  if (fetched.size === 0) return records;
  return records.map((record) => {
    const found = record.type === 'node-step' ? fetched.get(record.key) : undefined;
    if (record.type !== 'node-step' || found?.seq !== record.seq || found.value === undefined) return record;
    const { label, preview } = record.value;
    const rest = isFetchedWhole(record) || preview === undefined ? {} : { preview };
    return { ...record, value: { label, value: found.value, ...rest } };
  });
}

const isCut = ({ preview, ref, size }: StepRecord['value']): boolean =>
  preview !== undefined || ref !== undefined || size !== undefined;
