/** A right that one holder has for a while. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Rises whenever the lease changes its holder. */
  readonly token: number;
}

/** Rights of which one process at a time makes use, such as the reconciler. They end by the clock of the database, whatever the clocks of the processes say. */
export interface Leases {
  /** Whether no other process works on the database: then each lease is held from its first request on, and nothing needs to be renewed. */
  readonly isAlone: boolean;
  /**
   * Takes a lease for some milliseconds. Undefined while another holder has it. The holder that has it already gets it again, with the
   * same token: the answer to its first request may have been lost.
   */
  acquire(name: string, holder: string, forMs: number): Promise<Lease | undefined>;
  /** Extends a lease. False if it has ended, also if nobody took it since: what it protected may have happened elsewhere. */
  renew(lease: Lease, forMs: number): Promise<boolean>;
  /** Ends a lease. Returns whether it was still held. */
  release(lease: Lease): Promise<boolean>;
}
