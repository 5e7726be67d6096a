import type { Clock } from '@heddle/core';

/** The clocks of things that expire: `clock` decides whether something has expired, `trusted` whether it may be deleted for good. */
export interface EndClocks {
  readonly clock: Pick<Clock, 'now'>;
  readonly trusted: Pick<Clock, 'now'>;
}
