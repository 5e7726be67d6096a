import { HeddleError, type GuardedWrite, type Lease } from '@heddle/core';

/**
 * The first write of a commit that only the holder of a lease may make. It fails once another process took the lease, and another process cannot
 * take it while the commit is in progress. So a process that slept beyond the end of its lease writes nothing.
 *
 * @example await tables.commit([fenceOf(lease), …])
 */
export const fenceOf = ({ name, token }: Lease): GuardedWrite => ({
  sql: 'SELECT 1 FROM leases WHERE name = @lease AND token = @token FOR UPDATE',
  values: { lease: name, token },
  rows: 1,
  otherwise: () =>
    new HeddleError(
      'lease_lost',
      `Another process took over '${name}': this one slept, or did not reach the database.`,
      {
        details: { lease: name },
      },
    ),
});
