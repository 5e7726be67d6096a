/** The result of a fault that was applied to a server of its own. */
export interface FaultCase {
  readonly kind: string;
  /** The number of the case within its kind; together with the seed, it makes the case repeatable. */
  readonly number: number;
  /** What was done, as text for people. */
  readonly detail: string;
  /** One or two words, such as `refused`, by which cases are counted. */
  readonly outcome: string;
  /** What was lost, wrong, or damaged without a report. */
  readonly violations: readonly string[];
}
