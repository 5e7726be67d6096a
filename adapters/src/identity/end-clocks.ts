import type { Clock } from '@heddle/core';

/** The clock by which something ends, and the one by which what has ended is removed. */
export interface EndClocks {
  readonly clock: Pick<Clock, 'now'>;
  readonly trusted: Pick<Clock, 'now'>;
}
