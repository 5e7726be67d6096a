import { HeddleError } from '@heddle/core';
import type { Settings } from '../settings/settings-table.js';

/** What a process answers that only runs runs: what watches it asks. */
const ofWorker = /^\/(?:api\/health(?:\/(?:live|ready))?|metrics)(?:\?|$)/;

/**
 * Refuses addresses that a process of this role does not serve. Errors: `not_served_here`.
 *
 * @example const check = createAddressCheck(settings); check('/api/runs');
 */
export const createAddressCheck =
  ({ role }: Pick<Settings, 'role'>) =>
  (url: string): void => {
    if (role === 'worker' && !ofWorker.test(url))
      throw new HeddleError(
        'not_served_here',
        'This process only runs runs (HEDDLE_ROLE=worker): send requests to a process with HEDDLE_ROLE=api or all.',
      );
  };
