/** A right that one holder has for a limited time. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Increases whenever the lease changes its holder. */
  readonly token: number;
}

/**
 * Rights that only one process uses at a time, such as the reconciler. They expire by the clock of the database, regardless of the clocks
 * of the processes.
 */
export interface Leases {
  /** Whether this is the only process on the database: then it holds each lease from its first request on, and need not renew it. */
  readonly isAlone: boolean;
  /**
   * Acquires a lease for some milliseconds; undefined while another holder has it. A holder that already has the lease gets it again with
   * the same token, because the answer to its first request may have been lost.
   */
  acquire(name: string, holder: string, forMs: number): Promise<Lease | undefined>;
  /** Extends a lease. False if it has expired, even if nobody else has acquired it since: what it protected may have happened elsewhere. */
  renew(lease: Lease, forMs: number): Promise<boolean>;
  /** Ends a lease. Returns whether it was still held. */
  release(lease: Lease): Promise<boolean>;
}
