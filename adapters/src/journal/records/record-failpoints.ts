import type { RunRecord } from '@heddle/core';
import { failpoint, hasFailpoint, type Failpoint } from '../../database/failpoint.js';

const beforeCommit: Partial<Record<RunRecord['type'], Failpoint>> = { 'node-step': 'effect-before-result' };
const afterCommit: Partial<Record<RunRecord['type'], Failpoint>> = {
  'node-start': 'node-after-start',
  'node-end': 'result-before-event',
  'human-input-end': 'human-input-after-decision',
  'loop-next': 'loop-after-iteration',
  'cancel-request': 'cancel-after-mark',
};

/** Reaches the failpoint for records that are written but not committed. */
export function failBeforeCommit(rows: readonly { readonly type: RunRecord['type'] }[]): void {
  if (hasFailpoint) failAt(beforeCommit, rows);
}

/** Reaches the failpoint for records that are committed. */
export function failAfterCommit(rows: readonly { readonly type: RunRecord['type'] }[]): void {
  if (hasFailpoint) failAt(afterCommit, rows);
}

function failAt(
  failpoints: Partial<Record<RunRecord['type'], Failpoint>>,
  rows: readonly { readonly type: RunRecord['type'] }[],
): void {
  for (const { type } of rows) {
    const failpointName = failpoints[type];
    if (failpointName !== undefined) failpoint(failpointName);
  }
}
