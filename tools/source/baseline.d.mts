export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;
export interface Finding {
  readonly check: string;
  readonly path: string;
  readonly line: number;
  readonly text: string;
}
export interface Difference {
  readonly check: string;
  readonly package: string;
  readonly known: number;
  readonly found: number;
}
export const baselineFile: URL;
export function countFindings(findings: readonly Finding[]): Counts;
export function compareCounts(
  counts: Counts,
  baseline: Counts,
  checks: readonly string[],
): { more: Difference[]; fewer: Difference[] };
export function shrinkBaseline(counts: Counts, baseline: Counts, checks: readonly string[]): Counts;
export function readBaseline(): Counts;
export function writeBaseline(baseline: Counts): void;
