import { HeddleError } from '@heddle/core';
import type { Settings } from '../settings/settings-table.js';

const forMonitors = /^\/(?:api\/health(?:\/(?:live|ready))?|metrics)(?:\?|$)/;

/** Whether an address serves monitoring: health probes and metrics. A worker serves no other address. */
export const isForMonitors = (url: string): boolean => forMonitors.test(url);

/**
 * Creates a check that refuses addresses that a process of this role does not serve. Errors: `not_served_here`.
 *
 * @example const check = createAddressCheck(settings); check('/api/runs');
 */
export const createAddressCheck =
  ({ role }: Pick<Settings, 'role'>) =>
  (url: string): void => {
    if (role === 'worker' && !isForMonitors(url))
      throw new HeddleError(
        'not_served_here',
        'This process only executes runs (HEDDLE_ROLE=worker): send requests to a process with HEDDLE_ROLE=api or all.',
      );
  };
