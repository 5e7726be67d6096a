/** A worker that claims runs: its boot and its capabilities. */
export interface Claimant {
  /** The boot under which the worker is registered in `Workers`. A worker that counts as dead cannot claim runs. */
  readonly boot: string;
  /** A run is claimed only if all its `needs` are among them. */
  readonly capabilities: readonly string[];
}

/** A worker's claim on a run. It ends with its release, the end of the run, or the death of the worker. */
export interface RunClaim {
  readonly runId: string;
  /** Increases with each claim of the run. An append with an older epoch is refused (`run_lost`). */
  readonly epoch: number;
  /** The sequence number of the last record, which the next append follows. */
  readonly lastSeq: number;
  readonly class: string;
  /**
   * Milliseconds between the time when the run was ready and its claim, by the clock of the database; missing for a run that was suspended.
   */
  readonly waitedMs?: number;
}

/** Ensures that an append comes from the owner of its run, and is stored only once. */
export interface AppendFence {
  readonly epoch: number;
  /** The sequence number of the record that the append follows. */
  readonly after: number;
  /**
   * A UUID of this append. If a batch with this id is already stored, the append succeeds: it is the retry of one whose answer was lost.
   */
  readonly batch: string;
}

/**
 * Assigns runs to workers, for a journal that several processes share. A journal of one process has no claims: it owns all its runs.
 *
 * - A run has at most one owner, and each claim has a higher epoch than the one before.
 * - An append with a fence is stored only if its epoch is the owner's and it follows the record that it names.
 * - An append without a fence is stored only in a run without an owner.
 * - A run that ends loses its owner in the same commit.
 */
export interface RunClaims {
  /**
   * Makes a worker the owner of a run. Undefined if the run has an owner, has ended, is paused, belongs to a class that the worker does not
   * take, or needs a capability that the worker lacks.
   */
  claim(runId: string, claimant: Claimant): Promise<RunClaim | undefined>;
  /**
   * Claims up to `limit` runs that are ready, alternating between projects and workflows: the project with the fewest runs in progress
   * comes first. Runs that have already begun come before new ones. With `readyMs`, only runs that have been ready for at least that long.
   */
  claimNext(claimant: Claimant, limit: number, readyMs?: number): Promise<readonly RunClaim[]>;
  /** Releases a run. Returns whether this claim still held it. */
  release(claim: Pick<RunClaim, 'runId' | 'epoch'>): Promise<boolean>;
}
