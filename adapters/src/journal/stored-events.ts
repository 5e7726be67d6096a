import type { Blobs, OpenRequest, RunEvent } from '@heddle/core';
import { damagedRow } from '../database/damage/damaged-row.js';
import { restoreLarge, type LostValues } from './records/large-values.js';
import { fieldsOf, startEventOf, type RecordRow } from './stored-rows.js';

/** Events, and the stored large values that must still be put back into some of them. */
interface FoundEvents {
  readonly events: RunEvent[];
  readonly large: { readonly event: Record<string, unknown>; readonly column: string }[];
}

/** The events of rows with `after < seq <= after + limit`. The rows come in the order of their ends. */
export function eventsOf(
  runId: string,
  rows: Iterable<RecordRow>,
  after: number,
  limit = Number.POSITIVE_INFINITY,
): FoundEvents {
  const found: FoundEvents = { events: [], large: [] };
  if (limit <= 0) return found;
  const last = after + limit;
  for (const row of rows) {
    if (row.start_seq !== null && row.start_seq > after && row.start_seq <= last)
      found.events.push(startEventOf(runId, row));
    if (row.seq <= last) {
      const event = fieldsOf(runId, row);
      if (row.blobs !== null) found.large.push({ event, column: row.blobs });
      found.events.push(event as unknown as RunEvent); // The fields that prepareAppend split up, joined again.
    }
  }
  return found;
}

/** Builds an open request from the row of its `human-input-start`. */
export async function requestOf(
  row: RecordRow & { readonly runId: string },
  blobs: Blobs,
  lost: LostValues,
): Promise<OpenRequest> {
  const fields = fieldsOf(row.runId, row);
  if (row.blobs !== null) await restoreLarge(fields, row.blobs, blobs, lost);
  const { requestId, titles, question } = fields as unknown as Extract<RunEvent, { type: 'human-input-start' }>; // `human_inputs` refers only to rows of this type.
  return { requestId, runId: row.runId, path: row.path ?? '', ...(titles && { titles }), question, time: row.time };
}

/** Sorts events by seq. If an execution ended while its run was read, its start was read twice; the duplicate is removed. */
export function inOrder(events: readonly RunEvent[]): readonly RunEvent[] {
  return events
    .toSorted((one, other) => one.seq - other.seq)
    .filter(({ seq }, index, all) => seq !== all[index - 1]?.seq);
}

/**
 * Sorts all events of a run after a seq and checks that none is missing. A gap means that the index no longer finds a row. Errors:
 * `storage_corrupt`.
 */
export function inOrderWithoutGaps(runId: string, events: readonly RunEvent[], after: number): readonly RunEvent[] {
  const sorted = inOrder(events);
  const gap = sorted.findIndex(({ seq }, index) => seq !== after + index + 1);
  if (gap >= 0) throw damagedRow(`runs/${runId}`, `The position of record ${after + gap + 1} of run '${runId}'`);
  return sorted;
}
