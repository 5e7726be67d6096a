/** A fault that comes over a server of its own, and what became of it. */
export interface FaultCase {
  readonly kind: string;
  /** Which one of its kind it is; with the seed it can be repeated. */
  readonly number: number;
  /** What was done, for people. */
  readonly detail: string;
  /** In one word or two, such as `refused`: cases are counted by it. */
  readonly outcome: string;
  /** What was lost, silent or wrong. */
  readonly violations: readonly string[];
}
