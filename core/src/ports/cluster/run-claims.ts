/** Who claims runs: one boot of a worker, and what it can do. */
export interface Claimant {
  /** The boot under which `Workers` knows it. A worker that counts as dead claims nothing. */
  readonly boot: string;
  /** A run is claimed only if each of its `needs` is among them. */
  readonly capabilities: readonly string[];
}

/** A worker's hold on a run. It ends with a release, with the run, or with the life of the worker. */
export interface RunClaim {
  readonly runId: string;
  /** Rises with each claim of the run. An append that names an older epoch is refused (`run_lost`). */
  readonly epoch: number;
  /** The sequence number of the last record: the next append follows it. */
  readonly lastSeq: number;
  readonly class: string;
  /** Milliseconds for which it was ready and no worker had it, by the clock of the database; missing for a run that was suspended. */
  readonly waitedMs?: number;
}

/** What makes an append belong to the owner of its run, once. */
export interface AppendFence {
  /** The epoch of the claim. */
  readonly epoch: number;
  /** The sequence number that the append follows. */
  readonly after: number;
  /** A UUID of this append. An append whose batch is stored already has succeeded: it is the retry of one whose answer was lost. */
  readonly batch: string;
}

/**
 * Who runs what, for a journal that several processes share. A journal of one process has no claims: all its runs are its own.
 *
 * - A run has one owner at most, and each claim has a higher epoch than the one before.
 * - An append with a fence is stored only if its epoch is that of the owner, and it follows the record that it names.
 * - An append without a fence is stored only in a run without an owner.
 * - A run that ends loses its owner in the same commit.
 */
export interface RunClaims {
  /** Makes a worker the owner of a run. Undefined if the run has an owner, has ended, is paused, has a class that the worker does not take, or needs what it cannot do. */
  claim(runId: string, claimant: Claimant): Promise<RunClaim | undefined>;
  /**
   * Claims up to `limit` runs that are ready to go on, in turns by project and by workflow: the project with the fewest runs in
   * progress is first. Runs that had begun are before those that had not. With `readyMs`, only runs that have been ready for so long.
   */
  claimNext(claimant: Claimant, limit: number, readyMs?: number): Promise<readonly RunClaim[]>;
  /** Gives a run back. Returns whether this claim still held it. */
  release(claim: Pick<RunClaim, 'runId' | 'epoch'>): Promise<boolean>;
}
