import { HeddleError, type GuardedWrite, type Lease } from '@heddle/core';

/**
 * The first write of a commit that only the holder of a lease may make. It fails if another process has taken the lease, and no other
 * process can take it during the commit. So a process that slept beyond the end of its lease writes nothing.
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
      `Another process took over '${name}': this one was suspended, or could not reach the database.`,
      {
        details: { lease: name },
      },
    ),
});
