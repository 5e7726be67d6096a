/** Which processes have the runs that are not at rest. */
export interface Placement {
  /** Runs that a living process has, the newest of very many. */
  readonly owned: ReadonlySet<string>;
  /** Whether a living process takes runs. */
  readonly hasWorkers: boolean;
}
